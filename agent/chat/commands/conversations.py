"""Commands about conversations: to begin, name, find and take up again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from agent.journal import Conversation
from agent.layout import inert, one_line
from agent.tabling import table_of
from catalog.errors import AlmanacError

if TYPE_CHECKING:
    from agent.chat.chat import Chat

_LONGEST_TITLE = 60
_LONGEST_TURN = 200


def new(chat: "Chat", _: str) -> None:
    """Begin a new conversation; the one so far is kept."""
    chat.session.begin_new()
    chat.screen.say("A new conversation.")


def undo(chat: "Chat", _: str) -> None:
    """Take the last question and its answer out of the conversation."""
    turn = chat.session.undo()
    if turn is None:
        raise AlmanacError("there is nothing to take back.")
    chat.screen.say(f"Taken back: {one_line(turn.question, _LONGEST_TITLE)}")


def save(chat: "Chat", argument: str) -> None:
    """Give the conversation a name."""
    if not argument:
        raise AlmanacError("name it: /save NAME")
    if chat.session.last is None or chat.session.not_kept:
        raise AlmanacError(
            f"there is no conversation to save yet. Ask something first. {chat.session.not_kept}".strip()
        )
    chat.session.save(argument)
    chat.screen.say(f"Saved as {argument}. /load {argument} takes it up again.")


def load(chat: "Chat", argument: str) -> None:
    """Go on with another conversation."""
    if not argument:
        raise AlmanacError("name a conversation: /load NAME. /history lists them.")
    resume(chat, argument)


def resume(chat: "Chat", named: str | None) -> None:
    """Take up the conversation with this name or key, or the last one; its last turn is told."""
    journal = chat.session.journal
    found = journal.find(named) if named else journal.latest()
    if found is None:
        raise AlmanacError(
            f"there is no conversation {named}. /history lists them."
            if named
            else "there is no conversation to go on with yet."
        )
    chat.session.resume(found)
    last = chat.session.last
    asked = "1 question" if found.length == 1 else f"{found.length} questions, the last one"
    chat.screen.say(f"{found.name or found.key}: {asked}:", "dim")
    if last:
        chat.screen.say(f"› {one_line(last.question, _LONGEST_TURN)}")
        listed = ", ".join(row.label for row in last.answer.rows)
        chat.screen.say(one_line(f"{last.answer.headline} {listed}", _LONGEST_TURN), "bold")


def history(chat: "Chat", argument: str) -> None:
    """List conversations, the last changed first."""
    found = chat.session.journal.search(argument)
    if not found:
        raise AlmanacError(f"no conversation contains {argument!r}." if argument else "there are no conversations yet.")
    chat.screen.show(lambda out: show_conversations(found, out))


def show_conversations(found: Sequence[Conversation], out: Console) -> None:
    """Print a table of conversations."""
    table = table_of(("id", "changed", "questions", "about"))
    table.columns[2].justify = "right"
    for one in found:
        name = f"{inert(one.name)}: " if one.name else ""
        about = Text.assemble((name, "bold"), one_line(one.title, _LONGEST_TITLE))
        table.add_row(one_line(one.key, _LONGEST_TITLE), one.changed[:16].replace("T", " "), f"{one.length}", about)
    out.print(table)
