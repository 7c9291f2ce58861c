"""The phrasings of `data/phrases.toml`, compiled."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "phrases.toml"


@dataclass(frozen=True)
class Phrases:
    """Name of a phrasing → one compiled alternative of all its patterns; attributes and relations in their order.

    `common` are squashed words that name nothing by themselves, `grammar` those that carry no content.
    """

    named: Mapping[str, re.Pattern[str]]
    attributes: Mapping[str, re.Pattern[str]]
    relations: Mapping[str, re.Pattern[str]]
    through: Mapping[str, re.Pattern[str]]
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
        {name: _compiled(table["patterns"], words) for name, table in raw.items()},
        {name: _compiled(table["patterns"], words) for name, table in attributes.items()},
        {name: _compiled(table["patterns"], words) for name, table in relations.items()},
        {name: _compiled(table["patterns"], words) for name, table in through.items()},
        common,
        grammar,
    )


def _compiled(patterns: list[str], words: dict[str, str]) -> re.Pattern[str]:
    filled = patterns
    for name, alternatives in words.items():
        filled = [pattern.replace("{" + name + "}", f"(?:{alternatives})") for pattern in filled]
    return re.compile("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in filled))
