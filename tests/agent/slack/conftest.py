"""Slack on this machine, a bot that is connected to it, and a scripted Almanac where a test must hold an answer up."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from people import Person
from slack_server import APP_TOKEN, SIGNING_SECRET, SlackServer, Team

from agent.slack.bot import Bot, running
from catalog.settings import Settings

Starts = Callable[..., Bot]


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    """Whatever Slack would refuse fails the test, unless the test takes it out of `problems`."""
    server = SlackServer()
    yield server
    server.close()
    assert not server.problems


@pytest.fixture
def options(slack: SlackServer, sample_store: Path, tmp_path: Path) -> dict[str, Any]:
    """Settings of a bot over the sample catalogue, with a journal of its own."""
    return {
        "store": sample_store,
        "journal_url": f"sqlite:///{tmp_path / 'journal.db'}",
        "slack_bot_token": Team().token,
        "slack_app_token": APP_TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_url": slack.url,
        "slack_workers": 2,
        "slack_grace": 5,
        "slack_per_minute": 1_000,
    }


@pytest.fixture
def starts(options: dict[str, Any]) -> Iterator[Starts]:
    """Starts a bot; takes further settings."""
    import contextlib

    with contextlib.ExitStack() as stack:

        def start(lease: float = 30.0, **more: Any) -> Bot:
            return stack.enter_context(running(Settings(**(options | more)), lease))

        yield start


@pytest.fixture
def bot(starts: Starts) -> Bot:
    """A bot that is connected."""
    return starts()


@pytest.fixture
def ann(slack: SlackServer) -> Person:
    return Person(slack, "U1")


@pytest.fixture
def ben(slack: SlackServer) -> Person:
    return Person(slack, "U2")


class Gate:
    """Answers wait at it until it is opened; `asked` are the questions that came to it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = threading.Event()
        self.stopped = 0


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Holds up every answer of the real Almanac."""
    from agent.answer import Answer
    from agent.events import Answered
    from agent.wiring import Almanac

    gate = Gate()
    through = Almanac.stream

    def stream(self: Almanac, *turns: str, **more: Any) -> Iterator[Any]:
        gate.asked.append(turns[-1])
        while not gate.open.wait(0.01):
            if more["stop"].is_set():
                gate.stopped += 1
                yield Answered(answer=Answer(headline="stopped", stopped=True))
                return
        yield from through(self, *turns, **more)

    monkeypatch.setattr(Almanac, "stream", stream)
    yield gate
    gate.open.set()
