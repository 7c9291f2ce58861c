"""The commands of a chat: one row each; `/help` and completion are made from the same table.

What a command needs is imported when it is run: the first prompt does not wait for it.
"""

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catalog.errors import AlmanacError

if TYPE_CHECKING:
    from agent.chat.chat import Chat

#: what its argument may be completed to
Completes = Literal["", "asset", "command", "model", "path"]


@dataclass(frozen=True)
class Command:
    """`arguments` is how `/help` shows them; `where` is the module and function that obey it."""

    name: str
    arguments: str
    help: str
    where: str
    completes: Completes = ""

    @property
    def run(self) -> "Callable[[Chat, str], None]":
        module, _, function = self.where.partition(".")
        found: Callable[[Chat, str], None] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
        return found


COMMANDS = (
    Command("help", "[COMMAND]", "this list, or more about one command", "general.show_help", "command"),
    Command("model", "[SPEC]", "which model answers, or another one from now on", "general.model", "model"),
    Command("more", "[all]", "the next screen of a long answer", "general.more"),
    Command("sources", "[N]", "the cited lines of the last answer, in their context", "answers.sources"),
    Command("why", "", "how the question was read and what was looked up", "answers.why"),
    Command("show", "ASSET", "everything that is known of a model or dataset", "assets.show", "asset"),
    Command("lineage", "ASSET", "what it was built on, and what was built with it", "assets.lineage", "asset"),
    Command("compare", "A B", "two or more models or datasets side by side", "assets.compare", "asset"),
    Command("export", "FILE", "the last answer as .md, .csv or .json", "answers.export", "path"),
    Command("good", "[COMMENT]", "the last answer was right", "answers.good"),
    Command("bad", "[COMMENT]", "the last answer was wrong, and why", "answers.bad"),
    Command("undo", "", "take the last question back", "conversations.undo"),
    Command("new", "", "begin a new conversation", "conversations.new"),
    Command("save", "NAME", "give this conversation a name", "conversations.save"),
    Command("load", "NAME", "go on with another conversation, by its name or id", "conversations.load"),
    Command("history", "[WORDS]", "conversations, those that contain WORDS", "conversations.history"),
    Command("stats", "", "what the store holds", "assets.stats"),
    Command(
        "ingest",
        "PATH",
        "read a folder of cards into the store; `sample` is the sample catalogue",
        "assets.ingest",
        "path",
    ),
    Command("quit", "", "leave (also Ctrl-D)", "general.leave"),
)
_NAMED = {command.name: command for command in COMMANDS} | {"exit": COMMANDS[-1]}


def command_named(name: str) -> Command:
    """The command with this name. Raises AlmanacError with the nearest ones where there is none."""
    known = _NAMED.get(name.casefold())
    if known:
        return known
    begins = [command for command in _NAMED if name and command.startswith(name.casefold())]
    near = begins or difflib.get_close_matches(name.casefold(), _NAMED, n=3, cutoff=0.5)
    meant = f" Did you mean {' or '.join(f'/{one}' for one in near)}?" if near else ""
    raise AlmanacError(f"there is no command /{name}.{meant} /help lists them.")
