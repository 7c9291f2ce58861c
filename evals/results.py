"""What became of the cases of a run: a line of JSON for each model, case and epoch, and figures over them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from agent.answer import Answer
from catalog.records import Record
from evals.cases import Case
from evals.measures import measures
from evals.resampling import Interval, interval, percentile
from evals.scorers.mark import Mark

#: a case that failed is not a right answer, whatever else could not be measured of it
_FAILED: Mapping[str, Mark] = {"score": Mark(value=0.0), "correct": Mark(value=0.0)}
_PERCENTILES = {"seconds_p50": 0.5, "seconds_p95": 0.95}


class Result(Record):
    """One answer to one case with its marks; `error` says why there is no answer."""

    model: str
    suite: str
    epoch: int
    case: Case
    marks: dict[str, Mark] = Field(default_factory=dict)
    answer: Answer | None = None
    error: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        return self.model, self.case.id, self.epoch


class Figure(Interval):
    """The mean of a measure over so many cases."""

    cases: int

    def shown(self, name: str) -> str:
        """The mean as people read it."""
        return measures()[_measure_of(name)].shown(self.mean)


def figures(results: Iterable[Result]) -> dict[str, Figure]:
    """Measure → figure, over cases; epochs of a case are averaged first. Percentiles of seconds are over answers."""
    found = {}
    by_measure = values_by_case(results)
    for name in measures():
        if cases := by_measure.get(name):
            values = list(cases.values())
            found[name] = Figure(cases=len(values), **interval(values).model_dump())
    if seconds := list(by_measure.get("seconds", {}).values()):
        for name, share in _PERCENTILES.items():
            value = percentile(seconds, share)
            found[name] = Figure(mean=value, low=value, high=value, cases=len(seconds))
    return found


def values_by_case(results: Iterable[Result]) -> dict[str, dict[str, float]]:
    """Measure → case id → its mean over epochs."""
    collected: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        for name, mark in (_FAILED if result.error else result.marks).items():
            collected[name][result.case.id].append(mark.value)
    return {
        name: {id_: sum(values) / len(values) for id_, values in cases.items()} for name, cases in collected.items()
    }


def by_model(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Model → its results, in the order of the run."""
    return _grouped((result.model, result) for result in results)


def by_type(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Type of case → results."""
    return _grouped((result.case.type, result) for result in results)


def worst(results: Sequence[Result], most: int | None = None) -> list[Result]:
    """Results below the full score, the lowest first; those that failed before all."""
    below = [result for result in results if score_of(result) < 1]
    return sorted(below, key=lambda result: (not result.error, score_of(result), result.case.id))[:most]


def score_of(result: Result) -> float:
    """0 to 1; 0 where the case failed."""
    return 0.0 if result.error else result.marks["score"].value


def _grouped(pairs: Iterable[tuple[str, Result]]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    for name, result in pairs:
        found[name].append(result)
    return dict(found)


def _measure_of(name: str) -> str:
    return "seconds" if name in _PERCENTILES else name
