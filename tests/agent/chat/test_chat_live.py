"""What is seen while an answer is made, and that nothing of it stays."""

import io

import pyte
import pytest
from rich.console import Console

from agent.answer import Answer, ToolCall
from agent.events import Answered, Event, Restarted, Said, ToolFinished, ToolStarted, Working
from agent.live import follow

CALL = ToolCall(name="find_models", arguments={}, seconds=0.1, total=1_043)


def played(events: list[Event], **options: object) -> str:
    """Everything that was written until the answer was there."""
    stream = io.StringIO()
    console = Console(file=stream, width=60, height=12, **{"force_terminal": True} | options)  # type: ignore[arg-type]
    answered = Answered(answer=Answer(headline="done"))
    assert follow([*events, answered], console).headline == "done"
    screen = pyte.Screen(60, 12)
    pyte.Stream(screen).feed(stream.getvalue().replace("\n", "\r\n"))
    assert not "".join(screen.display).strip(), "nothing stays"
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def test_what_is_done_and_what_came_of_it_is_shown_in_words() -> None:
    written = played(
        [Working(text="asking openai:m"), ToolStarted(name="find_models", arguments={}), ToolFinished(call=CALL)]
    )
    assert "1,043 models match" in written


def test_what_is_said_is_shown_as_it_comes_and_void_when_another_model_begins() -> None:
    events: list[Event] = [Said(text="Owl was trained on SQuAD [1]. "), Said(text="So was \x1b[2Jcrow.")]
    written = played(events)
    assert "Owl was trained on SQuAD" in written
    assert "\x1b[2J" not in written
    assert "openai:m is gone" in played([*events, Restarted(reason="openai:m is gone")])


@pytest.mark.parametrize("options", [{"force_terminal": False}, {}])
def test_a_pipe_and_a_dumb_terminal_see_nothing_of_it(
    options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    written = played([Working(text="asking"), Said(text="Owl")], **options)
    assert written == ""
