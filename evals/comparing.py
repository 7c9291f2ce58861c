"""Two runs side by side, case by case: what got better, what got worse, and whether that can be chance."""

from collections.abc import Mapping, Sequence

from catalog.errors import SourceError
from catalog.records import Record
from evals.measures import measures
from evals.resampling import Interval, holm, interval, paired_p
from evals.results import Result, by_model, values_by_case
from evals.runs import Run

SIGNIFICANT = 0.05
#: percent of the clock, not of the program: shown, not tested
_UNTESTED = ("seconds",)


class Change(Record):
    """A measure before and after, over the `cases` that both runs have; `p` is corrected for all that are tested."""

    measure: str
    before: float
    after: float
    difference: Interval
    cases: int
    p: float | None

    @property
    def verdict(self) -> str:
        """`better`, `worse`, or nothing where it can be chance."""
        if self.p is None or self.p >= SIGNIFICANT or not self.difference.mean:
            return ""
        return "better" if measures()[self.measure].improves(self.difference.mean) else "worse"


class Moved(Record):
    """A case whose score changed."""

    id: str
    question: str
    before: float
    after: float
    why: str


class Comparison(Record):
    """`left_out` are cases that only one run has, or that were changed in between."""

    before: str
    after: str
    changes: tuple[Change, ...]
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    left_out: tuple[str, ...]


def compare(first: Run, second: Run, models: Sequence[str] = ()) -> list[Comparison]:
    """A comparison for each model of both runs, or of the first of `models` with the second.

    Raises SourceError where no model or no case is in both.
    """
    return [_compared(first, second, pair) for pair in _pairs(first, second, models)]


def _pairs(first: Run, second: Run, models: Sequence[str]) -> list[tuple[str, str]]:
    have, other = by_model(first.results), by_model(second.results)
    if models:
        pairs = [(models[0], models[-1])]
    elif shared := [model for model in have if model in other]:
        pairs = [(model, model) for model in shared]
    else:
        pairs = [(before, after) for before in have for after in other] if len(have) == len(other) == 1 else []
    if not pairs or any(before not in have or after not in other for before, after in pairs):
        raise SourceError(
            f"no model to compare: {first.folder} has {', '.join(have) or 'none'}, {second.folder} has "
            f"{', '.join(other) or 'none'}. Name one of each with --model."
        )
    return pairs


def _compared(first: Run, second: Run, pair: tuple[str, str]) -> Comparison:
    old, new = by_model(first.results)[pair[0]], by_model(second.results)[pair[1]]
    cases = {result.case.id: result.case for result in old}
    other = {result.case.id: result.case for result in new}
    both = {id_ for id_, case in cases.items() if other.get(id_) == case}
    if not both:
        raise SourceError(f"{first.folder} and {second.folder} have no case in common.")
    before = values_by_case(result for result in old if result.case.id in both)
    after = values_by_case(result for result in new if result.case.id in both)
    moved = [
        Moved(
            id=id_,
            question=cases[id_].asked[-1],
            before=score,
            after=after["score"][id_],
            why=_why(new if after["score"][id_] < score else old, id_),
        )
        for id_, score in sorted(before["score"].items())
        if after["score"][id_] != score
    ]
    return Comparison(
        before=f"{first.folder.name} · {pair[0]}",
        after=f"{second.folder.name} · {pair[1]}",
        changes=tuple(_changes(before, after)),
        better=tuple(one for one in moved if one.after > one.before),
        worse=tuple(one for one in moved if one.after < one.before),
        left_out=tuple(sorted((cases.keys() | other.keys()) - both)),
    )


def _why(results: Sequence[Result], id_: str) -> str:
    """What is wrong with the lower of two answers."""
    found = [result.error or result.marks["score"].why for result in results if result.case.id == id_]
    return next((why for why in found if why), "")


def _changes(before: Mapping[str, Mapping[str, float]], after: Mapping[str, Mapping[str, float]]) -> list[Change]:
    """Over the cases that both have a measure of."""
    paired = {}
    for name in measures():
        old, new = before.get(name, {}), after.get(name, {})
        if shared := [id_ for id_ in old if id_ in new]:
            paired[name] = [(old[id_], new[id_]) for id_ in shared]
    differences = {name: [new - old for old, new in pairs] for name, pairs in paired.items()}
    tested = [name for name in paired if name not in _UNTESTED]
    chances = dict(zip(tested, holm([paired_p(differences[name]) for name in tested]), strict=True))
    return [
        Change(
            measure=name,
            before=sum(old for old, _ in pairs) / len(pairs),
            after=sum(new for _, new in pairs) / len(pairs),
            difference=interval(differences[name]),
            cases=len(pairs),
            p=chances.get(name),
        )
        for name, pairs in paired.items()
    ]
