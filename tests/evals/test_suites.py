"""The eval suites against the sample catalogue that they ask about."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.tools.toolbox import NAMES

Case = dict[str, Any]

EVALS = Path(__file__).resolve().parents[2] / "evals"
CORPUS = EVALS / "corpus"
SUITES = sorted((EVALS / "suites").glob("*.jsonl"))
TYPES = {
    *("list", "count", "attribute", "score", "ranking", "lineage", "comparison", "two-document", "prose"),
    *("discovery", "follow-up", "unanswerable", "contradiction", "paraphrase"),
}
FIELDS = {"id", "type", "question", "turns", "expected", "evidence", "tools", "tags", "difficulty"}
EXPECTED = {
    "items": list,
    "ordered": bool,
    "value": str,
    "number": int,
    "languages": list,
    "must_include": list,
    "must_not": list,
    "abstain": bool,
}


def cases_of(suite: Path) -> list[Case]:
    return [json.loads(line) for line in suite.read_text(encoding="utf-8").splitlines()]


CASES = [case for suite in SUITES for case in cases_of(suite)]
ASSETS = {
    card.parent.relative_to(CORPUS / kind).as_posix()
    for kind in ("models", "datasets")
    for card in (CORPUS / kind).rglob("README.md")
}
each_suite = pytest.mark.parametrize("suite", SUITES, ids=[suite.stem for suite in SUITES])


def squashed(text: str) -> str:
    return " ".join(text.casefold().split())


def asked(case: Case) -> tuple[str, ...]:
    """What is said, as one would compare it: the turns, or the question alone."""
    return tuple(squashed(turn) for turn in case.get("turns") or [case["question"]])


def misshapen(case: Case) -> Iterator[str]:
    """What is wrong with the fields of a case."""
    expected = case["expected"]
    if unknown := (case.keys() - FIELDS) | (expected.keys() - EXPECTED.keys()):
        yield f"unknown: {unknown}"
    if case["type"] not in TYPES or case["difficulty"] not in {"easy", "medium", "hard"}:
        yield "type or difficulty"
    if ("question" in case) == ("turns" in case) or len(case.get("turns", ["", ""])) < 2 or not all(asked(case)):
        yield "neither a question nor a conversation"
    if not expected.keys() - {"ordered", "must_not"}:
        yield "expects nothing"
    if wrong := [name for name, given in expected.items() if type(given) is not EXPECTED[name] or not given]:
        yield f"expects no proper {wrong}"


def unstated(case: Case) -> list[str]:
    """What an answer must say, and none of the cited cards does."""
    cards = squashed("\n".join((CORPUS / path).read_text(encoding="utf-8") for path in case["evidence"]))
    expected = case["expected"]
    wanted = [expected["value"]] if "value" in expected else []
    wanted += [alternative for words in expected.get("must_include", []) for alternative in words.split("|")]
    return [words for words in wanted if squashed(words) not in cards]


def doubled(things: list[Any]) -> list[Any]:
    return [thing for thing, times in Counter(things).items() if times > 1]


@each_suite
def test_every_case_has_the_fields_of_a_case(suite: Path) -> None:
    assert {case["id"]: found for case in cases_of(suite) if (found := list(misshapen(case)))} == {}


@each_suite
def test_a_suite_holds_one_type_of_case_numbered_after_the_suite(suite: Path) -> None:
    cases = cases_of(suite)
    assert len({case["type"] for case in cases}) == 1
    assert [case["id"] for case in cases] == [f"{suite.stem}-{number:03d}" for number in range(1, len(cases) + 1)]


@each_suite
def test_the_evidence_is_in_the_sample_catalogue(suite: Path) -> None:
    for case in cases_of(suite):
        assert [path for path in case["evidence"] if not (CORPUS / path).is_file()] == [], case["id"]
        assert doubled(case["evidence"]) == [], case["id"]


@each_suite
def test_the_expected_items_are_assets_of_the_sample_catalogue(suite: Path) -> None:
    for case in cases_of(suite):
        items = case["expected"].get("items", [])
        assert set(items) - ASSETS == set(), case["id"]
        assert doubled(items) == [], case["id"]


@each_suite
def test_the_expected_tools_exist(suite: Path) -> None:
    assert {tool for case in cases_of(suite) for tool in case.get("tools", [])} <= set(NAMES)


@each_suite
def test_what_an_answer_must_say_stands_in_the_evidence(suite: Path) -> None:
    assert {case["id"]: missing for case in cases_of(suite) if (missing := unstated(case))} == {}


def test_only_questions_without_an_answer_expect_an_abstention_and_nothing_else() -> None:
    for case in CASES:
        assert (case["type"] == "unanswerable") == case["expected"].get("abstain", False), case["id"]
        if case["type"] == "unanswerable":
            assert case["expected"].keys() <= {"abstain", "must_not"}, case["id"]
            assert not case["evidence"], case["id"]


def test_a_count_is_the_number_of_cards_given_as_evidence() -> None:
    for case in CASES:
        if case["type"] == "count" and case["evidence"]:
            assert case["expected"]["number"] == len(case["evidence"]), case["id"]


def test_the_count_of_all_cards_is_that_of_the_sample_catalogue() -> None:
    everything = {case["expected"]["number"] for case in CASES if case["type"] == "count" and not case["evidence"]}
    assert everything == {len(list((CORPUS / kind).rglob("README.md"))) for kind in ("models", "datasets")}


def test_there_are_enough_cases_of_every_type() -> None:
    counted = Counter(case["type"] for case in CASES)
    assert counted.keys() == TYPES
    assert min(counted.values()) >= 12
    assert counted.total() >= 220


def test_no_two_cases_ask_the_same() -> None:
    assert doubled([asked(case) for case in CASES]) == []
    assert doubled([case["id"] for case in CASES]) == []


def test_the_smoke_cases_are_few_and_of_every_type() -> None:
    smoke = [case for case in CASES if "smoke" in case.get("tags", [])]
    assert {case["type"] for case in smoke} == TYPES
    assert 30 <= len(smoke) <= 60
