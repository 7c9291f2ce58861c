"""Answers from passages: the best ones for the question, with the sentences that answer it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.answer import Answer, Row
from agent.citations import Citations
from agent.offline.phrases import phrases
from agent.offline.reading import Reading
from catalog.passages import Filters, Hit
from catalog.records import Evidence
from catalog.snapshot import Snapshot
from catalog.vocabulary import squash

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(\[*])|\n+")
_PASSAGES = 8
_SENTENCES = 3
_LEAST_COVERAGE = 0.34


@dataclass(frozen=True)
class _Told:
    """A sentence of a passage and how many of the question's content words it has, 0 to 1."""

    hit: Hit
    text: str
    coverage: float


class ProseAnswers:
    """Extractive answers from one snapshot's passages."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def answer(self, reading: Reading) -> Answer | None:
        """The passages' sentences that answer best; None where none has enough of what is asked."""
        hits = self._search(reading)
        asked = self._content(reading)
        told = [sentence for hit in hits for sentence in _sentences(hit, asked)]
        told.sort(key=lambda s: (-s.coverage, -s.hit.score))
        if not told or not asked or told[0].coverage < _LEAST_COVERAGE:
            return None
        citations = Citations(self._snapshot.catalog)
        rows = tuple(row for row in (_row(sentence, citations) for sentence in told[:_SENTENCES]) if row.markers)
        if not rows:
            return None
        subject = f" in {reading.subject.id}" if reading.subject else ""
        return Answer(
            headline=f"What the documents say{subject}:",
            columns=("passage", ""),
            rows=rows,
            understood=f"passages{subject} about: {' '.join(asked)}",
            total=len(rows),
            citations=citations.all(),
        )

    def _search(self, reading: Reading) -> list[Hit]:
        passages = self._snapshot.passages
        vector = self._snapshot.embedder.embed([reading.question])[0]
        inside = Filters(assets=(reading.subject.id,)) if reading.subject else Filters()
        return passages.search(reading.question, vector, inside, _PASSAGES)

    def _content(self, reading: Reading) -> list[str]:
        """The words of the question that carry its content: not its subject's name, not its grammar."""
        subject = reading.subject.words if reading.subject else frozenset()
        words = [squash(word) for word in _WORD.findall(reading.question)]
        grammar = phrases().common
        return [w for w in dict.fromkeys(words) if len(w) > 1 and w not in grammar and w not in subject]


def _sentences(hit: Hit, asked: Sequence[str]) -> list[_Told]:
    found = []
    for text in _SENTENCE.split(hit.passage.text):
        words = {squash(word) for word in _WORD.findall(text)}
        if len(words) > 1:
            covered = sum(any(_same(word, other) for other in words) for word in asked)
            found.append(_Told(hit, text.strip(), covered / (len(asked) or 1)))
    return found


def _same(one: str, other: str) -> bool:
    """Equal up to an ending: `trained` and `training`, `dataset` and `datasets`."""
    if one == other:
        return True
    stem = min(len(one), len(other))
    return stem >= 4 and one[: max(4, stem - 2)] == other[: max(4, stem - 2)] and abs(len(one) - len(other)) <= 3


def _row(told: _Told, citations: Citations) -> Row:
    passage = told.hit.passage
    before = passage.text[: passage.text.find(told.text)]
    first = passage.line_start + before.count("\n")
    evidence = Evidence(
        path=passage.path,
        line_start=min(first, passage.line_end),
        line_end=min(first + told.text.count("\n"), passage.line_end),
        quote=told.text,
        origin="prose",
    )
    return Row(
        label=told.text, details=(passage.asset or passage.path,), markers=citations.cite(passage.asset, [evidence])
    )
