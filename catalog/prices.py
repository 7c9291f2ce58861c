"""List prices of models, for estimates and for what an answer cost."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "prices.toml"
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """US dollars for so many tokens."""
        return (input_tokens * self.input + output_tokens * self.output) / 1e6


def list_price(model: str) -> Price | None:
    """The price of a model of api.openai.com; None for one that `data/prices.toml` does not list."""
    prices = _prices()
    found = prices.get(model) or prices.get(_DATED.sub("", model))
    return Price(**found) if found else None


@lru_cache
def _prices() -> dict[str, Any]:
    models: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["models"]
    return models
