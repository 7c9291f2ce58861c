"""Grades of a model: a majority of votes, and an error where there is none."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from answerers import CASES, oracle
from runs_made import make_run
from scripted_server import Reply, ScriptedServer
from stores import Almanac

from evals.grades import read_grades
from evals.grading import to_grade
from evals.runs import Run, open_run

IN_SENTENCES = ["comparison", "two-document", "prose", "contradiction"]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()
    assert not server.unasked


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "run", {"offline": oracle})


def said(grade: str, reason: str = "so it is") -> Reply:
    return Reply(text=f"Let me see. {json.dumps({'grade': grade, 'reason': reason})}")


def grade(almanac: Almanac, run: Run, server: ScriptedServer, votes: int = 3) -> tuple[int, str, str]:
    ran = almanac("eval", "grade", run.folder, "--grader", "openai:judge", "--base-url", server.url, "--votes", votes)
    return ran.code, ran.out, ran.err


def test_answers_in_sentences_are_graded(run: Run) -> None:
    assert [one.case.id for one in to_grade(run.results)] == sorted(IN_SENTENCES)


def test_the_majority_of_votes_is_the_grade(run: Run, server: ScriptedServer, almanac: Almanac) -> None:
    server.plays(*[said("right")] * 3, *[said("right"), said("wrong", "not so"), said("wrong")])
    server.plays(*[said("partly")] * 3, *[said("right"), Reply(text="I cannot say"), said("right")])
    code, out, err = grade(almanac, run, server)
    assert (code, out, err) == (0, "4 answers graded by openai:judge\n", "")
    marks = {one.case.id: one.marks["grade"] for one in open_run(run.folder).results if "grade" in one.marks}
    assert {id_: mark.value for id_, mark in marks.items()} == {
        "comparison": 1, "contradiction": 0, "prose": 0.5, "two-document": 1,
    }  # fmt: skip
    assert marks["contradiction"].why == "wrong: not so (openai:judge)"
    assert almanac("eval", "gate", run.folder, "--min", "grade=0.6").code == 0
    assert (
        "| grade of a model (4) | 0.625"
        in (almanac("eval", "report", run.folder), run.folder / "report.md")[1].read_text()
    )


def test_no_majority_is_an_error_and_no_number(run: Run, server: ScriptedServer, almanac: Almanac) -> None:
    server.plays(said("right"), said("wrong"), said("partly"), *[Reply(text="NaN")] * 3, *[said("right")] * 6)
    code, out, err = grade(almanac, run, server)
    assert (code, out) == (3, "2 answers graded by openai:judge\n")
    assert "comparison (offline) has no grade: no majority: 1 right, 1 wrong, 1 partly" in err
    assert "contradiction (offline) has no grade: no majority: no usable reply" in err
    assert {one.id for one in read_grades(run.folder) if one.grade is None} == {"comparison", "contradiction"}
    ran = almanac("eval", "gate", run.folder, "--min", "grade=0.5")
    assert (ran.code, "✗ grade ≥ 0.5 (offline): 2 answers have no grade" in ran.out) == (1, True)
    server.plays(*[said("right")] * 6)  # only those without one are asked again
    assert grade(almanac, run, server)[0] == 0
    assert almanac("eval", "gate", run.folder, "--min", "grade=1").code == 0


def test_the_grader_reads_the_rubric_the_answer_and_its_evidence(
    run: Run, server: ScriptedServer, almanac: Almanac
) -> None:
    server.plays(*[said("right")] * 4)
    grade(almanac, run, server, votes=1)
    prose = next(case for case in CASES if case.type == "prose")
    (asked,) = [text for request in server.requests if prose.asked[0] in (text := request["messages"][-1]["content"])]
    for told in ("Rubric:", "- at night or after dusk", "[1] # Owl", "It is at night"):
        assert told in asked


def test_a_model_does_not_grade_itself(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path, {"openai:m": oracle})
    ran = almanac("eval", "grade", run.folder, "--grader", "openai:m", "--base-url", "http://127.0.0.1:9/v1")
    assert (ran.code, "openai:m would grade its own answers" in ran.err) == (1, True)
    assert almanac("eval", "grade", run.folder, "--grader", "offline").code == 1
    assert almanac("eval", "grade", run.folder, "--grader", "openai:j", "--votes", "2").code == 2


def test_a_grader_that_cannot_be_reached_is_told(run: Run, almanac: Almanac) -> None:
    ran = almanac("eval", "grade", run.folder, "--grader", "openai:judge", "--base-url", "http://127.0.0.1:9/v1")
    assert (ran.code, "Traceback" in ran.err) == (1, False)
    assert "cannot be reached" in ran.err
