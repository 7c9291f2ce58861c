"""What happens while a question is answered, as front ends render it: any number of events, the last one `Answered`.

`said` texts are checked: each is a whole sentence or more, with its citation markers, that stands in the answer to
come. A front end may show them as they come; where `Restarted` follows, another model begins anew and what was shown
is void. `Stop` ends an answer early with what there is; `current_stop` is the one of the question being answered, for
models that compute in this process and look at it while they do.
"""

import threading
from contextvars import ContextVar
from typing import Any, Literal

from agent.answer import Answer, ToolCall
from catalog.records import Record


class Stop(threading.Event):
    """Set it, from any thread, to end an answer."""


current_stop: ContextVar[Stop | None] = ContextVar("current_stop", default=None)


class Working(Record):
    """What is being done, in a few words: `asking openai:gpt-4o-mini`."""

    type: Literal["working"] = "working"
    text: str


class ToolStarted(Record):
    """A look-up began."""

    type: Literal["tool_started"] = "tool_started"
    name: str
    arguments: dict[str, Any]


class ToolFinished(Record):
    """A look-up ended; `error` says what was wrong with the call."""

    type: Literal["tool_finished"] = "tool_finished"
    call: ToolCall
    error: str = ""


class Said(Record):
    """The next piece of the answer's text, checked, with its citation markers."""

    type: Literal["said"] = "said"
    text: str


class Restarted(Record):
    """What was said so far is void; `reason` is why another model goes on, or why the answer is composed anew."""

    type: Literal["restarted"] = "restarted"
    reason: str


class Answered(Record):
    """The answer; always the last event."""

    type: Literal["answered"] = "answered"
    answer: Answer


Event = Working | ToolStarted | ToolFinished | Said | Restarted | Answered


def stopped() -> bool:
    """Whether the question that is being answered in this context was stopped."""
    stop = current_stop.get()
    return stop is not None and stop.is_set()
