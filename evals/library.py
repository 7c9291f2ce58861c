"""What answers are checked against: the texts of the ingested files, and how documents are ranked for a question."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catalog.snapshot import Snapshot
from evals.rankings import Ranking, chosen_ranking


@dataclass(frozen=True)
class Library:
    """`text` is a file's text by its citation path, None where there is no such file; `rank` may be missing."""

    text: Callable[[str], str | None]
    rank: Ranking | None = None


def library_of(snapshot: Snapshot) -> Library:
    """The files of a store, read from the folders that were ingested; what is gone there, as the store kept it."""
    roots = {name: folder.resolve() for name, folder in snapshot.roots.items()}

    @lru_cache(maxsize=2048)
    def text(path: str) -> str | None:
        return _on_disk(roots, path) or snapshot.catalog.text(path)

    return Library(text, lru_cache(maxsize=None)(chosen_ranking(snapshot)))


def _on_disk(roots: dict[str, Path], path: str) -> str | None:
    """None for what is no UTF-8 text below one of the roots; a citation may name any path."""
    root, _, rest = path.partition("/")
    if root not in roots or not rest:
        return None
    try:
        file = (roots[root] / rest).resolve()
        return file.read_text(encoding="utf-8-sig") if file.is_relative_to(roots[root]) else None
    except (OSError, ValueError):
        return None
