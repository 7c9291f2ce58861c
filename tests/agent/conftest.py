"""A scripted model on this machine, and an Almanac that asks it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_server import KEY, ScriptedServer

from agent.wiring import Almanac
from catalog.settings import Settings

Asks = Callable[..., Almanac]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server whose script must be played to its end, and no further."""
    server = ScriptedServer()
    yield server
    server.gone.set()
    server.close()
    assert not server.unasked, f"the model was asked {server.unasked} times after its script had ended"
    assert not server.script, f"{len(server.script)} steps of the script were never asked for"


@pytest.fixture
def asks(server: ScriptedServer, sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asks]:
    """Makes an Almanac over the sample catalogue whose model is the scripted server; takes further settings."""
    monkeypatch.setattr("agent.loop.limits", quick)
    monkeypatch.setattr("agent.models.limits", quick, raising=False)
    opened: list[Almanac] = []

    def make(**options: Any) -> Almanac:
        given = {"store": sample_store, "model": "openai:m", "base_url": server.url, "api_key": KEY} | options
        opened.append(Almanac(Settings(**given)))
        return opened[-1]

    yield make
    for almanac in opened:
        almanac.close()


def quick() -> Any:
    """The limits, with no pauses between attempts."""
    from agent.limits import limits

    return limits().model_copy(update={"pause": 0.0})
