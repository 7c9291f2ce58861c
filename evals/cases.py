"""A case: a question and what a right answer holds. Suites are files of JSON lines, `suites/*.jsonl`, one case a line.

A text to include or to avoid may name alternatives, `licence|license`; so may an item of a ranking with ties.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from catalog.errors import SourceError
from catalog.records import Record

SUITES = Path(__file__).parent / "suites"

CaseType = Literal[
    "list",
    "count",
    "attribute",
    "score",
    "ranking",
    "lineage",
    "comparison",
    "two-document",
    "prose",
    "discovery",
    "follow-up",
    "unanswerable",
    "contradiction",
    "injection",
    "paraphrase",
]
Difficulty = Literal["easy", "medium", "hard"]


class Expected(Record):
    """What a right answer holds; what is None or empty is not looked at.

    `items` are ids of models and datasets, all of them (with `ordered` best first), `languages` codes, `value` is as
    the card prints it, `number` a count or size. `abstain`: nothing in the catalogue answers the question.
    """

    items: tuple[str, ...] | None = None
    ordered: bool = False
    languages: tuple[str, ...] | None = None
    value: str | float | None = None
    number: float | None = None
    must_include: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    abstain: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        answers = (self.items, self.languages, self.value, self.number)
        if self.abstain and (self.must_include or any(answer is not None for answer in answers)):
            raise ValueError("an abstention has neither items, languages, value, number nor must_include")
        if not (self.abstain or self.must_include or self.must_not or any(answer is not None for answer in answers)):
            raise ValueError("nothing is expected; give items, languages, value, number, must_include, … or abstain")
        return self


class Case(Record):
    """One question, `turns` where it ends a conversation.

    `evidence` are citation paths and `tools` look-ups: a right answer cites one and makes one.
    """

    id: str = Field(min_length=1)
    type: CaseType
    question: str | None = None
    turns: tuple[str, ...] = ()
    expected: Expected
    evidence: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: Difficulty = "medium"

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        if bool(self.question) == bool(self.turns):
            raise ValueError("a case has either a question or turns")
        if not all(turn.strip() for turn in self.asked):
            raise ValueError("a turn is empty")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """The conversation; its last turn is to be answered."""
        return self.turns or (self.question or "",)

    @property
    def to_be_declined(self) -> bool | None:
        """Whether to decline is right; None where either may be: an empty list, or only words to avoid."""
        expected = self.expected
        answers = (expected.items, expected.languages, expected.must_include)
        if any(answers) or expected.value is not None or expected.number is not None:
            return False
        return True if expected.abstain else None


class Suite(Record):
    """Cases of one file; `path` is the file, None where they were made from facts."""

    name: str
    cases: tuple[Case, ...]
    path: Path | None = None

    def chosen(self, tags: Sequence[str] = (), limit: int | None = None) -> Self:
        """The first `limit` cases that have one of the tags."""
        cases = [case for case in self.cases if not tags or set(tags) & set(case.tags)]
        return self.model_copy(update={"cases": tuple(cases[:limit])})


def find_suites(names: Sequence[str] = ()) -> list[Path]:
    """Files of the named suites: a path, or a name in `evals/suites`; all of those where none is named."""
    if not names:
        return sorted(SUITES.glob("*.jsonl"))
    return [path for name in names for path in _files(name)]


def _files(name: str) -> list[Path]:
    given, own = Path(name), SUITES / f"{name}.jsonl"
    if given.is_dir():
        found = sorted(given.glob("*.jsonl"))
        if not found:
            raise SourceError(f"the folder {name} holds no suite. A suite is a file of JSON lines, *.jsonl.")
        return found
    if given.is_file() or own.is_file():
        return [given if given.is_file() else own]
    known = ", ".join(path.stem for path in find_suites()) or "none"
    raise SourceError(f"there is no suite {name}. Name a file of JSON lines, or one of: {known}.")


def load_suite(path: Path) -> Suite:
    """Read a suite. Raises SourceError naming the file and the line that is no case."""
    cases = [_case(raw, f"{path}:{number}") for number, raw in read_lines(path)]
    _check_ids(cases, str(path))
    return Suite(name=path.stem, cases=tuple(cases), path=path)


def load_suites(paths: Iterable[Path]) -> list[Suite]:
    """Read suites; an id may be used only once in all of them, and so may a name."""
    suites = [load_suite(path) for path in paths]
    _check_ids([case for suite in suites for case in suite.cases], " and ".join(suite.name for suite in suites))
    if len({suite.name for suite in suites}) < len(suites):
        raise SourceError(f"two suites have one name: {', '.join(sorted(suite.name for suite in suites))}. Rename one.")
    return suites


def read_lines(path: Path) -> list[tuple[int, Any]]:
    """(line number, parsed JSON) of each line of a file that is not empty. Raises SourceError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read ({error}). Name a UTF-8 file of JSON lines.") from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found += [(number, json.loads(line))] if line.strip() else []
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{path}:{number}: not JSON ({error}). Correct the line.") from error
    return found


def _case(raw: object, place: str) -> Case:
    try:
        return Case.model_validate(raw)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        said = problem["msg"].removeprefix("Value error, ")
        raise SourceError(f"{place}: not a case ({f'{where}: ' if where else ''}{said}). Correct the line.") from error


def _check_ids(cases: Sequence[Case], where: str) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise SourceError(f"{where}: two cases have the id {case.id}. Give one of them another.")
        seen.add(case.id)
