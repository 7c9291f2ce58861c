"""Opening a store, drafting the next generation of it, and what is left when that fails."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from catalog import snapshot as snapshot_module
from catalog.embedding import WordLlamaEmbedder
from catalog.errors import EmbedderError, StoreError
from catalog.passages import embedding_text
from catalog.records import AssetCard, Passage, Source
from catalog.settings import Settings
from catalog.snapshot import Draft, current_name, drafting, open_snapshot
from ingest.linking import link


def fill(draft: Draft, name: str, *, told: bool = True) -> None:
    """One asset, with one passage where it is `told`; to flush passages takes a second."""
    draft.write_catalogue(
        link(
            [Source(path=f"m/{name}", reader="test", text=name, assets=(AssetCard(id=name, kind="model", title=name),))]
        ),
        {"root:m": "/somewhere/m"},
    )
    if not told:
        return
    passage = Passage(
        path=f"m/{name}", asset=name, kind="model", headings=(), line_start=1, line_end=1, text=f"All of {name}."
    )
    draft.passages.upsert([passage], draft.embedder.embed([embedding_text(passage)]))
    draft.passages.flush()


def add(settings: Settings, name: str, *, rebuild: bool = False, told: bool = False) -> str:
    with drafting(settings, rebuild=rebuild) as draft:
        fill(draft, name, told=told)
        draft.publish()
    return draft.name


def assets(settings: Settings) -> tuple[list[str], list[str]]:
    """The models of the catalogue and of the passages."""
    snapshot = open_snapshot(settings)
    try:
        named = [alias.id for alias in snapshot.catalog.all_aliases("model")]
        told = [passage.asset or "" for passage in snapshot.passages.passages_of()]
        return named, told
    finally:
        snapshot.close()


@pytest.fixture
def settings(store: Path) -> Settings:
    return Settings(store=store)


def generations(settings: Settings) -> set[str]:
    return {path.name for path in (settings.store / "generations").iterdir()}


def test_nothing_can_be_opened_before_the_first_ingest(settings: Settings) -> None:
    with pytest.raises(StoreError, match="no store at"):
        open_snapshot(settings)


def test_a_store_whose_first_ingest_failed_is_empty(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), drafting(settings):
        raise ZeroDivisionError
    with pytest.raises(StoreError, match=r"the store at .* is empty. Fill it: almanac ingest FOLDER"):
        open_snapshot(settings)
    assert generations(settings) == set()


def test_a_published_draft_is_what_readers_open(settings: Settings) -> None:
    name = add(settings, "owl", told=True)
    snapshot = open_snapshot(settings)
    assert (snapshot.name, current_name(settings)) == (name, name)
    assert snapshot.roots == {"m": Path("/somewhere/m")}
    assert snapshot.meta["embedder"] == "wordllama"
    snapshot.close()
    assert assets(settings) == (["owl"], ["owl"])


def test_the_next_draft_starts_from_the_passages_that_are_there(settings: Settings) -> None:
    add(settings, "owl", told=True)
    add(settings, "lark", told=True)
    assert assets(settings) == (["lark"], ["lark", "owl"])
    add(settings, "wren", rebuild=True)
    assert assets(settings) == (["wren"], [])


def test_a_draft_that_is_not_published_leaves_nothing(settings: Settings) -> None:
    name = add(settings, "owl")
    with drafting(settings) as draft:
        fill(draft, "lark")
    assert generations(settings) == {name}
    assert assets(settings) == (["owl"], [])


def test_a_reader_goes_on_with_what_it_opened(settings: Settings) -> None:
    add(settings, "owl", told=True)
    reader = open_snapshot(settings)
    add(settings, "lark")
    assert reader.catalog.asset("model", "owl")
    assert [passage.asset for passage in reader.passages.passages_of()] == ["owl"]
    reader.close()


def test_the_generation_before_is_kept_and_older_ones_go(settings: Settings) -> None:
    names = [add(settings, name) for name in ("one", "two", "three")]
    assert generations(settings) == set(names[1:])


def test_what_a_killed_ingest_left_goes_with_the_next(settings: Settings) -> None:
    add(settings, "owl")
    (settings.store / "generations" / "left-over").mkdir()
    add(settings, "lark")
    assert "left-over" not in generations(settings)


def test_a_reader_whose_generation_goes_while_it_opens_takes_the_new_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = add(settings, "owl")
    add(settings, "lark")
    newest = add(settings, "wren")
    names = iter([gone])
    monkeypatch.setattr(snapshot_module, "current_name", lambda asked: next(names, None) or current_name(asked))
    snapshot = open_snapshot(settings)
    assert snapshot.name == newest
    snapshot.close()


def test_a_pointer_to_nothing_is_told_with_the_cure(settings: Settings) -> None:
    shutil.rmtree(settings.store / "generations" / add(settings, "owl"))
    with pytest.raises(StoreError, match="Rebuild it: almanac ingest FOLDER --rebuild"):
        open_snapshot(settings)


def test_a_catalogue_of_another_schema_can_only_be_rebuilt(settings: Settings) -> None:
    name = add(settings, "owl")
    with sqlite3.connect(settings.store / "generations" / name / "catalog.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    for attempt in (lambda: open_snapshot(settings), lambda: add(settings, "lark")):
        with pytest.raises(StoreError, match="has schema 99"):
            attempt()
    add(settings, "lark", rebuild=True)
    assert assets(settings) == (["lark"], [])


def test_an_index_of_another_embedder_is_neither_read_nor_added_to(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = add(settings, "owl")

    class Other(WordLlamaEmbedder):
        name = "other"

    monkeypatch.setattr(snapshot_module, "make_embedder", lambda *_: Other())
    said = r"embedded with wordllama, the embedder set is other. Set it back \(ALMANAC_EMBEDDER=wordllama\), or"
    with pytest.raises(EmbedderError, match=said):
        _ = open_snapshot(settings).passages
    with pytest.raises(EmbedderError, match=said):
        add(settings, "lark")
    assert generations(settings) == {before}
    add(settings, "lark", rebuild=True)
    assert assets(settings) == (["lark"], [])


def test_tidying_up_comes_after_the_switch_and_cannot_undo_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(settings, "owl")

    def unreachable(*_: object) -> None:
        raise StoreError("the server is away")

    with monkeypatch.context() as patch:
        patch.setattr("catalog.passages.PassagePlace.remove_others", unreachable)
        with pytest.raises(StoreError, match="the server is away"):
            add(settings, "lark")
    assert assets(settings) == (["lark"], [])


def test_an_error_of_the_system_while_drafting_is_told_in_one_line(settings: Settings) -> None:
    add(settings, "owl")
    with pytest.raises(StoreError, match=r"cannot be used: Input/output error"), drafting(settings):
        raise OSError(5, "Input/output error")
    assert assets(settings) == (["owl"], [])
