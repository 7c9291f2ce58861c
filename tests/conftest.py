"""What every test gets: no network, settings of its own, small folders of cards and the command line in process."""

import ipaddress
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.cli import run
from catalog.settings import Settings
from catalog.snapshot import open_snapshot

#: taken before the tests are cut off from the environment
TEST_DATABASE_URL = os.environ.get("ALMANAC_TEST_DATABASE_URL")
CORPUS = Path(__file__).parents[1] / "evals" / "corpus"


class NetworkUsed(AssertionError):
    """A test reached for the network."""


def _is_local(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(address, tuple) or host in ("", "localhost", None):
        return True  # a Unix socket, or this machine by name
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(function: Callable[..., Any], address_of: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        address = address_of(*args)
        if not _is_local(address):
            raise NetworkUsed(f"a test reached for the network: {address!r}. Tests may connect to loopback only.")
        return function(*args, **kwargs)

    return call


def _cut_off(patch: pytest.MonkeyPatch, home: Path) -> None:
    """No setting of the person who runs the tests, and none of their folders."""
    for name in [name for name in os.environ if name.startswith("ALMANAC_")]:
        patch.delenv(name)
    patch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


@pytest.fixture(scope="session", autouse=True)
def _no_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        _cut_off(patch, tmp_path_factory.mktemp("home"))
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), lambda _, address: address))
        patch.setattr(socket, "getaddrinfo", _guarded(socket.getaddrinfo, lambda host, *_: (host,)))
        yield


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    _cut_off(monkeypatch, tmp_path_factory.mktemp("home"))


@dataclass(frozen=True)
class Cards:
    """A folder of cards that a test writes: `ROOT/<name>/README.md`."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        file = self.root / name / "README.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def remove(self, name: str) -> None:
        (self.root / name / "README.md").unlink()


@pytest.fixture
def models(tmp_path: Path) -> Cards:
    """An empty root folder of model cards."""
    return Cards(tmp_path / "models")


@pytest.fixture
def datasets(tmp_path: Path) -> Cards:
    """An empty root folder of dataset cards."""
    return Cards(tmp_path / "datasets")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the store of a test is; nothing is there yet."""
    return tmp_path / "store"


@dataclass(frozen=True)
class Ran:
    """What a command did, as a person sees it."""

    code: int
    out: str
    err: str


Almanac = Callable[..., Ran]


@pytest.fixture
def almanac(store: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Almanac:
    """Run a command line in this process, on the store of the test unless another is named."""
    monkeypatch.setenv("ALMANAC_STORE", str(store))

    def command(*arguments: object) -> Ran:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return command


def contents(store: Path, **options: Any) -> dict[str, Any]:
    """Everything that a store holds: rows per table, but the name of the generation, and the keys of the passages."""
    snapshot = open_snapshot(Settings(store=store, **options))
    try:
        with sqlite3.connect(store / "generations" / snapshot.name / "catalog.sqlite") as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}
        rows["meta"] = [row for row in rows["meta"] if row[0] != "generation"]
        return rows | {"passages": snapshot.passages.keys()}
    finally:
        snapshot.close()


@pytest.fixture
def contents_of() -> Callable[..., dict[str, Any]]:
    return contents


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample catalogue, ingested once: 72 models and 32 datasets. Only to be read."""
    from ingest.pipeline import ingest_roots

    store = tmp_path_factory.mktemp("sample") / "store"
    summary = ingest_roots([CORPUS / "models", CORPUS / "datasets"], Settings(store=store, jobs=1))
    assert not summary.failed
    return store


@pytest.fixture(scope="session")
def test_database_url() -> str | None:
    """A PostgreSQL database to test on, `ALMANAC_TEST_DATABASE_URL`; everything in it is replaced."""
    return TEST_DATABASE_URL
