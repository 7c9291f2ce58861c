"""Ingesting: what has not changed is not read again, and the catalogue is a function of the cards alone."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stores import Cards, contents

from catalog.errors import SourceError
from catalog.records import Source
from catalog.settings import Settings
from catalog.snapshot import Snapshot, current_name, open_snapshot
from ingest import parsing, pipeline
from ingest.chunk import Sizes
from ingest.parsing import parse_all
from ingest.pipeline import Summary, ingest_roots
from ingest.sources import Bundle, RawFile

OWL = "---\nlicense: mit\ndatasets: [squad]\n---\n# Owl\n\nOwl was trained for three days on four accelerators.\n"
WREN = "---\nbase_model: den/owl\ndatasets: [Owl Notes]\n---\n# Wren\n\nWren answers questions about small birds.\n"
NOTES = "---\npretty_name: Owl Notes\nlicense: cc0-1.0\ntask_categories: [question-answering]\n---\n# Dataset Card\n"

Ingest = Callable[..., Summary]


@pytest.fixture
def ingest(store: Path) -> Ingest:
    def run(*cards: Cards, **options: Any) -> Summary:
        settings = Settings(store=options.pop("store", store), jobs=1)
        return ingest_roots([one.root for one in cards], settings, **options)

    return run


@pytest.fixture
def den(models: Cards) -> Cards:
    """Two models."""
    models.write("den/owl", OWL)
    models.write("den/wren", WREN)
    return models


@pytest.fixture
def opened(store: Path) -> Callable[[], Snapshot]:
    return lambda: open_snapshot(Settings(store=store))


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.new, summary.changed, summary.unchanged, summary.removed


def trained_on(snapshot: Snapshot) -> dict[str, list[str]]:
    from catalog import tables

    found: dict[str, list[str]] = {}
    for id_ in ("den/owl", "den/wren"):
        found[id_] = [row.dataset_id for row in snapshot.catalog.facts(tables.training, "model_id", [id_])]
    return found


def told(snapshot: Snapshot, asset: str) -> str:
    return " ".join(passage.text for passage in snapshot.passages.passages_of(asset=asset))


def test_a_second_run_reads_and_embeds_nothing(ingest: Ingest, den: Cards, store: Path) -> None:
    stages: list[tuple[str, int, int]] = []
    first = ingest(den, report=lambda step: stages.append((step.stage, step.done, step.total)))
    assert (counts(first), first.failed, first.warnings) == ((2, 0, 0, 0), [], [])
    assert first.embedded >= 2
    assert stages == [("reading", 1, 2), ("reading", 2, 2), ("linking", 0, 1), ("linking", 1, 1)]
    generation = current_name(Settings(store=store))
    second = ingest(den)
    assert (counts(second), second.embedded) == ((0, 0, 2, 0), 0)
    assert current_name(Settings(store=store)) == generation, "and the generation stays"


def test_cards_change_come_and_go(ingest: Ingest, den: Cards, datasets: Cards, opened: Callable[[], Snapshot]) -> None:
    ingest(den)
    assert trained_on(opened()) == {"den/owl": ["squad"], "den/wren": ["Owl Notes"]}

    # A changed card replaces its facts and its passages; the others are not read again.
    den.write("den/owl", OWL.replace("squad", "c4").replace("three days", "a fortnight"))
    summary = ingest(den)
    snapshot = opened()
    assert counts(summary) == (0, 1, 1, 0)
    assert trained_on(snapshot)["den/owl"] == ["c4"]
    assert "a fortnight" in told(snapshot, "den/owl")
    assert "three days" not in told(snapshot, "den/owl")
    assert "small birds" in told(snapshot, "den/wren")
    assert snapshot.catalog.asset("dataset", "squad") is None, "nobody names it any more"

    # A new dataset card is what the mentions in cards that did not change now mean.
    datasets.write("nest/owl-notes", NOTES)
    assert counts(ingest(datasets)) == (1, 0, 0, 0)
    snapshot = opened()
    assert trained_on(snapshot)["den/wren"] == ["nest/owl-notes"]
    assert set(snapshot.roots) == {"models", "datasets"}

    # A removed card goes, with its passages; cards of other roots stay.
    den.remove("den/owl")
    assert counts(ingest(den)) == (0, 0, 1, 1)
    snapshot = opened()
    gone = snapshot.catalog.asset("model", "den/owl")
    assert gone is not None
    assert not gone.has_card, "the other card still names it"
    assert told(snapshot, "den/owl") == ""
    assert snapshot.catalog.asset("dataset", "nest/owl-notes")


def test_the_way_to_the_cards_does_not_matter(ingest: Ingest, den: Cards, datasets: Cards, tmp_path: Path) -> None:
    datasets.write("nest/owl-notes", NOTES)
    at_once, by_and_by = tmp_path / "one", tmp_path / "two"
    ingest(den, datasets, store=at_once)

    ingest(datasets, store=by_and_by)
    den.write("den/wren", "# Something else\n\nThat will be replaced in a moment.\n")
    den.write("den/lark", OWL)
    ingest(den, store=by_and_by)
    den.write("den/wren", WREN)
    den.remove("den/lark")
    ingest(den, store=by_and_by)
    assert contents(by_and_by) == contents(at_once)


def test_workers_find_what_one_process_finds() -> None:
    root = Path(__file__).parents[2] / "evals" / "corpus" / "models"
    files = sorted(root.rglob("README.md"))[:26]
    bundles = [Bundle("huggingface", RawFile("models", path.relative_to(root).as_posix(), path)) for path in files]
    assert list(parse_all(bundles, 2)) == list(parse_all(bundles, 1))


def die(bundle: Bundle, *_: object) -> None:
    os._exit(1)


def test_a_killed_worker_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    bundles = [Bundle("huggingface", RawFile("m", f"{n}/README.md", Path("/nowhere"))) for n in range(30)]
    monkeypatch.setattr(parsing, "parse", die)
    with pytest.raises(SourceError, match=r"was killed, most likely for want of memory. Nothing was changed.*--jobs 1"):
        list(parse_all(bundles, 2))


def broken_reading(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = parsing._source

    def broken(bundle: Bundle, sizes: Sizes) -> Source:
        if name in bundle.path:
            raise ValueError("what a card")
        return real(bundle, sizes)

    monkeypatch.setattr(parsing, "_source", broken)


def test_a_card_that_cannot_be_read_keeps_its_earlier_version_and_is_tried_again(
    ingest: Ingest, den: Cards, opened: Callable[[], Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(den)
    den.write("den/owl", OWL.replace("squad", "c4"))
    den.write("den/wren", WREN.replace("small", "very small"))
    with monkeypatch.context() as patch:
        broken_reading(patch, "owl")
        (failure,) = ingest(den).failed
    assert (failure.path, failure.reason) == (
        "models/den/owl/README.md",
        "cannot be read as a huggingface card (ValueError: what a card)",
    )
    snapshot = opened()
    assert trained_on(snapshot)["den/owl"] == ["squad"]
    assert "three days" in told(snapshot, "den/owl")
    assert "very small" in told(snapshot, "den/wren")
    assert counts(ingest(den)) == (0, 1, 1, 0)
    assert trained_on(opened())["den/owl"] == ["c4"]


def test_a_new_card_that_cannot_be_read_is_left_out_and_tried_again(
    ingest: Ingest, den: Cards, opened: Callable[[], Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken_reading(patch, "wren")
        assert len(ingest(den).failed) == 1
    assert opened().catalog.asset("model", "den/wren") is None
    assert counts(ingest(den)) == (1, 0, 1, 0)


def unlistable(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    real = os.scandir

    def denied(asked: str) -> object:
        if asked == str(folder):
            raise PermissionError(13, "Permission denied", asked)
        return real(asked)

    monkeypatch.setattr(os, "scandir", denied)


def test_what_stands_below_a_folder_that_cannot_be_listed_stays(
    ingest: Ingest, den: Cards, opened: Callable[[], Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(den)
    for where in ("", "den", "den/owl"):
        with monkeypatch.context() as patch:
            unlistable(patch, den.root / where)
            summary = ingest(den)
        assert [failure.reason for failure in summary.failed] == ["cannot be listed (Permission denied)"]
        assert summary.removed == 0
        assert trained_on(opened())["den/owl"] == ["squad"]


def test_a_link_to_nothing_keeps_the_earlier_version(
    ingest: Ingest, den: Cards, opened: Callable[[], Snapshot]
) -> None:
    ingest(den)
    card = den.root / "den" / "owl" / "README.md"
    card.unlink()
    card.symlink_to("nowhere.md")
    summary = ingest(den)
    assert [(failure.path, failure.reason) for failure in summary.failed] == [
        ("models/den/owl/README.md", "a link to nothing")
    ]
    assert (counts(summary), trained_on(opened())["den/owl"]) == ((0, 0, 1, 0), ["squad"])


def test_a_document_whose_companion_cannot_be_read_stays_as_it_was(
    ingest: Ingest, models: Cards, opened: Callable[[], Snapshot], store: Path
) -> None:
    readme = models.write("owl", "# Owl\n\n## Use Case and High-Level Description\n\nIt hoots at night.\n")
    data = readme.with_name("model.yml")
    data.write_text(
        "description: An owl.\ntask_type: classification\nfiles: []\nframework: caffe\nlicense: https://x.org\n"
    )
    ingest(models)
    before = contents(store)
    assert opened().catalog.text("models/owl/model.yml"), "it is a companion"
    data.unlink()
    data.symlink_to("nowhere")
    assert ingest(models).removed == 0
    assert contents(store) == before


def test_a_file_that_goes_while_it_is_claimed_is_reported(
    ingest: Ingest, den: Cards, monkeypatch: pytest.MonkeyPatch, opened: Callable[[], Snapshot]
) -> None:
    ingest(den)
    real = Path.read_bytes

    def gone(path: Path) -> bytes:
        if path.parent.name == "owl":
            raise FileNotFoundError(2, "No such file or directory")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", gone)
    (failure,) = ingest(den).failed
    assert (failure.path, failure.reason) == ("models/den/owl/", "cannot be read (No such file or directory)")
    assert trained_on(opened())["den/owl"] == ["squad"]


def test_new_code_reads_every_card_anew_once(
    ingest: Ingest, den: Cards, datasets: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets.write("nest/owl-notes", NOTES)
    ingest(den, datasets)
    monkeypatch.setattr(pipeline, "fingerprint", lambda: "another version")
    assert counts(ingest(datasets)) == (0, 1, 0, 0)
    assert counts(ingest(den)) == (0, 2, 0, 0), "the other root waits for its own run"
    assert counts(ingest(den, datasets)) == (0, 0, 3, 0)


def test_rebuilding_forgets_what_is_not_named(
    ingest: Ingest, den: Cards, datasets: Cards, opened: Callable[[], Snapshot]
) -> None:
    datasets.write("nest/owl-notes", NOTES)
    ingest(den, datasets)
    assert counts(ingest(datasets, rebuild=True)) == (1, 0, 0, 0)
    snapshot = opened()
    assert set(snapshot.roots) == {"datasets"}
    assert snapshot.catalog.asset("model", "den/owl") is None


def test_another_folder_of_the_same_name_does_not_take_the_place(ingest: Ingest, den: Cards, tmp_path: Path) -> None:
    ingest(den)
    other = Cards(tmp_path / "elsewhere" / "models")
    other.write("den/lark", OWL)
    with pytest.raises(
        SourceError, match=r"already holds a root named 'models' from .*/models; .* would take its place"
    ):
        ingest(other)
    shutil.rmtree(den.root)
    assert counts(ingest(other)) == (1, 0, 0, 2), "a folder that has moved may"


def test_a_folder_without_cards_changes_nothing(ingest: Ingest, den: Cards, tmp_path: Path, store: Path) -> None:
    ingest(den)
    before = current_name(Settings(store=store))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"empty holds no card or document that Almanac reads .* Nothing was changed"):
        ingest(Cards(tmp_path / "empty"))
    assert current_name(Settings(store=store)) == before
