"""Curated spellings of well-known datasets, models, tasks, metrics, licences, languages and organisations.

The words are data (`catalog/data/<kind>s.toml`): a table per canonical id with `names` (spellings that mean exactly
this), `weak` (words that mean it only where a context says that such a thing is meant), `parent` and further keys of
the kind. Comparison ignores case, accents, spaces and punctuation.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

VocabularyKind = Literal["datasets", "models", "tasks", "metrics", "licences", "languages", "organisations"]

DATA = Path(__file__).parent / "data"

_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=50_000)
def squash(name: str) -> str:
    """Lower-case letters and digits only, accents folded: `SQuAD 2.0` and `squad_2.0` are one."""
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub("", name.casefold())


@dataclass(frozen=True)
class Term:
    """One canonical id with its spellings and the other keys of its table."""

    id: str
    names: tuple[str, ...]
    weak: tuple[str, ...]
    parent: str | None
    extra: Mapping[str, Any]


@dataclass(frozen=True)
class Vocabulary:
    """All terms of one kind."""

    kind: VocabularyKind
    terms: Mapping[str, Term]

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Squashed spelling → canonical id; ids win over names, an id that is also a plain word is only weak."""
        found = {squash(name): term.id for term in self.terms.values() for name in term.names}
        return found | {squash(id_): id_ for id_, term in self.terms.items() if id_ not in term.weak}

    @cached_property
    def weak_spellings(self) -> Mapping[str, str]:
        """Squashed spelling → canonical id, for contexts that say that such a thing is meant."""
        return {squash(name): term.id for term in self.terms.values() for name in term.weak}

    def find(self, name: str, *, weak: bool = False) -> str | None:
        """The canonical id of a spelling, or None."""
        key = squash(name)
        return self.spellings.get(key) or (self.weak_spellings.get(key) if weak else None)


@lru_cache
def vocabulary(kind: VocabularyKind) -> Vocabulary:
    """Load one vocabulary; read once per process."""
    raw = tomllib.loads((DATA / f"{kind}.toml").read_text(encoding="utf-8"))
    return Vocabulary(kind, {id_: _term(id_, table) for id_, table in raw.items()})


def _term(id_: str, table: dict[str, Any]) -> Term:
    known = ("names", "weak", "parent")
    extra = {key: value for key, value in table.items() if key not in known}
    return Term(id_, tuple(table.get("names", ())), tuple(table.get("weak", ())), table.get("parent"), extra)
