"""Checks what a model says before it is shown: evidence that was found, quotes that stand in it, names and figures too.

What does not hold is dropped and counted. A statement may name only assets and figures that its evidence, the lists
of this answer or the question hold: a model retypes nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from agent.answer import marked
from agent.citations import Citations
from agent.final import Cited, Statement
from agent.ledger import Ledger, Piece
from agent.plain_words import plain
from catalog.records import Evidence
from prompts import render

#: `org/name`, and words with a hyphen or underscore that hold a digit
_NAME = re.compile(r"[\w.]+(?:-[\w.]+)*/[\w.-]*\w|\w+(?:[-_.]\w+)*[-_]\w+(?:[-_.]\w+)*")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MOST_CITED = 3
_RUN = 6


@dataclass(frozen=True)
class Claim:
    """A statement that holds, with the markers of its citations."""

    text: str
    markers: tuple[int, ...]

    @property
    def marked(self) -> str:
        return f"{self.text}{marked(self.markers)}"


@dataclass
class Claims:
    """Checks statements against what was found for one question; `dropped` counts what did not hold, once each."""

    ledger: Ledger
    citations: Citations
    question: str
    dropped: int = 0
    _seen: dict[Statement, Claim | None] = field(default_factory=dict)

    def check(self, statement: Statement) -> Claim | None:
        """The statement as it may be shown; None where it rests on nothing. Asked again, it says the same."""
        if statement not in self._seen:
            self._seen[statement] = self._checked(statement)
        return self._seen[statement]

    def _checked(self, statement: Statement) -> Claim | None:
        text = plain(statement.text)
        pieces = [piece for cited in statement.evidence for piece in self._pieces(cited)]
        if not text or not pieces or not self._holds(text, pieces):
            self.dropped += 1
            return None
        markers: list[int] = []
        for piece in pieces:
            markers += self.citations.cite(piece.about, [piece.evidence], 1)
        if not markers:
            self.dropped += 1
            return None
        return Claim(text, tuple(dict.fromkeys(markers))[:_MOST_CITED])

    def _pieces(self, cited: Cited) -> Iterator[Piece]:
        """The evidence that is meant; a key that no look-up gave, or a quote that is not there, is dropped."""
        if cited.key in self.ledger.sets:
            for entry in self.ledger.sets[cited.key].entries[:1]:
                yield from (Piece(entry.about, piece) for piece in entry.evidence[:1])
            return
        piece = self.ledger.evidence.get(cited.key)
        narrowed = _narrowed(piece.evidence, cited.quote) if piece else None
        if piece is None or narrowed is None:
            self.dropped += 1
            return
        yield Piece(piece.about, narrowed)

    def _holds(self, text: str, pieces: Iterable[Piece]) -> bool:
        """Whether all names and figures of the text were found, or asked for."""
        if _words(text) & _prompt():
            return False
        known = " ".join(
            [self.question, *(piece.evidence.quote for piece in pieces), *(piece.about or "" for piece in pieces)]
        )
        known = f"{known} {' '.join(self._listed())}".casefold()
        names = [name for name in _NAME.findall(text) if "/" in name or any(char.isdigit() for char in name)]
        if any(name.casefold() not in known for name in names):
            return False
        rest = _NAME.sub(" ", text)
        figures = {figure.replace(",", "") for figure in _FIGURE.findall(known)}
        return all(figure.replace(",", "") in figures for figure in _FIGURE.findall(rest))

    def _listed(self) -> Iterator[str]:
        """What code may print in this answer: the entries and totals of the sets."""
        for found in self.ledger.sets.values():
            yield str(found.total)
            yield found.says
            for entry in found.entries:
                if entry.kind != "passage":
                    yield from (entry.label, *entry.details)


@lru_cache
def _prompt() -> frozenset[str]:
    """What the model is told, in runs of words: it is nobody's answer."""
    return _words(render("system"))


def _words(text: str) -> frozenset[str]:
    """Every run of six words."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(" ".join(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1))


def _narrowed(evidence: Evidence, quote: str) -> Evidence | None:
    """The lines of the evidence that hold the quote; None where they do not, the whole where there is no quote."""
    wanted = " ".join(quote.split())
    if not wanted:
        return evidence
    lines = evidence.quote.split("\n")
    if wanted not in " ".join(evidence.quote.split()):
        return None
    first, last = 0, len(lines)
    while first + 1 < last and wanted in " ".join(" ".join(lines[first + 1 : last]).split()):
        first += 1
    while last - 1 > first and wanted in " ".join(" ".join(lines[first : last - 1]).split()):
        last -= 1
    if evidence.page is not None or len(lines) != evidence.line_end - evidence.line_start + 1:
        return evidence.model_copy(update={"quote": "\n".join(lines[first:last])})
    start = evidence.line_start + first
    kept = "\n".join(lines[first:last])
    return evidence.model_copy(update={"line_start": start, "line_end": start + last - first - 1, "quote": kept})
