"""Training data from tables: lists of corpora, and overviews that tell for each model what it was trained on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from catalog.records import Evidence, Role
from catalog.vocabulary import squash
from ingest.extract.card_text import CardText
from ingest.extract.languages import language_of
from ingest.extract.mentions import Mention, find_in
from ingest.extract.ownership import own_labels
from ingest.extract.patterns import load
from ingest.extract.statements import Scope, scope_of
from ingest.extract.tables import Grid, Row

_MAX_NAME = 60
_MAX_TITLE_HEADING = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """A dataset that a table names; `sure` is false where the table only describes it."""

    name: str
    role: Role | None
    evidence: Evidence
    sure: bool


def listed(card: CardText) -> Iterator[Listed]:
    """The training data in the tables of a card."""
    for grid in card.grids:
        headings = (
            grid.headings[1:] if grid.headings and len(grid.headings[0].split()) > _MAX_TITLE_HEADING else grid.headings
        )
        scope = scope_of(headings)
        if len(grid.header) > 1:
            yield from _of_own_row(card, grid, scope)
            yield from _of_corpus_table(card, grid, scope)


def _of_own_row(card: CardText, grid: Grid, scope: Scope) -> Iterator[Listed]:
    words = _words()
    column = next((i for i, cell in enumerate(grid.header) if i and words.trained_on.search(cell.strip())), None)
    if column is None or not words.models.search(grid.header[0].strip()) or scope.kind == "evaluation":
        return
    own = own_labels(card, {row.cells[0] for row in grid.rows})
    for row in grid.rows:
        if row.cells[0] in own:
            for mention in find_in(row.cells[column]):
                if mention.kind != "model":
                    yield Listed(mention.name, scope.role, card.line_evidence(row.line, "table"), True)


def _of_corpus_table(card: CardText, grid: Grid, scope: Scope) -> Iterator[Listed]:
    words = _words()
    sizes = all(words.size.search(cell) or not cell.strip() for cell in grid.header[1:])
    # Below a heading about the data, columns of sizes alone tell what the rows are.
    corpora = words.name.search(grid.header[0].strip()) or (scope.kind == "data" and sizes)
    if scope.kind not in ("data", "training") or not corpora or not (sizes or _has_numbers(grid)):
        return
    splits = any("split" in cell.lower() for cell in grid.header) or any(
        _SPLIT.search(row.cells[0]) for row in grid.rows
    )
    named = [(row, name) for row in grid.rows if (name := _corpus(row))]
    for row, name in named:
        longer = any(squash(name) in squash(other) and squash(name) != squash(other) for _, other in named)
        if not (splits and longer):  # beside `Dutch SQuAD` the row `SQuAD` tells what it was translated from
            for one in (name, *_joined_to(name, row)):
                yield Listed(one, scope.role, card.line_evidence(row.line, "table"), not splits)


_NUMBER = re.compile(r"^[~≈<>]?\s*\d[\d,.]*\s*[A-Za-z%]{0,6}$")


def _has_numbers(grid: Grid) -> bool:
    """Whether a column counts something: sentences, tokens, pairs."""
    columns = range(1, len(grid.header))
    return any(
        sum(bool(_NUMBER.match(row.cells[i].strip())) for row in grid.rows) * 2 >= len(grid.rows) for i in columns
    )


_SPLIT = re.compile(r"\b(?:train|dev|test|valid\w*|eval\w*)\b", re.I)


def _joined_to(name: str, row: Row) -> Iterator[str]:
    """The further datasets of a row that names several: `SNLI and MultiNLI`."""
    cell = row.cells[0].strip()
    found = [mention for mention in find_in(cell) if mention.kind == "dataset"]
    for before, mention in pairwise(found if found and found[0].name == name else []):
        if not _JOINT.fullmatch(cell[before.end : mention.start]):
            return
        yield mention.name


_JOINT = re.compile(r"\s*(?:,|&|\+|/|,?\sand|,?\splus)\s*")


def _corpus(row: Row) -> str | None:
    cell = row.cells[0].strip()
    if not cell or _words().not_rows.search(cell) or language_of([cell]):
        return None
    found: list[Mention] = [mention for mention in find_in(cell) if mention.kind != "model"]
    if found:
        return found[0].name
    return cell if len(cell) <= _MAX_NAME and cell[0].isupper() else None


@dataclass(frozen=True, slots=True)
class _Words:
    name: re.Pattern[str]
    size: re.Pattern[str]
    models: re.Pattern[str]
    trained_on: re.Pattern[str]
    not_rows: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    return _Words(**{key: re.compile(pattern, re.I) for key, pattern in load("training")["corpus_table"].items()})
