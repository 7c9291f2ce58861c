"""What a run is made of, and fingerprints that tell when it no longer holds: of the suites, the cards and the code."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from catalog.records import Record
from evals.cases import Suite

_PACKAGES = Path(__file__).parents[1]
#: what an answer and its marks depend on
_CODE = ("agent", "catalog", "ingest", "prompts", "evals/scorers", "evals/data")
_CODE_FILES = (".py", ".toml", ".yaml", ".csv", ".md")


class Chosen(Record):
    """A suite of a run: `digest` is of its chosen cases, `path` its file, None where it was made from facts."""

    name: str
    path: str | None
    digest: str
    cases: int


class Plan(Record):
    """Everything that the scores of a run depend on."""

    suites: tuple[Chosen, ...]
    models: tuple[str, ...]
    epochs: int = 1
    tags: tuple[str, ...] = ()
    limit: int | None = None
    roots: tuple[str, ...] = ()
    cards: str
    code: str

    @property
    def digest(self) -> str:
        """A fingerprint of all of it."""
        return _digest([self.model_dump_json()])

    @property
    def answers(self) -> int:
        """How many answers the run has when it is complete."""
        return sum(suite.cases for suite in self.suites) * len(self.models) * self.epochs


def chosen(suite: Suite) -> Chosen:
    """A suite as a plan names it."""
    lines = [case.model_dump_json() for case in suite.cases]
    path = str(suite.path.resolve()) if suite.path else None
    return Chosen(name=suite.name, path=path, digest=_digest([*lines]), cases=len(lines))


def code_digest() -> str:
    """A fingerprint of the code and data that answers and marks depend on."""
    files = (path for part in _CODE for path in (_PACKAGES / part).rglob("*") if path.suffix in _CODE_FILES)
    return _digest(_named(files, _PACKAGES))


def cards_digest(roots: Sequence[Path]) -> str:
    """A fingerprint of all files below some folders."""
    return _digest(
        line
        for root in roots
        for line in (root.name, *_named((path for path in root.rglob("*") if path.is_file()), root))
    )


def _named(files: Iterable[Path], below: Path) -> Iterable[str]:
    for path in sorted(files):
        yield json.dumps([path.relative_to(below).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()])


def _digest(lines: Iterable[str]) -> str:
    """Sixteen hex digits over lines."""
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return whole.hexdigest()[:16]
