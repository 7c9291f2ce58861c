"""Two runs side by side."""

import json
from pathlib import Path

import pytest
from answerers import CASES, declining, half_a_list, oracle, wrong_ids
from runs_made import make_run
from stores import Almanac

from catalog.errors import SourceError
from evals.cases import Case
from evals.comparing import compare


def test_what_got_better_and_worse_is_told_case_by_case(tmp_path: Path) -> None:
    worse, better = (make_run(tmp_path / name, {"m": who}) for name, who in (("one", half_a_list), ("two", oracle)))
    (up,) = compare(worse, better)
    (down,) = compare(better, worse)
    assert {one.id for one in up.better} == {one.id for one in down.worse} >= {"list", "discovery", "injection"}
    assert (up.worse, down.better, up.left_out) == ((), (), ())
    moved = next(one for one in down.worse if one.id == "list")
    assert (moved.before, round(moved.after, 3), moved.why) == (1.0, 0.667, "missing: den/fox; said to be all: 1 of 2")


def test_a_difference_is_told_from_chance(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / name, {"m": who}) for name, who in (("one", declining), ("two", oracle))]
    changes = {one.measure: one for one in compare(*runs)[0].changes}
    assert changes["score"].verdict == "better"
    assert (changes["score"].cases, changes["score"].p is not None and changes["score"].p < 0.01) == (17, True)
    assert changes["score"].difference.low > 0.5
    back = {one.measure: one for one in compare(*reversed(runs))[0].changes}
    assert back["score"].verdict == "worse"
    assert back["cost"].verdict == "better"  # nothing was spent on not answering
    assert changes["abstention_recall"].verdict == ""
    few = {one.measure: one for one in compare(make_run(tmp_path / "3", {"m": half_a_list}), runs[1])[0].changes}
    assert few["set_f1"].difference.mean > 0
    assert few["set_f1"].verdict == ""


def test_nothing_changed_is_said_and_nothing_else(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path / "one", {"m": oracle})
    ran = almanac("eval", "compare", run.folder, run.folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("one · m → one · m\nunchanged: score, correct")
    assert "better" not in ran.out


def test_cases_that_were_changed_are_left_out(tmp_path: Path, almanac: Almanac) -> None:
    other = [
        case.model_copy(update={"question": "Which?"}) if case.id == "list" else case
        for case in CASES
        if case.id != "count"
    ]
    one = make_run(tmp_path / "one", {"m": oracle})
    two = make_run(tmp_path / "two", {"m": wrong_ids}, cases=other)
    assert compare(one, two)[0].left_out == ("count", "list")
    ran = almanac("eval", "compare", one.folder, two.folder)
    assert "2 cases are in one run only, or were changed: left out" in ran.out
    told = json.loads(almanac("eval", "compare", one.folder, two.folder, "--json").out)
    assert told["left_out"] == ["count", "list"]


def test_models_of_one_run_are_compared_by_name(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path, {"offline": half_a_list, "openai:m": oracle})
    ran = almanac("eval", "compare", run.folder, run.folder, "--model", "offline", "--model", "openai:m")
    assert ran.code == 0
    assert "· offline →" in ran.out
    assert "better" in ran.out
    assert almanac("eval", "compare", run.folder, run.folder, *(["--model", "offline"] * 3)).code == 2


def test_runs_with_nothing_in_common_cannot_be_compared(tmp_path: Path) -> None:
    one = make_run(tmp_path / "one", {"a": oracle, "b": oracle})
    two = make_run(tmp_path / "two", {"c": oracle})
    with pytest.raises(
        SourceError, match=r"no model to compare: .* has a, b, .* has c\. Name one of each with --model"
    ):
        compare(one, two)
    case = Case.model_validate({"id": "else", "type": "prose", "question": "?", "expected": {"must_include": ["x"]}})
    three = make_run(tmp_path / "three", {"c": oracle}, cases=[case])
    with pytest.raises(SourceError, match="have no case in common"):
        compare(two, three)
