"""A run is a folder: `run.json` says what it is made of, `logs/` are Inspect's, `results.jsonl` what became of it.

Whoever reports, compares or gates reads `run.json` and `results.jsonl` only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from catalog.errors import SourceError
from catalog.records import Record
from evals.grades import Graded, read_grades, with_grades
from evals.plan import Plan
from evals.results import Result


class Kept(Record):
    """`run.json`: times are ISO 8601, `finished` is None until every answer is there."""

    plan: Plan
    started: str
    finished: str | None = None


@dataclass(frozen=True)
class Run:
    """A run as it was kept."""

    folder: Path
    kept: Kept
    results: tuple[Result, ...]
    grades: tuple[Graded, ...] = ()

    @property
    def plan(self) -> Plan:
        return self.kept.plan

    @property
    def failed(self) -> list[Result]:
        """Cases without an answer, each with an error."""
        return [result for result in self.results if result.error]

    @property
    def ungraded(self) -> list[Graded]:
        """Answers that were to be graded and have no grade, each with an error."""
        return [one for one in self.grades if one.error]

    @property
    def is_complete(self) -> bool:
        """Whether every case of the plan was asked, in every epoch, of every model."""
        return self.kept.finished is not None and len(self.results) == self.plan.answers


def begin(folder: Path, plan: Plan, now: str) -> Kept:
    """Start a run in a folder, or go on with the one that is there. Raises SourceError where that is another one."""
    file = folder / "run.json"
    if file.exists():
        kept = _kept(file)
        if kept.plan != plan:
            changed = [name for name in Plan.model_fields if getattr(kept.plan, name) != getattr(plan, name)]
            raise SourceError(
                f"the run in {folder} was begun with other {' and '.join(changed)}. Name another folder with --output."
            )
        return kept
    kept = Kept(plan=plan, started=now)
    write(file, kept.model_dump_json(indent=1))
    return kept


def finish(folder: Path, kept: Kept, results: Sequence[Result], now: str) -> Run:
    """Keep what became of a run; it is finished where no answer is missing."""
    done = now if len(results) == kept.plan.answers else None
    kept = kept.model_copy(update={"finished": done})
    ordered = sorted(results, key=lambda one: (kept.plan.models.index(one.model), one.key))
    lines = [result.model_dump_json(exclude_defaults=True) for result in ordered]
    write(folder / "results.jsonl", "".join(line + "\n" for line in lines))
    write(folder / "run.json", kept.model_dump_json(indent=1))
    return _run(folder, kept)


def open_run(folder: Path) -> Run:
    """A run that was kept. Raises SourceError where there is none."""
    file = folder / "run.json"
    if not file.is_file():
        raise SourceError(f"{folder} holds no run. Make one: almanac eval --output {folder}")
    return _run(folder, _kept(file))


def _run(folder: Path, kept: Kept) -> Run:
    graded = read_grades(folder)
    return Run(folder, kept, with_grades(read_results(folder), graded), graded)


def read_results(folder: Path) -> tuple[Result, ...]:
    """The results of a run, none where it has not come to an end."""
    file = folder / "results.jsonl"
    if not file.is_file():
        return ()
    try:
        return tuple(Result.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines() if line)
    except (OSError, ValueError) as error:
        raise SourceError(f"{file} cannot be read. Remove it and run again with --output {folder}") from error


def _kept(file: Path) -> Kept:
    try:
        return Kept.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise SourceError(f"{file} is not what a run keeps. Name another folder with --output.") from error


def write(file: Path, text: str) -> None:
    """All of it or nothing."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise SourceError(f"{file} cannot be written ({error.strerror}). Name another folder with --output.") from error
