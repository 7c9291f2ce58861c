"""Questions about several named assets: the same is looked up for each, and the answers stand side by side.

What is asked is a fact of the catalogue, a cell of a table, or what the cards say; a side that does not state it is
told as well, so that nobody takes silence for an answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.answer import Answer, AnswerItem, Citation, Row
from agent.citations import Citations
from agent.offline.asked import content_words, parts
from agent.offline.cells import Cell, Named, Wanted, cells_of
from agent.offline.documents import Document, DocumentFinder
from agent.offline.extracts import Piece
from agent.offline.fact_table import fact_table
from agent.offline.honest_no import unexplained
from agent.offline.measures import measured, measures
from agent.offline.mentions import Mention
from agent.offline.one_asset import FACTS, OneAsset, blanked
from agent.offline.phrases import phrases
from agent.offline.prose import ProseAnswers
from agent.offline.reading import Reading, Subject
from agent.offline.structured import StructuredAnswers
from agent.offline.verdict import Stated, differences, verdict
from agent.offline.wording import ATTRIBUTES
from catalog.names import name_words
from catalog.snapshot import Snapshot
from catalog.vocabulary import squash

_MOST, _MANY = 6, 3
_ATOM = re.compile(r"[^\W_]+")
_GOES_ON = re.compile(r"(?:in (?:this|that)|it|this|they|these|that)\b", re.I)


@dataclass(frozen=True)
class _Side:
    """One asset, the question as it is asked of it alone, its card, and what answers; None where nothing does."""

    subject: Subject
    reading: Reading
    card: Document | None
    answer: Answer | None = None


class Comparison:
    """Compares the assets of one snapshot."""

    def __init__(self, snapshot: Snapshot, finder: DocumentFinder, one: OneAsset, prose: ProseAnswers) -> None:
        self._catalog = snapshot.catalog
        self._finder = finder
        self._one = one
        self._prose = prose
        self._structured = StructuredAnswers(snapshot.catalog)

    def answer(self, reading: Reading, subjects: Sequence[Subject]) -> Answer | None:
        """One answer over all subjects, each row led by its asset; None where nothing is stated of any."""
        sides = [self._side(reading, subjects, subject) for subject in subjects[:_MOST]]
        asked = self._asked(reading, sides)
        if reading.intent == "prose" and not asked:
            return fact_table(self._catalog, [side.subject for side in sides], list(_of_one_another(sides)))
        told = [replace(side, answer=self._fact(side)) for side in sides]
        if not all(side.answer for side in told):
            told = self._from_tables(reading, told, asked)
        told = [side if side.answer else replace(side, answer=self._said(side)) for side in told]
        return _composed(reading, told)

    def _side(self, reading: Reading, subjects: Sequence[Subject], own: Subject) -> _Side:
        """The question as it is asked of one; the names of the others are no part of it."""
        others = [subject for subject in subjects if subject.id != own.id]
        called = [m.words.lower() for m in reading.mentions if m.id in {other.id for other in others}]
        told = {word for name in called for word in _atoms(name)} | {w for o in others for w in o.words}
        question = blanked(reading.question, frozenset(told) - own.words)
        kept = tuple(m for m in reading.mentions if not _names_side(m, subjects))
        asked = replace(reading, question=question, mentions=kept, subject=own, others=())
        return _Side(own, asked, self._card(own))

    def _card(self, subject: Subject) -> Document | None:
        """The card of an asset, of a part of a dataset that of the whole."""
        return self._finder.of(subject) or self._finder.of(replace(subject, id=subject.id.partition("/")[0]))

    def _asked(self, reading: Reading, sides: Sequence[_Side]) -> list[str]:
        """The words of the question that say what is asked of the sides."""
        named = {word for side in sides for word in side.subject.words | _atoms(side.subject.id)}
        idle = phrases().comparing | named
        return [word for word in content_words(reading.question) if word not in idle]

    def _fact(self, side: _Side) -> Answer | None:
        """What the catalogue states, where the question names nothing that the card does not have."""
        if side.reading.intent not in FACTS:
            return None
        known = self._finder.weights.known
        if side.card and unexplained(side.reading, side.card, known).names:
            return None
        idle = phrases().comparing | side.subject.words | _atoms(side.subject.id)
        told = [part for part in parts(side.reading.question) if {*part.words} - idle]
        return self._one.answer(side.reading) if len(told) > 1 else self._structured.answer(side.reading)

    def _said(self, side: _Side) -> Answer | None:
        """What the card says to the question, else to the plain name of the attribute that it asks for."""
        found = self._one.answer(side.reading)
        plainly = ATTRIBUTES.get(side.reading.attribute or "")
        if not found and plainly:
            plain = replace(side.reading, question=f"What is its {plainly}?", mentions=(), carried=True)
            found = self._one.answer(plain)
        if found or side.card is None:
            return found
        looked = self._prose.look(replace(side.reading, carried=True), side.card)
        told = None if looked.unexplained.names else self._prose.side_by_side([(side.subject.id, looked)])
        return told and told.model_copy(update={"rows": tuple(_unled(row) for row in told.rows)})

    def _from_tables(self, reading: Reading, sides: Sequence[_Side], asked: Sequence[str]) -> list[_Side]:
        """What tables hold; a fact stays where no column tells of all."""
        measure = measures().get(reading.attribute or "") or measured(reading.question)
        wanted = Wanted(asked, self._finder.weights.of, measure)
        cards = [(side.subject.id, side.card) for side in sides if side.card]
        found = cells_of([Named(side.subject.id, side.subject.words) for side in sides], cards, wanted)
        whole = len(found) == len(sides)
        return [
            side if side.answer and not whole else replace(side, answer=self._of_cell(found.get(side.subject.id)))
            for side in sides
        ]

    def _of_cell(self, cell: Cell | None) -> Answer | None:
        if cell is None:
            return None
        citations = Citations(self._catalog)
        markers = citations.cite(cell.piece.passage.asset, [cell.piece.evidence])
        if not markers:
            return None
        row = Row(label=f"{cell.label}: {cell.value}", markers=markers)
        item = AnswerItem(kind="value", value=cell.value)
        return Answer(headline=cell.asset, rows=(row,), items=(item,), citations=citations.all())


def _of_one_another(sides: Sequence[_Side]) -> Iterator[tuple[str, Piece]]:
    """What the card of one side says of another: the first sentence that names it, and what that goes on from."""
    for side in sides:
        keys = [squash(o.subject.id.rpartition("/")[2]) for o in sides if o.subject.id != side.subject.id]
        told = [piece for piece in (side.card.pieces if side.card else ()) if piece.kind == "sentence"]
        at = next((n for n, piece in enumerate(told) if any(key in squash(piece.shown) for key in keys)), None)
        if at is None:
            continue
        if at and _GOES_ON.match(told[at].shown) and told[at - 1].block == told[at].block:
            yield side.subject.id, told[at - 1]
        yield side.subject.id, told[at]


def _atoms(name: str) -> frozenset[str]:
    """The words of a name, as a question is cut into words and as names are: `v2`, `v`, `2`."""
    return frozenset((*_ATOM.findall(name.lower()), *name_words(name)))


def _names_side(mention: Mention, subjects: Sequence[Subject]) -> bool:
    return any(mention.kind == subject.kind and mention.id == subject.id for subject in subjects)


def _composed(reading: Reading, sides: Sequence[_Side]) -> Answer | None:
    rows: list[Row] = []
    citations: list[Citation] = []
    items: list[AnswerItem] = []
    silent: list[str] = []
    for side in sides:
        one = side.answer
        if one is None or one.abstained:
            silent.append(side.subject.id)
            continue
        shift = len(citations)
        citations += [c.model_copy(update={"marker": c.marker + shift}) for c in one.citations]
        rows += [_led(side.subject.id, row, shift) for row in _rows(one, reading)]
        items += one.items
    if not rows:
        return None
    names = ", ".join(side.subject.id for side in sides)
    told = [Stated(side.subject.id, side.answer) for side in sides if side.answer and not side.answer.abstained]
    score = next(iter(reading.mentioned("metric")), "") if reading.intent == "score" else None
    said = verdict(reading.question, told, score) if not silent else ""
    return Answer(
        headline=f"{said}. Compared: {names}" if said else f"Compared: {names}",
        columns=("asset", "says", ""),
        rows=tuple(rows),
        notes=(*(f"{id_} does not state this." for id_ in silent), *(differences(told) if said else ())),
        understood=f"compare {names}",
        items=tuple(items),
        total=len(rows),
        exhaustive=not silent,
        citations=tuple(citations),
    )


def _rows(answer: Answer, reading: Reading) -> Sequence[Row]:
    """The rows of an answer; the many values of an attribute in one."""
    rows = answer.rows or (_headline_row(answer),)
    if reading.intent != "attribute" or len(rows) < _MANY or len(answer.items) != len(rows):
        return rows
    told = (" ".join((row.label, *(f"({detail})" for detail in row.details if detail))) for row in rows)
    markers = dict.fromkeys(marker for row in rows for marker in row.markers)
    return (Row(label=", ".join(told), markers=tuple(markers)[:_MOST]),)


def _headline_row(answer: Answer) -> Row:
    said = answer.headline.split(": ", 1)[-1]
    return Row(label=said.split(" [")[0], markers=tuple(c.marker for c in answer.citations))


def _unled(row: Row) -> Row:
    return Row(label=row.details[0], markers=row.markers)


def _led(asset: str, row: Row, shift: int) -> Row:
    details = (row.label, *row.details)
    return Row(label=asset, details=details, markers=tuple(marker + shift for marker in row.markers))
