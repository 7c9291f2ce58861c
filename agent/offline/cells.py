"""The cells of tables that say of assets what is asked: the row that is an asset's, or its column, and what it holds.

A table in the card of one side may tell of the others as well; where one column tells of all sides, all are read there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agent.offline.documents import Document
from agent.offline.extracts import Piece
from agent.offline.measures import Measure
from agent.offline.overlap import has_word
from agent.offline.phrases import phrases
from agent.offline.words import stem, stems
from catalog.names import name_words
from catalog.vocabulary import squash

_KEYED = re.compile(r"^[\s*_-]*([^\W\d_][\w ()/.#-]{0,40}?)\**\s*[:=]\s*\**\s*(\S.*)$")
_LEAST, _OWN_CARD, _OF_MEASURE = 0.5, 0.05, 0.7
_OTHER_WORD, _AROUND = 0.8, 0.6
_LEAST_OF_ALL = 0.25
_SHORTEST = 3
_AMOUNT = re.compile(r"\d\s*(?:[kmgt]?b|m|k|million|billion|hours|h)\b", re.I)


@dataclass(frozen=True)
class Named:
    """An asset whose cell is looked for: its id, and the words that a question names it by."""

    id: str
    words: frozenset[str]

    @property
    def all_words(self) -> frozenset[str]:
        return self.words | {*name_words(self.id)}

    def told_in(self, cell: str) -> float:
        """How much of the last part of its id a cell tells."""
        own = {*name_words(self.id.rpartition("/")[2])}
        return len(own & {*name_words(cell)}) / (len(own) or 1)

    def fits(self, cell: str, others: Sequence["Named"]) -> bool:
        """Whether a cell names this asset, and not rather one of the others."""
        told = {*name_words(cell)} - phrases().grammar
        if len(squash(cell)) < _SHORTEST or not told or not told <= self.all_words or told <= phrases().common:
            return False
        return all(other.id == self.id or not told <= other.all_words for other in others) or told == self.words


@dataclass(frozen=True)
class Wanted:
    """What of the assets is asked: the words of the question, what they weigh, and the measure that it names."""

    words: Sequence[str]
    weight: Callable[[str], float]
    measure: Measure | None = None

    def told_by(self, label: str, value: str, around: str = "") -> float:
        """How much of what is asked a label tells, 0 to 1; the value and what stands around help where it tells any."""
        whole = sum(map(self.weight, self.words))
        own, near = stems(label), stems(f"{around} {value}")
        is_measure = bool(self.measure and self.measure.label.search(label.lower()))
        said = own | stems(value) if _AMOUNT.search(value) else own
        if not is_measure and not any(has_word(word, said) for word in self.words):
            return 0.0
        covered = sum(self.weight(word) * _share(word, own, near) for word in self.words) / (whole or 1.0)
        return _OF_MEASURE + (1 - _OF_MEASURE) * covered if is_measure else covered


def _share(word: str, own: frozenset[str], near: frozenset[str]) -> float:
    """How surely a label with the stems `own` has a word: itself, another word for it, or beside it."""
    if stem(word) in own:
        return 1.0
    return _OTHER_WORD if has_word(word, own) else _AROUND * has_word(word, near)


@dataclass(frozen=True)
class Cell:
    """A value that a line of a card holds for an asset; `label` is its column or row, `fit` how well that is asked.

    `exact` is how much of the asset's name the line tells.
    """

    asset: str
    piece: Piece
    label: str
    value: str
    fit: float
    exact: float = 1.0

    @property
    def column(self) -> tuple[str, str, str]:
        """What tells the same of other assets as well."""
        return self.piece.passage.path, self.piece.header, self.label


def cells_of(assets: Sequence[Named], cards: Sequence[tuple[str, Document]], wanted: Wanted) -> dict[str, Cell]:
    """Id → its cell, for those that have one; all from one column where it tells of all."""
    found = sorted(all_cells(assets, cards, wanted, _LEAST_OF_ALL), key=lambda cell: (-cell.fit, -cell.exact))
    of_all = [c for c in found if {o.asset for o in found if o.column == c.column} >= {a.id for a in assets}]
    sure = [cell for cell in found if cell.fit >= _LEAST]
    kept = [cell for cell in found if cell.column == of_all[0].column] if of_all else sure
    best: dict[str, Cell] = {}
    for cell in sorted(kept, key=lambda cell: -cell.exact):
        best.setdefault(cell.asset, cell)
    return best


def all_cells(
    assets: Sequence[Named], cards: Sequence[tuple[str, Document]], wanted: Wanted, least: float = _LEAST
) -> Iterator[Cell]:
    """Every cell that tells what is wanted at least so surely, in the order of the cards."""
    for owner, card in cards:
        yield from (cell for cell in _cells(assets, owner, card, wanted) if cell.fit >= least)


def _cells(assets: Sequence[Named], owner: str, card: Document, wanted: Wanted) -> Iterator[Cell]:
    for piece in card.pieces:
        if piece.kind == "row" and len(piece.cells) == len(piece.columns) > 1:
            yield from _of_row(assets, owner, piece, wanted)
        elif piece.kind in ("code", "field", "item"):
            own = next((asset for asset in assets if asset.id == owner), None)
            yield from _of_lines(own, piece, wanted) if own else ()


def _of_row(assets: Sequence[Named], owner: str, piece: Piece, wanted: Wanted) -> Iterator[Cell]:
    cells, columns = piece.cells, piece.columns
    around = " ".join((*piece.headings[-1:], piece.lead))
    named = [asset for asset in assets if asset.fits(cells[0], assets)]
    for asset in named:
        bonus = _OWN_CARD if asset.id == owner else 0.0
        for column, value in zip(columns[1:], cells[1:], strict=True):
            if value.strip("–-— "):
                fit = wanted.told_by(column, value, around) + bonus
                yield Cell(asset.id, piece, column, value, fit, asset.told_in(cells[0]))
    if named:
        return
    told = wanted.told_by(cells[0], cells[1], around)
    heads = {asset.id: at for at, name in enumerate(columns) for asset in assets if at and asset.fits(name, assets)}
    for id_, at in heads.items():
        if cells[at].strip("–-— "):
            own = next(asset for asset in assets if asset.id == id_)
            yield Cell(id_, piece, cells[0], cells[at], told, own.told_in(columns[at]))
    if not heads and len(cells) == 2 and owner in {asset.id for asset in assets}:
        yield Cell(owner, piece, cells[0], cells[1], told + _OWN_CARD)


def _of_lines(own: Named, piece: Piece, wanted: Wanted) -> Iterator[Cell]:
    """`lr: 4.0e-4` in a list, in metadata or in code: only what is asked by its own name."""
    for line in piece.text.split("\n"):
        match = _KEYED.match(line)
        if match and wanted.measure and wanted.measure.label.fullmatch(match[1].lower().strip()):
            yield Cell(own.id, piece, match[1].strip(), match[2].strip(), 1.0 + _OWN_CARD)
