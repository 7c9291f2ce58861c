"""`--model offline`: read the question, look it up, compose the answer; an honest no where nothing answers."""

import time
from collections.abc import Callable

from agent.answer import Answer, ToolCall
from agent.offline.comparison import compared
from agent.offline.conversation import Conversation
from agent.offline.prose import ProseAnswers
from agent.offline.reading import QuestionReader, Reading, Subject
from agent.offline.remarks import remarked
from agent.offline.structured import StructuredAnswers
from agent.offline.subject import Told
from agent.offline.wording import ATTRIBUTES, understood
from catalog.records import AssetKind
from catalog.snapshot import Snapshot
from catalog.values import values_of
from catalog.vocabulary import squash

_NEAR = 0.5
_PASSAGES_FOR_NAME = 10
_REACHED: dict[str, AssetKind] = {"training_data": "dataset", "base_models": "model"}


class OfflineAnswerer:
    """Answers without a model."""

    def __init__(self, snapshot: Snapshot, clock: Callable[[], float] = time.perf_counter) -> None:
        self._snapshot = snapshot
        self._clock = clock
        self._reader = QuestionReader(snapshot.catalog)
        self._structured = StructuredAnswers(snapshot.catalog)
        self._prose = ProseAnswers(snapshot)
        self._conversation = Conversation(self._reader, self._answer)

    def answer(self, turns: tuple[str, ...]) -> Answer:
        """The answer to the last of `turns`."""
        question = turns[-1]
        if not question.strip():
            return Answer(headline="Ask a question about a model or a dataset.", abstained=True)
        started = self._clock()
        reading = self._conversation.read(turns)
        answer = self._answer(reading)
        call = _call(reading, self._clock() - started, answer)
        return remarked(answer or self._no(reading), reading, question).model_copy(update={"tools": (call,)})

    def read(self, turns: tuple[str, ...]) -> Reading:
        """How the last of `turns` is understood, as a hint for a model."""
        return self._conversation.read(turns)

    def _answer(self, reading: Reading) -> Answer | None:
        if self._reader.unknown_ids(reading.question):
            return None
        nobody_named = reading.subject is None or reading.subject.kind == "dataset"
        if nobody_named and self._unheard_of(reading):
            return None
        if reading.others and reading.subject:
            return compared(reading, (reading.subject, *reading.others), self._answer_one)
        reached = self._reached(reading)
        return compared(reading, reached, self._answer_one) if reached else self._answer_one(reading)

    def _answer_one(self, reading: Reading) -> Answer | None:
        if reading.intent == "prose":
            return self._prose.answer(reading)
        answer = self._structured.answer(reading)
        if answer is None:
            return self._prose.answer(reading, for_fact=reading.subject is None or reading.subject.kind == "model")
        return self._prose.beside(reading, answer) if reading.intent in ("attribute", "score") else answer

    def _reached(self, reading: Reading) -> list[Subject]:
        """The datasets or base models with a card that the question asks about through the model it names."""
        if reading.through is None or reading.subject is None:
            return []
        catalog, kind = self._snapshot.catalog, _REACHED[reading.through]
        steps = values_of(catalog, "model", [reading.subject.id], reading.through)
        found = catalog.assets(kind, [step.value for step in steps if step.stated])
        return [self._reader.subject(asset.id) for asset in found if asset.has_card]

    def _unheard_of(self, reading: Reading) -> bool:
        """Whether the question is about a name that neither the catalogue nor any passage knows."""
        if reading.query:
            return False
        for name in self._reader.unknown_names(reading):
            hits = self._snapshot.passages.lexical(name, limit=_PASSAGES_FOR_NAME)
            if not any(squash(name) in squash(hit.passage.text) for hit in hits):
                return True
        return False

    def _no(self, reading: Reading) -> Answer:
        """Why there is no answer: not stated, or no such asset, with what was perhaps meant."""
        unknown = self._reader.unknown_ids(reading.question) or reading.unknown
        if unknown:
            return _abstention(f"“{unknown[0]}” is not in the catalogue.", self._near(reading.question))
        subject = reading.subject
        if subject:
            asset = self._snapshot.catalog.asset(subject.kind, subject.id)
            what = ATTRIBUTES.get(reading.attribute or "", "this")
            if asset and asset.has_card:
                return _abstention(f"The card of {subject.id} does not state {'its ' if what != 'this' else ''}{what}.")
            return _abstention(f"{subject.id} has no card in the catalogue; other cards only name it.")
        if reading.query:
            return _abstention(f"Nothing in the catalogue matches: {understood(reading.query)}.")
        return _abstention("Nothing in the catalogue answers this.", self._near(reading.question))

    def _near(self, question: str) -> tuple[str, ...]:
        subjects, told = self._reader.subjects, Told(question)
        likely = [*subjects.likely("model", told)[:3], *subjects.likely("dataset", told)[:2]]
        near = [likely.id for likely in likely if likely.score >= _NEAR]
        return (f"Did you mean: {', '.join(near)}?",) if near else ()


def _abstention(headline: str, notes: tuple[str, ...] = ()) -> Answer:
    return Answer(headline=headline, notes=notes, abstained=True)


def _call(reading: Reading, seconds: float, answer: Answer | None) -> ToolCall:
    """The look-up as a front end shows it."""
    total = answer.total if answer else 0
    if reading.lookup:
        query = reading.lookup
        arguments = query.model_dump(mode="json", exclude_defaults=True)
        name = f"find_{query.kind}s" if reading.query else "get_assets"
        return ToolCall(name=name, arguments=arguments, seconds=round(seconds, 4), total=total)
    about = {"asset": reading.subject.id} if reading.subject else {}
    asked = about | {"text": reading.question}
    return ToolCall(name="search_passages", arguments=asked, seconds=round(seconds, 4), total=total)
