"""Where the lines of a chat come from when there is no terminal that can do more: a pipe, or TERM=dumb."""

from typing import Protocol, TextIO


class Reader(Protocol):
    """Reads what a person says."""

    def read(self, proposed: str = "") -> str:
        """The next input, possibly of several lines. Raises EOFError at the end, KeyboardInterrupt on Ctrl-C."""
        ...


class PlainReader:
    """Reads lines; `prompt` goes to `prompts`, without any control codes."""

    def __init__(self, lines: TextIO, prompts: TextIO, prompt: str) -> None:
        self._lines, self._prompts, self._prompt = lines, prompts, prompt

    def read(self, proposed: str = "") -> str:
        self._prompts.write(self._prompt)
        self._prompts.flush()
        line = self._lines.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")
