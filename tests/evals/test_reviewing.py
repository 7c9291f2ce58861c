"""From feedback to cases."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from stores import Almanac

from agent.answer import Answer
from agent.feedback import draft as drafted
from agent.journal import Feedback
from catalog.errors import SourceError
from catalog.settings import Settings
from evals.cases import load_suite
from evals.reviewing import case_of, read_draft


def draft(id_: str, **more: Any) -> dict[str, Any]:
    told = {"id": id_, "type": "draft", "question": f"{id_}?", "verdict": "good", "comment": None}
    return told | {"items": None, "cards": None, "abstained": None, "answered": {"text": "It is so."}} | more


GOOD = draft("a", items=[{"kind": "model", "id": "gpt2"}], cards=["models/gpt2/README.md"], abstained=False)
BAD = draft("b", verdict="bad", comment="two are missing")


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    path = tmp_path / "drafts.jsonl"
    path.write_text("\n".join(map(json.dumps, (GOOD, BAD))))
    return path


@pytest.mark.parametrize(
    ("more", "kind", "expected"),
    [
        ({"items": [{"kind": "dataset", "id": "squad"}]}, "list", {"items": ["squad"]}),
        ({"items": [{"kind": "language", "id": "de"}]}, "attribute", {"languages": ["de"]}),
        ({"items": [{"kind": "number", "value": 7}]}, "count", {"number": 7}),
        ({"items": [{"kind": "value", "value": "mit"}]}, "attribute", {"value": "mit"}),
        ({"items": [{"kind": "value", "value": "a"}, {"kind": "value", "value": "b"}]}, "prose",
         {"must_include": ["a", "b"]}),
        ({"abstained": True}, "unanswerable", {"abstain": True}),
        ({"expected": {"must_include": ["fog"]}}, "prose", {"must_include": ["fog"]}),
        ({"expected": {"must_include": ["fog"]}, "type": "comparison"}, "comparison", {"must_include": ["fog"]}),
        ({"items": [{"kind": "value", "value": "mit"}], "turns": ["x", "a?"]}, "follow-up", {"value": "mit"}),
    ],
)  # fmt: skip
def test_a_draft_becomes_the_case_that_it_says(more: dict[str, Any], kind: str, expected: dict[str, Any]) -> None:
    case = case_of(read_draft(draft("a", **more), "x:1"))
    assert (case.type, case.tags) == (kind, ("from use",))
    assert case.expected.model_dump(mode="json", exclude_defaults=True) == expected


def test_a_draft_that_does_not_say_what_is_right_is_no_case() -> None:
    with pytest.raises(SourceError, match="draft b: what the right answer is has not been filled in"):
        case_of(read_draft(BAD, "x:1"))
    with pytest.raises(SourceError, match=r"draft a: not a case \(item: Extra inputs"):
        case_of(read_draft(draft("a", expected={"item": "x"}), "x:1"))


def test_what_is_right_is_added_to_a_suite_and_the_rest_is_named(
    drafts: Path, tmp_path: Path, almanac: Almanac
) -> None:
    suite = tmp_path / "suites" / "from-use.jsonl"
    ran = almanac("eval", "review", drafts, "--suite", suite, "--all")
    assert (ran.code, ran.out) == (3, f"1 of 2 drafts accepted into {suite}\n")
    assert "draft b: what the right answer is has not been filled in" in ran.err
    (case,) = load_suite(suite).cases
    assert (case.id, case.expected.items, case.evidence) == ("a", ("gpt2",), ("models/gpt2/README.md",))
    again = almanac("eval", "review", drafts, "--suite", suite, "--accept", "a")
    assert (again.code, again.out) == (1, "")
    assert f"the case a is in {suite} already" in again.err
    assert len(load_suite(suite).cases) == 1


def test_a_draft_that_is_not_there_cannot_be_accepted(drafts: Path, tmp_path: Path, almanac: Almanac) -> None:
    ran = almanac("eval", "review", drafts, "--suite", tmp_path / "s.jsonl", "--accept", "z")
    assert (ran.code, "there is no draft z. There are: a, b." in ran.err) == (1, True)


def test_nobody_to_ask_is_told(drafts: Path, tmp_path: Path, almanac: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.reviewing_aloud.sys.stdin", io.StringIO())
    ran = almanac("eval", "review", drafts, "--suite", tmp_path / "s.jsonl")
    assert (ran.code, "there is nobody to ask" in ran.err) == (1, True)
    assert not (tmp_path / "s.jsonl").exists()


def test_a_person_says_yes_corrects_or_leaves_out(
    drafts: Path, tmp_path: Path, almanac: Almanac, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = json.dumps(BAD | {"items": [{"kind": "model", "id": "gpt2-medium"}]})
    keys = iter(["y", "e", "y"])
    monkeypatch.setattr("evals.reviewing_aloud.sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(keys))
    monkeypatch.setattr("click.edit", lambda *_, **__: filled)
    suite = tmp_path / "s.jsonl"
    ran = almanac("eval", "review", drafts, "--suite", suite)
    assert ran.code == 0
    assert "b (bad: two are missing)" in ran.out
    assert [case.expected.items for case in load_suite(suite).cases] == [("gpt2",), ("gpt2-medium",)]


def test_feedback_as_it_is_exported_can_be_reviewed(sample_store: Path) -> None:
    from agent.wiring import Almanac as Answering

    almanac = Answering(Settings(store=sample_store))
    answer: Answer = almanac.ask("Which models were trained on SQuAD 2.0?")
    almanac.close()
    given = Feedback.model_construct(
        conversation="c", turn=1, question="Which models were trained on SQuAD 2.0?", turns=("q",), verdict="good",
        comment=None, given="now", answer=answer, items=answer.items, evidence=answer.citations,
        understood=answer.understood, query=answer.tools,
    )  # fmt: skip
    case = case_of(read_draft(drafted(given), "x:1"))
    assert case.type == "list"
    assert case.expected.items == tuple(item.id for item in answer.items)
    assert set(case.evidence) == {citation.path for citation in answer.citations}
