"""Work that can be left: it runs in a thread of its own; whoever waits goes on when it is stopped or late."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import Literal

from agent.answer import Answer
from agent.events import Answered, Event, Stop, current_stop

#: why work was left before it was done
Left = Literal["stopped", "late"]
Emit = Callable[[Event], None]

_STEP = 0.05


@dataclass(frozen=True)
class Patience:
    """How long to wait: until `stop` is set, or `seconds` of `clock` have passed."""

    stop: Stop
    seconds: float
    clock: Callable[[], float] = time.monotonic


def in_background(
    work: Callable[[Emit], Answer], patience: Patience, instead: Callable[[Left], Answer]
) -> Iterator[Event]:
    """The events of `work`, then its answer, or the one of `instead` where it was stopped (also by Ctrl-C) or is late.

    Work that is left is not waited for; it sees `events.stopped()` and ends itself. What it raises is raised here.
    """
    heard: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
    left = Stop()

    def run() -> None:
        current_stop.set(left)
        try:
            heard.put(Answered(answer=work(heard.put)))
        except BaseException as error:  # noqa: BLE001 - raised again, in the thread that waits
            heard.put(error)

    threading.Thread(target=copy_context().run, args=(run,), name="answering", daemon=True).start()
    ends = patience.clock() + patience.seconds
    try:
        while True:
            reason = _over(patience, ends)
            if reason:
                yield Answered(answer=instead(reason))
                return
            try:
                event = heard.get(timeout=_STEP)
            except queue.Empty:
                continue
            if isinstance(event, BaseException):
                raise event
            yield event
            if isinstance(event, Answered):
                return
    except KeyboardInterrupt:
        patience.stop.set()
        yield Answered(answer=instead("stopped"))
    finally:
        left.set()


def _over(patience: Patience, ends: float) -> Left | None:
    if patience.stop.is_set():
        return "stopped"
    return "late" if patience.clock() >= ends else None
