"""Cards that want to steer the terminal: whatever is shown of them, by any command, is inert."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from stores import Cards

from agent.chat.chat import Chat, Services
from agent.chat.exporting import exported
from agent.chat.opening import Opening
from agent.chat.reading import PlainReader
from agent.chat.screen import Screen
from agent.chat.session import Session
from catalog.settings import Settings
from ingest.pipeline import ingest_roots

KINDS = {
    "escapes": "\x1b[2J\x1b[31mred\x1b[0m",
    "titles and the clipboard": "\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07",
    "links": "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\ [there](https://evil.example)",
    "eight-bit controls": "\x9b31m\x9d0;owned\x9c",
    "directions": "\u202ederever\u2066\u200f",
    "entities": "&#x202e;derever&#155;31m&#27;[31m",
    "bells and backspaces": "good\x07\b\b\b\bevil\x7f",
    "a NUL": "a&#0;b&#x0;c\\0d",
    "a megabyte": "x" * 1_000_000,
}
#: what rich itself may write: colours and styles, and links to files that were ingested
OURS = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^;\x1b]*;(?:file://[^\x1b]*)?\x1b\\")
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]")
COMMANDS = (
    "What licence has den/owl?",
    "/sources",
    "/why",
    "What are the limitations of den/owl?",
    "/sources",
    "/show den/owl",
    "/lineage den/owl",
    "/compare den/owl squad",
    "/history",
    "Which models were trained on SQuAD?",
)


def card(evil: str) -> str:
    some = evil[:100]
    return (
        f"---\nlicense: other\nlicense_name: mine {evil}\ndatasets:\n- squad\n- set{some}\n---\n# Owl {some}\n\n"
        f"Owl {evil} answers questions. It was fine-tuned on SQuAD {some}.\n\n## Limitations\n\n"
        f"It knows {evil} no bats.\n\n| metric {some} | value |\n|---|---|\n| F1 | 84 {some} |\n"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_card_steers_the_terminal(kind: str, models: Cards, store: Path, tmp_path: Path) -> None:
    models.write("den/owl", card(KINDS[kind]))
    settings = Settings(store=store, jobs=1, journal_url=f"sqlite:///{tmp_path / 'other.db'}")
    ingest_roots([models.root], settings)
    stream = io.StringIO()
    console = Console(file=stream, width=80, height=40, force_terminal=True, color_system="standard", highlight=False)
    session = Session(Opening(settings))
    chat = Chat(session, Screen(console, paged=True), Services(lambda _: None, ()), interactive=True)
    chat.run(PlainReader(io.StringIO("\n".join(COMMANDS) + "\n"), io.StringIO(), ""))
    shown = stream.getvalue()
    assert "den/owl" in shown
    assert not FORBIDDEN.search(OURS.sub("", shown).replace("\r", ""))
    assert len(shown) < 200_000, "no flood"
    for suffix in (".md", ".csv"):
        assert not FORBIDDEN.search(exported(session.turns[1], suffix))


def test_a_formula_of_a_card_is_no_formula_in_a_spreadsheet() -> None:
    from agent.answer import Answer, Row
    from agent.journal import Turn

    answer = Answer(
        headline="x", columns=("model", "result"), rows=(Row(label='=HYPERLINK("x")', details=("-3.2 %",)),)
    )
    lines = exported(Turn(number=1, question="q", answer=answer, asked=""), ".csv").splitlines()
    assert lines[1].startswith("\"'=HYPERLINK")
    assert ",-3.2 %," in lines[1]
