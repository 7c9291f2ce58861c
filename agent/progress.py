"""What a person sees while an ingest runs, and what it says at its end; all on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from agent.layout import inert
from catalog.settings import Settings

if TYPE_CHECKING:
    from ingest.pipeline import Progress as Step
    from ingest.pipeline import Summary

_MOST_SKIPS = 20


class IngestDisplay:
    """A progress bar on a terminal, nothing in a pipe."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "IngestDisplay":
        self._bars.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bars.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing moves on the screen while a person is asked something."""
        self._bars.stop()
        try:
            yield
        finally:
            self._bars.start()

    def report(self, step: "Step") -> None:
        if step.stage not in self._tasks:
            self._tasks[step.stage] = self._bars.add_task(step.stage, total=step.total)
        self._bars.update(self._tasks[step.stage], completed=step.done, total=step.total)

    def tell(self, summary: "Summary", settings: Settings) -> None:
        """The summary, and a line for each failure, warning and skip."""
        for skip in summary.failed:
            self._line(f"failed: {skip.path}: {skip.reason}", "red")
        for warning in summary.warnings:
            self._line(f"warning: {warning}", "yellow")
        for skip in summary.skipped[:_MOST_SKIPS]:
            self._line(f"skipped: {skip.path}: {skip.reason}", "dim")
        if len(summary.skipped) > _MOST_SKIPS:
            self._line(f"skipped: {len(summary.skipped) - _MOST_SKIPS} more", "dim")
        for note in summary.notes:
            self._line(note, "bold")
        counts = {
            "new": summary.new,
            "changed": summary.changed,
            "unchanged": summary.unchanged,
            "removed": summary.removed,
            "failed": len(summary.failed),
        }
        told = ", ".join(f"{number} {name}" for name, number in counts.items())
        self._line(
            f"{told} · {summary.embedded} passages embedded · {summary.seconds:.1f} s · {settings.store}", "bold"
        )

    def _line(self, text: str, style: str) -> None:
        self._console.print(inert(text), style=style, markup=False)
