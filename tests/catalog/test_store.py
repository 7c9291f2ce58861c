"""The catalogue's tables: what is written comes back, in SQLite and, with ALMANAC_TEST_DATABASE_URL, in PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from catalog import store as store_module
from catalog import tables
from catalog.errors import StoreError
from catalog.records import AssetCard, Attribute, DerivedFrom, Evaluation, Evidence, Source, TrainedOn
from catalog.store import Catalog, Rows, packed, sqlite_catalog, url_catalog
from ingest.linking import link


def said(line: int, quote: str = "so it is") -> Evidence:
    return Evidence(path="m/den/owl/README.md", line_start=line, line_end=line, quote=quote, origin="prose")


OWL = Source(
    path="m/den/owl/README.md",
    reader="huggingface",
    text="# Owl\nTrained on squad.\nÆØÅ 数据 🦉\n",
    companions={"m/den/owl/model.yml": "files: []\n"},
    assets=(
        AssetCard(
            id="den/owl",
            kind="model",
            title="Owl 🦉",
            path="m/den/owl/README.md",
            summary="It hoots.",
            names=("The Owl",),
            facts=(
                TrainedOn(dataset="squad", role="finetune", evidence=said(2, "Trained on squad.")),
                TrainedOn(dataset="SQuAD", role="finetune", evidence=said(3, "again, on SQuAD")),
                DerivedFrom(base="den/egg", relation="finetune", evidence=said(4)),
                Evaluation(
                    dataset="squad", split="d" * 500, metric="m" * 500, value="1" * 99, unit="u" * 99, evidence=said(5)
                ),
                Attribute(name="license", value="l" * 900, evidence=said(6)),
                Attribute(name="hyper." + "h" * 300, value="7\ufffd", evidence=said(7)),
            ),
        ),
    ),
)


def rows_of(*sources: Source) -> Rows:
    rows = link(sources)
    for source in sources:
        rows.add(
            tables.documents,
            path=source.path,
            root="m",
            digest=f"of {source.path}",
            text=source.text,
            parsed=packed(source),
        )
        for path, text in source.companions.items():
            rows.add(tables.companions, path=path, document=source.path, text=text)
    return rows


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path, test_database_url: str | None) -> Iterator[Catalog]:
    if request.param == "sqlite":
        opened = sqlite_catalog(tmp_path / "catalog.sqlite", writable=True)
    elif test_database_url:
        opened = url_catalog(test_database_url)
    else:
        pytest.skip("set ALMANAC_TEST_DATABASE_URL to a PostgreSQL database that may be overwritten")
    opened.write(rows_of(OWL), {"generation": "one"})
    yield opened
    opened.close()


def test_a_document_comes_back_as_it_was_read(catalog: Catalog) -> None:
    assert list(catalog.sources([OWL.path])) == [(f"of {OWL.path}", OWL)]
    assert catalog.digests() == {OWL.path: f"of {OWL.path}"}
    assert catalog.text(OWL.path) == OWL.text


def test_the_text_of_a_companion_is_there_for_citations(catalog: Catalog) -> None:
    assert catalog.companions_of([OWL.path]) == ["m/den/owl/model.yml"]
    assert catalog.text("m/den/owl/model.yml") == "files: []\n"
    assert catalog.text("m/nobody/README.md") is None


def test_assets_come_in_the_order_of_the_ids_and_unknown_ones_not_at_all(catalog: Catalog) -> None:
    found = catalog.assets("model", ["den/egg", "nobody", "den/owl", "den/egg"])
    assert [(asset.id, asset.has_card, asset.title) for asset in found] == [
        ("den/egg", False, "den/egg"),
        ("den/owl", True, "Owl 🦉"),
    ]
    assert catalog.asset("dataset", "den/owl") is None


def test_the_evidence_of_one_fact_said_twice_is_both_places(catalog: Catalog) -> None:
    (row,) = catalog.facts(tables.training, "model_id", ["den/owl"])
    assert [piece.quote for piece in catalog.evidence([row.fact])[row.fact]] == ["Trained on squad.", "again, on SQuAD"]


def test_over_long_values_are_cut_to_what_every_database_takes(catalog: Catalog) -> None:
    (row,) = catalog.facts(tables.evaluations, "model_id", ["den/owl"])
    assert (len(row.split), len(row.metric), len(row.unit)) == (60, 200, 20)
    (licence,) = catalog.facts(tables.licences, "asset_id", ["den/owl"], "model")
    assert len(licence.value) == 300


def test_an_asset_is_found_by_each_of_its_spellings_the_surest_first(catalog: Catalog) -> None:
    assert catalog.spellings("model", "den/owl") == ["den/owl", "The Owl", "owl"]
    assert [alias.id for alias in catalog.aliases_of("model", ["theowl"])] == ["den/owl"]


def test_assets_are_found_by_the_words_of_their_names(catalog: Catalog) -> None:
    ((id_, weight),) = catalog.named_like("model", ["owl", "of", "den"])
    assert id_ == "den/owl"
    assert weight == pytest.approx(
        sum(catalog.name_words("model", ["den/owl"])["den/owl"][word] for word in ("den", "owl"))
    )


def test_writing_again_replaces_everything(catalog: Catalog) -> None:
    egg = Source(
        path="m/den/egg/README.md", reader="test", text="", assets=(AssetCard(id="den/egg", kind="model", title="Egg"),)
    )
    catalog.write(rows_of(egg), {"generation": "two"})
    assert list(catalog.digests()) == [egg.path]
    assert catalog.meta() == {"generation": "two", "schema": str(tables.SCHEMA)}
    assert catalog.counts()["evidence"] == 0


def test_writing_fails_as_a_whole(test_database_url: str | None, tmp_path: Path) -> None:
    catalog = url_catalog(test_database_url or f"sqlite:///{tmp_path}/catalog.sqlite")
    catalog.write(rows_of(OWL), {"generation": "one"})
    twice = rows_of(OWL)
    twice.of["documents"] *= 2
    with pytest.raises(StoreError, match="refused a statement"):
        catalog.write(twice, {"generation": "two"})
    assert catalog.meta()["generation"] == "one"
    assert catalog.text(OWL.path) == OWL.text
    catalog.close()


def test_many_ids_fit_one_call(catalog: Catalog) -> None:
    ids = [f"nobody/{number}" for number in range(3_000)]
    assert [asset.id for asset in catalog.assets("model", [*ids, "den/owl"])] == ["den/owl"]
    assert catalog.evidence(ids) == {}


def test_a_catalogue_of_a_newer_schema_says_so(catalog: Catalog) -> None:
    catalog.check_schema()
    with catalog.engine.begin() as connection:
        connection.execute(tables.meta.update().where(tables.meta.c.key == "schema").values(value="99"))
    with pytest.raises(
        StoreError, match=f"has schema 99, this version reads schema {tables.SCHEMA}. Rebuild it: almanac"
    ):
        catalog.check_schema()


def test_an_empty_database_holds_no_catalogue(tmp_path: Path) -> None:
    catalog = url_catalog(f"sqlite:///{tmp_path}/other.sqlite")
    assert not catalog.has_tables()
    with pytest.raises(StoreError, match="holds no catalogue"):
        catalog.check_schema()
    catalog.close()


def test_a_file_that_is_no_database_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_text("not a database, but long enough to be looked at " * 50)
    catalog = sqlite_catalog(tmp_path / "catalog.sqlite")
    with pytest.raises(StoreError, match=r"file is not a database"):
        catalog.check_schema()
    catalog.close()


def test_a_file_that_is_gone_is_told_with_the_cure(tmp_path: Path) -> None:
    catalog = sqlite_catalog(tmp_path / "catalog.sqlite")
    with pytest.raises(StoreError, match="Rebuild it: almanac ingest FOLDER --rebuild"):
        catalog.check_schema()
    assert not (tmp_path / "catalog.sqlite").exists(), "reading makes no file"
    catalog.close()


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = store_module._build_quickly

    def on_a_small_disk(connection: sqlite3.Connection, record: object) -> None:
        quick(connection, record)
        connection.execute("PRAGMA max_page_count = 70")

    monkeypatch.setattr(store_module, "_build_quickly", on_a_small_disk)
    catalog = sqlite_catalog(tmp_path / "catalog.sqlite", writable=True)
    large = OWL.model_copy(update={"text": "hoot " * 200_000})
    with pytest.raises(StoreError, match=r"the disk of .* is full; the store is as it was before. Free some space"):
        catalog.write(rows_of(large), {})
    catalog.close()


def test_a_finished_catalogue_cannot_be_written(tmp_path: Path) -> None:
    written = sqlite_catalog(tmp_path / "catalog.sqlite", writable=True)
    written.write(rows_of(OWL), {})
    written.close()
    catalog = sqlite_catalog(tmp_path / "catalog.sqlite")
    with pytest.raises(StoreError, match="readonly database"):
        catalog.write(rows_of(OWL), {})
    catalog.close()


@pytest.mark.parametrize("name", ["with space", "per%20cent", "what?", "hash#tag", "ünïcode"])
def test_a_store_may_stand_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    written = sqlite_catalog(tmp_path / name / "catalog.sqlite", writable=True)
    written.write(rows_of(OWL), {"generation": "one"})
    written.close()
    assert [file.name for file in (tmp_path / name).iterdir()] == ["catalog.sqlite"]
    catalog = sqlite_catalog(tmp_path / name / "catalog.sqlite")
    assert catalog.meta()["generation"] == "one"
    catalog.close()


@pytest.mark.parametrize("url", ["", "nonsense", "oracle+nothing://x", "postgresql+missing://x/y"])
def test_a_database_url_that_cannot_work(url: str) -> None:
    with pytest.raises(
        StoreError, match=r"database_url cannot be used: .*Give a SQLAlchemy URL and install its driver"
    ):
        url_catalog(url)


def test_a_password_is_not_shown() -> None:
    pytest.importorskip("psycopg")
    catalog = url_catalog("postgresql+psycopg://me:sesame@127.0.0.1:1/almanac")
    with pytest.raises(StoreError) as raised:
        catalog.has_tables()
    assert "sesame" not in f"{catalog.where} {raised.value}"
    assert "127.0.0.1" in str(raised.value)
    catalog.close()


def test_reading_takes_one_statement_for_many_facts(catalog: Catalog) -> None:
    statements: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    facts = [
        row.fact
        for table in (tables.training, tables.derivation)
        for row in catalog.facts(table, "model_id", ["den/owl"])
    ]
    event.listen(catalog.engine, "before_cursor_execute", note)
    catalog.evidence(facts * 50)
    assert len(statements) == 1
