"""What is a question to the bot, and how its text reads."""

from typing import Any

import pytest

from agent.slack.hearing import Ears, is_question, plain
from catalog.settings import SlackChannel


def heard(event: dict[str, Any], *, joined: bool = False, **rules: Any) -> Any:
    ears = Ears("T1", "UBOT", lambda _: SlackChannel(**rules), lambda _: joined)
    return ears.question({"type": "message", "channel": "C1", "ts": "5.1", "user": "U1"} | event)


@pytest.mark.parametrize(
    ("event", "via"),
    [
        ({"type": "app_mention", "text": "<@UBOT> which models?"}, "mention"),
        ({"text": "hey <@UBOT>, which models?"}, "mention"),
        ({"text": "which models?", "channel_type": "im", "channel": "D1"}, "direct"),
        ({"text": "which models?", "channel_type": "im", "channel": "D1", "subtype": "file_share"}, "direct"),
        ({"text": "<@UBOT> which models?", "channel_type": "mpim"}, "mention"),
    ],
)
def test_what_is_said_to_the_bot_is_heard(event: dict[str, Any], via: str) -> None:
    question = heard(event)
    assert question.via == via
    assert question.thread == "5.1"


@pytest.mark.parametrize(
    "event",
    [
        {"text": "which models?"},
        {"text": "which models?", "channel_type": "mpim"},
        {"text": "<@UBOT> which models?", "user": "UBOT"},
        {"text": "<@UBOT> which models?", "bot_id": "BOTHER"},
        {"text": "<@UBOT> which models?", "bot_profile": {"id": "B"}, "subtype": "bot_message"},
        {"text": "<@UBOT> which models?", "user": None},
        {"text": "<@UBOT> joined", "subtype": "channel_join"},
        {"text": "which models?", "channel_type": "im", "bot_id": "BBOT"},
    ],
)
def test_nothing_else_is_heard(event: dict[str, Any]) -> None:
    assert heard(event) is None


def test_a_follow_up_needs_no_mention_where_the_bot_was_asked_before() -> None:
    event = {"text": "and under mit?", "thread_ts": "2.1"}
    assert heard(event) is None
    question = heard(event, joined=True)
    assert (question.via, question.conversation) == ("thread", "T1:C1:2.1")


def test_what_is_said_to_somebody_else_in_the_thread_is_none_of_its_business() -> None:
    assert heard({"text": "<@U2> what do you think?", "thread_ts": "2.1"}, joined=True) is None


def test_a_first_message_is_no_follow_up() -> None:
    assert heard({"text": "which models?", "thread_ts": "5.1"}, joined=True) is None


def test_a_channel_may_be_answered_without_mentions_where_something_is_asked() -> None:
    assert heard({"text": "which models know German?"}, answer="questions").via == "question"
    assert heard({"text": "lunch"}, answer="questions") is None
    assert heard({"text": "<@U2> which models know German?"}, answer="questions") is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which models were trained on SQuAD", True),
        ("how many are there", True),
        ("trained on SQuAD?", True),
        ("Is there a German one? I need it", True),
        ("whichever you like", False),
        ("I said so.", False),
        ("https://host/x?y=1", False),
        ("?", False),
        ("", False),
    ],
)
def test_questions_are_told_from_other_messages(text: str, asks: bool) -> None:
    assert is_question(text) is asks


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<@UBOT> which models?", "which models?"),
        ("<@UBOT|almanac>: which &lt;models&gt; &amp; data?", ": which <models> & data?"),
        ("trained on <http://foo.ai|foo.ai> data", "trained on foo.ai data"),
        ("see <https://host/a?b=1&amp;c=2>", "see https://host/a?b=1&c=2"),
        (
            "<@U2|ann> and <@U3> in <#C2|general>, <!here> and <!subteam^S1|@ml>",
            "@ann and @U3 in #general, @here and @ml",
        ),
        ("&lt;!channel&gt;", "<!channel>"),
        ("two\n lines", "two lines"),
    ],
)
def test_the_text_reads_as_it_was_written(raw: str, text: str) -> None:
    assert plain(raw, "UBOT") == text


def test_an_ephemeral_channel_is_not_ephemeral_in_private() -> None:
    assert heard({"text": "<@UBOT> which?"}, ephemeral=True).ephemeral
    assert not heard({"text": "which?", "channel_type": "im"}, ephemeral=True).ephemeral
