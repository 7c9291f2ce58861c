"""`what is X?`: the summary of a card and its facts, each with its line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.wiring import Almanac
from catalog.settings import Settings


@pytest.fixture(scope="module")
def almanac(sample_store: Path) -> Iterator[Almanac]:
    opened = Almanac(Settings(store=sample_store))
    yield opened
    opened.close()


@pytest.mark.parametrize("question", ["what is roberta-base?", "tell me about roberta-base", "roberta-base"])
def test_what_a_model_is(almanac: Almanac, question: str) -> None:
    answer = almanac.ask(question)
    told = {row.label: row.details[0] for row in answer.rows}
    assert answer.headline.startswith("roberta-base: ")
    assert [item.id for item in answer.items] == ["roberta-base"]
    assert told["licence"] == "mit"
    assert "bookcorpus (pretrain)" in told["training data"]
    assert all(row.markers for row in answer.rows)


def test_what_a_dataset_is(almanac: Almanac) -> None:
    answer = almanac.ask("what is squad_v2?")
    assert answer.headline.startswith("squad_v2: ")
    assert answer.citations[0].path.startswith("datasets/squad_v2")


def test_every_quote_stands_in_its_file(almanac: Almanac) -> None:
    for citation in almanac.ask("what is gpt2?").citations:
        text = almanac.snapshot.catalog.text(citation.path)
        assert text is not None
        assert " ".join(citation.quote.split()) in " ".join(text.split())


@pytest.mark.parametrize(
    "question", ["what is the licence of roberta-base?", "what is wrong with roberta-base?", "models like roberta-base"]
)
def test_a_question_for_something_is_none(almanac: Almanac, question: str) -> None:
    assert not almanac.ask(question).headline.startswith("roberta-base: ")
