"""What is measured, as `data/measures.toml` describes it."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from catalog.records import Record

#: the group of what a model grades, apart from what is measured of an answer alone
GRADED = "graded"

_FILE = Path(__file__).parent / "data" / "measures.toml"


class Measure(Record):
    """One thing that is measured, and how it is shown."""

    name: str
    label: str
    means: str
    unit: Literal["share", "seconds", "tokens", "dollars"]
    better: Literal["more", "less"]
    group: str

    def shown(self, value: float) -> str:
        """A value as people read it."""
        return _FORMATS[self.unit].format(value)

    def improves(self, difference: float) -> bool:
        """Whether so much more is better."""
        return (difference > 0) == (self.better == "more")


_FORMATS: Mapping[str, str] = {"share": "{:.3f}", "seconds": "{:.3f}", "tokens": "{:,.0f}", "dollars": "{:.5f}"}


@lru_cache
def measures() -> Mapping[str, Measure]:
    """All measures by name, in the order in which they are shown."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: Measure(name=name, **told) for name, told in raw.items()}
