"""Closed lists of words, from `data/words.toml`."""

import tomllib
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "words.toml"


@lru_cache
def words(name: str) -> frozenset[str]:
    """The words of one list."""
    return frozenset(str(tomllib.loads(_DATA.read_text(encoding="utf-8"))[name]).split())
