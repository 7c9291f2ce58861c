"""Questions in channels, threads and direct messages, as people see them answered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import Person, Post
from said import SQUAD, answers, settled, text_of
from slack_server import SlackServer, Team

from agent.journal import Journal
from agent.slack.bot import Bot

Starts = Callable[..., Bot]


def test_a_mention_is_answered_once_in_a_thread_with_list_sources_and_what_was_understood(
    slack: SlackServer, bot: Bot, ann: Person
) -> None:
    post = ann.mentions(SQUAD)
    (answer,) = answers(slack, post)
    assert answer["thread_ts"] == post.ts
    assert answer["text"] == "6 models (fine-tuned on squad_v2):"
    assert [block["type"] for block in answer["blocks"]] == [
        "section", "section", "section", "context", "actions", "context_actions",
    ]  # fmt: skip
    said = text_of(answer)
    assert "• `deepset/roberta-base-squad2` [3]" in said
    assert "[3] `models/deepset/roberta-base-squad2/README.md:7`  - squad_v2" in said
    assert "Understood as: models · fine-tuned on squad_v2" in said
    assert (answer["unfurl_links"], answer["unfurl_media"]) == (False, False)
    settled(slack, bot)
    assert len(slack.called("chat.postMessage")) == 1
    assert all(envelope.seconds < 3 for envelope in ann.sent)


def test_the_question_is_looked_at_while_it_is_worked_on(slack: SlackServer, bot: Bot, gate: Any, ann: Person) -> None:
    post = ann.mentions(SQUAD)
    slack.until(lambda: slack.reactions["C1", post.ts] == {"eyes"}, "👀")
    assert slack.thread("C1", post.ts) == []
    gate.open.set()
    answers(slack, post)
    assert slack.reactions["C1", post.ts] == set()


def test_a_thread_is_a_conversation_and_goes_on_without_mentions(
    slack: SlackServer, bot: Bot, ann: Person, ben: Person
) -> None:
    post = ann.mentions(SQUAD)
    answers(slack, post)
    ben.writes("And which of them are under cc-by-4.0?", thread=post.ts)
    first, second = answers(slack, post, 2)
    assert first["text"] == "6 models (fine-tuned on squad_v2):"
    assert "fine-tuned on squad_v2 · licence cc-by-4.0" in text_of(second)


def test_a_direct_message_is_answered_in_its_thread(slack: SlackServer, bot: Bot, ann: Person) -> None:
    post = ann.writes("What licence does facebook/bart-large-cnn have?", channel="D1")
    (answer,) = answers(slack, post)
    assert answer["text"] == "Licence of facebook/bart-large-cnn: mit [1] [2]"


def test_nothing_else_is_answered(slack: SlackServer, bot: Bot, ann: Person) -> None:
    ann.writes(SQUAD)
    ann.writes(SQUAD, thread=slack.stamp())
    ann.deliver(ann.post(f"<@UBOT> {SQUAD}"), "app_mention", bot_id="BOTHER")
    robot = Person(slack, "UBOT")
    robot.mentions(SQUAD)
    ann.event({"type": "reaction_added", "user": "U1", "reaction": "eyes", "item": {"channel": "C1", "ts": "1.1"}})
    ann.event({"type": "channel_rename", "channel": {"id": "C1", "name": "new"}})
    settled(slack, bot)
    assert {call.method for call in slack.calls} == {"auth.test", "apps.connections.open"}


def test_an_honest_no_is_an_answer_without_sources(slack: SlackServer, bot: Bot, ann: Person) -> None:
    (answer,) = answers(slack, ann.mentions("Which models were trained on the dataset frobnicate-9000?"))
    assert "Sources" not in text_of(answer)
    assert "frobnicate-9000" in text_of(answer)


def test_who_asks_nothing_is_told_what_can_be_asked(slack: SlackServer, bot: Bot, ann: Person) -> None:
    (answer,) = answers(slack, ann.mentions(""))
    assert "Which models may be used commercially?" in text_of(answer)


@pytest.mark.parametrize("kind", ["app_mention", "message"])
def test_a_delivery_that_slack_repeats_is_answered_once(slack: SlackServer, bot: Bot, ann: Person, kind: str) -> None:
    post = ann.post(f"<@UBOT> {SQUAD}")
    for attempt in range(3):
        ann.deliver(post, kind, {"retry_attempt": attempt, "retry_reason": "timeout"} if attempt else None)
    answers(slack, post)
    settled(slack, bot)
    assert len(slack.called("chat.postMessage")) == 1


def test_a_delivery_that_is_repeated_after_a_restart_is_answered_once(
    slack: SlackServer, starts: Starts, ann: Person
) -> None:
    first = starts()
    post = ann.post(f"<@UBOT> {SQUAD}")
    ann.deliver(post, "app_mention")
    answers(slack, post)
    first.stop()
    second = starts()
    ann.deliver(post, "app_mention", {"retry_attempt": 1, "retry_reason": "timeout"})
    settled(slack, second)
    assert len(slack.called("chat.postMessage")) == 1


def test_a_thread_goes_on_after_a_restart(slack: SlackServer, starts: Starts, ann: Person) -> None:
    first = starts()
    post = ann.mentions(SQUAD)
    answers(slack, post)
    first.stop()
    starts()
    ann.writes("And which of them are under cc-by-4.0?", thread=post.ts)
    assert "fine-tuned on squad_v2 · licence cc-by-4.0" in text_of(answers(slack, post, 2)[1])


def test_conversations_are_told_apart_by_workspace_channel_and_thread(
    slack: SlackServer, starts: Starts, tmp_path: Path
) -> None:
    other = Team("T2", "xoxb-2-secret-of-another-bot", "UBOT2", "BBOT2")
    slack.teams = (Team(), other)
    starts(slack_bot_token=f"{Team().token}, {other.token}")
    here, there = Person(slack, "U1"), Person(slack, "U1", team="T2", bot="UBOT2")
    post = Post("C1", slack.stamp(), "U1", f"<@UBOT> {SQUAD}")
    here.deliver(post, "app_mention")
    slack.until(lambda: slack.called("chat.postMessage"), "answer")
    # the same channel id and timestamp in another workspace is another conversation, answered with another token
    there.deliver(Post("C1", post.ts, "U1", "<@UBOT2> How many models are there?"), "app_mention")
    slack.until(lambda: len(slack.called("chat.postMessage")) == 2, "both answers")
    tokens = [call.token for call in slack.calls if call.method == "chat.postMessage"]
    assert tokens == [Team().token, other.token]
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    slack.until(lambda: journal.turns(f"T2:C1:{post.ts}"), "the second conversation")
    assert [turn.question for turn in journal.turns(f"T1:C1:{post.ts}")] == [SQUAD]
    assert [turn.question for turn in journal.turns(f"T2:C1:{post.ts}")] == ["How many models are there?"]


# -- edits and deletions


def test_a_question_that_is_edited_after_its_answer_gets_another_one_in_the_same_message(
    slack: SlackServer, bot: Bot, ann: Person
) -> None:
    post = ann.mentions(SQUAD)
    (first,) = answers(slack, post)
    ts = first["ts"]
    ann.edits(post, "<@UBOT> What licence does facebook/bart-large-cnn have?")
    slack.until(lambda: slack.messages["C1", ts]["text"].startswith("Licence of"), "the other answer")
    settled(slack, bot)
    assert [message["ts"] for message in slack.thread("C1", post.ts)] == [ts]
    turns = bot.journal.turns(f"T1:C1:{post.ts}")
    assert [turn.question for turn in turns] == ["What licence does facebook/bart-large-cnn have?"]


def test_a_question_that_is_edited_while_it_is_answered_is_answered_as_it_is_now(
    slack: SlackServer, bot: Bot, gate: Any, ann: Person
) -> None:
    post = ann.mentions(SQUAD)
    slack.until(lambda: gate.asked, "the first question")
    ann.edits(post, "<@UBOT> How many models are there?")
    slack.until(lambda: len(gate.asked) == 2, "the second question")
    gate.open.set()
    settled(slack, bot)
    (answer,) = answers(slack, post)
    assert gate.asked == [SQUAD, "How many models are there?"]
    assert answer["text"].startswith("72")
    assert len(slack.called("chat.postMessage")) == 1
    assert slack.called("chat.update") == []


def test_a_question_that_is_edited_while_it_waits_is_asked_as_it_is_now(
    slack: SlackServer, starts: Starts, gate: Any, ann: Person, ben: Person
) -> None:
    bot = starts(slack_workers=1)
    ann.mentions(SQUAD)
    slack.until(lambda: gate.asked, "the question before")
    post = ben.mentions("which moddels?")
    slack.until(lambda: bot.line.find(f"T1:C1:{post.ts}"), "the question in the line")
    ben.edits(post, "<@UBOT> How many models are there?")
    slack.until(lambda: bot.line.find(f"T1:C1:{post.ts}").question.text.startswith("How"), "the edit")
    gate.open.set()
    assert answers(slack, post)[0]["text"].startswith("72")
    assert gate.asked == [SQUAD, "How many models are there?"]


def test_an_edit_that_changes_no_word_is_none(slack: SlackServer, bot: Bot, ann: Person) -> None:
    post = ann.mentions(SQUAD)
    answers(slack, post)
    ann.edits(post, post.text, attachments=[{"title": "a page that Slack unfurled"}])
    settled(slack, bot)
    assert slack.called("chat.update") == []


def test_a_mention_that_is_edited_in_is_one(slack: SlackServer, bot: Bot, ann: Person) -> None:
    post = ann.writes(SQUAD)
    settled(slack, bot)
    ann.edits(post, f"<@UBOT> {SQUAD}")
    assert answers(slack, post)[0]["text"] == "6 models (fine-tuned on squad_v2):"


@pytest.mark.parametrize("delete", [Person.deletes, Person.deletes_lonely])
def test_the_answer_to_a_deleted_question_is_deleted(
    slack: SlackServer, bot: Bot, ann: Person, delete: Callable[[Person, Post], Any]
) -> None:
    post = ann.mentions(SQUAD)
    answers(slack, post)
    settled(slack, bot)
    delete(ann, post)
    slack.until(lambda: not slack.thread("C1", post.ts), "deletion")
    slack.until(lambda: not bot.journal.turns(f"T1:C1:{post.ts}"), "the turn to be taken back")


def test_a_question_that_is_deleted_while_it_is_answered_gets_no_answer(
    slack: SlackServer, bot: Bot, gate: Any, ann: Person
) -> None:
    post = ann.mentions(SQUAD)
    slack.until(lambda: gate.asked, "the question")
    ann.deletes(post)
    slack.until(lambda: gate.stopped, "the end of the answer")
    settled(slack, bot)
    assert slack.called("chat.postMessage") == []
    assert bot.journal.turns(f"T1:C1:{post.ts}") == ()


def test_a_question_that_is_deleted_while_it_waits_is_never_asked(
    slack: SlackServer, starts: Starts, gate: Any, ann: Person, ben: Person
) -> None:
    bot = starts(slack_workers=1)
    first = ann.mentions(SQUAD)
    slack.until(lambda: gate.asked, "the question before")
    post = ben.mentions("How many models are there?")
    slack.until(lambda: slack.thread("C1", post.ts), "its place in the line")
    ben.deletes(post)
    slack.until(lambda: not slack.thread("C1", post.ts), "the notice to go")
    gate.open.set()
    answers(slack, first)
    settled(slack, bot)
    assert gate.asked == [SQUAD]


# -- when many ask


def test_who_waits_is_told_the_place_in_the_line_and_gets_the_answer_in_that_message(
    slack: SlackServer, starts: Starts, gate: Any, ann: Person, ben: Person
) -> None:
    starts(slack_workers=1)
    ann.mentions(SQUAD)
    slack.until(lambda: gate.asked, "the question before")
    second, third = ben.mentions("How many models are there?"), ben.mentions("How many datasets are there?")
    notice = slack.until(lambda: slack.thread("C1", second.ts), "the place in the line")[0]
    assert notice["text"] == "I am busy. Your question is number 1 in the line."
    assert slack.until(lambda: slack.thread("C1", third.ts), "place")[0]["text"].endswith("number 2 in the line.")
    ts = notice["ts"]
    gate.open.set()
    slack.until(lambda: slack.messages["C1", ts]["text"].startswith("72"), "the answer")
    assert len(slack.thread("C1", second.ts)) == 1


def test_questions_of_a_thread_are_answered_in_their_order(slack: SlackServer, starts: Starts, ann: Person) -> None:
    bot = starts(slack_workers=4)
    post = ann.mentions("How many models are there?")
    asked = [f"What licence does {name} have?" for name in ("gpt2", "t5-small", "roberta-base", "bert-base-cased")]
    for text in asked:
        ann.mentions(text, thread=post.ts)
    answers(slack, post, 5)
    settled(slack, bot)
    assert [turn.question for turn in bot.journal.turns(f"T1:C1:{post.ts}")] == ["How many models are there?", *asked]
    said = [message["text"] for message in slack.thread("C1", post.ts)]
    assert [
        name in text
        for name, text in zip(("gpt2", "t5-small", "roberta-base", "bert-base-cased"), said[1:], strict=True)
    ] == [True] * 4


def test_a_line_that_is_full_says_so_and_takes_the_question_later(
    slack: SlackServer, starts: Starts, gate: Any, ann: Person, ben: Person
) -> None:
    bot = starts(slack_workers=1, slack_queue=1)
    ann.mentions(SQUAD)
    slack.until(lambda: gate.asked, "the question before")
    ann.mentions("How many datasets are there?")
    post = ben.mentions("How many models are there?")
    slack.until(lambda: slack.whispers, "refusal")
    (said,) = slack.whispers
    assert said["user"] == "U2"
    assert said["text"] == "Too many questions are waiting. Ask again in a few minutes."
    gate.open.set()
    settled(slack, bot)
    ben.clicks(said, "almanac_retry", hidden=True)
    assert answers(slack, post)[0]["text"].startswith("72")


def test_nobody_may_ask_too_much_at_once(slack: SlackServer, starts: Starts, ann: Person, ben: Person) -> None:
    bot = starts(slack_per_minute=2)
    posts = [ann.mentions(f"What licence does {name} have?") for name in ("gpt2", "t5-small", "roberta-base")]
    other = ben.mentions("How many models are there?")
    answers(slack, other)
    settled(slack, bot)
    (said,) = slack.until(lambda: slack.whispers, "refusal")
    assert said["text"].startswith("You asked 2 questions within a minute. Ask again in ")
    assert [len(slack.thread("C1", post.ts)) for post in posts] == [1, 1, 0]
