"""Suites: what is a case, and what a person reads where a line is none."""

import json
from pathlib import Path

import pytest

from catalog.errors import SourceError
from evals.cases import Case, find_suites, load_suite, load_suites

GOOD = {"id": "a", "type": "list", "question": "?", "expected": {"items": ["gpt2"]}}


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_a_suite_is_read_line_by_line(tmp_path: Path) -> None:
    suite = load_suite(write(tmp_path / "lists.jsonl", GOOD, "", GOOD | {"id": "b", "tags": ["smoke"]}))
    assert (suite.name, [case.id for case in suite.cases]) == ("lists", ["a", "b"])
    assert suite.cases[0].asked == ("?",)
    assert [case.id for case in suite.chosen(["smoke", "other"]).cases] == ["b"]
    assert [case.id for case in suite.chosen(limit=1).cases] == ["a"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "not a case"),
        (GOOD | {"type": "poem"}, "type: Input should be 'list'"),
        (GOOD | {"expected": {}}, "expected: nothing is expected"),
        (GOOD | {"expected": {"abstain": True, "items": ["x"]}}, "an abstention has neither items"),
        (GOOD | {"expected": {"item": ["x"]}}, "expected.item: Extra inputs are not permitted"),
        (GOOD | {"turns": ["a", "b"]}, "either a question or turns"),
        ({"id": "a", "type": "list", "expected": {"items": []}}, "either a question or turns"),
        (GOOD | {"question": "", "turns": ["a", " "]}, "a turn is empty"),
        (GOOD | {"id": ""}, "id: String should have at least 1 character"),
    ],
)
def test_a_line_that_is_no_case_is_named_in_one_line(line: object, said: str, tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl", GOOD, line)
    with pytest.raises(SourceError) as caught:
        load_suite(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:2: ")
    assert said in message
    assert "\n" not in message


def test_an_id_is_used_once_in_all_suites(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one.jsonl", GOOD), write(tmp_path / "other.jsonl", GOOD)
    with pytest.raises(SourceError, match="one and other: two cases have the id a"):
        load_suites([one, other])


def test_suites_are_found_by_name_file_and_folder(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one.jsonl", GOOD), write(tmp_path / "other.jsonl", GOOD)
    assert find_suites([str(one)]) == [one]
    assert find_suites([str(tmp_path)]) == [one, other]
    with pytest.raises(SourceError, match="there is no suite poems"):
        find_suites(["poems"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="holds no suite"):
        find_suites([str(tmp_path / "empty")])


@pytest.mark.parametrize(
    ("expected", "declined"),
    [({"abstain": True}, True), ({"items": ["a"]}, False), ({"items": []}, None), ({"must_not": ["x"]}, None)],
)
def test_whether_declining_is_right_follows_from_what_is_expected(
    expected: dict[str, object], declined: bool | None
) -> None:
    assert Case.model_validate(GOOD | {"expected": expected}).to_be_declined is declined
