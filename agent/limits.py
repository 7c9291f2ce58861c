"""What one answer may take: read from `data/limits.toml` once."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from catalog.records import Record

_FILE = Path(__file__).parent / "data" / "limits.toml"


class Narrow(Record):
    """What is sent where a server says that it does not fit: characters per result, and which tools."""

    newest: int
    older: int
    tools: Literal["all", "few"]


class Limits(Record):
    """See the comments of the file."""

    model_calls: int
    tool_calls: int
    enough: float
    patience: int
    mute: int
    repeats: int
    attempts: int
    pause: float
    retries: int
    clear_at: int
    sum_up_at: int
    keep_results: int
    timeout: float
    narrow: tuple[Narrow, ...]


@lru_cache
def limits() -> Limits:
    return Limits(**tomllib.loads(_FILE.read_text(encoding="utf-8")))
