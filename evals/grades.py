"""Grades that a model gave to answers of a run: `grades.jsonl` beside its results."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from catalog.errors import SourceError
from catalog.records import Record
from evals.results import Result
from evals.scorers.mark import Mark

Grade = Literal["right", "partly", "wrong"]
VALUES: dict[Grade, float] = {"right": 1.0, "partly": 0.5, "wrong": 0.0}


class Graded(Record):
    """The grade of one answer, or why there is none."""

    model: str
    id: str
    epoch: int
    grader: str
    grade: Grade | None
    reason: str = ""
    votes: tuple[Grade, ...] = ()
    error: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        return self.model, self.id, self.epoch


def read_grades(folder: Path) -> tuple[Graded, ...]:
    """The grades of a run, the newest of each answer; none where nobody graded it."""
    file = folder / "grades.jsonl"
    if not file.is_file():
        return ()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        found = [Graded.model_validate_json(line) for line in lines if line]
    except (OSError, ValueError) as error:
        raise SourceError(f"{file} cannot be read. Remove it and grade again.") from error
    return tuple({one.key: one for one in found}.values())


def keep(folder: Path, graded: Graded) -> None:
    """Add a grade to those of a run."""
    file = folder / "grades.jsonl"
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(graded.model_dump_json(exclude_defaults=True) + "\n")
    except OSError as error:
        raise SourceError(f"{file} cannot be written ({error.strerror}).") from error


def with_grades(results: Iterable[Result], graded: Sequence[Graded]) -> tuple[Result, ...]:
    """Results with the mark `grade` where there is one."""
    by_key = {one.key: one for one in graded}
    found = []
    for result in results:
        one = by_key.get(result.key)
        if one and one.grade:
            told = f"{one.grade}: {one.reason}" if one.reason else one.grade
            mark = Mark(value=VALUES[one.grade], why=f"{told} ({one.grader})")
            result = result.model_copy(update={"marks": {**result.marks, "grade": mark}})
        found.append(result)
    return tuple(found)
