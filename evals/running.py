"""Asking all cases of a plan, by Inspect: its logs, its going on after an interruption, its share of failures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.answer import Answer
from catalog.errors import SourceError, UnavailableError
from evals.cases import Case, Suite
from evals.library import Library
from evals.plan import Chosen, Plan
from evals.results import Result
from evals.scorers import Mark

Told = Callable[[], None]
#: answers the last question of a conversation
Ask = Callable[[tuple[str, ...]], Answer]
#: makes what answers; called once in each thread that asks
Opening = Callable[[], Ask]


@dataclass(frozen=True)
class Harness:
    """Who answers and what answers are checked against.

    `opening` makes, of a model spec, what makes an asker in each thread; `errors_allowed` is the share of a suite's
    cases that may fail.
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

    from evals.tasks import almanac_model, suite_tasks

    pairs = list(zip(suites, plan.suites, strict=True))
    models = [almanac_model(spec, harness.opening(spec), harness.jobs, harness.told) for spec in plan.models]
    try:
        eval_set(
            suite_tasks(pairs, harness.library, lambda chosen: _too_many(harness.errors_allowed, chosen, plan.epochs)),
            model=models,
            log_dir=str(logs),
            epochs=Epochs(plan.epochs, "mean"),
            max_samples=harness.jobs,
            max_tasks=1,
            retry_attempts=0,
            retry_immediate=False,
            display="none",
            log_level="error",
            log_realtime=False,
            log_buffer=5,
            ctl_server=False,
        )
    except PrerequisiteError as error:
        raise SourceError(f"the run cannot go on in {logs} ({error}). Name another folder with --output.") from error
    return list(read_logs(logs))


def _too_many(share: float, chosen: Chosen, epochs: int) -> bool | float:
    """So many failures fail a suite: the first one, or one more than the share that is allowed."""
    allowed = int(share * chosen.cases * epochs)
    return float(allowed + 1) if allowed else True


def read_logs(logs: Path) -> Iterator[Result]:
    """The results of all logs, the newest of each suite and model."""
    from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

    newest: dict[tuple[str, str], EvalLog] = {}
    for info in sorted(list_eval_logs(str(logs)), key=lambda one: one.name):
        log = read_eval_log(info)
        newest[log.eval.task, log.eval.model] = log
    for (suite, model), log in newest.items():
        for sample in log.samples or ():
            yield _result(suite, model.removeprefix("almanac/"), sample)


def _result(suite: str, model: str, sample: Any) -> Result:
    case = Case.model_validate(sample.metadata["case"])
    kept = {"model": model, "suite": suite, "epoch": sample.epoch, "case": case}
    if sample.error:
        return Result(**kept, error=sample.error.message)
    marks = {name: Mark(value=float(score.value), why=score.explanation or "") for name, score in sample.scores.items()}
    return Result(**kept, marks=marks, answer=Answer.model_validate(sample.output.metadata["answer"]))
