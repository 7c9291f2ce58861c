"""The gate: what passes, what does not, and that an old or unfinished run never passes."""

import json
from pathlib import Path

import pytest
from answerers import declining, half_a_list, oracle
from runs_made import make_run
from stores import Almanac

from catalog.errors import SettingError
from evals import gating
from evals.cases import load_suite
from evals.gating import parse_limit, read_limits, stale
from evals.plan import Plan, cards_digest, chosen, code_digest
from evals.runs import Run, begin, finish, open_run


@pytest.fixture
def good(tmp_path: Path) -> Run:
    return make_run(tmp_path / "good", {"offline": oracle})


def test_a_run_that_keeps_all_limits_passes(good: Run, almanac: Almanac) -> None:
    ran = almanac("eval", "gate", good.folder, "--min", "set_f1=1", "--min", "list/score=0.9", "--max", "cost=0.01")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "✓ complete: 17 of 17 answers, 0 failed",
        "✓ of today: nothing changed",
        "✓ set_f1 ≥ 1 (offline): 1.000",
        "✓ list/score ≥ 0.9 (offline): 1.000",
        "✓ cost ≤ 0.01 (offline): 0.00094",
    ]


def test_one_limit_that_is_not_kept_fails_the_gate(good: Run, almanac: Almanac) -> None:
    ran = almanac("eval", "gate", good.folder, "--min", "set_f1=0.9", "--max", "seconds_p95=0.001")
    assert ran.code == 1
    assert "✗ seconds_p95 ≤ 0.001 (offline): 0.020" in ran.out


def test_every_model_must_keep_the_limits(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path, {"offline": oracle, "local:tiny": half_a_list})
    ran = almanac("eval", "gate", run.folder, "--max", "false_exhaustive=0")
    assert ran.code == 1
    assert "✓ false_exhaustive ≤ 0 (offline): 0.000" in ran.out
    assert "✗ false_exhaustive ≤ 0 (local:tiny): 0.750" in ran.out


def test_what_was_not_measured_is_not_kept(good: Run, almanac: Almanac) -> None:
    ran = almanac("eval", "gate", good.folder, "--min", "grade=0.5")
    assert (ran.code, "✗ grade ≥ 0.5 (offline): not measured" in ran.out) == (1, True)


def test_limits_come_from_a_file_too(good: Run, almanac: Almanac, tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('[min]\nset_f1 = 0.99\n"count/numeric" = 1\n[max]\ncost = 0.0001\n')
    ran = almanac("eval", "gate", good.folder, "--limits", limits)
    assert ran.code == 1
    assert [line[0] for line in ran.out.splitlines()] == ["✓", "✓", "✓", "✓", "✗"]


def test_the_figures_of_a_run_become_limits_that_it_keeps(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path / "half", {"offline": half_a_list})
    limits = tmp_path / "limits.toml"
    assert almanac("eval", "gate", run.folder, "--limits", limits, "--record").code == 0
    assert "[min]\nscore = 0.661" in limits.read_text()
    assert "[max]\nfalse_exhaustive = 0.75\ncost = 0.001\n" in limits.read_text()
    assert almanac("eval", "gate", run.folder, "--limits", limits).code == 0
    worse = make_run(tmp_path / "worse", {"offline": declining})
    assert almanac("eval", "gate", worse.folder, "--limits", limits).code == 1
    assert almanac("eval", "gate", run.folder, "--record").code == 2


def test_a_run_without_an_answer_to_everything_fails(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path, {"offline": oracle})
    finish(tmp_path, run.kept, run.results[1:], "now")
    ran = almanac("eval", "gate", tmp_path, "--min", "set_f1=0")
    assert (ran.code, "✗ complete: 16 of 17 answers, 0 failed" in ran.out) == (1, True)


def test_a_run_that_was_never_finished_fails(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path / "made", {"offline": oracle})
    begin(tmp_path / "begun", run.plan, "now")
    ran = almanac("eval", "gate", tmp_path / "begun", "--min", "set_f1=0")
    assert (ran.code, "✗ complete: 0 of 17 answers" in ran.out) == (1, True)


def test_a_run_of_other_code_fails(tmp_path: Path, almanac: Almanac) -> None:
    run = make_run(tmp_path, {"offline": oracle}, code="0123456789abcdef")
    ran = almanac("eval", "gate", run.folder, "--min", "set_f1=0")
    assert (ran.code, "✗ of today: the code has changed" in ran.out) == (1, True)


def test_a_run_of_cases_or_cards_that_have_changed_is_stale(tmp_path: Path) -> None:
    suite, cards = tmp_path / "s.jsonl", tmp_path / "cards"
    cards.mkdir()
    card = cards / "README.md"
    card.write_text("# Owl")
    line = {"id": "a", "type": "list", "question": "?", "expected": {"items": ["owl"]}}
    suite.write_text(json.dumps(line))
    plan = Plan(
        suites=(chosen(load_suite(suite)),),
        models=("offline",),
        roots=(str(cards),),
        cards=cards_digest([cards]),
        code=code_digest(),
    )
    begin(tmp_path / "run", plan, "now")
    run = open_run(tmp_path / "run")
    assert list(stale(run)) == []
    card.write_text("# Fox")
    suite.write_text(json.dumps(line | {"question": "what?"}))
    assert list(stale(run)) == ["the suite s has changed", "the cards have changed"]
    card.unlink()
    cards.rmdir()
    suite.unlink()
    assert list(stale(run)) == [f"the suite {suite} is gone", "the cards are gone"]


@pytest.mark.parametrize("told", ["set_f1", "set_f1=much", "beauty=1", "=1"])
def test_a_limit_that_is_none_is_told(told: str, almanac: Almanac, good: Run) -> None:
    with pytest.raises(SettingError, match=r"is no limit\. Write FIGURE=NUMBER with one of: score, correct"):
        parse_limit(told, is_floor=True)
    ran = almanac("eval", "gate", good.folder, "--min", told)
    assert (ran.code, ran.out) == (1, "")
    assert "Traceback" not in ran.err


def test_a_gate_without_limits_is_a_usage_error(good: Run, almanac: Almanac) -> None:
    assert almanac("eval", "gate", good.folder).code == 2


def test_the_floor_of_continuous_integration_names_figures_that_there_are() -> None:
    limits = read_limits(Path(gating.__file__).parent / "limits" / "smoke.toml")
    assert {limit.figure for limit in limits if limit.is_floor} >= {"score", "set_f1", "citation_validity"}
    assert {limit.figure for limit in limits if not limit.is_floor} == {"false_exhaustive", "cost"}
