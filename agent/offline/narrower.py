"""What a question says more narrowly than a field of the catalogue: kinds of tasks, and machines to train on.

The words are data: `narrower.toml` and `hardware.toml`.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Kind:
    """How something is asked for, and parts of words by which it is known; without `told` those of the question."""

    asked: re.Pattern[str]
    told: tuple[str, ...]


def kind_of_task(task: str, words: str) -> tuple[str, ...]:
    """The parts of words that the kind of a task has that `words` mean; none where they mean the whole task."""
    kinds = _tasks().get(task, {}).values()
    return next((kind.told for kind in kinds if kind.asked.search(words.lower())), ())


def machines(text: str) -> tuple[tuple[str, ...], Sequence[tuple[int, int]]]:
    """The parts of words that the machines of a question have, and where it names them."""
    found = {name: list(kind.asked.finditer(text)) for name, kind in _hardware().items()}
    spans = [match.span() for matches in found.values() for match in matches]
    named = [match[0].removesuffix("s").strip() for match in found["named"]]
    family = next((kind.told for name, kind in _hardware().items() if kind.told and found[name]), ())
    return tuple(dict.fromkeys(named)) or family, spans


@lru_cache(maxsize=1)
def _tasks() -> Mapping[str, Mapping[str, Kind]]:
    return {task: {name: _kind(told) for name, told in kinds.items()} for task, kinds in _read("narrower.toml").items()}


@lru_cache(maxsize=1)
def _hardware() -> Mapping[str, Kind]:
    return {name: _kind(told) for name, told in _read("hardware.toml").items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


def _kind(told: Mapping[str, list[str]]) -> Kind:
    alternatives = "|".join(told["asked"])
    return Kind(re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)"), tuple(told.get("told", ())))
