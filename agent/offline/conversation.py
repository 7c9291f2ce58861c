"""Follow-ups: `only the Spanish ones`, `and its licence?`, `which of those is smallest?`, `the second one`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.answer import Answer
from agent.offline.phrases import phrases
from agent.offline.reading import QuestionReader, Reading, Subject
from catalog.query import CatalogQuery, OneOf, TrainedOnAny

_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_ORDINAL = re.compile(r"\bthe (first|second|third|fourth|last)\b")
_REMEMBERED = 6
_REFINED = ("language", "task", "license", "organization")


@dataclass(frozen=True)
class _Said:
    """A question as it was understood, and its answer."""

    reading: Reading
    answer: Answer | None


class Conversation:
    """Reads the last question of a conversation in the light of the ones before it."""

    def __init__(self, reader: QuestionReader, answer: Callable[[Reading], Answer | None]) -> None:
        self._reader = reader
        self._answer = answer

    def read(self, turns: tuple[str, ...]) -> Reading:
        """The reading of the last of `turns`."""
        said: _Said | None = None
        for question in turns[-_REMEMBERED:-1]:
            reading = self._in_context(question, said)
            said = _Said(reading, self._answer(reading))
        return self._in_context(turns[-1], said)

    def _in_context(self, question: str, before: _Said | None) -> Reading:
        reading = self._reader.read(question)
        text = question.lower().strip()
        if before is None or not phrases().says("follow_up", text):
            return reading
        if before.reading.query and phrases().says("of_those", text):
            return _refined(reading, before.reading.query)
        named = reading.subject is not None and any(m.carded for m in reading.mentions)
        subject = self._pointed_at(text, before) or (None if named else self._subject_of(before))
        return self._reader.about(question, subject) if subject else reading

    def _pointed_at(self, text: str, before: _Said) -> Subject | None:
        """The item of the last answer that `the second one` means."""
        match = _ORDINAL.search(text)
        ids = _assets(before)
        if not match or not ids or _ORDINALS[match[1]] >= len(ids):
            return None
        return self._reader.subject(ids[_ORDINALS[match[1]]])

    def _subject_of(self, before: _Said) -> Subject | None:
        """What was talked about: the subject of the last question, the first item of its answer, its first source."""
        if before.reading.subject:
            return before.reading.subject
        ids = _assets(before)
        return self._reader.subject(ids[0]) if ids else None


def _assets(before: _Said) -> list[str]:
    """The assets of the last answer: its items, else the cards that it cites."""
    if before.answer is None:
        return []
    items = [item.id for item in before.answer.items if item.id and item.kind in ("model", "dataset")]
    return items or [citation.asset for citation in before.answer.citations if citation.asset]


def _refined(reading: Reading, query: CatalogQuery) -> Reading:
    """The query of before with the conditions of this question added, or put in the place of the same kind."""
    found: dict[str, object] = {}
    for mention in reading.mentions:
        if mention.kind in _REFINED:
            found[mention.kind] = OneOf(any_of=mention.ids)
        elif mention.kind == "dataset":
            found["trained_on"] = TrainedOnAny(any_of=mention.ids, role=query.trained_on.role)
    refined = query.model_copy(update={**found, "select": "assets", "limit": None})
    return replace(reading, intent="list", query=refined, subject=None, attribute=None)
