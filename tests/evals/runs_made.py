"""Runs without asking anybody: results of answerers, kept in a folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from answerers import CASES, Answerer, library_for

from evals.cases import Case, Suite
from evals.plan import Plan, chosen, code_digest
from evals.results import Result
from evals.runs import Run, begin, finish
from evals.scorers import score


def result(case: Case, answerer: Answerer, model: str = "offline", suite: str = "all") -> Result:
    answer = answerer(case)
    return Result(
        model=model, suite=suite, epoch=1, case=case, answer=answer, marks=score(case, answer, library_for(case))
    )


def make_run(
    folder: Path,
    answerers: Mapping[str, Answerer],
    *,
    cases: Sequence[Case] = CASES,
    failing: Sequence[str] = (),
    code: str | None = None,
) -> Run:
    """A finished run of all models, with errors in the place of the answers to `failing`."""
    suite = Suite(name="all", cases=tuple(cases))
    plan = Plan(suites=(chosen(suite),), models=tuple(answerers), cards="c", code=code or code_digest())
    kept = begin(folder, plan, "2026-01-01T00:00:00+00:00")
    results = [
        Result(model=model, suite="all", epoch=1, case=case, error="the model is asleep")
        if case.id in failing
        else result(case, answerer, model)
        for model, answerer in answerers.items()
        for case in cases
    ]
    return finish(folder, kept, results, "2026-01-01T00:01:00+00:00")
