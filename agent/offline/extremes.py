"""The row of a table that is furthest in what a question asks by: `which language has the least training data?`"""

from collections.abc import Sequence
from itertools import groupby

from agent.offline.asked import prose_phrases
from agent.offline.extracts import Piece
from agent.offline.overlap import has_word
from agent.offline.words import stems
from catalog.quantities import parse_number

_FEWEST_ROWS = 3


def furthest(question: str, words: Sequence[str], pieces: Sequence[Piece]) -> Piece | None:
    """The row with the least or most in the column that the words tell; None without a superlative or such a column.

    Of several tables the first counts whose column has most of the words.
    """
    least = bool(prose_phrases().least.search(question))
    if not words or least == bool(prose_phrases().most.search(question)):
        return None
    best: tuple[int, Piece] | None = None
    for _, rows in groupby(pieces, key=lambda piece: (piece.kind, piece.header)):
        found = _of_table([row for row in rows if row.kind == "row"], words, least=least)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _of_table(rows: Sequence[Piece], words: Sequence[str], *, least: bool) -> tuple[int, Piece] | None:
    """How many of the words name the column, and its furthest row."""
    if len(rows) < _FEWEST_ROWS:
        return None
    names = rows[0].columns
    told = [sum(has_word(word, stems(name)) for word in words) if at else 0 for at, name in enumerate(names)]
    column = max(range(len(names)), key=told.__getitem__, default=0)
    if not column or not told[column]:
        return None
    numbered = [(number, row) for row in rows if (number := _number(row, column)) is not None]
    if len(numbered) < _FEWEST_ROWS:
        return None
    pick = min if least else max
    return told[column], pick(numbered, key=lambda pair: pair[0])[1]


def _number(row: Piece, column: int) -> float | None:
    cells = row.cells
    return parse_number(cells[column]) if len(cells) == len(row.columns) else None
