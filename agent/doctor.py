"""`almanac doctor`: is everything there, and what would each extra add."""

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Literal, TypeVar

from catalog.errors import AlmanacError
from catalog.settings import Settings, config_file
from catalog.snapshot import Snapshot, open_snapshot

State = Literal["good", "missing", "broken"]
_T = TypeVar("_T")

_NEEDED = (
    "langchain-openai",
    "openai",
    "qdrant-client",
    "qdrant-edge-py",
    "unstructured",
    "wordllama",
    "pydantic",
    "sqlalchemy",
)
_EXTRAS = {
    "local": ("llama-cpp-python", "answers from a local model (llama.cpp)"),
    "keyring": ("keyring", "keys from the keyring of the system"),
    "slack": ("slack-bolt", "the Slack bot"),
    "evals": ("inspect-ai", "the eval harness"),
    "postgres": ("psycopg", "a catalogue in PostgreSQL"),
}


@dataclass(frozen=True)
class Check:
    """One thing looked at; `cure` says what mends it."""

    name: str
    state: State
    found: str
    cure: str = ""


def examine(settings: Settings) -> list[Check]:
    """All checks, the store first."""
    return [*_store(settings), *_versions(), *_extras()]


def _store(settings: Settings) -> Iterator[Check]:
    snapshot, check = _tried("store", lambda: open_snapshot(settings))
    if snapshot is None:
        yield check
    else:
        documents = snapshot.catalog.counts()["documents"]
        yield Check("store", "good", f"{settings.store}: generation {snapshot.name}, {documents} documents")
        _, check = _tried("passages", lambda: snapshot.passages.count())
        yield check
        yield _embedder(snapshot)
        snapshot.close()
    yield Check("configuration", "good", f"{config_file()}{'' if config_file().exists() else ' (not there: defaults)'}")


def _embedder(snapshot: Snapshot) -> Check:
    vectors, check = _tried("embedder", lambda: snapshot.embedder.embed(["a sentence"]))
    if vectors is None:
        return check
    return Check("embedder", "good", f"{snapshot.embedder.name}, {vectors.shape[1]} dimensions")


def _versions() -> Iterator[Check]:
    yield Check("python", "good", f"{platform.python_version()}, {os.cpu_count()} cores")
    for name in _NEEDED:
        version = _version(name)
        cure = "" if version else f"pip install {name}"
        yield Check(name, "good" if version else "broken", version or "not installed", cure)


def _extras() -> Iterator[Check]:
    for extra, (package, adds) in _EXTRAS.items():
        version = _version(package)
        cure = "" if version else f"pip install 'almanac[{extra}]'"
        yield Check(f"extra {extra}", "good" if version else "missing", f"{version or 'not installed'}: {adds}", cure)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _tried(name: str, look: Callable[[], _T]) -> tuple[_T | None, Check]:
    try:
        found = look()
    except AlmanacError as error:
        return None, Check(name, "broken", str(error))
    return found, Check(name, "good", str(found))
