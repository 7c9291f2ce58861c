"""Rankings over a few cards whose results do not all compare."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from stores import Cards

from agent.answer import Answer
from agent.wiring import Almanac
from catalog.settings import Settings
from ingest.pipeline import ingest_roots


def card(*results: tuple[str, str, str]) -> str:
    """A card with results on a dataset's split: (dataset, split, accuracy)."""
    lines = ["---", "model-index:", "- name: x", "  results:"]
    for dataset, split, value in results:
        lines += ["  - task: {type: text-classification}", f"    dataset: {{name: {dataset}, type: {dataset}"]
        lines[-1] += f", split: {split}}}" if split else "}"
        lines += ["    metrics:", f"    - {{type: accuracy, value: {value}}}"]
    return "\n".join([*lines, "---", "# A classifier", "", "Sorts films."])


@pytest.fixture
def ranked(models: Cards, store: Path) -> Almanac:
    models.write("a/dev-low", card(("imdb", "validation", "0.81")))
    models.write("a/dev-high", card(("imdb", "validation", "88.5")))
    models.write("a/test-top", card(("imdb", "test", "91.0")))
    models.write("a/test-mid", card(("imdb", "test", "90.0")))
    ingest_roots([models.root], Settings(store=store, jobs=1))
    return Almanac(Settings(store=store))


def order(answer: Answer) -> Sequence[str | None]:
    return [item.id for item in answer.items]


def test_different_splits_are_ranked_apart_and_it_is_said(ranked: Almanac) -> None:
    answer = ranked.ask("Which model has the best accuracy on IMDB?")
    assert order(answer) == ["a/test-top", "a/dev-high"]
    assert [row.details[1] for row in answer.rows] == ["imdb, test", "imdb, validation"]
    assert any("do not compare and are ranked apart" in note for note in answer.notes)


def test_one_split_is_one_order(ranked: Almanac) -> None:
    answer = ranked.ask("top 2 models by accuracy on the imdb test set")
    assert order(answer) == ["a/test-top", "a/test-mid"]
    assert not answer.notes


def test_a_fraction_stands_as_printed_with_its_percentage(ranked: Almanac) -> None:
    answer = ranked.ask("Which model has the worst accuracy on the imdb validation set?")
    assert order(answer) == ["a/dev-low"]
    assert "0.81 (81 %)" in answer.text


def test_without_a_metric_the_usual_one_of_the_dataset_is_taken(ranked: Almanac) -> None:
    answer = ranked.ask("What is the best model on IMDB?")
    assert order(answer)[0] == "a/test-top"
    assert "best accuracy on imdb" in answer.understood
