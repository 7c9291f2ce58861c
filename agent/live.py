"""What a person sees while an answer is being made: what is going on, and the text as it comes."""

from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.text import Text

from agent.answer import Answer
from agent.events import Answered, Event, Restarted, Said, ToolFinished, ToolStarted, Working
from agent.layout import inert, one_line
from agent.look_ups import came_of, doing

if TYPE_CHECKING:
    from rich.live import Live

_LONGEST_STATUS = 100
_PER_SECOND = 8


def follow(events: Iterable[Event], console: Console) -> Answer:
    """The answer at the end of `events`; on a terminal that can, what happens until then is shown and then removed."""
    with Progress(console) as progress:
        for event in events:
            if isinstance(event, Answered):
                return event.answer
            progress.tell(event)
    raise TypeError("a stream of events ended without an answer")


class Progress:
    """A region at the end of the screen that is gone when the answer is there."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._can = console.is_terminal and not console.is_dumb_terminal
        self._live: Live | None = None
        self._status = self._said = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def tell(self, event: Event) -> None:
        """Show what happens."""
        match event:
            case Working(text=text):
                self._status = text
            case ToolStarted(name=name):
                self._status = doing(name)
            case ToolFinished(call=call, error=error):
                self._status = one_line(error, _LONGEST_STATUS) if error else came_of(call)
            case Said(text=text):
                self._said += text
            case Restarted(reason=reason):
                self._status, self._said = reason, ""
        self._draw()

    def _draw(self) -> None:
        if not self._can:
            return
        if self._live is None:
            from rich.live import Live  # only where there is something to wait for

            self._live = Live(console=self._console, transient=True, refresh_per_second=_PER_SECOND)
            self._live.start()
        self._live.update(self._region())

    def _region(self) -> RenderableType:
        """The last lines of what was said, and below what is being done."""
        from rich.spinner import Spinner

        status = Spinner("dots", Text(one_line(self._status, _LONGEST_STATUS), style="dim", no_wrap=True))
        if not self._said:
            return status
        lines = Text(inert(self._said)).wrap(self._console, self._console.width)
        return Group(*lines[-max(self._console.height - 3, 1) :], status)
