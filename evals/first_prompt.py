"""How soon a chat is there: `python -m evals.first_prompt [--store S] [--times N]`.

The real program is started on a pseudo-terminal; counted is from its start until its prompt is on the screen, by the
clock and in processor time of the program. The best of several times is what a machine with nothing else to do needs.
"""

import argparse
import os
import pty
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

PROMPT = "›".encode()
_PROGRAM = (sys.executable, "-c", "from agent.cli import main; main()", "chat")
_PATIENCE = 60.0


@dataclass(frozen=True)
class Started:
    """Seconds until the prompt: by the clock, and of the processor."""

    clock: float
    processor: float


def started(arguments: Sequence[str]) -> Started:
    """Start a chat, wait for its prompt, and end it. Raises TimeoutError where none comes."""
    terminal, inside = pty.openpty()
    began = time.perf_counter()
    with subprocess.Popen(
        [*_PROGRAM, *arguments], stdin=inside, stdout=inside, stderr=inside, env=os.environ | {"TERM": "xterm-256color"}
    ) as process:
        os.close(inside)
        try:
            _until_prompt(terminal, began)
            return Started(time.perf_counter() - began, _processor_time(process.pid))
        finally:
            process.kill()
            os.close(terminal)


def _until_prompt(terminal: int, began: float) -> None:
    shown = b""
    while PROMPT not in shown:
        if time.perf_counter() - began > _PATIENCE:
            raise TimeoutError(f"no prompt within {_PATIENCE:g} s, but {shown!r}")
        shown += os.read(terminal, 4096)


def _processor_time(pid: int) -> float:
    """User and system time of a process so far, as Linux tells them."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.first_prompt")
    parser.add_argument("--store", help="store of the chat")
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    found = [started(["--store", given.store] if given.store else []) for _ in range(given.times)]
    clock, processor = min(one.clock for one in found), min(one.processor for one in found)
    print(f"first prompt, best of {given.times}: {clock:.2f} s by the clock, {processor:.2f} s of the processor")


if __name__ == "__main__":
    main()
