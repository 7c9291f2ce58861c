"""The phrasings of `data/phrases.toml`, each compiled when it is first needed."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "phrases.toml"


@dataclass(frozen=True)
class Phrasing:
    """Alternative patterns as one regular expression; compiling them all would be a tenth of a second of each start."""

    pattern: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(text)


@dataclass(frozen=True)
class Phrases:
    """Name of a phrasing → one alternative of all its patterns; attributes and relations in their order.

    `common` are squashed words that name nothing by themselves, `grammar` those that carry no content.
    """

    named: Mapping[str, Phrasing]
    attributes: Mapping[str, Phrasing]
    relations: Mapping[str, Phrasing]
    through: Mapping[str, Phrasing]
    common: frozenset[str]
    grammar: frozenset[str]

    def says(self, name: str, text: str) -> bool:
        return bool(self.named[name].search(text))

    def attribute(self, text: str) -> str | None:
        """The attribute that a question asks for, if it names one."""
        return next((name for name, pattern in self.attributes.items() if pattern.search(text)), None)


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """Read once per process."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    common, grammar = (frozenset(raw.pop(name).split()) for name in ("common", "grammar"))
    words: dict[str, str] = raw.pop("words")
    attributes: dict[str, Any] = raw.pop("attribute")
    relations: dict[str, Any] = raw.pop("relation")
    through: dict[str, Any] = raw.pop("through")
    return Phrases(
        {name: _phrasing(table["patterns"], words) for name, table in raw.items()},
        {name: _phrasing(table["patterns"], words) for name, table in attributes.items()},
        {name: _phrasing(table["patterns"], words) for name, table in relations.items()},
        {name: _phrasing(table["patterns"], words) for name, table in through.items()},
        common,
        grammar,
    )


def _phrasing(patterns: list[str], words: dict[str, str]) -> Phrasing:
    filled = patterns
    for name, alternatives in words.items():
        filled = [pattern.replace("{" + name + "}", f"(?:{alternatives})") for pattern in filled]
    return Phrasing("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in filled))
