"""Answers from passages: the best ones for the question, the sentences that answer it first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from agent.answer import Answer, Row
from agent.citations import Citations
from agent.offline.phrases import phrases
from agent.offline.reading import Reading, Subject
from catalog.passages import Filters, Hit
from catalog.records import Evidence
from catalog.snapshot import Snapshot
from catalog.vocabulary import squash

_WORD = re.compile(r"[^\W_]+")
_SEARCHED = 12
_SHOWN = 3
_MORE_ASKED, _BESIDE = 4, 2
_RANK_WEIGHT = 0.6
#: how much of the question's weight the best passage must cover, for a known asset, for any, and in place of a fact
_LEAST, _LEAST_ANYWHERE, _LEAST_FOR_FACT = 0.1, 0.5, 0.75


@dataclass(frozen=True)
class _Found:
    """A passage and the share of the question's content that it covers, 0 to 1."""

    hit: Hit
    coverage: float
    score: float


class ProseAnswers:
    """Extractive answers from one snapshot's passages."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def beside(self, reading: Reading, answer: Answer) -> Answer:
        """An answer about one asset, with the best passage for what else the question asks (`... and why?`)."""
        asked = [w for w in _content(reading) if w not in squash(answer.headline)]
        if reading.subject is None or len(asked) < _MORE_ASKED:
            return answer
        found = [one for one in self._found(reading, asked) if one.coverage >= _LEAST][:_BESIDE]
        citations = Citations(self._snapshot.catalog, answer.citations)
        rows = tuple(row for row in (_row(one, citations) for one in found) if row.markers)
        return answer.model_copy(update={"rows": answer.rows + rows, "citations": citations.all()})

    def answer(self, reading: Reading, *, for_fact: bool = False) -> Answer | None:
        """The best passages; None where none says enough of what is asked.

        With `for_fact`, a fact was asked for that the catalogue does not state: the passage must be about just that.
        """
        asked = _content(reading)
        found = self._found(reading, asked)
        least = _LEAST_FOR_FACT if for_fact else _LEAST if reading.subject else _LEAST_ANYWHERE
        if not found or not asked or found[0].coverage < least:
            return None
        citations = Citations(self._snapshot.catalog)
        rows = tuple(row for row in (_row(one, citations) for one in found[:_SHOWN]) if row.markers)
        if not rows:
            return None
        told = f" in {reading.subject.id}" if reading.subject else ""
        return Answer(
            headline=f"What the documents say{told}:",
            columns=("passage", ""),
            rows=rows,
            understood=f"passages{told} about: {' '.join(asked)}",
            total=len(rows),
            citations=citations.all(),
        )

    def _found(self, reading: Reading, asked: Sequence[str]) -> list[_Found]:
        hits = self._search(reading, asked)
        words = [{squash(word) for word in _WORD.findall(hit.passage.text)} for hit in hits]
        covered = [{word for word in asked if any(_same(word, other) for other in told)} for told in words]
        weights = _weights(asked, covered)
        whole = sum(weights.values()) or 1.0
        found = []
        for rank, (hit, told) in enumerate(zip(hits, covered, strict=True)):
            coverage = sum(weights[word] for word in told) / whole
            found.append(_Found(hit, coverage, coverage + _RANK_WEIGHT / (1 + rank)))
        return sorted(found, key=lambda one: -one.score)

    def _search(self, reading: Reading, asked: Sequence[str]) -> list[Hit]:
        text = " ".join(asked) if reading.subject and asked else reading.question
        vector = self._snapshot.embedder.embed([text])[0]
        return self._snapshot.passages.search(text, vector, self._inside(reading.subject), _SEARCHED)

    def _inside(self, subject: Subject | None) -> Filters:
        """Only the passages of the asset that is asked about, where it has any."""
        if subject is None:
            return Filters()
        asset = self._snapshot.catalog.asset(subject.kind, subject.id)
        path = asset.path if asset else None
        return Filters(paths=(path, *self._snapshot.catalog.companions_of([path]))) if path else Filters()


def _content(reading: Reading) -> list[str]:
    """The words of the question that carry its content: not its subject's name, not its grammar."""
    subject = reading.subject.words if reading.subject else frozenset()
    words = [squash(word) for word in _WORD.findall(reading.question)]
    grammar = phrases().grammar
    return [w for w in dict.fromkeys(words) if len(w) > 1 and w not in grammar and w not in subject]


def _weights(asked: Sequence[str], covered: Sequence[set[str]]) -> Mapping[str, float]:
    """A word that stands in every passage tells none of them apart; one that stands in none still counts."""
    return {word: log(1 + len(covered) / (1 + sum(word in told for told in covered))) for word in asked}


def _same(one: str, other: str) -> bool:
    """Equal up to an ending: `trained` and `training`, `dataset` and `datasets`."""
    if one == other:
        return True
    stem = min(len(one), len(other))
    return stem >= 4 and one[: max(4, stem - 2)] == other[: max(4, stem - 2)] and abs(len(one) - len(other)) <= 3


def _row(found: _Found, citations: Citations) -> Row:
    passage = found.hit.passage
    evidence = Evidence(
        path=passage.path,
        line_start=passage.line_start,
        line_end=passage.line_end,
        quote=passage.text,
        origin="prose",
        page=passage.page,
    )
    return Row(label=passage.text, details=(), markers=citations.cite(passage.asset, [evidence]))
