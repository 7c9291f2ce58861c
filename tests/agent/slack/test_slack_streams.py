"""Answers that grow while a model writes them: Slack's own stream, or one message that is edited."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from people import Person
from said import actions_of, answers, settled, text_of
from scripted_server import KEY, Reply, Request, ScriptedServer, call, final, key_of
from slack_server import SlackServer

from agent.answer import Answer, Citation
from agent.events import Answered, Event, Restarted, Said
from agent.slack.bot import Bot
from agent.slack.growing import remainder
from agent.wiring import Almanac

Starts = Callable[..., Bot]
QUESTION = "What was left out of the pages that GPT-2 learned from?"
SOURCE = Citation(marker=1, asset="gpt2", path="models/gpt2/README.md", line_start=1, line_end=1, quote="gpt2")


def about_gpt2(request: Request) -> Reply:
    not_trained = {"key": key_of(request, "not** trained on OpenWebText"), "quote": "trained on OpenWebText"}
    return final(
        kind="text",
        statements=[
            {"text": "It was not trained on OpenWebText.", "evidence": [not_trained]},
            {"text": "Its licence is MIT.", "evidence": [key_of(request, "mit")]},
        ],
    )


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes every answer these events; an answer ends with a headline."""

    def tell(*events: Event | Callable[[], None], headline: str) -> None:
        def stream(self: Almanac, *turns: str, **_: Any) -> Iterator[Event]:
            for event in events:
                if callable(event):
                    event()
                else:
                    yield event
            yield Answered(answer=Answer(headline=headline, citations=(SOURCE,), model="scripted"))

        monkeypatch.setattr(Almanac, "stream", stream)

    return tell


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece is shown as it comes."""
    monkeypatch.setattr("agent.slack.growing._PIECES_APART", 0.0)
    monkeypatch.setattr("agent.slack.growing._EDITS_APART", 0.0)


def test_what_a_model_writes_is_streamed_and_ends_with_sources_and_buttons(
    slack: SlackServer, starts: Starts, server: ScriptedServer, ann: Person
) -> None:
    server.plays(
        call("get_assets", ids=["gpt2"], fields=["license"]),
        call("search_passages", query="training data", assets="gpt2"),
        about_gpt2,
    )
    starts(model="openai:m", base_url=server.url, api_key=KEY)
    post = ann.mentions(QUESTION)
    (answer,) = answers(slack, post)
    assert answer["markdown"] == "It was not trained on OpenWebText. [1]\n\nIts licence is MIT. [2]"
    assert not answer["streaming"]
    assert "*Sources*\n[1] `models/gpt2/README.md:" in text_of(answer)
    assert actions_of(answer) == ["almanac_how", "almanac_feedback"]
    assert "OpenWebText. [1]" not in text_of(answer)
    (begun,) = slack.called("chat.startStream")
    assert (begun["thread_ts"], begun["recipient_team_id"], begun["recipient_user_id"]) == (post.ts, "T1", "U1")
    assert slack.called("chat.postMessage") == slack.called("chat.update") == []


def test_pieces_are_appended_as_they_come(
    slack: SlackServer, bot: Bot, tells: Any, no_pauses: None, ann: Person
) -> None:
    tells(Said(text="One."), Said(text="Two."), Said(text="Three."), headline="One. Two. Three. Four.")
    (answer,) = answers(slack, ann.mentions(QUESTION))
    methods = [call.method for call in slack.calls if "Stream" in call.method]
    assert methods == ["chat.startStream", "chat.appendStream", "chat.appendStream", "chat.stopStream"]
    assert answer["markdown"] == "One.\n\nTwo.\n\nThree. Four."


def test_what_is_streamed_neither_mentions_nor_links_nor_formats(
    slack: SlackServer, bot: Bot, tells: Any, ann: Person
) -> None:
    evil = "<!channel> <@U2> *a* `b` [c](https://evil.example) & squad_v2"
    tells(Said(text=evil), headline=evil)
    (answer,) = answers(slack, ann.mentions(QUESTION))
    assert answer["markdown"] == (
        "&lt;!channel&gt; &lt;@U2&gt; \\*a\\* \\`b\\` [c]\\(https:\u2060//evil.example) &amp; squad_v2"
    )


@pytest.mark.parametrize("code", ["unknown_method", "feature_not_enabled", "missing_scope"])
def test_where_there_are_no_streams_one_message_is_edited(
    slack: SlackServer, bot: Bot, tells: Any, no_pauses: None, ann: Person, code: str
) -> None:
    slack.refuse("chat.startStream", code)
    tells(Said(text="One."), Said(text="Two."), headline="One. Two. Three.")
    (answer,) = answers(slack, ann.mentions(QUESTION))
    shown = [one["text"] for one in (*slack.called("chat.postMessage"), *slack.called("chat.update"))]
    assert shown == ["One. …", "One.\n\nTwo. …", "One. Two. Three."]
    assert "*Sources*" in text_of(answer)


def test_a_stream_that_breaks_is_written_whole_in_its_message(
    slack: SlackServer, bot: Bot, tells: Any, no_pauses: None, ann: Person
) -> None:
    slack.refuse("chat.appendStream", "internal_error")
    tells(Said(text="One."), Said(text="Two."), headline="One. Two. Three.")
    post = ann.mentions(QUESTION)
    slack.until(lambda: slack.thread("C1", post.ts), "an answer")
    settled(slack, bot)
    slack.until(lambda: "One. Two. Three." in text_of(slack.thread("C1", post.ts)[-1]), "the whole answer")


def test_what_is_void_is_not_left_standing(
    slack: SlackServer, bot: Bot, tells: Any, no_pauses: None, ann: Person
) -> None:
    tells(Said(text="Wrong."), Restarted(reason="anew"), Said(text="Right."), headline="Right. Sure.")
    (answer,) = answers(slack, ann.mentions(QUESTION))
    assert answer["text"] == "Right. Sure."
    assert text_of(answer).startswith("Right. Sure.\n*Sources*")
    assert "markdown" not in answer


def test_an_answer_that_is_another_one_in_the_end_is_written_whole(
    slack: SlackServer, bot: Bot, tells: Any, no_pauses: None, ann: Person
) -> None:
    tells(Said(text="Perhaps."), headline="No.")
    (answer,) = answers(slack, ann.mentions(QUESTION))
    assert text_of(answer).startswith("No.\n")
    assert "markdown" not in answer


def test_a_question_that_is_edited_while_its_answer_is_streamed_is_answered_anew_in_the_same_message(
    slack: SlackServer, bot: Bot, tells: Any, no_pauses: None, ann: Person
) -> None:
    begun = threading.Event()

    def edited() -> None:
        if not begun.is_set():
            begun.set()
            ann.edits(post, "<@UBOT> And now?")
            slack.until(lambda: bot.line.find(f"T1:C1:{post.ts}").changed, "the edit")  # type: ignore[union-attr]

    tells(Said(text="One."), edited, headline="One. Two.")
    post = ann.mentions(QUESTION)
    slack.until(lambda: slack.called("chat.update"), "the other answer")
    settled(slack, bot)
    (answer,) = answers(slack, post)
    assert not answer.get("streaming")
    assert text_of(answer).startswith("One. Two.")
    assert [turn.question for turn in bot.journal.turns(f"T1:C1:{post.ts}")] == ["And now?"]


def test_an_answer_longer_than_a_stream_is_written_in_sections(
    slack: SlackServer, bot: Bot, tells: Any, no_pauses: None, ann: Person
) -> None:
    parts = [f"Sentence {number} has some more words in it to be long enough." for number in range(300)]
    tells(*[Said(text=part) for part in parts], headline=" ".join(parts))
    (answer,) = answers(slack, ann.mentions(QUESTION))
    said = text_of(answer)
    assert all(part in " ".join(said.split()) for part in parts)
    assert "markdown" not in answer


def test_a_private_answer_is_not_streamed(slack: SlackServer, starts: Starts, tells: Any, ann: Person) -> None:
    bot = starts(slack_channels={"C1": {"ephemeral": True}})
    tells(Said(text="One."), headline="One. Two.")
    ann.mentions(QUESTION)
    (answer,) = slack.until(lambda: slack.whispers, "an answer")
    settled(slack, bot)
    assert text_of(answer).startswith("One. Two.")
    assert slack.messages == {}


@pytest.mark.parametrize(
    ("whole", "said", "rest"),
    [
        ("One. Two.", "One.", " Two."),
        ("One.\nTwo.", "One. Two.", ""),
        ("One. Two.", "", "One. Two."),
        ("One. Two.", "Two.", None),
        ("One.", "One. Two.", None),
    ],
)
def test_what_comes_after_what_was_said(whole: str, said: str, rest: str | None) -> None:
    assert remainder(whole, said) == rest
