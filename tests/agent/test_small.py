"""Small local models: they choose where the rules leave a choice, never do worse than the rules, and open no socket."""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from local_models import needs_smollm2, smollm2

from agent.answer import Answer
from agent.asking import Asking
from agent.choosing import Chooser, Chosen
from agent.events import Stop, Working
from agent.models import Chat
from agent.small import SURE, SmallAnswerer
from agent.wiring import Almanac
from catalog.settings import Settings
from catalog.snapshot import Snapshot, open_snapshot

MODEL = "deepset/minilm-uncased-squad2"
RULES_KNOW = f"What is the licence of {MODEL}?"
PROSE_ANSWERS = "Which infrastructure did deepset/roberta-base-squad2 run on?"
RULES_DO_NOT_KNOW = f"What would a lawyer say about {MODEL}?"


@pytest.fixture(scope="module")
def snapshot(sample_store: Path) -> Iterator[Snapshot]:
    opened = open_snapshot(Settings(store=sample_store))
    yield opened
    opened.close()


class Choosing:
    """Chooses what it is told to, and remembers what it was asked."""

    def __init__(self, option: str, lead: float) -> None:
        self.chosen, self.asked = Chosen(option, lead, 100), list[tuple[str, list[str]]]()

    def choose(self, question: str, options: Sequence[str], stopped: Any) -> Chosen:
        self.asked.append((question, list(options)))
        return self.chosen


def asked(snapshot: Snapshot, question: str, option: str = "licence", lead: float = SURE) -> tuple[Answer, Choosing]:
    """The answer of the small profile where the model chooses `option`, and what the model was asked."""

    class Model:
        engine = None

    small = SmallAnswerer(snapshot, Chat("local:tiny", Model()), Settings())  # type: ignore[arg-type]
    choosing = Choosing(option, lead)
    small._chooser = choosing  # type: ignore[assignment]
    *_, last = small.answer(Asking((question,)))
    return last.answer, choosing  # type: ignore[union-attr]


def without_model(snapshot: Snapshot, question: str) -> Answer:
    from agent.offline.answering import OfflineAnswerer

    return OfflineAnswerer(snapshot).answer((question,))


@pytest.mark.parametrize(
    "question",
    [
        RULES_KNOW,
        "Which models were trained on SQuAD 2.0?",
        "How many models are there for French?",
        "Who are you?",
        " ",
    ],
)
def test_what_the_rules_know_is_not_asked_of_the_model(snapshot: Snapshot, question: str) -> None:
    answer, choosing = asked(snapshot, question)
    assert choosing.asked == []
    ruled = without_model(snapshot, question)
    assert (answer.text, answer.items, answer.citations) == (ruled.text, ruled.items, ruled.citations)
    assert answer.model == "local:tiny"


def test_the_model_chooses_among_facts_that_are_stated(snapshot: Snapshot) -> None:
    _, choosing = asked(snapshot, RULES_DO_NOT_KNOW)
    ((question, options),) = choosing.asked
    assert question == RULES_DO_NOT_KNOW
    assert options[0] == "something else"
    assert {"licence", "languages", "training data", "score"} <= set(options)
    assert not {"arXiv id", "compute"} & set(options)


def test_a_choice_is_answered_by_code_with_its_evidence(snapshot: Snapshot) -> None:
    answer, _ = asked(snapshot, RULES_DO_NOT_KNOW)
    assert [(item.kind, item.value) for item in answer.items] == [("value", "cc-by-4.0")]
    assert answer.citations
    assert "Read by local:tiny as asking for: licence." in answer.text
    assert answer.usage.input_tokens == 100


def test_what_the_documents_say_stays_beside_the_choice(snapshot: Snapshot) -> None:
    answer, _ = asked(snapshot, PROSE_ANSWERS)
    ruled = without_model(snapshot, PROSE_ANSWERS)
    assert ruled.rows
    assert [row.label for row in answer.rows[-len(ruled.rows) :]] == [row.label for row in ruled.rows]
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert all(f"[{citation.marker}]" in answer.text for citation in answer.citations)


def test_a_name_that_is_not_in_the_catalogue_is_not_asked_about(snapshot: Snapshot) -> None:
    answer, choosing = asked(snapshot, f"What would a lawyer say about {MODEL} and acme/some-model-7b?")
    assert choosing.asked == []
    assert answer.abstained


def test_a_doubtful_choice_leaves_the_answer_of_the_rules(snapshot: Snapshot) -> None:
    answer, _ = asked(snapshot, RULES_DO_NOT_KNOW, lead=SURE - 0.1)
    assert answer.text == without_model(snapshot, RULES_DO_NOT_KNOW).text
    assert not answer.items


def test_a_choice_that_nothing_is_stated_of_leaves_the_answer_of_the_rules(snapshot: Snapshot) -> None:
    question = "What would a lawyer say about camembert-base?"
    answer, choosing = asked(snapshot, question, option="score")
    assert choosing.asked
    assert answer.text == without_model(snapshot, question).text


@needs_smollm2
def test_the_real_model_tells_what_is_asked_for() -> None:
    chooser = Chooser(smollm2().engine, "small_asked")
    options = ["something else", "licence", "training hardware", "training data"]
    for question, wanted in (
        ("Which graphics cards did they need for CamemBERT?", "training hardware"),
        ("Which text collections did BARThez see?", "training data"),
    ):
        chosen = chooser.choose(question, options, lambda: False)
        assert chosen is not None
        assert (chosen.option, chosen.lead > SURE) == (wanted, True)


@needs_smollm2
def test_asking_a_local_model_opens_no_socket(sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_socket(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, no_socket)
    smollm2()
    almanac = Almanac(Settings(store=sample_store, model="local:smollm2", context_tokens=1024, local_threads=2))
    events = list(almanac.stream(RULES_DO_NOT_KNOW))
    almanac.close()
    assert any(isinstance(event, Working) for event in events)
    answer = events[-1].answer  # type: ignore[union-attr]
    assert answer.model == "local:smollm2"
    assert answer.usage.input_tokens > 100


@needs_smollm2
def test_a_stopped_question_ends_with_the_answer_of_the_rules(sample_store: Path) -> None:
    stop = Stop()
    stop.set()
    almanac = Almanac(Settings(store=sample_store, model="local:smollm2", context_tokens=1024, local_threads=2))
    *_, last = almanac.stream(RULES_DO_NOT_KNOW, stop=stop)
    almanac.close()
    assert last.answer.stopped  # type: ignore[union-attr]
