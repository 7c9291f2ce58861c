"""A few questions over the sample catalogue, end to end and without a model; the evals ask the many."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.answer import Answer
from agent.wiring import Almanac
from catalog.settings import Settings


@pytest.fixture(scope="module")
def almanac(sample_store: Path) -> Iterator[Almanac]:
    opened = Almanac(Settings(store=sample_store))
    yield opened
    opened.close()


def ids(answer: Answer) -> list[str | None]:
    return [item.id for item in answer.items]


def check_cited(answer: Answer, almanac: Almanac) -> None:
    """Every quote stands in its file."""
    assert answer.citations
    for citation in answer.citations:
        text = almanac.snapshot.catalog.text(citation.path)
        assert text is not None
        assert " ".join(citation.quote.split()) in " ".join(text.split())


def test_a_list_is_complete_and_says_so(almanac: Almanac) -> None:
    answer = almanac.ask("Which models were trained on SQuAD 2.0?")
    assert {"deepset/minilm-uncased-squad2", "deepset/bert-base-cased-squad2"} <= set(ids(answer))
    assert (answer.total, answer.exhaustive, answer.abstained) == (len(answer.items), True, False)
    assert {item.kind for item in answer.items} == {"model"}
    check_cited(answer, almanac)


def test_every_item_of_a_list_is_cited(almanac: Almanac) -> None:
    answer = almanac.ask("Which models were trained on SQuAD 2.0?")
    cited = {citation.asset for citation in answer.citations}
    assert set(ids(answer)) <= cited


def test_a_count_is_the_length_of_the_list(almanac: Almanac) -> None:
    listed = almanac.ask("Which models were trained on SQuAD 2.0?")
    counted = almanac.ask("How many models were trained on SQuAD 2.0?")
    assert [(item.kind, item.value) for item in counted.items] == [("number", listed.total)]
    check_cited(counted, almanac)


def test_an_attribute_is_the_value_of_the_card(almanac: Almanac) -> None:
    answer = almanac.ask("What is the licence of deepset/minilm-uncased-squad2?")
    assert [(item.kind, item.value) for item in answer.items] == [("value", "cc-by-4.0")]
    check_cited(answer, almanac)


@pytest.mark.parametrize(
    "question",
    [
        "Which models were trained on the Nightingale Song Corpus?",
        "Who won the world cup?",
        "asdf qwer",
        "",
    ],
)
def test_what_the_catalogue_does_not_hold_is_declined_without_sources(question: str, almanac: Almanac) -> None:
    answer = almanac.ask(question)
    assert answer.abstained
    assert (answer.items, answer.citations) == ((), ())
    assert answer.text


def test_the_same_question_has_the_same_answer(almanac: Almanac) -> None:
    question = "Which models were trained on Wikipedia?"
    told = [almanac.ask(question).model_dump(exclude={"seconds", "tools"}) for _ in range(2)]
    assert told[0] == told[1]


def test_no_socket_is_opened(sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "__init__", opened)
    almanac = Almanac(Settings(store=sample_store))
    for question in ("Which models were trained on SQuAD 2.0?", "What are the limits of GPT-2?"):
        assert almanac.ask(question).text
    almanac.close()
