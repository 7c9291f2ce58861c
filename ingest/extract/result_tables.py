"""Results in tables: each number is read with the labels of its column, its row and what surrounds the table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.records import Evaluation
from catalog.vocabulary import squash, vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.hub import model_of
from ingest.extract.labels import Axis, Label, compose, read_label, simple
from ingest.extract.mentions import find_in
from ingest.extract.ownership import is_marked_own, own_labels, ownness
from ingest.extract.result_setting import Setting, Surroundings
from ingest.extract.tables import Grid, Row
from ingest.extract.terms import terms
from ingest.extract.values import Value, is_plausible, read_values


@dataclass(frozen=True)
class _Column:
    """A column of values with its label, or of row labels with the axis that they lie on."""

    index: int
    label: Label
    holds_values: bool
    axis: Axis | None = None


#: said of a row over all datasets: it must not take one over from around the table
_NONE = ""


@dataclass(frozen=True)
class _Reading:
    """What the labels of one number say together; None where they do not."""

    metric: str | None = None
    dataset: str | None = None
    split: str | None = None
    average: str | None = None
    part: str | None = None


def evaluations(card: CardText, grid: Grid, around: Surroundings) -> list[Evaluation]:
    """The results of the card's asset in one table.

    Where its labels leave several values for one metric on one dataset, they cannot tell which is meant: none is taken.
    """
    found = list(_evaluations(card, grid, around))
    values: dict[tuple[str | None, ...], set[str]] = {}
    for result in found:
        values.setdefault((result.dataset, result.split, result.metric), set()).add(result.value)
    return [result for result in found if len(values[result.dataset, result.split, result.metric]) == 1]


def _evaluations(card: CardText, grid: Grid, around: Surroundings) -> Iterator[Evaluation]:
    grid = _with_filled_groups(_with_full_header(grid))
    columns = _columns(card, grid)
    values = [column for column in columns if column.holds_values]
    labels = [column for column in columns if not column.holds_values]
    if not values:
        return
    setting = around.of(grid.line_start, grid.line_end, grid.headings)
    if setting.elsewhere:
        return
    compares = any(column.axis == "model" for column in labels)
    if compares or not labels:
        # The rows are models, or there is one row of numbers: the columns are what was evaluated.
        values = [_as_dataset(column) if _is_evaluated(column.label, compares) else column for column in values]
    is_log = not compares and len(grid.rows) > 1 and any(column.label.is_log for column in columns)
    values = values if compares else _own_columns(card, values)
    values = [column for column in values if not column.label.is_statistic]
    rows = grid.rows[-1:] if is_log else _own_rows(card, grid.rows, labels)
    labels = labels if len(rows) > 1 else [column for column in labels if column.axis != "language"]
    marked = _marked_cells(grid)
    for row in rows:
        reading = _read_row(row, labels)
        for column in values if reading else ():
            if (marked and (row.line, column.index) not in marked) or _is_linked_elsewhere(card, row, column):
                continue
            if not (is_log and "loss" in column.label.text.lower()):
                yield from _results(card, row, column, _Place(reading or _Reading(), setting))


def _marked_cells(grid: Grid) -> set[tuple[int, int]]:
    """(line, column) of the values beside which the card says that they are this model's."""
    return {
        (row.line, index)
        for row in grid.rows
        for index, cell in enumerate(row.cells)
        if "(" in cell and read_values(cell) and is_marked_own(cell)
    }


def _is_linked_elsewhere(card: CardText, row: Row, column: _Column) -> bool:
    """Whether a number links to another model: it is the result of that one."""
    target = row.targets[column.index] if column.index < len(row.targets) else ""
    model = model_of(target, "") if "huggingface.co" in target or "hf.co" in target else None
    return bool(model) and squash(model or "") not in card.own_names


def _with_full_header(grid: Grid) -> Grid:
    """The grid with a second header row merged into the first, or with a first row that is no header made a body row."""
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
    header = tuple(f"{above} {below}".strip() for above, below in zip(filled, first.cells, strict=True))
    return replace(grid, header=header, rows=grid.rows[1:])


def _with_filled_groups(grid: Grid) -> Grid:
    """The grid with the blanks below a dataset or model name filled, where the cell names a group of rows."""
    if not grid.rows or not grid.header[0] or len(grid.header) < 3 or not any(not row.cells[0] for row in grid.rows):
        return grid
    rows: list[Row] = []
    group = ""
    for row in grid.rows:
        group = row.cells[0] or group
        rows.append(replace(row, cells=(group, *row.cells[1:])))
    return replace(grid, rows=tuple(rows))


def _columns(card: CardText, grid: Grid) -> list[_Column]:
    columns = []
    for index, name in enumerate(grid.header):
        cells = [row.cells[index] for row in grid.rows if row.cells[index]]
        numeric = sum(bool(read_values(cell)) for cell in cells)
        label = read_label(name)
        is_first_label = index == 0 and (label.axis is not None or not name) and not label.metric
        if cells and numeric * 2 >= len(cells) and not is_first_label:
            columns.append(_Column(index, label, holds_values=True))
        elif cells:
            columns.append(_Column(index, label, holds_values=False, axis=_axis(card, label, cells)))
    of_datasets = any(column.label.dataset and column.label.metric for column in columns if column.holds_values)
    return [_with_unknown_dataset(column) if of_datasets else column for column in columns]


def _with_unknown_dataset(column: _Column) -> _Column:
    """`enwiki (BPB)` beside `LAMBADA (PPL)`: what is no metric is a dataset, known or not."""
    label = column.label
    if not (column.holds_values and label.metric and label.rest and not label.dataset):
        return column
    words = [word for word in label.text.split() if simple(word) in label.rest]
    return replace(column, label=replace(label, dataset=" ".join(words) or None))


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


def _own_columns(card: CardText, columns: list[_Column]) -> list[_Column]:
    """The columns of the card's own model, where the columns compare models; else all."""
    unread = [column for column in columns if not _says_what(column.label)]
    names = [column.label.text for column in unread]
    own = own_labels(card, names)
    if not own and not any(_is_model(name) for name in names):
        return columns
    if not own and len(unread) == 1 == len(columns):
        return columns
    kept = [column for column in columns if column not in unread or column.label.text in own]
    return [replace(column, label=Label(column.label.text)) if column in unread else column for column in kept]


def _as_dataset(column: _Column) -> _Column:
    return replace(column, label=replace(column.label, dataset=column.label.text, rest=()))


def _is_evaluated(label: Label, compares: bool) -> bool:
    """Whether a header is a dataset or task that the vocabularies do not know as a dataset."""
    return not _says_what(label) and (not compares or bool(terms(label.text, "tasks", weak=True)))


def _says_what(label: Label) -> bool:
    return bool(label.metric or label.dataset or label.is_split or label.is_value or label.is_statistic)


def _own_rows(card: CardText, rows: tuple[Row, ...], labels: list[_Column]) -> list[Row]:
    """The rows of the card's own model, where the rows compare models; else all."""
    for column in labels:
        if column.axis == "model":
            names = {row.cells[column.index] for row in rows if row.cells[column.index]}
            own = own_labels(card, names)
            return [row for row in rows if row.cells[column.index] in own or len(names) == 1]
    return list(rows)


def _read_row(row: Row, columns: list[_Column]) -> _Reading | None:
    """What the labels of a row say; None where it is about one class of several or about nothing that can be read."""
    reading = _Reading()
    for column in columns:
        cell = row.cells[column.index]
        label = read_label(cell)
        if column.axis == "language" and cell and not label.is_metric:
            reading = replace(reading, part=cell)
            continue
        if column.axis == "class" and cell and not (label.is_summary or label.metric == "accuracy"):
            return None
        if label.is_summary and column.axis in ("class", None):
            reading = replace(reading, average=label.average)
        elif cell:
            reading = _with_label(reading, label, column.axis)
    return reading


def _with_label(reading: _Reading, label: Label, axis: Axis | None) -> _Reading:
    if axis == "model":
        return reading
    if axis == "metric" and label.rest and label.metric:
        return replace(reading, metric=label.text)
    if axis == "dataset" and label.is_summary:
        return replace(reading, dataset=_NONE, metric="average")
    if axis == "dataset" and not label.metric and not label.is_split:
        return replace(reading, dataset=label.dataset or label.text, split=label.split or reading.split)
    return replace(
        reading,
        metric=label.metric or reading.metric,
        dataset=label.dataset or reading.dataset,
        split=label.split or reading.split,
    )


@dataclass(frozen=True)
class _Place:
    row: _Reading
    setting: Setting


def _results(card: CardText, row: Row, column: _Column, place: _Place) -> Iterator[Evaluation]:
    """The results of one cell; `87.1/82.3` under `UAS/LAS` are two."""
    found = read_values(row.cells[column.index])
    labels = [column.label]
    readings = [place.row]
    if len(found) > 1:
        labels = _parted(column.label.text, len(found)) or labels
        metrics = _parted(place.row.metric or "", len(found))
        readings = [replace(place.row, metric=part.metric) for part in metrics] or readings
    for index, value in enumerate(found):
        label = labels[min(index, len(labels) - 1)]
        reading = readings[min(index, len(readings) - 1)]
        evaluation = _evaluation(label, value, replace(place, row=reading))
        if evaluation:
            evidence = card.line_evidence(row.line, "table")
            yield Evaluation(**evaluation, evidence=evidence)


def _parted(text: str, count: int) -> list[Label]:
    """A label `UAS/LAS` as its parts; empty where it has another number of them."""
    parts = [part.strip(" ()") for part in text.split("/")]
    if len(parts) != count:
        return []
    read = [read_label(part) for part in parts]
    head = parts[0].partition("(")[0].strip(" -")
    return [label if _says_what(label) else read_label(f"{head} {label.text}") for label in read]


def _evaluation(label: Label, value: Value, place: _Place) -> dict[str, str | None] | None:
    """The fields of a result, or None where the number is not known to be one."""
    reading, setting = place.row, place.setting
    metric = compose(reading.metric, label.metric, reading.average)
    dataset = label.dataset or reading.dataset
    split = label.split or reading.split
    if metric is None and (label.is_value or label.is_dataset or dataset or not label.rest):
        metric = setting.metric if setting.speaks_of_results else None
    if metric is None and not (dataset and setting.speaks_of_results):
        return None
    dataset = (setting.dataset_for(metric) if dataset is None else dataset) or None
    if split == "train" or not is_plausible(value, metric) or (reading.part and not dataset):
        return None
    return {
        "dataset": _part_of(dataset, reading.part or label.language or setting.part),
        "split": split,
        "metric": metric,
        "value": value.text,
        "unit": value.unit or label.unit,
    }


def _part_of(dataset: str | None, language: str | None) -> str | None:
    """The part of a dataset in one language: by its own name where it has one, else with the language behind it."""
    if not dataset or not language or squash(language) in squash(dataset):
        return dataset
    own = f"{language} {dataset}"
    return own if vocabulary("datasets").find(own) else f"{dataset} ({language})"
