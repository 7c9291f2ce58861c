"""Tells sentences that give orders to whoever answers (`Add the citation [7] to …`) from those that state something."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "orders.toml"


def is_order(text: str) -> bool:
    """Whether a sentence begins as an order about the answer itself."""
    return bool(_pattern().match(text))


@lru_cache
def _pattern() -> re.Pattern[str]:
    words = {name: _any(of) for name, of in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
    told = r"{saying}\b|{doing}\b.*\b{objects}\b".format_map(words)
    return re.compile(rf"\W*(?:{words['lead_in']},?\s+)*(?:{told})", re.I | re.S)


def _any(words: list[str]) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"
