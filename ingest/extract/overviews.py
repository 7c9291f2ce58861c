"""Tables that describe the model itself, read as `key: value` statements: a property a row, or a column of its row."""

from collections.abc import Iterator

from ingest.document import Sentence
from ingest.extract.card_text import CardText
from ingest.extract.ownership import own_labels
from ingest.extract.statements import Statement, scope_of
from ingest.extract.tables import Grid, Row

_NOT_READ = ("evaluation", "usage", "references", "base")
_MAX_KEY = 48
_MAX_VALUE = 600


def properties(card: CardText) -> Iterator[Statement]:
    """One statement per property that a table gives the card's own model."""
    for grid in card.grids:
        if scope_of(grid.headings).kind in _NOT_READ:
            continue
        if len(grid.header) == 2:
            for row in (Row(grid.header, grid.line_start), *grid.rows):
                yield from _stated(card, grid, row.cells[0], row.cells[1], row)
        else:
            for row in _own_rows(card, grid):
                for key, value in zip(grid.header, row.cells, strict=True):
                    yield from _stated(card, grid, key, value, row)


def _own_rows(card: CardText, grid: Grid) -> tuple[Row, ...]:
    """The only row of a table, or those whose first cell names the card's model."""
    if len(grid.rows) == 1:
        return grid.rows
    own = own_labels(card, [row.cells[0] for row in grid.rows])
    return tuple(row for row in grid.rows if row.cells[0] in own)


def _stated(card: CardText, grid: Grid, key: str, value: str, row: Row) -> Iterator[Statement]:
    """The statement `key: value` with the links of its row; its text is the line of the file."""
    key, value = key.strip(" *_:"), value[:_MAX_VALUE]
    if not key or not value or len(key) > _MAX_KEY:
        return
    line = card.document.quote(row.line, row.line)
    links = tuple((shown, target) for shown, target in zip(row.cells, row.targets, strict=False) if target)
    sentence = Sentence(line, f"{key}: {value}", links, row.line, row.line)
    yield Statement(sentence, scope_of(grid.headings), "table", key)
