"""What a person sees while cases are asked, on stderr."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_PLAIN_EVERY = 50


class AskingDisplay:
    """A bar on a terminal; in a pipe a line now and then."""

    def __init__(self, answers: int) -> None:
        self._console = Console(stderr=True, highlight=False, emoji=False)
        columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal)
        self._task = self._bar.add_task("", total=answers)
        self._answers, self._done = answers, 0

    def __enter__(self) -> "AskingDisplay":
        self._bar.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bar.stop()

    def step(self) -> None:
        """One more was asked."""
        self._done += 1
        self._bar.advance(self._task)
        if not self._console.is_terminal and self._done % _PLAIN_EVERY == 0:
            self._console.print(f"{self._done} of {self._answers} asked")
