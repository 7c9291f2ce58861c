"""Results of whole cards in the styles of their authors: `result_cards.toml` holds the cards and what they say."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.records import Evaluation
from catalog.vocabulary import vocabulary
from ingest.extract import results
from ingest.extract.card_text import CardText
from ingest.extract.labels import read_label

MakeCard = Callable[..., CardText]

CARDS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "result_cards.toml").read_text(encoding="utf-8"))[
    "card"
]


def told(card: CardText) -> set[tuple[str, str, str]]:
    """(dataset, metric, value) with canonical names where there are any, empty where the card says nothing."""
    datasets, metrics = vocabulary("datasets"), vocabulary("metrics")
    return {
        (
            datasets.find(fact.dataset or "", weak=True) or fact.dataset or "",
            metrics.find(fact.metric or "", weak=True) or fact.metric or "",
            fact.value,
        )
        for fact in results.extract(card)
        if isinstance(fact, Evaluation)
    }


@pytest.mark.parametrize("written", CARDS, ids=[card["name"] for card in CARDS])
def test_a_card_says_these_results_and_no_others(card: MakeCard, written: dict[str, Any]) -> None:
    assert told(card(written["text"], written["id"])) == set(map(tuple, written["results"]))


@pytest.mark.parametrize(
    ("label", "is_cost"),
    [("Sentiment analysis", False), ("Multimedia", False), ("Inference time", True), ("# Params", True)],
)
def test_a_task_is_no_cost_because_of_the_letters_in_its_name(label: str, is_cost: bool) -> None:
    assert bool(read_label(label).is_statistic) is is_cost


@pytest.mark.parametrize(("label", "metric"), [("XLM-R", None), ("R", "R"), ("mean P", "P"), ("T5-F", None)])
def test_a_letter_joined_to_a_name_is_no_metric(label: str, metric: str | None) -> None:
    assert read_label(label).metric == metric


def test_results_on_several_corpora_are_on_what_was_kept_back_of_them(card: MakeCard) -> None:
    text = "# lm\n\nPretrained on OSCAR and CC100.\n\nThe validation perplexity is 9.1.\n"
    assert told(card(text)) == {("pretraining-validation", "perplexity", "9.1")}


def test_what_is_tuned_on_data_without_a_name_has_no_pretraining_corpus(card: MakeCard) -> None:
    text = "# lm\n\nGPT-2 fine-tuned on letters of my family.\n\nThe validation perplexity is 9.1.\n"
    assert told(card(text)) == {("", "perplexity", "9.1")}


def test_counted_material_gives_way_to_the_dataset_that_it_makes_up(card: MakeCard) -> None:
    text = (
        "# tagger\n\n## Task\n\n### Data\n\nThe corpus used to fine-tune it is the BC5CDR corpus.\n\n"
        "- Training data consist of 500 PubMed abstracts.\n\n### Scores\n\nThe F1 is 0.88.\n"
    )
    assert {dataset for dataset, _, _ in told(card(text))} == {"bc5cdr"}
