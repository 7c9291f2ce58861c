"""What the columns of a table with results are: values under a label, or row labels along an axis."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from catalog.vocabulary import vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.labels import Axis, Label, as_rouge, left_over, read_label
from ingest.extract.mentions import find_in
from ingest.extract.ownership import is_marked_own, is_of_another, own_labels, ownness
from ingest.extract.tables import Grid, Row
from ingest.extract.terms import terms
from ingest.extract.values import read_values

_FEWEST_TASKS = 3
#: words in small letters or in brackets tell how a metric was computed, not on what
_NAME = re.compile(r"(?=.*[A-Za-z]{2})(?=.*[A-Z0-9])[\w .:/+-]+\Z")


@dataclass(frozen=True)
class Column:
    """A column of values with its label, or of row labels with the axis that they lie on; `owner` names its model."""

    index: int
    label: Label
    holds_values: bool
    axis: Axis | None = None
    owner: str = ""


def with_full_header(grid: Grid) -> Grid:
    """The grid with a second header row merged into the first; a first row that is data becomes a body row."""
    if not grid.rows:
        return grid
    if len(grid.header) == 2 and read_values(grid.header[1]) and read_label(grid.header[0]).is_metric:
        return replace(grid, header=("", ""), rows=(Row(grid.header, grid.line_start), *grid.rows))
    first = grid.rows[0]
    is_header = not any(read_values(cell) for cell in first.cells) and any(
        any(read_values(cell) for cell in row.cells) for row in grid.rows[1:]
    )
    named = [cell for cell in first.cells if read_label(cell).metric or read_label(cell).is_split]
    if not is_header or (len(named) < 2 and any(grid.header)):
        return grid
    filled: list[str] = []
    for cell in grid.header:
        filled.append(cell or (filled[-1] if filled else ""))
    pairs = zip(filled, first.cells, strict=True)
    header = tuple(above if above == below else f"{above} {below}".strip() for above, below in pairs)
    return replace(grid, header=header, rows=grid.rows[1:])


def with_filled_groups(grid: Grid) -> Grid:
    """The grid with the blanks below a dataset or model name filled, where the cell names a group of rows."""
    if not grid.rows or not grid.header[0] or len(grid.header) < 3 or not any(not row.cells[0] for row in grid.rows):
        return grid
    rows: list[Row] = []
    group = ""
    for row in grid.rows:
        group = row.cells[0] or group
        rows.append(replace(row, cells=(group, *row.cells[1:])))
    return replace(grid, rows=tuple(rows))


def read_columns(card: CardText, grid: Grid) -> list[Column]:
    """Every column of a table that holds anything."""
    columns = []
    for index, name in enumerate(as_rouge(list(grid.header))):
        cells = [row.cells[index] for row in grid.rows if row.cells[index]]
        numeric = sum(bool(read_values(cell)) for cell in cells)
        label = read_label(name)
        is_first_label = index == 0 and (label.axis is not None or not name) and not label.metric
        if cells and numeric * 2 >= len(cells) and not is_first_label:
            columns.append(Column(index, label, holds_values=True))
        elif cells:
            columns.append(Column(index, label, holds_values=False, axis=_axis(card, label, cells)))
    values = [column for column in columns if column.holds_values]
    of_datasets = any(column.label.dataset and column.label.metric for column in values)
    if not of_datasets and any(column.axis == "model" for column in columns):
        # The rows are models, so that what tells columns of one metric apart is the data.
        of_datasets = len({_says(column.label) for column in values}) < len(values)
    return [_with_unknown_dataset(column) if of_datasets else column for column in columns]


def _with_unknown_dataset(column: Column) -> Column:
    """`enwiki (BPB)` beside `LAMBADA (PPL)`: what is no metric is a dataset, known or not."""
    label = column.label
    if not (column.holds_values and label.metric and label.rest and not label.dataset):
        return column
    name = left_over(label.text, label.rest)
    return replace(column, label=replace(label, dataset=name)) if _NAME.match(name) else column


def _axis(card: CardText, label: Label, cells: list[str]) -> Axis | None:
    """What the labels of a column are, by what they are made of, then by what its header says."""
    read = [read_label(cell) for cell in cells]
    if sum(cell.is_metric for cell in read) * 2 > len(read):
        return "metric"
    if all(cell.is_split or cell.is_summary for cell in read):
        return "split"
    if any(cell.is_summary for cell in read) and not (label.text and label.axis != "class"):
        return "class"
    if any(ownness(card, cell) >= 1.0 for cell in cells):
        return "model"
    if label.axis:
        return label.axis
    if sum(map(_is_model, cells)) * 2 > len(cells):
        return "model"
    if any(cell.is_summary for cell in read):
        return "class"
    if any(cell.is_dataset for cell in read):
        return "dataset"
    return "model" if any(_is_model(cell) for cell in cells) else None


def _is_model(cell: str) -> bool:
    return any(mention.kind == "model" for mention in find_in(cell))


def own_columns(card: CardText, columns: list[Column]) -> list[Column]:
    """The columns of the card's own model, where the columns compare models; else all."""
    contenders = {column.index: _contender(column, columns) for column in columns}
    names = [name for name in contenders.values() if name]
    own = own_labels(card, names)
    if not own and not any(_is_model(name) for name in names):
        values = any(column.label.is_value for column in columns)
        kept = [column for column in columns if not (values and is_of_another(contenders[column.index]))]
        return [in_part(column, kept) for column in kept]
    if not own and len(names) == 1 == len(columns):
        return columns
    kept = [column for column in columns if not contenders[column.index] or contenders[column.index] in own]
    return [_of_model(column, contenders[column.index]) for column in kept]


def _contender(column: Column, columns: list[Column]) -> str:
    """What may name a model in a header: all of it, or what is left of one that says the same as that of a sibling."""
    label = column.label
    if not says_what(label):
        return label.text
    rivals = [other for other in columns if other is not column and _says(other.label) == _says(label)]
    return (
        left_over(label.text, label.rest)
        if is_marked_own(label.text) or any(left_over(r.label.text, r.label.rest) for r in rivals)
        else ""
    )


def _says(label: Label) -> tuple[str | None, ...]:
    return label.metric, label.dataset, label.split, label.average, label.language


def _of_model(column: Column, name: str) -> Column:
    """The column with its model's name taken out of the label."""
    if not name:
        return column
    label = replace(column.label, rest=()) if says_what(column.label) else Label(column.label.text)
    return replace(column, label=label, owner=name)


def in_part(column: Column, columns: list[Column]) -> Column:
    """Beside `Spearman German`, what nothing explains in `Spearman EN-DE (cross)` tells another part of the data."""
    label = column.label
    is_broken_down = any(other.label.language and other.label.metric == label.metric for other in columns)
    if not (is_broken_down and label.metric and label.rest) or label.language:
        return column
    return replace(column, label=replace(label, language=left_over(label.text, label.rest), rest=()))


def as_dataset(column: Column) -> Column:
    """The column with its header taken for the name of a dataset."""
    return replace(column, label=replace(column.label, dataset=column.label.text, rest=()))


def is_evaluated(label: Label, compares: bool, beside: int = 0) -> bool:
    """Whether a header is a dataset or task that the vocabularies do not know as a dataset.

    Where the rows compare models, it is one by its name, or as a name among columns `beside` it that are datasets.
    """
    if says_what(label) or not label.text:
        return False
    is_named = vocabulary("datasets").find(label.text, weak=True) or terms(label.text, "tasks", weak=True)
    return not compares or bool(is_named) or (beside > 0 and bool(_NAME.match(label.text)))


def with_parts(columns: list[Column]) -> list[Column]:
    """The columns with a word that also names a task of a benchmark (`CoLA`) read as that, beside other tasks of it."""
    whole = _benchmark(columns)
    unread = [column for column in columns if not says_what(column.label)]
    return [as_dataset(c) if whole and c in unread and _part_of(c.label) == whole else c for c in columns]


def with_average(columns: list[Column]) -> list[Column]:
    """The columns with a bare `Score` beside the tasks of one benchmark read as the average over them."""
    whole = _benchmark(columns)
    if not whole:
        return columns
    return [
        replace(column, label=replace(column.label, dataset=whole, metric="average"))
        if column.label.is_value
        else column
        for column in columns
    ]


def _benchmark(columns: list[Column]) -> str | None:
    """The benchmark that several columns are tasks of."""
    wholes = Counter(whole for column in columns if column.label.dataset and (whole := _part_of(column.label)))
    whole, count = wholes.most_common(1)[0] if wholes else (None, 0)
    return whole if count >= _FEWEST_TASKS else None


def _part_of(label: Label) -> str | None:
    """The benchmark that a label names a task of."""
    id_ = vocabulary("datasets").find(label.dataset or label.text, weak=True)
    return vocabulary("datasets").terms[id_].parent if id_ else None


def says_what(label: Label) -> bool:
    """Whether a label names a metric, a dataset, a split or a kind of number."""
    return bool(label.metric or label.dataset or label.is_split or label.is_value or label.is_statistic)
