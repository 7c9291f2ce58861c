"""The tables of a run, which every report shows: each measure by model, scores by type of case, what failed."""

from collections.abc import Iterator, Sequence

from catalog.records import Record
from evals.measures import measures
from evals.results import Figure, Result, by_model, by_type, figures
from evals.runs import Run

_NONE = "–"
_PERCENTILES = {"seconds_p50": "seconds, median", "seconds_p95": "seconds, 95 of 100 below"}
_DIFFICULTIES = ("easy", "medium", "hard")


class Cell(Record):
    """A figure in a table: `text` as shown, `share` 0 to 1 where it can be drawn as a bar."""

    text: str
    share: float | None = None
    low: float | None = None
    high: float | None = None


class Line(Record):
    """A row; `means` explains its name."""

    name: str
    cells: tuple[Cell, ...]
    means: str = ""


class Table(Record):
    """A table with a column for each model."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def tables_of(run: Run) -> list[Table]:
    """All tables of a run: the matrix of models, types of cases, difficulties, suites."""
    models = by_model(run.results)
    return [
        _matrix(models),
        _scores("Score by type of case", models, [(name, [name]) for name in by_type(run.results)]),
        _scores("Score by difficulty", models, [(name, [name]) for name in _DIFFICULTIES]),
        _scores("Score by suite", models, [(suite.name, [suite.name]) for suite in run.plan.suites]),
    ]


def shown(name: str, figure: Figure | None, *, interval: bool = True) -> Cell:
    """A figure as a cell, with its confidence interval where that says something."""
    if figure is None:
        return Cell(text=_NONE)
    text = figure.shown(name)
    measure = measures().get(name)
    if measure is None or measure.unit != "share":
        return Cell(text=text)
    if interval and figure.low < figure.high:
        text += f" [{figure.low:.2f}–{figure.high:.2f}]"
    return Cell(text=text, share=figure.mean, low=figure.low, high=figure.high)


def state_of(run: Run) -> str:
    """In one line: how many answers there are, and how many are missing or failed."""
    told = [f"{len(run.results)} of {run.plan.answers} answers"]
    told += [f"{len(run.failed)} failed"] if run.failed else []
    return ", ".join([*told, "complete" if run.is_complete else "NOT COMPLETE"])


def _matrix(models: dict[str, list[Result]]) -> Table:
    found = {model: figures(results) for model, results in models.items()}
    labels = {name: (measure.label, measure.means) for name, measure in measures().items()}
    labels |= {name: (label, measures()["seconds"].means) for name, label in _PERCENTILES.items()}
    lines = []
    for name, (label, means) in labels.items():
        if told := [one[name].cases for one in found.values() if name in one]:
            cells = tuple(shown(name, one.get(name)) for one in found.values())
            lines.append(Line(name=f"{label} ({max(told)})", cells=cells, means=means))
    return Table(title="Figures", columns=tuple(models), lines=tuple(lines))


def _scores(title: str, models: dict[str, list[Result]], groups: Sequence[tuple[str, list[str]]]) -> Table:
    lines = [Line(name=name, cells=tuple(_group_cells(models, names))) for name, names in groups]
    return Table(title=title, columns=tuple(models), lines=tuple(line for line in lines if any_figure(line)))


def any_figure(line: Line) -> bool:
    """Whether a row says anything."""
    return any(cell.text != _NONE for cell in line.cells)


def _group_cells(models: dict[str, list[Result]], names: Sequence[str]) -> Iterator[Cell]:
    for results in models.values():
        part = [one for one in results if {one.case.type, one.case.difficulty, one.suite} & set(names)]
        figure = figures(part).get("score") if part else None
        cell = shown("score", figure)
        yield cell.model_copy(update={"text": f"{cell.text} ({figure.cases})"}) if figure else cell
