"""Answers from the text of cards: the sentences, rows and list items that say what is asked, cited line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.answer import Answer, Row
from agent.citations import Citations
from agent.offline.asked import Part, content_words, parts
from agent.offline.documents import Document, DocumentFinder
from agent.offline.excerpts import Excerpt, chosen
from agent.offline.extracts import Piece
from agent.offline.extremes import furthest
from agent.offline.honest_no import Unexplained, answers, evidence, has_thing, unexplained
from agent.offline.overlap import Overlap, Scored
from agent.offline.reading import Reading
from agent.offline.words import stems
from catalog.records import Evidence
from catalog.snapshot import Snapshot

_MOST_EXCERPTS, _MOST_OF_A_SIDE = 7, 3
_REMEMBERED = 16
_JUDGED = 3
_FOR_LIST = 0.7
_DOCUMENT_RANK = 1.0
#: stands for the name of a document that is known without being named
_GIVEN = frozenset(("",))


@dataclass(frozen=True)
class Told:
    """What a document says to one part of a question: its pieces best first, and how surely they answer (log odds).

    `stated`: one of the best has the shape of an answer, and the thing that is asked for.
    """

    part: Part
    ranked: tuple[Scored, ...]
    sure: float
    stated: bool = True


@dataclass(frozen=True)
class Looked:
    """A document that was looked through for a question."""

    document: Document
    told: tuple[Told, ...]
    unexplained: Unexplained

    @property
    def sure(self) -> float:
        """How surely it answers the part that it answers best."""
        return max((told.sure for told in self.told), default=float("-inf"))


class ProseAnswers:
    """Extractive answers from one snapshot's passages."""

    def __init__(self, snapshot: Snapshot, finder: DocumentFinder) -> None:
        self._snapshot = snapshot
        self._finder = finder
        self._weights = finder.weights
        self._remembered: dict[tuple[object, ...], Looked] = {}

    def answer(self, reading: Reading, *, for_fact: bool = False, for_list: bool = False) -> Answer | None:
        """What the document that the question is about says; None where that does not answer.

        With `for_fact`, a fact was asked for that the catalogue does not state: the text must say it surely. With
        `for_list` a list was, and nothing is on it: hardly any text is an answer to that.
        """
        looked = self.looked(reading)
        if looked is None or not answers(looked.sure, for_fact=for_fact) or (for_list and looked.sure < _FOR_LIST):
            return None
        return self.composed([looked])

    def looked(self, reading: Reading) -> Looked | None:
        """The document that the question is about, looked through: its subject's card, else the likeliest found."""
        if reading.within:
            return self.look(reading, self._finder.at(reading.within))
        if reading.subject:
            document = self._finder.of(reading.subject)
            return self.look(reading, document) if document else None
        found = self._finder.search(reading.question)
        looked = [(self.look(reading, one.document), one.score / found[0].score) for one in found]
        return max(looked, key=lambda pair: pair[0].sure + _DOCUMENT_RANK * pair[1])[0] if looked else None

    def look(self, reading: Reading, document: Document, variant: frozenset[str] = frozenset()) -> Looked:
        """Look through a document for every part of a question; pieces with all words of `variant` come first.

        The last ones are remembered: a card may be looked through to see which of several answers more surely.
        """
        key = (reading.question, reading.background, reading.mentions, bool(reading.carried or reading.within))
        known = self._remembered.get((*key, document.paths, document.label, variant))
        if known is None:
            known = self._look(reading, document, variant)
            self._remembered = dict(list(self._remembered.items())[-_REMEMBERED:])
            self._remembered[*key, document.paths, document.label, variant] = known
        return known

    def _look(self, reading: Reading, document: Document, variant: frozenset[str]) -> Looked:
        strange = unexplained(reading, document, self._weights.known)
        names = document.named_by(reading.question)
        is_given = bool(reading.carried or reading.within)
        told_names = names & {*content_words(reading.question)}
        known = told_names or (_GIVEN if is_given else told_names)
        overlap = Overlap(document.pieces, self._weights.of, self._snapshot.embedder)
        told = []
        for part in parts(reading.question, reading.background):
            ranked = _of_variant(overlap.ranked(part, names), variant)
            asked = [word for word in part.words if word not in names] or list(part.context)
            ranked = _first(furthest(f"{reading.background} {part.text}", asked, document.pieces), ranked)
            if ranked:
                judged = ranked[:_JUDGED]
                sure = max(evidence(one, part, strange, known) for one in judged)
                stated = any(
                    one.fits and ("hardware" in part.shapes or has_thing(one, part, known, itself=True))
                    for one in judged
                )
                told.append(Told(part, ranked, sure, stated))
        return Looked(document, tuple(told), strange)

    def composed(
        self, looked: Sequence[Looked], *, given: Answer | None = None, expected: bool = False
    ) -> Answer | None:
        """The parts that are answered, in their order, after what is `given` from the catalogue."""
        kept = [(told, one.document) for one in looked for told in one.told if answers(told.sure, expected=expected)]
        citations = Citations(self._snapshot.catalog, given.citations if given else ())
        rows = self._rows(kept, citations)
        if given:
            return given.model_copy(update={"rows": (*given.rows, *rows), "citations": citations.all()})
        if not rows:
            return None
        label = ", ".join(dict.fromkeys(document.label for _, document in kept))
        asked = " ".join(dict.fromkeys(word for one in looked for told in one.told for word in told.part.words))
        return Answer(
            headline=f"{label} says:",
            columns=("says", ""),
            rows=tuple(rows),
            understood=f"{label} · text about: {asked}",
            total=len(rows),
            citations=citations.all(),
        )

    def side_by_side(self, sides: Sequence[tuple[str, Looked]]) -> Answer | None:
        """The best excerpts of each side, led by what the question calls it; None where none answers."""
        citations = Citations(self._snapshot.catalog)
        rows: list[Row] = []
        silent = []
        for name, looked in sides:
            kept = [(told, looked.document) for told in looked.told if answers(told.sure, expected=True)]
            said = self._rows(kept, citations)[:_MOST_OF_A_SIDE]
            rows += [Row(label=name, details=(row.label,), markers=row.markers) for row in said]
            silent += [] if said else [name]
        if not rows:
            return None
        names = ", ".join(name for name, _ in sides)
        return Answer(
            headline=f"Compared: {names}",
            columns=("asset", "says"),
            rows=tuple(rows),
            notes=tuple(f"{name}: not stated." for name in silent),
            understood=f"compare {names}",
            total=len(rows),
            citations=citations.all(),
        )

    def _rows(self, kept: Sequence[tuple[Told, Document]], citations: Citations) -> list[Row]:
        """One row an excerpt: the best of each part first, then what else the parts have."""
        excerpts = [chosen(told.part, told.ranked, document.pieces) for told, document in kept]
        firsts = [found[0] for found in excerpts if found]
        others = sorted((one for found in excerpts for one in found[1:]), key=lambda one: -one.score)
        rows: dict[str, Row] = {}
        for excerpt in [*firsts, *others]:
            if len(rows) < _MOST_EXCERPTS and excerpt.text not in rows:
                markers = self._cited(excerpt, citations)
                if markers:
                    rows[excerpt.text] = Row(label=excerpt.text, markers=markers)
        return list(rows.values())

    def _cited(self, excerpt: Excerpt, citations: Citations) -> tuple[int, ...]:
        """The lines of an excerpt as one citation, else the passage that they stand in."""
        first, last = excerpt.pieces[0], excerpt.pieces[-1]
        passage = first.passage
        lines = passage.text.split("\n")[first.line_start - passage.line_start : last.line_end - passage.line_start + 1]
        exact = Evidence(
            path=passage.path,
            line_start=first.line_start,
            line_end=last.line_end,
            quote=first.text if first is last else "\n".join(lines),
            origin="prose",
            page=passage.page,
        )
        whole = exact.model_copy(
            update={"line_start": passage.line_start, "line_end": passage.line_end, "quote": passage.text}
        )
        return citations.cite(passage.asset, [exact, whole], most=1)


def _of_variant(ranked: Sequence[Scored], variant: frozenset[str]) -> tuple[Scored, ...]:
    """Only the pieces about a variant, where the document has any; its row of a table first."""
    own = [one for one in ranked if variant and variant <= stems(one.piece.text)]
    return tuple(sorted(own, key=lambda one: one.piece.kind != "row") or ranked)


def _first(row: Piece | None, ranked: tuple[Scored, ...]) -> tuple[Scored, ...]:
    """The row that a superlative asks for before the others, as an answer that covers everything."""
    if row is None or not ranked:
        return ranked
    scored = Scored(row, 1.0, 1.0, 0.0, True, ranked[0].score + 1.0, ranked[0].covered)
    return (scored, *(one for one in ranked if one.piece is not row))
