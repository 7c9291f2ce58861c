"""Runs: everything is asked once, what was interrupted goes on, what fails is named and asked again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from answerers import CASES, FILES, declining, oracle

from agent.answer import Answer
from catalog.errors import SourceError, UnavailableError
from evals.cases import Suite
from evals.library import Library
from evals.plan import Plan, chosen
from evals.rankings import Found
from evals.results import Result, figures
from evals.running import Harness, execute
from evals.runs import begin, finish, open_run

LIBRARY = Library(FILES.get, lambda _: [Found(path) for path in FILES])
SUITES = [Suite(name="first", cases=CASES[:9]), Suite(name="second", cases=CASES[9:])]
BY_TURNS = {case.asked: case for case in CASES}
HERE = Path(__file__).parent


def plan(models: tuple[str, ...] = ("right",), **more: object) -> Plan:
    return Plan(suites=tuple(map(chosen, SUITES)), models=models, cards="c", code="d", **more)  # type: ignore[arg-type]


class Peer:
    """Answers by `models`, name → answerer; `asked` is what it was asked, `fails` the ids that it fails on."""

    def __init__(self, fails: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []
        self.fails = fails
        self.models = {"right": oracle, "silent": declining}

    def opening(self, spec: str) -> Callable[[], Callable[[tuple[str, ...]], Answer]]:
        def ask(turns: tuple[str, ...]) -> Answer:
            case = BY_TURNS[turns]
            self.asked.append(case.id)
            if case.id in self.fails:
                raise UnavailableError("the model is asleep")
            return self.models[spec](case)

        return lambda: ask

    def run(self, folder: Path, made: Plan, errors_allowed: float = 0.0) -> list[Result]:
        return execute(made, SUITES, Harness(self.opening, LIBRARY, errors_allowed=errors_allowed), folder)


def marks(results: list[Result]) -> dict[tuple[str, str, int], dict[str, float]]:
    return {one.key: {name: mark.value for name, mark in one.marks.items()} for one in results}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    """Two models, one of which never answers, two epochs."""
    return Peer().run(tmp_path_factory.mktemp("whole"), plan(("right", "silent"), epochs=2))


def test_every_model_is_asked_every_case_in_every_epoch(whole: list[Result]) -> None:
    assert len(marks(whole)) == len(whole) == plan(("right", "silent"), epochs=2).answers == 68
    assert {one.suite for one in whole} == {"first", "second"}
    right = figures(one for one in whole if one.model == "right")
    silent = figures(one for one in whole if one.model == "silent")
    assert (right["score"].mean, right["citation_validity"].mean, right["score"].cases) == (1, 1, 17)
    assert (silent["score"].mean, silent["abstention_recall"].mean) == (pytest.approx(2 / 17), 1)


def test_answers_and_reasons_come_through_the_log_unchanged(whole: list[Result]) -> None:
    for one in whole:
        answerer = {"right": oracle, "silent": declining}[one.model]
        assert one.answer == answerer(one.case)
        assert one.case == BY_TURNS[one.case.asked]
    wrong = next(one for one in whole if one.model == "silent" and one.case.id == "count")
    assert wrong.marks["score"].why == "the number is 2; declined what can be answered"


def test_the_log_is_one_that_inspect_can_read(tmp_path: Path) -> None:
    from inspect_ai.log import list_eval_logs, read_eval_log

    Peer().run(tmp_path, plan())
    (log,) = [read_eval_log(info) for info in list_eval_logs(str(tmp_path))]
    assert (log.status, log.eval.model, len(log.samples or ())) == ("success", "almanac/right", 17)
    assert log.results
    means = {score.name: score.metrics["mean"].value for score in log.results.scores}
    assert means["score"] == means["set_f1"] == 1


def test_what_fails_is_named_and_asked_again(tmp_path: Path) -> None:
    peer = Peer(fails=("count", "prose"))
    failed = peer.run(tmp_path, plan())
    assert {one.case.id: one.error for one in failed if one.error} == {
        "count": "UnavailableError('the model is asleep')",
        "prose": "UnavailableError('the model is asleep')",
    }
    assert len(peer.asked) == 17  # one failure does not keep the others from being asked
    assert figures(failed)["score"].mean == pytest.approx(15 / 17)  # and is no right answer
    again = Peer()
    mended = again.run(tmp_path, plan())
    assert sorted(again.asked) == ["count", "prose"]
    assert figures(mended)["score"].mean == 1


def test_failures_that_are_allowed_are_not_asked_again(tmp_path: Path) -> None:
    Peer(fails=("count",)).run(tmp_path, plan(), errors_allowed=0.1)
    again = Peer()
    assert [one.case.id for one in again.run(tmp_path, plan(), errors_allowed=0.1) if one.error] == ["count"]
    assert again.asked == []


def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_happened(tmp_path: Path, whole: list[Result]) -> None:
    program = f"""
import os, signal, sys
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1])!r}]
import test_runs
class Dying(test_runs.Peer):
    def opening(self, spec):
        ask = super().opening(spec)()
        def dying(turns):
            if len(self.asked) == 12:
                os.kill(os.getpid(), signal.SIGKILL)
            return ask(turns)
        return lambda: dying
Dying().run(test_runs.Path({str(tmp_path)!r}), test_runs.plan())
"""
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, env=os.environ)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    peer = Peer()
    results = peer.run(tmp_path, plan())
    assert 5 <= len(peer.asked) < 17
    expected = [one for one in whole if one.model == "right" and one.epoch == 1]
    assert marks(results) == marks(expected)


def test_a_run_is_finished_where_no_answer_is_missing(tmp_path: Path, whole: list[Result]) -> None:
    made = plan(("right", "silent"), epochs=2)
    kept = begin(tmp_path, made, "2026-01-01T00:00:00+00:00")
    assert not open_run(tmp_path).is_complete
    finish(tmp_path, kept, whole[:-1], "2026-01-01T00:01:00+00:00")
    assert not open_run(tmp_path).is_complete
    finish(tmp_path, kept, whole, "2026-01-01T00:02:00+00:00")
    run = open_run(tmp_path)
    assert run.is_complete
    assert run.kept.finished == "2026-01-01T00:02:00+00:00"
    assert sorted(marks([*run.results])) == sorted(marks(whole))


def test_a_run_of_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    begin(tmp_path, plan(), "now")
    begin(tmp_path, plan(), "later")
    with pytest.raises(
        SourceError, match=r"was begun with other models and epochs\. Name another folder with --output"
    ):
        begin(tmp_path, plan(("silent",), epochs=3), "later")
    with pytest.raises(SourceError, match="holds no run"):
        open_run(tmp_path / "elsewhere")
