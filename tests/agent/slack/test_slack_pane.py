"""Slack's assistant pane."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Person
from said import SQUAD, answers, settled, text_of
from slack_server import SlackServer

from agent.slack.bot import Bot
from agent.slack.pane import suggestions
from agent.wiring import Almanac
from catalog.settings import Settings

Starts = Callable[..., Bot]


def test_who_opens_the_pane_is_greeted_with_suggestions(slack: SlackServer, bot: Bot, ann: Person) -> None:
    thread = ann.opens_pane()
    (set_,) = slack.until(lambda: slack.called("assistant.threads.setSuggestedPrompts"), "suggestions")
    assert (set_["channel_id"], set_["thread_ts"]) == ("D1", thread)
    assert {"title": "What may we ship?", "message": "Which models may be used commercially?"} in set_["prompts"]
    (greeting,) = slack.thread("D1", thread)
    assert greeting["text"].startswith("Ask me about")


def test_a_question_in_the_pane_has_a_status_and_names_its_thread(slack: SlackServer, bot: Bot, ann: Person) -> None:
    thread = ann.opens_pane()
    slack.until(lambda: slack.thread("D1", thread), "greeting")
    post = ann.writes(SQUAD, channel="D1", thread=thread)
    _, answer = answers(slack, post, 2)
    assert answer["text"] == "6 models (fine-tuned on squad_v2):"
    assert slack.statuses[0] == "is looking it up…"
    (title,) = slack.called("assistant.threads.setTitle")
    assert (title["title"], title["thread_ts"]) == (SQUAD, thread)
    ann.writes("And which of them are under cc-by-4.0?", channel="D1", thread=thread)
    assert "licence cc-by-4.0" in text_of(answers(slack, post, 3)[2])
    assert len(slack.called("assistant.threads.setTitle")) == 1


def test_an_edit_in_the_pane_is_heard(slack: SlackServer, bot: Bot, ann: Person) -> None:
    thread = ann.opens_pane()
    slack.until(lambda: slack.thread("D1", thread), "greeting")
    post = ann.writes(SQUAD, channel="D1", thread=thread)
    answers(slack, post, 2)
    ann.edits(post, "How many models are there?")
    slack.until(lambda: slack.thread("D1", thread)[1]["text"].startswith("72"), "the other answer")
    settled(slack, bot)
    assert len(slack.thread("D1", thread)) == 2


def test_what_only_decorates_may_fail(slack: SlackServer, bot: Bot, ann: Person) -> None:
    slack.refuse("assistant.threads.setStatus", "missing_scope", "missing_scope", "missing_scope")
    slack.refuse("assistant.threads.setTitle", "internal_error")
    slack.refuse("reactions.add", "missing_scope")
    post = ann.writes(SQUAD, channel="D1", thread=slack.stamp())
    slack.until(lambda: slack.thread("D1", post.thread), "an answer")
    settled(slack, bot)
    assert slack.thread("D1", post.thread)[0]["text"] == "6 models (fine-tuned on squad_v2):"


@pytest.mark.parametrize("prompt", suggestions().prompts, ids=lambda prompt: prompt.title)
def test_what_is_suggested_can_be_answered(prompt: Any, sample_store: Any) -> None:
    almanac = Almanac(Settings(store=sample_store))
    answer = almanac.ask(prompt.message)
    almanac.close()
    assert not answer.abstained
    assert len(answer.rows) > 1
    assert answer.citations
