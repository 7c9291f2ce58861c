"""Asking all cases of a plan, by Inspect: its logs, its going on after an interruption, its share of failures."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.answer import Answer
from catalog.errors import SourceError, UnavailableError
from evals.cases import Case, Suite
from evals.library import Library
from evals.plan import Plan
from evals.results import Result
from evals.scorers.mark import Mark

Told = Callable[[], None]
#: answers the last question of a conversation
Ask = Callable[[tuple[str, ...]], Answer]
#: makes what answers; called once in each thread that asks
Opening = Callable[[], Ask]


@dataclass(frozen=True)
class Harness:
    """Who answers and what answers are checked against.

    `opening` makes, of a model spec, what makes an asker in each thread; `errors_allowed` is the share of cases that
    may fail.
    """

    opening: Callable[[str], Opening]
    library: Library
    jobs: int = 1
    errors_allowed: float = 0.0
    told: Told = lambda: None


def check_installed() -> None:
    """Raises UnavailableError, with the cure, where the extra is not installed."""
    try:
        import inspect_ai
        import ir_measures
        import jinja2
    except ImportError as error:
        raise UnavailableError(
            f"{error.name or 'inspect-ai'} is not installed, evals need it. pip install 'almanac[evals]'"
        ) from error
    del inspect_ai, ir_measures, jinja2


def execute(plan: Plan, suites: Sequence[Suite], harness: Harness, logs: Path) -> list[Result]:
    """Ask what has not been answered in `logs` yet; the results of all that has been. Raises SourceError."""
    from inspect_ai import Epochs, eval_set
    from inspect_ai._util.error import PrerequisiteError

    from evals.tasks import almanac_model, almanac_task

    models = [almanac_model(spec, harness.opening(spec), harness.jobs, harness.told) for spec in plan.models]
    try:
        eval_set(
            almanac_task(suites, plan, harness.library, _too_many(harness.errors_allowed, plan)),
            model=models,
            log_dir=str(logs),
            epochs=Epochs(plan.epochs, "mean"),
            max_samples=harness.jobs,
            max_tasks=1,
            retry_attempts=0,
            retry_immediate=False,
            display="none",
            score_display=False,
            log_level="error",
            log_realtime=False,
            log_buffer=5,
            ctl_server=False,
        )
    except PrerequisiteError as error:
        raise SourceError(f"the run cannot go on in {logs} ({error}). Name another folder with --output.") from error
    return list(read_logs(logs))


def _too_many(share: float, plan: Plan) -> bool | float:
    """So many failures of one model fail a run: the first one, or one more than the share that is allowed."""
    allowed = int(share * plan.answers / len(plan.models))
    return float(allowed + 1) if allowed else True


def read_logs(logs: Path) -> Iterator[Result]:
    """The results of all logs, the newest of each model."""
    from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

    newest: dict[str, EvalLog] = {}
    for info in sorted(list_eval_logs(str(logs)), key=lambda one: one.name):
        log = read_eval_log(info)
        newest[log.eval.model] = log
    for model, log in newest.items():
        for sample in log.samples or ():
            yield _result(model.removeprefix("almanac/"), sample)


def _result(model: str, sample: Any) -> Result:
    case = Case.model_validate(sample.metadata["case"])
    kept = {"model": model, "suite": sample.metadata["suite"], "epoch": sample.epoch, "case": case}
    if sample.error:
        return Result(**kept, error=sample.error.message)
    marks = {
        name: Mark(value=value, why=score.metadata["why"].get(name, ""))
        for score in sample.scores.values()
        for name, value in score.value.items()
        if not math.isnan(value)
    }
    return Result(**kept, marks=marks, answer=Answer.model_validate(sample.output.metadata["answer"]))
