"""Where a chat prints: a screenful at a time on a terminal, everything at once in a pipe."""

from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from agent.layout import inert
from agent.terminal import say

#: lines of the terminal that the hint and the next prompt take
_KEPT_FREE = 4
_FEWEST_LINES = 6


class Screen:
    """Prints what is drawn; what does not fit waits for `more`."""

    def __init__(self, console: Console, *, paged: bool) -> None:
        self.console = console
        self._paged = paged
        self._waiting: list[str] = []

    def show(self, draw: Callable[[Console], None]) -> None:
        """Draw something, and print as much of it as fits."""
        if not self._paged:
            draw(self.console)
            return
        with self.console.capture() as captured:
            draw(self.console)
        self._waiting = captured.get().removesuffix("\n").split("\n")
        self.more()

    def say(self, text: Text | str, style: str = "") -> None:
        """Print a line or two of our own words."""
        say(self.console, Text(inert(text)) if isinstance(text, str) else text, style)

    @property
    def has_more(self) -> bool:
        return bool(self._waiting)

    def more(self, *, everything: bool = False) -> None:
        """Print the next screenful of what is waiting."""
        height = max(self.console.height - _KEPT_FREE, _FEWEST_LINES)
        # A hint in place of one or two last lines would save nothing.
        fits = len(self._waiting) if everything or len(self._waiting) <= height + 2 else height
        shown, self._waiting = self._waiting[:fits], self._waiting[fits:]
        self.console.file.write("\n".join(shown) + "\n")
        self.console.file.flush()
        if self._waiting:
            self.say(f"… {len(self._waiting)} more lines: Enter shows the next, /more all, /export FILE saves", "dim")

    def forget(self) -> None:
        """Nothing is waiting any more."""
        self._waiting = []
