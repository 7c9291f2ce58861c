"""Reads `data/wordings.toml`: shapes of questions, each with the many ways to word it."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.query import CatalogQuery
from catalog.vocabulary import vocabulary

_FILE = Path(__file__).parent / "data" / "wordings.toml"
_INNERMOST = re.compile(r"\(([^()]*)\)")
_MOST = 60


@dataclass(frozen=True)
class Shape:
    """The query that all `wordings` mean."""

    name: str
    query: CatalogQuery
    wordings: tuple[str, ...]


def shapes() -> list[Shape]:
    """All shapes of the file."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return [_shape(name, table) for name, table in raw.items()]


def _shape(name: str, table: dict[str, Any]) -> Shape:
    barred = set(table.get("skip", ()))
    told = [_spread([tidy for tidy in map(_tidy, _expanded(w)) if tidy not in barred]) for w in table["wordings"]]
    return Shape(name, _query(table["query"]), tuple(dict.fromkeys(wording for part in told for wording in part)))


def _expanded(wording: str) -> Iterator[str]:
    """Every string of a grammar without rules: an alternation at a time, the innermost first."""
    match = _INNERMOST.search(wording)
    if not match:
        yield wording
        return
    for alternative in match[1].split("|"):
        yield from _expanded(wording[: match.start()] + alternative + wording[match.end() :])


def _tidy(wording: str) -> str:
    return re.sub(r" ([?,.])", r"\1", " ".join(wording.split()))


def _spread(wordings: list[str]) -> list[str]:
    """At most `_MOST` of them, evenly spread."""
    step = max(1, -(-len(wordings) // _MOST))
    return wordings[::step]


def _query(table: dict[str, Any]) -> CatalogQuery:
    """A query as the file writes it: no null in TOML, and a class of licences instead of the licences."""
    fields = dict(table)
    classes = {"<commercial>": True, "<noncommercial>": False}
    if fields.get("has_card") == "any":
        fields["has_card"] = None
    for condition in ("derived_from", "depth"):
        value = fields.get(condition)
        if isinstance(value, dict) and value.get("depth") == 0:
            fields[condition] = value | {"depth": None}
        elif value == 0:
            fields[condition] = None
    terms = vocabulary("licences").terms.values()
    for condition in ("license", "data_license"):
        licence = fields.get(condition, {}).get("any_of", [""])[0]
        if licence in classes:
            fields[condition] = {"any_of": [t.id for t in terms if t.extra.get("commercial") is classes[licence]]}
    return CatalogQuery.model_validate(fields)
