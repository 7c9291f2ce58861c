"""Results in tables: each number is read with the labels of its column, its row and what surrounds the table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.records import Evaluation
from catalog.vocabulary import squash, vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.hub import model_of
from ingest.extract.label_parts import parted
from ingest.extract.labels import Axis, Label, compose, read_label
from ingest.extract.ownership import is_marked_own, own_labels
from ingest.extract.patterns import load
from ingest.extract.result_setting import Setting, Surroundings
from ingest.extract.table_axes import (
    Column,
    as_dataset,
    in_part,
    is_evaluated,
    own_columns,
    read_columns,
    with_average,
    with_filled_groups,
    with_full_header,
    with_parts,
)
from ingest.extract.tables import Grid, Row
from ingest.extract.values import Value, is_plausible, read_values

_ENGLISH_ONLY = frozenset(load("mentions")["translations"]["english_only"])
_PART = re.compile(r"[^\W_]+")
_MIN_LETTERS = 4
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
    subset: str | None = None
    is_task: bool = False


@dataclass(frozen=True)
class TableResult:
    """A result; `is_part` tells one of a break-down by language, by the rows or by the heading above the table.

    `is_logged` tells one of the last row in the log of a training run; `owner` is how a table that compares models
    names the card's; `subset` is the label of a dataset with a remark that tells a part of it.
    """

    evaluation: Evaluation
    is_part: bool
    is_logged: bool
    owner: str = ""
    subset: str | None = None


def evaluations(card: CardText, grid: Grid, around: Surroundings) -> list[TableResult]:
    """The results of the card's asset in one table.

    Where its labels leave several values for one metric on one dataset, they cannot tell which is meant: none is taken.
    """
    found = _of_checkpoint(card, list(_evaluations(card, grid, around)))
    rivals = _values_by_label(found)
    found = [_with_subset(result) if len(rivals[_about(result.evaluation)]) > 1 else result for result in found]
    values = _values_by_label(found)
    return [result for result in found if len(values[_about(result.evaluation)]) == 1]


def _values_by_label(found: list[TableResult]) -> dict[tuple[str | None, ...], set[str]]:
    values: dict[tuple[str | None, ...], set[str]] = {}
    for result in found:
        values.setdefault(_about(result.evaluation), set()).add(result.evaluation.value)
    return values


def _with_subset(result: TableResult) -> TableResult:
    """The result on the part of the dataset that its label tells: `SentiPers (binary)` beside `SentiPers (multi)`."""
    if not result.subset:
        return result
    return replace(result, evaluation=result.evaluation.model_copy(update={"dataset": result.subset}))


def _of_checkpoint(card: CardText, found: list[TableResult]) -> list[TableResult]:
    """Those of the dataset in the model's name, where the table is about its whole family.

    `distil-sst2` with a table of `Distil` on all of GLUE is the checkpoint of one of the rows.
    """
    whole = squash(card.name)
    if not all(result.owner and squash(result.owner) in whole and squash(result.owner) != whole for result in found):
        return found
    parts = [part.lower() for part in _PART.findall(card.name)]
    named = [result for result in found if _is_in_name(result.evaluation.dataset or "", parts)]
    return named or found


def _is_in_name(dataset: str, parts: list[str]) -> bool:
    key = squash(dataset)
    return len(key) >= _MIN_LETTERS and any(part.startswith(key) for part in (*parts, "".join(parts[-2:])))


def _about(result: Evaluation) -> tuple[str | None, ...]:
    return result.dataset, result.split, result.metric


def _evaluations(card: CardText, grid: Grid, around: Surroundings) -> Iterator[TableResult]:
    grid = with_filled_groups(with_full_header(grid))
    columns = read_columns(card, grid)
    values = [column for column in columns if column.holds_values]
    labels = [column for column in columns if not column.holds_values]
    if not values:
        return
    setting = around.of(grid.line_start, grid.line_end, grid.headings)
    if setting.elsewhere:
        return
    values = with_parts(values)
    compares = any(column.axis == "model" for column in labels)
    is_log = not compares and len(grid.rows) > 1 and any(column.label.is_log for column in columns)
    if compares or not (labels or is_log):
        # The rows are models, or there is one row of numbers: the columns are what was evaluated.
        beside = sum(column.label.is_dataset for column in values) if compares else 0
        values = [as_dataset(column) if is_evaluated(column.label, compares, beside) else column for column in values]
    values = [in_part(column, values) for column in values] if compares else own_columns(card, values)
    values = with_average([column for column in values if not column.label.is_statistic])
    if _counts_examples(columns) and setting.metric is None:
        return
    rows = grid.rows[-1:] if is_log else _own_rows(card, grid.rows, labels)
    labels = labels if len(rows) > 1 else [column for column in labels if column.axis != "language"]
    marked = _marked_cells(grid)
    for row in rows:
        reading = _read_row(row, labels)
        for column in values if reading else ():
            if (marked and (row.line, column.index) not in marked) or _is_linked_elsewhere(card, row, column):
                continue
            if is_log and "loss" in column.label.text.lower() and column.label.split is None:
                continue
            place = _Place(reading or _Reading(), setting, is_log, _owner(row, labels) or column.owner)
            yield from _results(card, row, column, place)


def _counts_examples(columns: list[Column]) -> bool:
    """Whether the columns are splits with that for training and no metric: the numbers are sizes."""
    named = [column.label for column in columns]
    return any(label.is_training_split for label in named) and not any(label.metric for label in named)


def _owner(row: Row, labels: list[Column]) -> str:
    return next((row.cells[column.index] for column in labels if column.axis == "model"), "")


def _marked_cells(grid: Grid) -> set[tuple[int, int]]:
    """(line, column) of the values beside which the card says that they are this model's."""
    return {
        (row.line, index)
        for row in grid.rows
        for index, cell in enumerate(row.cells)
        if "(" in cell and read_values(cell) and is_marked_own(cell)
    }


def _is_linked_elsewhere(card: CardText, row: Row, column: Column) -> bool:
    """Whether a number links to another model: it is the result of that one."""
    target = row.targets[column.index] if column.index < len(row.targets) else ""
    model = model_of(target, "") if "huggingface.co" in target or "hf.co" in target else None
    return bool(model) and squash(model or "") not in card.own_names


def _own_rows(card: CardText, rows: tuple[Row, ...], labels: list[Column]) -> list[Row]:
    """The rows of the card's own model, where the rows compare models; else all."""
    for column in labels:
        if column.axis == "model":
            names = {row.cells[column.index] for row in rows if row.cells[column.index]}
            own = own_labels(card, names)
            return [row for row in rows if row.cells[column.index] in own or len(names) == 1]
    return list(rows)


def _read_row(row: Row, columns: list[Column]) -> _Reading | None:
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
        if label.is_statistic and column.axis in ("dataset", "metric", None) and not label.dataset:
            return None
        if label.is_summary and column.axis in ("class", None):
            reading = replace(reading, average=label.average)
        elif cell:
            reading = _with_label(reading, label, column.axis)
            is_task = column.label.names_tasks and not label.dataset and reading.dataset == label.text
            reading = replace(reading, is_task=is_task or reading.is_task)
    return reading


def _with_label(reading: _Reading, label: Label, axis: Axis | None) -> _Reading:
    if axis == "model":
        return reading
    if axis == "metric" and label.rest and label.metric:
        return replace(reading, metric=label.text)
    if axis == "dataset" and label.is_summary:
        return replace(reading, dataset=_NONE, metric="average")
    if axis == "dataset" and not label.metric and not label.is_split:
        dataset = label.dataset or label.text
        return replace(reading, dataset=dataset, split=label.split or reading.split, subset=label.subset)
    return replace(
        reading,
        metric=label.metric or reading.metric,
        dataset=label.dataset or reading.dataset,
        split=label.split or reading.split,
        subset=label.subset or reading.subset,
    )


@dataclass(frozen=True)
class _Place:
    row: _Reading
    setting: Setting
    is_log: bool
    owner: str


def _results(card: CardText, row: Row, column: Column, place: _Place) -> Iterator[TableResult]:
    """The results of one cell; `87.1/82.3` under `UAS/LAS` are two."""
    found = read_values(row.cells[column.index])
    labels = [column.label]
    readings = [place.row]
    if len(found) > 1:
        labels = parted(column.label.text, len(found)) or labels
        metrics = parted(place.row.metric or "", len(found))
        readings = [replace(place.row, metric=part.metric) for part in metrics] or readings
    for index, value in enumerate(found):
        label = labels[min(index, len(labels) - 1)]
        reading = readings[min(index, len(readings) - 1)]
        evaluation = _evaluation(label, value, replace(place, row=reading))
        if evaluation:
            evidence = card.line_evidence(row.line, "table", row.line_end)
            is_part = bool(reading.part or place.setting.part)
            found_here = Evaluation(**evaluation, evidence=evidence)
            subset = label.subset or reading.subset
            yield TableResult(found_here, is_part, place.is_log, place.owner, subset)


def _evaluation(label: Label, value: Value, place: _Place) -> dict[str, str | None] | None:
    """The fields of a result, or None where the number is not known to be one."""
    reading, setting = place.row, place.setting
    metric = compose(reading.metric, label.metric, reading.average)
    dataset = label.dataset or reading.dataset
    if dataset and dataset == reading.dataset and reading.is_task and setting.benchmark:
        dataset = f"{setting.benchmark} {dataset}"
    split = label.split or reading.split or setting.split or ("validation" if place.is_log else None)
    if metric is None and (label.is_value or label.is_dataset or dataset or not label.rest):
        metric = setting.metric if setting.speaks_of_results else None
    if metric is None and not (dataset and (setting.speaks_of_results or place.owner)):
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
    if language.lower() == "english" and vocabulary("datasets").find(dataset) in _ENGLISH_ONLY:
        return dataset
    own = f"{language} {dataset}"
    return own if vocabulary("datasets").find(own) else f"{dataset} ({language})"
