"""Commands about the chat itself."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from agent.tabling import table_of

if TYPE_CHECKING:
    from agent.chat.chat import Chat

_KEYS = (
    ("Alt-Enter", "a new line within a question; pasted text keeps its lines"),
    ("Tab", "completes commands, and names of models and datasets"),
    ("Ctrl-R", "searches what was asked before, also in other sessions"),
    ("Ctrl-X Ctrl-E", "opens the question in $EDITOR, asks it when you leave the editor"),
    ("Ctrl-C", "stops an answer, empties the line; twice leaves"),
)


def show_help(chat: "Chat", argument: str) -> None:
    """The table of commands and keys, or one command."""
    from agent.chat.commands import COMMANDS, command_named

    if argument:
        command = command_named(argument.removeprefix("/"))
        chat.screen.say(f"/{command.name} {command.arguments}".strip(), "bold")
        chat.screen.say(command.help)
        return

    def draw(out: Console) -> None:
        table = table_of(("command", "what it does"), header=False)
        for command in COMMANDS:
            table.add_row(Text.assemble((f"/{command.name}", "bold"), f" {command.arguments}"), Text(command.help))
        table.add_row()
        for key, meaning in _KEYS:
            table.add_row(Text(key, style="bold"), Text(meaning))
        out.print(Text("Ask a question, or:"))
        out.print(table)

    chat.screen.show(draw)


def model(chat: "Chat", argument: str) -> None:
    """Tell which model answers, or switch to another: the conversation goes on."""
    if argument:
        chat.session.opening.use(argument)
        chat.screen.say(f"{argument} answers from now on.")
        return
    from agent.models import KNOWN

    chat.screen.say(f"{chat.session.model} answers. /model SPEC switches; SPEC is {KNOWN}.")


def more(chat: "Chat", argument: str) -> None:
    """The next screen of what is waiting, or all of it."""
    if not chat.screen.has_more:
        chat.screen.say("There is no more.")
        return
    chat.screen.more(everything=argument == "all")


def leave(chat: "Chat", _: str) -> None:
    """End the chat."""
    chat.left = True
