"""Which files are documents, by their names; imports nothing heavy, because every walk asks."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path, PurePosixPath

_DATA = Path(__file__).parent / "data" / "kinds.toml"


@dataclass(frozen=True)
class DocumentKind:
    """A kind of documents: its partitioner as `module:function`, what it is called, whether its files are binary."""

    partitioner: str
    spoken: str
    binary: bool


@dataclass(frozen=True)
class _Kinds:
    by_suffix: Mapping[str, DocumentKind]
    not_documents: tuple[str, ...]


def kind_of(name: str) -> DocumentKind | None:
    """The kind of a file of this name; None where it is no document of a known kind."""
    kinds = _kinds()
    if any(fnmatch(name.lower(), pattern) for pattern in kinds.not_documents):
        return None
    return kinds.by_suffix.get(PurePosixPath(name).suffix.lower())


@lru_cache(maxsize=1)
def _kinds() -> _Kinds:
    tables = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    ignored = tuple(pattern.lower() for pattern in tables.pop("not_documents")["names"])
    found: dict[str, DocumentKind] = {}
    for table in tables.values():
        kind = DocumentKind(table["partitioner"], table["spoken"], table.get("binary", False))
        found |= dict.fromkeys(table["suffixes"], kind)
    return _Kinds(found, ignored)
