"""The phrasings of `data/phrases.toml`, each compiled when it is first needed."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "phrases.toml"
_VOCABULARIES = ("common", "grammar", "spoken", "unlike", "talk", "sizes", "comparing")


@dataclass(frozen=True)
class Phrasing:
    """Alternative patterns as one regular expression; compiling them all would be a tenth of a second of each start."""

    pattern: str
    flags: int = 0

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    def match(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(text)

    def split(self, text: str) -> list[str]:
        return self._compiled.split(text)

    def sub(self, instead: str, text: str) -> str:
        return self._compiled.sub(instead, text)

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(text)


@dataclass(frozen=True)
class Phrases:
    """Name of a phrasing → one alternative of all its patterns; those of a group in their order.

    `common` are squashed words that name nothing by themselves, `grammar` those that carry no content, `talk` what
    people say around a question; slips in `spoken` words are mended, those in `unlike` are words of their own.
    """

    named: Mapping[str, Phrasing]
    groups: Mapping[str, Mapping[str, Phrasing]]
    common: frozenset[str]
    grammar: frozenset[str]
    spoken: frozenset[str]
    unlike: frozenset[str]
    talk: frozenset[str]
    sizes: frozenset[str]
    comparing: frozenset[str]

    @property
    def attributes(self) -> Mapping[str, Phrasing]:
        return self.groups["attribute"]

    @property
    def relations(self) -> Mapping[str, Phrasing]:
        return self.groups["relation"]

    @property
    def through(self) -> Mapping[str, Phrasing]:
        return self.groups["through"]

    def says(self, name: str, text: str) -> bool:
        return bool(self.named[name].search(text))

    def attribute(self, text: str) -> str | None:
        """The attribute that a question asks for, if it names one."""
        return self.first("attribute", text)

    def first(self, group: str, text: str) -> str | None:
        """The name of the first phrasing of a group that stands in the text."""
        return next((name for name, pattern in self.groups[group].items() if pattern.search(text)), None)

    def all(self, group: str, text: str) -> list[str]:
        """The names of the phrasings of a group that stand in the text, in the order of the group."""
        return [name for name, pattern in self.groups[group].items() if pattern.search(text)]


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """Read once per process."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    words: dict[str, str] = raw.pop("words")
    vocabularies = {name: frozenset(raw.pop(name).split()) for name in _VOCABULARIES}
    single = {name: table for name, table in raw.items() if "patterns" in table}
    return Phrases(
        named={name: _phrasing(table["patterns"], words) for name, table in single.items()},
        groups={name: _group(group, words) for name, group in raw.items() if name not in single},
        **vocabularies,
    )


def _group(group: Mapping[str, Any], words: dict[str, str]) -> dict[str, Phrasing]:
    return {name: _phrasing(table["patterns"], words) for name, table in group.items()}


def _phrasing(patterns: list[str], words: dict[str, str]) -> Phrasing:
    filled = patterns
    for name, alternatives in words.items():
        filled = [pattern.replace("{" + name + "}", f"(?:{alternatives})") for pattern in filled]
    return Phrasing("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in filled))
