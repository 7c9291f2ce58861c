"""The words of each format (`data/<format>.toml`): what its keys and values mean in the catalogue's own terms."""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from catalog.licences import licence_key
from catalog.vocabulary import squash, vocabulary

DATA = Path(__file__).parent / "data"

_NOT_SLUG = re.compile(r"[\W_]+")


@lru_cache
def words(name: str) -> Mapping[str, Any]:
    """The tables of one data file; read once per process."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache
def squashed(name: str, table: str) -> Mapping[str, str]:
    """One table of a data file by squashed key, so that `Object detection` and `object_detection` are one."""
    return {squash(key): value for key, value in words(name)[table].items()}


def task_tags(printed: str, name: str) -> tuple[str, ...]:
    """The tasks that a word of a format means: the task itself, then the wider ones that it is a kind of.

    A word means what the format means by it, else what anybody means, else it stays as a slug.
    """
    curated = vocabulary("tasks")
    task = squashed(name, "tasks").get(squash(printed)) or curated.find(printed)
    if not task:
        return (slug(printed),)
    tags = [task]
    while task in curated.terms and (task := curated.terms[task].parent) and task not in tags:
        tags.append(task)
    return tuple(tags)


def slug(printed: str) -> str:
    """Lower case, everything that is no letter or digit a hyphen."""
    return _NOT_SLUG.sub("-", printed.strip().lower()).strip("-")


def licence_of(printed: str) -> str:
    """The licence key of a name or of the address of a licence text; `other` where only a person can tell."""
    printed = printed.strip()
    if "://" not in printed:
        return licence_key(printed) or "other"
    address = re.sub(r"\A[a-z]+://(?:www\.)?", "", printed.lower()).rstrip("/")
    for pattern, key in _licence_addresses():
        match = pattern.match(address)
        if match:
            return licence_key(key.format(*match.groups())) or "other"
    return "other"


@lru_cache
def _licence_addresses() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = words("licence_addresses")["addresses"]
    return tuple((re.compile(row["pattern"]), row["key"]) for row in rows)
