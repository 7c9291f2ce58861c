"""A gate for continuous integration: limits that a run must keep. A run that is stale or not complete keeps none."""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from catalog.errors import SettingError, SourceError
from catalog.records import Record
from evals.cases import load_suite
from evals.measures import GRADED, measures
from evals.plan import cards_digest, chosen, code_digest
from evals.results import Figure, Result, by_model, by_type, figures
from evals.runs import Run

#: figures of the program, and not of the machine that it runs on
_CEILINGS = ("false_exhaustive", "cost")
_FLOORS = tuple(
    name
    for name, measure in measures().items()
    if measure.unit == "share" and measure.better == "more" and measure.group != GRADED
)
_PERCENTILES = ("seconds_p50", "seconds_p95")
#: what is lost when a floor is written down to three places, no more
_ROUNDING = 5e-4


class Limit(Record):
    """A figure and the least or most that it may be; `type` where it is of one type of case."""

    figure: str
    bound: float
    is_floor: bool
    type: str | None = None

    @property
    def name(self) -> str:
        return f"{self.type}/{self.figure}" if self.type else self.figure


class Checked(Record):
    """Whether something holds, and what was found."""

    name: str
    holds: bool
    found: str


def parse_limit(told: str, *, is_floor: bool) -> Limit:
    """`set_f1=0.9`, `list/set_f1=0.9`. Raises SettingError where it is none."""
    name, separator, number = told.partition("=")
    kind, slash, figure = name.strip().rpartition("/")
    known = (*measures(), *_PERCENTILES)
    try:
        bound = float(number)
    except ValueError:
        separator = ""
        bound = 0.0
    if not separator or figure not in known:
        raise SettingError(f"{told!r} is no limit. Write FIGURE=NUMBER with one of: {', '.join(known)}.")
    return Limit(figure=figure, bound=bound, is_floor=is_floor, type=kind if slash else None)


def read_limits(path: Path) -> list[Limit]:
    """Limits of a TOML file with the tables `min` and `max`. Raises SourceError, SettingError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read ({error}). Name a TOML file with tables min and max.") from error
    return [
        parse_limit(f"{name}={bound}", is_floor=table == "min")
        for table in ("min", "max")
        for name, bound in raw.get(table, {}).items()
    ]


def as_limits(run: Run) -> str:
    """The figures of a run as the limits of a gate: no model of a later run may be worse than the worst of this one."""
    models = [figures(results) for results in by_model(run.results).values()]
    lines = [f"# {len(run.results)} answers of {', '.join(run.plan.models)}, {run.kept.finished}", "[min]"]
    lines += [f"{name} = {math.floor(min(have) * 1000) / 1000:g}" for name in _FLOORS if (have := _means(models, name))]
    lines += ["", "[max]"]
    lines += [
        f"{name} = {math.ceil(max(have) * 1000) / 1000:g}" for name in _CEILINGS if (have := _means(models, name))
    ]
    return "\n".join(lines) + "\n"


def _means(models: Sequence[Mapping[str, Figure]], name: str) -> list[float]:
    return [one[name].mean for one in models if name in one]


def check(run: Run, limits: Sequence[Limit]) -> list[Checked]:
    """Whether the run is complete and of today, and each limit for each of its models."""
    told = [
        Checked(
            name="complete",
            holds=run.is_complete,
            found=f"{len(run.results)} of {run.plan.answers} answers, {len(run.failed)} failed",
        ),
        Checked(
            name="of today", holds=not (changed := list(stale(run))), found="; ".join(changed) or "nothing changed"
        ),
    ]
    models = by_model(run.results)
    for model in run.plan.models:
        told += [_held(limit, model, models.get(model, []), run) for limit in limits]
    return told


def stale(run: Run) -> Iterator[str]:
    """What has changed since the run was made: cases, cards, code."""
    for suite in run.plan.suites:
        if suite.path is None:
            continue
        path = Path(suite.path)
        if not path.is_file():
            yield f"the suite {suite.path} is gone"
        elif chosen(load_suite(path).chosen(run.plan.tags, run.plan.limit)).digest != suite.digest:
            yield f"the suite {suite.name} has changed"
    roots = [Path(root) for root in run.plan.roots]
    if not all(root.is_dir() for root in roots):
        yield "the cards are gone"
    elif roots and cards_digest(roots) != run.plan.cards:
        yield "the cards have changed"
    if code_digest() != run.plan.code:
        yield "the code has changed"


def _held(limit: Limit, model: str, results: Sequence[Result], run: Run) -> Checked:
    name = f"{limit.name} {'≥' if limit.is_floor else '≤'} {limit.bound:g} ({model})"
    part = results if limit.type is None else by_type(results).get(limit.type, [])
    figure = figures(part).get(limit.figure)
    if figure is None:
        return Checked(name=name, holds=False, found="not measured")
    if _is_graded(limit.figure) and run.ungraded:
        return Checked(name=name, holds=False, found=f"{len(run.ungraded)} answers have no grade")
    kept = figure.mean >= limit.bound - _ROUNDING if limit.is_floor else figure.mean <= limit.bound
    return Checked(name=name, holds=kept, found=figure.shown(limit.figure))


def _is_graded(figure: str) -> bool:
    return figure in measures() and measures()[figure].group == GRADED
