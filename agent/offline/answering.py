"""`--model offline`: read the question, look it up, compose the answer; an honest no where nothing answers."""

import time
from collections.abc import Callable
from dataclasses import replace

from agent.answer import Answer, ToolCall
from agent.offline.asking import SINGLE
from agent.offline.comparison import Comparison
from agent.offline.conversation import Conversation
from agent.offline.discovery import Discovery
from agent.offline.documents import DocumentFinder, everything
from agent.offline.measuring import Measuring
from agent.offline.one_asset import OneAsset
from agent.offline.prose import ProseAnswers
from agent.offline.reading import QuestionReader, Reading
from agent.offline.refusal import Refusals, out_of_scope
from agent.offline.remarks import remarked
from agent.offline.side_by_side import SideBySide
from agent.offline.structured import StructuredAnswers
from catalog.snapshot import Snapshot


class OfflineAnswerer:
    """Answers without a model."""

    def __init__(self, snapshot: Snapshot, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._catalog = snapshot.catalog
        self._reader = QuestionReader(snapshot.catalog)
        self._finder = DocumentFinder(snapshot)
        self._structured = StructuredAnswers(snapshot.catalog)
        self._prose = ProseAnswers(snapshot, self._finder)
        self._one = OneAsset(snapshot, self._reader, self._finder)
        self._comparison = Comparison(snapshot, self._finder, self._one, self._prose)
        self._measuring = Measuring(snapshot, self._finder)
        self._side_by_side = SideBySide(self._finder, self._prose, self._reader.subjects)
        self._discovery = Discovery(snapshot)
        self._refusals = Refusals(snapshot.catalog, self._reader)
        self._conversation = Conversation(self._reader, self._settled, self._answer)

    def answer(self, turns: tuple[str, ...]) -> Answer:
        """The answer to the last of `turns`."""
        question = turns[-1]
        if not question.strip():
            return Answer(headline="Ask a question about a model or a dataset.", abstained=True)
        started = self._clock()
        reading = self._conversation.read(turns)
        answer = self._answer(reading)
        call = _call(reading, self._clock() - started, answer)
        answer = remarked(answer or self._refusals.of(reading), reading, question)
        return answer.model_copy(update={"tools": (call,)})

    def read(self, turns: tuple[str, ...]) -> Reading:
        """How the last of `turns` is understood, as a hint for a model."""
        return self._conversation.read(turns)

    def _answer(self, reading: Reading) -> Answer | None:
        if out_of_scope(reading) or self._unheard_of(reading):
            return None
        if reading.others and reading.subject:
            return self._comparison.answer(reading, (reading.subject, *reading.others))
        found = self._one.across(reading) or self._side_by_side.answer(reading)
        if found:
            return found
        if reading.query:
            found = self._structured.answer(reading) or self._measuring.answer(reading.query)
            # Of a list that was narrowed down to nothing, text about something else is no answer.
            sure = reading.carried or reading.query.order == "value" or _is_whole(reading)
            return found if found or sure else self._prose.answer(reading, for_list=True)
        told = self._discovery.applies(reading) and not _names_unknown(reading)
        needed = self._discovery.answer(reading) if told else None
        return needed or self._one.answer(reading)

    def _unheard_of(self, reading: Reading) -> bool:
        """Whether the question names an id that the catalogue lacks, or a model that no document speaks of either."""
        unknown = self._reader.unknown_ids(reading.question)
        return any("/" in name or not self._finder.speaks_of(name) for name in unknown)

    def _settled(self, reading: Reading) -> Reading:
        """The reading with the subject that the passages bear out, and what is asked of it."""
        settled = reading if everything(reading) else self._finder.settled(reading)
        query = everything(settled) or self._finder.family(settled)
        if query:
            return replace(settled, intent="list", query=query, subject=None, attribute=None)
        if settled.subject is None or settled.subject == reading.subject or reading.intent not in SINGLE:
            return settled
        asked = self._reader.about(reading.question, settled.subject)
        return replace(settled, intent=asked.intent, attribute=asked.attribute)


def _names_unknown(reading: Reading) -> bool:
    """Whether a name that the catalogue lacks stands in the question as names are written."""
    return any(name.title() in reading.question for name in reading.unknown)


def _is_whole(reading: Reading) -> bool:
    """Whether what was trained on something is asked and nothing else, so that finding no model is the answer."""
    asked = set(reading.query.model_dump(exclude_defaults=True)) if reading.query else set()
    return not reading.unread and bool(asked) and asked <= {"trained_on", "select"}


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
