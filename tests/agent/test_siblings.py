"""Assets told by the part of a name in which they differ from one that is known."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.offline.siblings import sibling
from agent.offline.subject import Subject
from agent.wiring import Almanac
from catalog.settings import Settings


@pytest.fixture(scope="module")
def almanac(sample_store: Path) -> Iterator[Almanac]:
    opened = Almanac(Settings(store=sample_store))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("known", "text", "found"),
    [
        ("bert-base-cased", "and the uncased one?", "bert-base-uncased"),
        ("roberta-base", "large?", "roberta-large"),
        ("google/electra-base-discriminator", "the small one", "google/electra-small-discriminator"),
        ("roberta-base", "and for Spanish?", None),
        ("roberta-base", "xxlarge?", None),
        ("bert-base-cased", "is it cased?", None),
    ],
)
def test_one_part_of_the_name_tells_the_sibling(almanac: Almanac, known: str, text: str, found: str | None) -> None:
    told = sibling(almanac.snapshot.catalog, Subject("model", known, frozenset()), text)
    assert (told.id if told else None) == found


def test_a_word_alone_asks_the_same_of_the_sibling(almanac: Almanac) -> None:
    first = almanac.ask("How many parameters does roberta-base have?")
    second = almanac.ask("How many parameters does roberta-base have?", "roberta-large?")
    assert "roberta-large" in second.text
    assert first.text != second.text


def test_what_a_base_was_fine_tuned_on_is_told_of_its_children(almanac: Almanac) -> None:
    answer = almanac.ask("Which datasets was roberta-base fine-tuned on?")
    assert "squad_v2" in [item.id for item in answer.items]
    assert "roberta-base itself: not stated" in answer.text
    assert answer.citations


def test_what_sits_on_a_model_is_asked_in_many_words(almanac: Almanac) -> None:
    plain = almanac.ask("Which models are based on roberta-base?")
    for words in ("who all took roberta-base as a starting point?", "show me the offspring of roberta-base"):
        assert {item.id for item in almanac.ask(words).items} == {item.id for item in plain.items}, words
