"""Putting a chat together for where it runs: a terminal, a terminal that can little, or a pipe."""

import sys
from dataclasses import dataclass

from rich.console import Console

from agent.chat.chat import Chat, Services
from agent.chat.opening import Opening
from agent.chat.reading import PlainReader, Reader
from agent.chat.screen import Screen
from agent.chat.session import Session
from agent.terminal import Output
from catalog.settings import Settings

PROMPT = "> "


@dataclass(frozen=True)
class Resumed:
    """The conversation to go on with: `named` by its name or key, else the last one."""

    named: str | None = None


def start(settings: Settings, services: Services, resumed: Resumed | None = None) -> None:
    """Chat until the input ends or somebody leaves. Raises AlmanacError where nobody is there to read it."""
    console = Output()
    talking = sys.stdin.isatty()
    opening = Opening(settings)
    full = talking and console.is_terminal and not console.is_dumb_terminal
    chat = Chat(Session(opening), Screen(console, paged=full), services, interactive=talking)
    if resumed:
        from agent.chat.commands.conversations import resume

        resume(chat, resumed.named)
    chat.run(_reader(opening, console, full=full, talking=talking))


def _reader(opening: Opening, console: Console, *, full: bool, talking: bool) -> Reader:
    if full:
        from agent.chat.prompt import TerminalReader  # prompt_toolkit: only where there is a terminal for it

        return TerminalReader(opening, opening.settings.chat_history)
    opening.begin()
    return PlainReader(sys.stdin, sys.stderr, PROMPT if talking else "")
