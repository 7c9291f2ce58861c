"""Folders of cards that tests write, what a command did, and everything that a store holds."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.settings import Settings
from catalog.snapshot import open_snapshot


@dataclass(frozen=True)
class Cards:
    """A folder of cards that a test writes: `ROOT/<name>/README.md`."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        file = self.root / name / "README.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def remove(self, name: str) -> None:
        (self.root / name / "README.md").unlink()


@dataclass(frozen=True)
class Ran:
    """What a command did, as a person sees it."""

    code: int
    out: str
    err: str


Almanac = Callable[..., Ran]


def contents(store: Path, **options: Any) -> dict[str, Any]:
    """Everything that a store holds: rows per table, but the name of the generation, and the keys of the passages."""
    snapshot = open_snapshot(Settings(store=store, **options))
    try:
        with sqlite3.connect(store / "generations" / snapshot.name / "catalog.sqlite") as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}
        rows["meta"] = [row for row in rows["meta"] if row[0] != "generation"]
        return rows | {"passages": snapshot.passages.keys()}
    finally:
        snapshot.close()
