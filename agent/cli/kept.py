"""Commands about what people said: `history` of conversations and `feedback` on answers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli import option
from agent.cli.exits import DONE
from agent.cli.lines import write_lines
from catalog.settings import load_settings

if TYPE_CHECKING:
    from agent.journal import Verdict


@click.command()
@click.option("--query", "-q", default="", metavar="WORDS", help="Only conversations that contain these words.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@option.store
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per conversation.")
def history(query: str, limit: int, store: Path | None, as_json: bool) -> int:
    """List conversations, the last changed first: `almanac chat --resume ID` goes on with one."""
    from agent.journal import journal_of

    found = journal_of(load_settings(store=store)).search(query, limit)
    if as_json:
        for conversation in found:
            click.echo(conversation.model_dump_json())
        return DONE
    from agent.chat.commands.conversations import show_conversations
    from agent.terminal import Output

    if found:
        show_conversations(found, Output())
    else:
        click.echo(f"almanac: no conversation {f'contains {query!r}' if query else 'was kept yet'}.", err=True)
    return DONE


@click.group()
def feedback() -> None:
    """What people thought of answers (/good and /bad in a chat, buttons in Slack)."""


@feedback.command("export")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File of JSON lines to write.")
@click.option("--verdict", type=click.Choice(["good", "bad"]), help="Only these.")
@option.store
def export_feedback(output: Path, verdict: "Verdict | None", store: Path | None) -> int:
    """Turn feedback into draft eval cases, one a line; a person has to check them before they are one."""
    from agent.feedback import draft
    from agent.journal import journal_of

    given = journal_of(load_settings(store=store)).feedback(verdict)
    write_lines(output, (draft(one) for one in given))
    return DONE
