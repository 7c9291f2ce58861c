"""A terminal that a test looks at: the real program on a pseudo-terminal, its screen kept by an emulator."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pyte

ROOT = Path(__file__).parents[3]
SCREENS = Path(__file__).parent / "screens"
PROGRAM = [sys.executable, "-c", "from agent.cli import main; main()"]
PATIENCE = 30.0

_PROMPT_AT_END = re.compile(r"\n›\n+[^\n]*/help\Z")
_CHANGING = (
    (re.compile(r"\d+\.\d+ s\b"), "N s"),
    (re.compile(r"--resume [0-9a-f]{8}"), "--resume KEY"),
    (re.compile(r"^[0-9a-f]{8}  \d{4}-\d\d-\d\d \d\d:\d\d", re.M), "KEY       DAY  TIME       "),
)


class _Emulator(pyte.HistoryScreen):  # type: ignore[misc]
    """Answers what the program asks the terminal (where the cursor is)."""

    answers: Callable[[str], Any]

    def write_process_input(self, data: str) -> None:
        self.answers(data)


class Terminal:
    """`raw` is every byte that the program wrote, `screen` what a person sees now."""

    def __init__(self, *arguments: str, columns: int = 80, lines: int = 40, **environment: str) -> None:
        self._columns = columns
        self._screen = _Emulator(columns, lines, history=2_000)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            PROGRAM[0],
            [*PROGRAM[1:], *arguments],
            cwd=str(ROOT),
            env=os.environ | {"TERM": "xterm-256color", "COLORTERM": ""} | environment,
            dimensions=(lines, columns),
            timeout=PATIENCE,
            echo=False,
        )
        self._child.delaybeforesend = None
        self._screen.answers = self._child.send

    @property
    def screen(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def everything(self) -> str:
        """Also what has left the screen at its top."""
        gone = [
            "".join(line[column].data for column in range(self._columns)).rstrip() for line in self._screen.history.top
        ]
        return "\n".join([*gone, self.screen])

    def sees(self, text: str, *, times: int = 1) -> str:
        """Wait until a text was shown so often; returns the screen."""
        while self.everything.count(text) < times:
            try:
                self._take(self._child.read_nonblocking(65_536, timeout=PATIENCE))
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                raise AssertionError(f"{text!r} was not shown ({type(error).__name__}):\n{self.everything}") from error
        return self.screen

    def awaits_input(self) -> str:
        """Wait until there is a prompt again below what was said; returns all that was shown."""
        while not _PROMPT_AT_END.search(self.everything):
            try:
                self._take(self._child.read_nonblocking(65_536, timeout=PATIENCE))
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                raise AssertionError(f"there is no prompt ({type(error).__name__}):\n{self.everything}") from error
        return self.everything

    def types(self, keys: str) -> None:
        self._child.send(keys)

    def enters(self, line: str) -> None:
        self._child.send(line + "\r")

    def ends(self) -> int:
        """Wait until the program has ended; returns its exit code."""
        while True:
            try:
                self._take(self._child.read_nonblocking(65_536, timeout=PATIENCE))
            except pexpect.EOF:
                break
        self._child.wait()
        return int(self._child.exitstatus if self._child.exitstatus is not None else -1)

    @property
    def runs(self) -> bool:
        return bool(self._child.isalive())

    def close(self) -> None:
        self._child.close(force=True)

    def _take(self, data: bytes) -> None:
        self.raw += data
        self._stream.feed(data)


def looks_like(terminal: Terminal, name: str) -> None:
    """Compare all that was shown with what was kept; what is not there yet is written, to be looked at and kept."""
    screen = _PROMPT_AT_END.sub("", terminal.awaits_input()).rstrip()
    kept = SCREENS / f"{name}.txt"
    for pattern, instead in _CHANGING:
        screen = pattern.sub(instead, screen)
    if not kept.exists():
        kept.write_text(screen + "\n", encoding="utf-8")
        raise AssertionError(f"{kept} was not there; look at it, and keep it if it is as it should be")
    assert screen.split("\n") == kept.read_text(encoding="utf-8").rstrip().split("\n"), f"{kept} is not:\n{screen}"
