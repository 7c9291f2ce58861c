"""What is measured or set of assets, read from `data/measures.toml`: how it is asked for, what its column is called."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "measures.toml"


@dataclass(frozen=True)
class Measure:
    """A measure: phrasings of questions for it, of rows and columns that hold it, and of those that count backwards."""

    name: str
    asked: re.Pattern[str]
    label: re.Pattern[str]
    reversed: re.Pattern[str] | None = None

    def spans(self, question: str) -> list[tuple[int, int]]:
        """Where a question names it."""
        return [match.span() for match in self.asked.finditer(question.lower())]

    def is_reversed(self, label: str) -> bool:
        """Whether a small number in a column of this name is much of what is measured: milliseconds of speed."""
        return bool(self.reversed and self.reversed.search(label.lower()))


@lru_cache(maxsize=1)
def measures() -> Mapping[str, Measure]:
    """By name; read once per process."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: _measure(name, told) for name, told in raw.items()}


def measured(question: str) -> Measure | None:
    """The measure that a question names, if any; the first of the file counts."""
    text = question.lower()
    return next((one for one in measures().values() if one.asked.search(text)), None)


def _measure(name: str, told: Mapping[str, list[str]]) -> Measure:
    reverse = _any(told["reversed"]) if "reversed" in told else None
    return Measure(name, _any(told["asked"]), _any(told["label"]), reverse)


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in patterns))
