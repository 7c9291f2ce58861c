"""Slack's assistant pane: a greeting with suggestions, the title of a thread, and what is being done."""

import logging
import time
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from agent.events import Event, Restarted, ToolFinished, ToolStarted, Working
from agent.look_ups import came_of, doing
from agent.slack.asked import Question
from agent.slack.limits import STATUS, THREAD_TITLE
from agent.slack.mrkdwn import shortened
from agent.slack.trouble import SLACK, code_of, is_fatal
from catalog.records import Record

log = logging.getLogger("almanac.slack")

_FILE = Path(__file__).parent / "data" / "suggestions.toml"
_APART = 1.0


class Suggestion(Record):
    title: str
    message: str


class Suggestions(Record):
    """What is said to somebody who asked nothing yet."""

    greeting: str
    heading: str
    prompts: tuple[Suggestion, ...]

    @property
    def text(self) -> str:
        """All of it, as one text."""
        return "\n".join([self.greeting, *(f"• {prompt.message}" for prompt in self.prompts)])


@lru_cache
def suggestions() -> Suggestions:
    return Suggestions(**tomllib.loads(_FILE.read_text(encoding="utf-8")))


def welcome(client: WebClient, channel: str, thread: str) -> None:
    """Greet somebody who opened the pane."""
    told = suggestions()
    prompts = [prompt.model_dump() for prompt in told.prompts]
    _told(client.chat_postMessage, channel=channel, thread_ts=thread, text=told.greeting)
    _told(
        client.assistant_threads_setSuggestedPrompts,
        channel_id=channel,
        thread_ts=thread,
        title=told.heading,
        prompts=prompts,
    )


class Status:
    """What the pane says while an answer is being made; in other places nothing."""

    def __init__(self, client: WebClient, question: Question, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._where = {"channel_id": question.channel, "thread_ts": question.thread}
        self._is_shown = question.via == "pane"
        self._clock = clock
        self._last = 0.0

    def begin(self, question: Question, *, first: bool) -> None:
        self._say("is looking it up…")
        if self._is_shown and first:
            title = shortened(question.text, THREAD_TITLE)
            _told(self._client.assistant_threads_setTitle, **self._where, title=title)

    def tell(self, event: Event) -> None:
        """Say what is being done, at most once a second."""
        text = _words(event)
        if text and self._clock() - self._last >= _APART:
            self._say(text)

    def end(self) -> None:
        """Nothing is being done any more."""
        self._say("")

    def _say(self, status: str) -> None:
        if self._is_shown:
            self._last = self._clock()
            _told(self._client.assistant_threads_setStatus, **self._where, status=shortened(status, STATUS))


def _words(event: Event) -> str:
    match event:
        case Working(text=text) | Restarted(reason=text):
            return f"is {text}…" if isinstance(event, Working) else "is starting over…"
        case ToolStarted(name=name):
            return f"is {doing(name)}"
        case ToolFinished(call=call, error=""):
            return f"found: {came_of(call)}"
    return ""


def _told(call: Callable[..., Any], **arguments: Any) -> None:
    """Call Slack; what only decorates may fail."""
    try:
        call(**arguments)
    except SLACK as error:
        if is_fatal(error):
            raise
        log.info("%s: %s", getattr(call, "__name__", "call"), code_of(error) or error)
