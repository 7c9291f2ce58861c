"""Questions that set assets of the sample catalogue side by side: the same of each, and what follows from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.answer import Answer
from agent.wiring import Almanac
from catalog.settings import load_settings


@pytest.fixture(scope="module")
def asked(sample_store: Path) -> Iterator[Almanac]:
    almanac = Almanac(load_settings(store=sample_store))
    yield almanac
    almanac.close()


def told(answer: Answer) -> dict[str, str]:
    """What the rows say of each asset."""
    found: dict[str, str] = {}
    for row in answer.rows:
        found[row.label] = f"{found.get(row.label, '')} {' '.join(row.details)}".strip()
    return found


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Are gpt2 and distilgpt2 equally large?", {"gpt2": "124", "distilgpt2": "82M"}),
        ("How many parameters do gpt2 and gpt2-medium have?", {"gpt2": "124", "gpt2-medium": "355M"}),
        ("batch size of roberta-base against that of roberta-large", {"roberta-base": "8K", "roberta-large": "8000"}),
        ("learning rates of roberta-base and roberta-large", {"roberta-base": "6e-4", "roberta-large": "4.0e-4"}),
        ("Which has the larger training set, imdb or snli?", {"imdb": "25000", "snli": "550152"}),
        ("licences of snli, squad and imdb", {"snli": "cc-by-4.0", "squad": "cc-by-sa-4.0", "imdb": "other"}),
        (
            "How many training articles do xsum and cnn_dailymail have each?",
            {"xsum": "204,045", "cnn_dailymail": "287,113"},
        ),
        ("t5-base or t5-small: average on GLUE?", {"t5-base": "82.7", "t5-small": "77.4"}),
        (
            "Does all-mpnet-base-v2 encode slower than all-MiniLM-L6-v2?",
            {"sentence-transformers/all-mpnet-base-v2": "2800", "sentence-transformers/all-MiniLM-L6-v2": "14200"},
        ),
        (
            "ELECTRA base vs ELECTRA small on GLUE",
            {"google/electra-base-discriminator": "82.7", "google/electra-small-discriminator": "77.4"},
        ),
        (
            "training tokens of WikiText-103 vs WikiText-2",
            {"wikitext/wikitext-103": "103,227,021", "wikitext/wikitext-2": "2,088,628"},
        ),
    ],
)
def test_the_same_is_told_of_every_side(asked: Almanac, question: str, values: dict[str, str]) -> None:
    answer = asked.ask(question)
    said = told(answer)
    assert set(said) == set(values)
    assert all(value in said[asset] for asset, value in values.items()), said
    assert all(row.markers for row in answer.rows)


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Do whisper-small and whisper-large-v2 share a licence?", "The same"),
        ("Do bart-large-cnn and distilbart-cnn-12-6 have the same licence?", "Not the same"),
        ("Is distilgpt2 smaller than gpt2?", "Smaller: distilgpt2"),
        ("Which has more training pairs, multi_nli or snli?", "Larger: snli"),
        ("gpt2 or gpt2-medium: which one has the better WikiText-2 perplexity?", "Better: gpt2-medium"),
        ("gpt2 or gpt2-medium: which one has the higher WikiText-2 perplexity?", "Higher: gpt2."),
    ],
)
def test_what_follows_from_the_values_is_said_first(asked: Almanac, question: str, begins: str) -> None:
    assert asked.ask(question).headline.startswith(begins)


def test_a_side_that_does_not_state_it_is_told(asked: Almanac) -> None:
    answer = asked.ask("licence of openai/clip-vit-base-patch32 vs gpt2")
    assert told(answer) == {"gpt2": "mit"}
    assert "openai/clip-vit-base-patch32 does not state this." in answer.notes


def test_a_side_may_be_told_by_what_it_is_to_the_other(asked: Almanac) -> None:
    answer = asked.ask("compare the sizes of bert-base-uncased and its distilled version")
    assert set(told(answer)) == {"bert-base-uncased", "distilbert-base-uncased"}


def test_where_nothing_is_asked_all_facts_and_what_the_cards_say_of_one_another_are_told(asked: Almanac) -> None:
    answer = asked.ask("squad vs squad_v2")
    assert answer.columns == ("", "squad", "squad_v2")
    assert {"licence", "size", "of one another"} <= {row.label for row in answer.rows}


def test_datasets_that_models_were_trained_on_are_not_compared(asked: Almanac) -> None:
    answer = asked.ask("Which models were trained on SNLI and MultiNLI?")
    assert {item.kind for item in answer.items} == {"model"}


def test_a_plain_word_for_models_is_no_side(asked: Almanac) -> None:
    answer = asked.ask("How many parameters does the gpt2-medium generator have?")
    assert answer.headline.startswith("Number of parameters of gpt2-medium")
