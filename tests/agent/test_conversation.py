"""Follow-ups over the sample catalogue, answered without a model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.wiring import Almanac
from catalog.settings import load_settings


@pytest.fixture(scope="module")
def asked(sample_store: Path) -> Iterator[Almanac]:
    almanac = Almanac(load_settings(store=sample_store))
    yield almanac
    almanac.close()


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (["What licence does gpt2 have?", "and distilgpt2?"], "apache-2.0"),
        (["What licence does gpt2 have?", "what about distilgpt2?"], "apache-2.0"),
        (["What licence does gpt2 have?", "no, I meant distilgpt2"], "apache-2.0"),
        (["Who made distilgpt2?", "And its licence?"], "apache-2.0"),
        (["How many entries does the tokenizer of gpt2 have?", "and how long is its context?"], "1,024"),
        (["What is the perplexity of gpt2 on PTB?", "and on LAMBADA?"], "35.13"),
        (["How many unanswerable questions has squad_v2 for training?", "And for validation?"], "5,945"),
        (["Which platform did SQuAD 2.0 use?", "Was anything anonymised?"], "Nothing was anonymised"),
        (["How much CO2 did distilgpt2 emit?", "On what hardware?"], "V100"),
        (["Which model was distilgpt2 distilled from?", "What licence does that one have?"], "mit"),
        (["What licence does gpt2 have?", "and how does distilgpt2 compare to it?"], "apache-2.0"),
    ],
)
def test_a_follow_up_is_read_in_the_light_of_what_was_said(turns: list[str], said: str, asked: Almanac) -> None:
    answer = asked.ask(*turns)
    assert not answer.abstained, answer.text
    assert said in answer.text


def test_an_ordinal_points_into_the_last_list(asked: Almanac) -> None:
    listed = asked.ask("Which models were fine-tuned on SQuAD 2.0?")
    second = listed.items[1].id
    answer = asked.ask("Which models were fine-tuned on SQuAD 2.0?", "what licence does the second one have?")
    assert second is not None
    assert second in answer.text


def test_the_smallest_of_those_just_listed_is_one_of_them(asked: Almanac) -> None:
    question = "Which models have the task text-generation?"
    listed = {item.id for item in asked.ask(question).items}
    answer = asked.ask(question, "which of those is smallest?")
    assert len(answer.items) == 1
    assert {item.id for item in answer.items} <= listed
    assert all(row.markers for row in answer.rows)


def test_a_no_stays_a_no_in_a_conversation(asked: Almanac) -> None:
    answer = asked.ask("What licence does gpt2 have?", "and its inter-annotator agreement?")
    assert answer.abstained
    assert "gpt2" in answer.text


def test_a_new_subject_ends_the_old_one(asked: Almanac) -> None:
    answer = asked.ask("What licence does gpt2 have?", "How many entries does the tokenizer of camembert-base have?")
    assert answer.abstained
    assert "gpt2" not in answer.text


def test_a_list_that_is_empty_stays_empty(asked: Almanac) -> None:
    lists = ("Which models were fine-tuned on SQuAD 2.0?", "only the Finnish ones")
    for turns in (lists, (*lists, "and which of those is smallest?")):
        answer = asked.ask(*turns)
        assert answer.abstained
        assert "language Finnish" in answer.headline


def test_those_that_were_listed_are_counted_when_a_number_is_asked(asked: Almanac) -> None:
    answer = asked.ask("Which models have the licence apache-2.0?", "how many of them are by google?")
    listed = asked.ask("Which models by google have the licence apache-2.0?")
    assert [item.value for item in answer.items] == [listed.total]
