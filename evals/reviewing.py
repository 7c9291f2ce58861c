"""Drafts of `almanac feedback export` become cases once a person has said that they are right."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import Field, ValidationError

from catalog.errors import SourceError
from catalog.records import Record
from evals.cases import Case, CaseType, Expected, find_suites, load_suite, read_lines


class Draft(Record):
    """One draft; `raw` is the line as it is written, `id` names it."""

    id: str
    question: str
    verdict: str = ""
    comment: str | None = None
    answered: str = ""
    raw: dict[str, Any] = Field(repr=False)


def read_drafts(path: Path) -> list[Draft]:
    """Raises SourceError naming the line that is no draft."""
    return [read_draft(raw, f"{path}:{number}") for number, raw in read_lines(path)]


def read_draft(raw: Any, place: str) -> Draft:
    """A draft from parsed JSON; `place` names it where it is none."""
    try:
        answered = raw.get("answered") or {}
        return Draft(
            id=str(raw["id"]),
            question=raw["question"],
            verdict=raw.get("verdict") or "",
            comment=raw.get("comment"),
            answered=answered.get("text", ""),
            raw=raw,
        )
    except (AttributeError, KeyError, TypeError, ValidationError) as error:
        raise SourceError(f"{place}: no draft of a case. Make drafts: almanac feedback export --output FILE") from error


def case_of(draft: Draft) -> Case:
    """The case that a draft is, with what a person filled in.

    `items`, `cards`, `abstained` are those of the answer or of the person; `expected` and a `type` of case, where a
    person wrote them, win. Raises SourceError where it is not said yet what the right answer is.
    """
    raw = draft.raw
    expected = raw.get("expected") or _expected(raw)
    if not expected:
        raise SourceError(
            f"draft {draft.id}: what the right answer is has not been filled in. Give items, abstained, or expected "
            '(as in {"must_include": ["…"]}).'
        )
    told = {"turns": raw["turns"]} if raw.get("turns") else {"question": draft.question}
    kind = raw["type"] if raw.get("type") in get_args(CaseType) else _type(raw, expected)
    try:
        return Case(
            id=draft.id,
            type=kind,
            expected=Expected.model_validate(expected),
            evidence=tuple(raw.get("cards") or ()),
            tags=("from use",),
            **told,
        )
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise SourceError(f"draft {draft.id}: not a case ({where}: {problem['msg']}). Correct the draft.") from error


def accept(cases: Sequence[Case], suite: Path) -> None:
    """Append cases to a suite, made where it is not there. Raises SourceError where an id is taken."""
    taken = {case.id: path for path in {*find_suites(), suite} if path.is_file() for case in load_suite(path).cases}
    for case in cases:
        if case.id in taken:
            raise SourceError(f"the case {case.id} is in {taken[case.id]} already. Give the draft another id.")
        taken[case.id] = suite
    lines = "".join(f"{case_line(case)}\n" for case in cases)
    try:
        before = suite.read_text(encoding="utf-8") if suite.is_file() else ""
        suite.parent.mkdir(parents=True, exist_ok=True)
        suite.write_text(before + ("\n" if before and not before.endswith("\n") else "") + lines, encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{suite} cannot be written ({error.strerror}). Name another file with --suite.") from error


def case_line(case: Case) -> str:
    """A case as a line of a suite."""
    return json.dumps(case.model_dump(mode="json", exclude_defaults=True, exclude_none=True), ensure_ascii=False)


def _expected(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the items of a draft say of the right answer; None where they say nothing."""
    if raw.get("abstained"):
        return {"abstain": True}
    items = raw.get("items")
    if not items:
        return None
    ids = [item["id"] for item in items if item.get("kind") in ("model", "dataset")]
    languages = [item["id"] for item in items if item.get("kind") == "language"]
    values = [item["value"] for item in items if item.get("kind") in ("value", "number")]
    if ids or languages:
        return ({"items": ids} if ids else {}) | ({"languages": languages} if languages else {})
    if len(values) == 1:
        return {"value" if isinstance(values[0], str) else "number": values[0]}
    return {"must_include": [str(value) for value in values]}


def _type(raw: Mapping[str, Any], expected: Mapping[str, Any]) -> str:
    """What kind of question it seems to be."""
    if expected.get("abstain"):
        return "unanswerable"
    if len(raw.get("turns") or ()) > 1:
        return "follow-up"
    kinds = {"items": "list", "languages": "attribute", "number": "count", "value": "attribute"}
    return next((kinds[name] for name in kinds if name in expected), "prose")
