"""Patterns and word lists of the extractors, as data: `ingest/extract/data/<name>.toml`."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.extract.guarded import Guarded

_DATA = Path(__file__).parent / "data"


@lru_cache
def load(name: str) -> dict[str, Any]:
    """One data file; read once per process."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache
def pattern(name: str, table: str, key: str) -> Guarded:
    """A compiled pattern of a data file."""
    return Guarded(load(name)[table][key])
