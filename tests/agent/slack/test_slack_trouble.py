"""Rate limits, broken connections, tokens that are no longer good, restarts: nobody is left without a word."""

import itertools
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from people import Person
from said import SQUAD, actions_of, answers, settled, text_of
from slack_server import SlackServer, Team

from agent.events import Event
from agent.slack.bot import Bot
from agent.slack.redaction import LOGGERS, Redacting
from agent.wiring import Almanac
from catalog.errors import StoreError, UnavailableError

Starts = Callable[..., Bot]


def test_slack_is_given_the_pause_it_asks_for(slack: SlackServer, bot: Bot, ann: Person) -> None:
    slack.refuse("chat.postMessage", "ratelimited", "ratelimited", retry_after=1)
    (answer,) = answers(slack, ann.mentions(SQUAD))
    assert answer["text"] == "6 models (fine-tuned on squad_v2):"
    times = [call.at for call in slack.calls if call.method == "chat.postMessage"]
    assert [later - earlier >= 1 for earlier, later in itertools.pairwise(times)] == [True, True]
    assert all(envelope.seconds < 3 for envelope in ann.sent)


def test_acknowledgements_do_not_wait_for_answers(slack: SlackServer, bot: Bot, gate: Any, ann: Person) -> None:
    for number in range(20):
        ann.mentions(f"{SQUAD} {number}")
    ann.commands(SQUAD)
    slack.until(lambda: all(envelope.acknowledged for envelope in ann.sent), "acknowledgements", 10)
    assert max(envelope.seconds for envelope in ann.sent) < 3
    gate.open.set()


def failing(error: Exception) -> Callable[..., Iterator[Event]]:
    def stream(self: Almanac, *turns: str, **_: Any) -> Iterator[Event]:
        raise error
        yield

    return stream


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreError("the store is empty. Fill it."), "the store is empty. Fill it."),
        (UnavailableError("http://h refused the key."), "http://h refused the key."),
        (ZeroDivisionError("?"), "Something is wrong with me, and it is written in my log. I could not answer this."),
    ],
)
def test_what_goes_wrong_is_one_line_with_a_button_to_ask_again(
    slack: SlackServer, bot: Bot, ann: Person, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Almanac, "stream", failing(error))
        post = ann.mentions(SQUAD)
        (line,) = answers(slack, post)
        settled(slack, bot)
    assert text_of(line) == f"{said}\nAsk again"
    assert slack.reactions["C1", post.ts] == set()
    ann.clicks(line, "almanac_retry")
    ann.clicks(line, "almanac_retry")
    slack.until(lambda: slack.thread("C1", post.ts)[0]["text"].startswith("6 models"), "the answer in its place")
    settled(slack, bot)
    assert len(slack.thread("C1", post.ts)) == 1
    assert len(slack.called("chat.update")) == 1
    assert len(bot.journal.turns(f"T1:C1:{post.ts}")) == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("is_archived", "this channel is archived"),
        ("not_in_channel", "Invite me"),
        ("some_new_code", "Slack says: some_new_code"),
    ],
)
def test_an_answer_that_cannot_be_posted_is_said_to_be(
    slack: SlackServer, bot: Bot, ann: Person, code: str, said: str
) -> None:
    slack.refuse("chat.postMessage", code)
    (line,) = answers(slack, ann.mentions(SQUAD))
    assert said in text_of(line)
    assert actions_of(line) == ["almanac_retry"]


def test_where_slack_does_not_know_its_buttons_for_feedback_there_are_others(
    slack: SlackServer, bot: Bot, ann: Person
) -> None:
    slack.refuse("chat.postMessage", "invalid_blocks")
    (answer,) = answers(slack, ann.mentions(SQUAD))
    assert actions_of(answer) == ["almanac_how", "almanac_feedback_good", "almanac_feedback_bad"]
    ann.clicks(answer, "almanac_feedback_good")
    (kept,) = slack.until(bot.journal.feedback, "feedback")
    assert kept.verdict == "good"


def test_blocks_that_slack_does_not_take_are_said_as_text(slack: SlackServer, bot: Bot, ann: Person) -> None:
    slack.refuse("chat.postMessage", "invalid_blocks", "invalid_blocks")
    (answer,) = answers(slack, ann.mentions(SQUAD))
    assert not answer.get("blocks")
    assert "• `deepset/roberta-base-squad2` [3]" in answer["text"]


def test_an_answer_whose_message_is_gone_is_posted_anew(slack: SlackServer, bot: Bot, ann: Person) -> None:
    post = ann.mentions(SQUAD)
    answers(slack, post)
    settled(slack, bot)
    slack.messages.clear()
    ann.edits(post, "<@UBOT> How many models are there?")
    assert answers(slack, post)[0]["text"].startswith("72")


# -- connections


def test_the_bot_connects_anew_where_slack_asks_for_it(slack: SlackServer, bot: Bot, ann: Person) -> None:
    answers(slack, ann.mentions(SQUAD))
    slack.disconnect()
    slack.until(lambda: len(slack.sockets) == 2, "another connection")
    assert answers(slack, ann.mentions("How many models are there?"))[0]["text"].startswith("72")


@pytest.mark.parametrize("end", ["close", "cut"])
def test_the_bot_connects_anew_where_the_connection_breaks(
    slack: SlackServer, starts: Starts, ann: Person, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.slack.sockets._PING_SECONDS", 0.5)
    bot = starts()
    bot.delivery.client.current_app_monitor.interval_seconds = 0.5  # type: ignore[union-attr]
    getattr(slack.until(lambda: slack.sockets, "the first connection")[0], end)()
    slack.until(lambda: len(slack.sockets) >= 2 and slack.sockets[-1].open, "another connection")
    post = ann.post(f"<@UBOT> {SQUAD}")
    ann.deliver(post, "app_mention", {"retry_attempt": 1, "retry_reason": "timeout"})
    answers(slack, post)


def test_a_first_connection_that_fails_is_tried_again(
    slack: SlackServer, starts: Starts, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.slack.sockets._CONNECTING_SECONDS", 0.05)
    slack.refuse("apps.connections.open", "internal_error", "internal_error")
    starts()
    answers(slack, ann.mentions(SQUAD))


# -- tokens


@pytest.mark.parametrize("code", ["token_revoked", "token_expired", "account_inactive", "invalid_auth"])
def test_a_token_that_is_no_longer_good_ends_the_bot_with_the_cure(
    slack: SlackServer, bot: Bot, ann: Person, code: str
) -> None:
    slack.refuse("chat.postMessage", code)
    ann.mentions(SQUAD)
    with pytest.raises(UnavailableError) as raised:
        bot.wait()
    assert str(raised.value).startswith(f"Slack refuses the bot token ({code}): ")
    assert "set ALMANAC_SLACK_BOT_TOKEN to its present token" in str(raised.value)


def test_an_app_that_is_removed_ends_the_bot(slack: SlackServer, bot: Bot, ann: Person) -> None:
    ann.event({"type": "app_uninstalled"})
    with pytest.raises(UnavailableError, match="the app was removed from the workspace"):
        bot.wait()


def test_a_revoked_token_of_one_workspace_leaves_the_others(slack: SlackServer, starts: Starts) -> None:
    other = Team("T2", "xoxb-2-secret-of-another-bot", "UBOT2", "BBOT2")
    slack.teams = (Team(), other)
    bot = starts(slack_bot_token=f"{Team().token},{other.token}")
    Person(slack, "U1").event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}})
    slack.until(lambda: len(bot.workspaces.all) == 1, "the workspace to be left")
    there = Person(slack, "U1", team="T2", bot="UBOT2")
    answers(slack, there.mentions(SQUAD))


def test_an_app_token_that_is_no_longer_good_ends_the_bot(slack: SlackServer, bot: Bot) -> None:
    slack.app_token = "xapp-another"
    slack.disconnect()
    with pytest.raises(UnavailableError, match=r"Slack refuses the app token \(invalid_auth\)"):
        bot.wait()


@pytest.mark.parametrize(
    ("method", "said"), [("auth.test", "refuses the bot token"), ("apps.connections.open", "refuses the app token")]
)
def test_a_bot_with_a_bad_token_does_not_start(slack: SlackServer, starts: Starts, method: str, said: str) -> None:
    slack.refuse(method, "invalid_auth")
    with pytest.raises(UnavailableError, match=said):
        starts()


def test_tokens_never_reach_the_log(
    slack: SlackServer, starts: Starts, ann: Person, options: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    from agent.slack.redaction import log_to_stderr, stop_logging
    from catalog.settings import Settings

    handler = log_to_stderr(Settings(**options), logging.DEBUG)
    try:
        bot = starts()
        ann.commands(SQUAD)
        slack.refuse("chat.postMessage", "invalid_arguments")
        answers(slack, ann.mentions(SQUAD))
        slack.refuse("chat.postMessage", "token_revoked")
        ann.mentions("How many models are there?")
        slack.until(bot._ended.is_set, "end")
        bot.stop()
    finally:
        stop_logging(handler)
    logged = capsys.readouterr().err
    assert "apps.connections.open" in logged
    assert "Sending a request" in logged
    for secret in (Team().token, slack.app_token, "secret-of", "secret-1"):
        assert secret not in logged


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("token xoxb-12-ab.cd, end", "token …, end"),
        ("wss://h/link/?ticket=a-b&app_id=3", "wss://h/link/?ticket=…&app_id=3"),
        ("POST https://hooks.slack.com/commands/T1/2/x", "POST https://hooks.slack.com/…"),
        ("my secret word", "my … word"),
        ("xapp-1-A1-2-ff", "…"),
    ],
)
def test_what_is_secret_is_taken_out(text: str, written: str) -> None:
    record = logging.LogRecord(LOGGERS[0], logging.INFO, "", 0, text, (), None)
    assert Redacting(["secret"]).format(record).endswith(f": {written}")


# -- ending and beginning again


def test_a_bot_that_is_ended_finishes_what_it_was_asked(
    slack: SlackServer, starts: Starts, gate: Any, ann: Person
) -> None:
    bot = starts(slack_grace=20)
    posts = [ann.mentions(text) for text in (SQUAD, "How many models are there?", "How many datasets are there?")]
    slack.until(lambda: len(gate.asked) == 2, "questions")
    settled_questions = [f"T1:C1:{post.ts}" for post in posts]
    slack.until(lambda: all(bot.memory.of(key) for key in settled_questions), "all to be heard")
    gate.open.set()
    bot.stop()
    assert [len(slack.thread("C1", post.ts)) for post in posts] == [1, 1, 1]
    assert [bot.memory.of(key).state for key in settled_questions] == ["answered"] * 3  # type: ignore[union-attr]


def test_what_cannot_be_finished_is_said_in_the_thread_and_can_be_asked_again(
    slack: SlackServer, starts: Starts, gate: Any, ann: Person
) -> None:
    bot = starts(slack_workers=1, slack_grace=0.2)
    working, waiting = ann.mentions(SQUAD), ann.mentions("How many models are there?")
    slack.until(lambda: gate.asked and bot.line.find(f"T1:C1:{waiting.ts}"), "questions")
    bot.stop()
    for post in (working, waiting):
        (line,) = slack.thread("C1", post.ts)
        assert text_of(line) == "I am being restarted and could not answer this any more.\nAsk again"
    assert slack.reactions["C1", working.ts] == set()
    gate.open.set()
    starts()
    ann.clicks(slack.thread("C1", waiting.ts)[0], "almanac_retry")
    slack.until(lambda: slack.thread("C1", waiting.ts)[0]["text"].startswith("72"), "the answer")


def test_questions_of_a_bot_that_was_killed_are_answered_by_the_next_one(
    slack: SlackServer, starts: Starts, gate: Any, ann: Person
) -> None:
    killed = starts(lease=0.6)
    post = ann.mentions(SQUAD)
    slack.until(lambda: gate.asked, "the question")
    killed.memory.renew = lambda: None  # type: ignore[method-assign]
    killed.memory.adopt = lambda: []  # type: ignore[method-assign]
    killed.memory.finish = lambda *_, **__: None  # type: ignore[method-assign]
    next_one = starts(lease=0.6)
    slack.until(lambda: len(gate.asked) == 2, "the question, asked once more")
    assert next_one.line.find(f"T1:C1:{post.ts}")


def test_an_answer_is_given_also_where_it_cannot_be_kept(
    slack: SlackServer, bot: Bot, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise StoreError("the disk is full")

    monkeypatch.setattr(bot.journal, "record", full)
    (answer,) = answers(slack, ann.mentions(SQUAD))
    assert answer["text"] == "6 models (fine-tuned on squad_v2):"
    assert actions_of(answer) == []


# -- who is answered


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"slack_denied": "C1"}, "I do not answer in this channel."),
        ({"slack_allowed": "C2,U1"}, "I do not answer in this channel."),
        ({"slack_denied": "U1"}, "You are not among those whom I may answer here."),
        ({"slack_allowed": "U2"}, "You are not among those whom I may answer here."),
        ({"slack_allowed": "S1"}, "You are not among those whom I may answer here."),
        ({"slack_channels": {"C1": {"denied": ["S2"]}}}, "You are not among those whom I may answer here."),
        ({"slack_channels": {"C1": {"allowed": ["U2"]}}}, "You are not among those whom I may answer here."),
    ],
)
def test_who_is_not_answered_is_told_so_in_private(
    slack: SlackServer, starts: Starts, ann: Person, rules: dict[str, Any], said: str
) -> None:
    slack.groups = {"S1": ["U2"], "S2": ["U1"]}
    bot = starts(**rules)
    post = ann.mentions(SQUAD)
    (line,) = slack.until(lambda: slack.whispers, "refusal")
    settled(slack, bot)
    assert line["text"].startswith(said)
    assert slack.thread("C1", post.ts) == []


def test_who_is_not_answered_and_did_not_speak_to_the_bot_is_told_nothing(
    slack: SlackServer, starts: Starts, ann: Person, ben: Person
) -> None:
    bot = starts(slack_denied="U2", slack_channels={"C1": {"answer": "questions"}})
    post = ann.writes(SQUAD)
    answers(slack, post)
    ben.writes(SQUAD)
    ben.writes("And under mit?", thread=post.ts)
    settled(slack, bot)
    assert slack.whispers == []
    assert len(slack.called("chat.postMessage")) == 1


@pytest.mark.parametrize(
    "rules",
    [
        {"slack_allowed": "C1, S2"},
        {"slack_denied": "C2,S1"},
        {"slack_channels": {"C1": {"allowed": ["U1"]}, "*": {"denied": ["U1"]}}},
    ],
)
def test_who_is_allowed_is_answered(slack: SlackServer, starts: Starts, ann: Person, rules: dict[str, Any]) -> None:
    slack.groups = {"S1": ["U2"], "S2": ["U1"]}
    starts(**rules)
    answers(slack, ann.mentions(SQUAD))


def test_a_channel_may_have_a_model_of_its_own_and_need_no_mentions(
    slack: SlackServer, starts: Starts, ann: Person
) -> None:
    bot = starts(
        slack_channels={"C2": {"answer": "questions", "model": "openai:m,offline"}},
        api_key="k",
        base_url="http://127.0.0.1:9",
    )
    started = time.monotonic()
    post = ann.writes(SQUAD, channel="C2")
    silent = ann.writes("lunch", channel="C2")
    (answer,) = answers(slack, post)
    assert "openai:m could not answer" in text_of(answer)
    assert "Answered by offline." in text_of(answer)
    assert time.monotonic() - started < 60
    settled(slack, bot)
    assert slack.thread("C2", silent.ts) == []
