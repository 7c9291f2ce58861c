"""Buttons below an answer: feedback, all rows, CSV, how it came about, asking again, sharing."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import Person
from said import SQUAD, actions_of, answers, settled, text_of
from slack_server import SlackServer
from stores import Almanac

from agent.slack.bot import Bot

Starts = Callable[..., Bot]
ALL = "List all models"


def test_feedback_is_kept_with_question_answer_query_and_evidence(
    slack: SlackServer, bot: Bot, ann: Person, ben: Person
) -> None:
    post = ann.mentions(SQUAD)
    (answer,) = answers(slack, post)
    button = ben.button(answer, "almanac_feedback")
    ben.clicks(answer, "almanac_feedback", button["positive_button"]["value"])
    (kept,) = slack.until(bot.journal.feedback, "feedback")
    assert (kept.verdict, kept.question, kept.given_by) == ("good", SQUAD, "T1/U2")
    assert kept.conversation == f"T1:C1:{post.ts}"
    assert [item.id for item in kept.items][:1] == ["deepset/bert-base-cased-squad2"]
    assert kept.query[0].name == "find_models"
    assert kept.evidence[0].path == "models/deepset/bert-base-cased-squad2/README.md"
    assert kept.understood == "models · fine-tuned on squad_v2"
    slack.until(lambda: slack.responses, "thanks")
    assert "Thank you" in text_of(slack.responses[0])


def test_who_finds_an_answer_wrong_is_asked_why_and_may_say_nothing(
    slack: SlackServer, bot: Bot, ann: Person, ben: Person
) -> None:
    (answer,) = answers(slack, ann.mentions(SQUAD))
    ann.clicks(answer, "almanac_feedback", ann.button(answer, "almanac_feedback")["negative_button"]["value"])
    (view,) = slack.until(lambda: slack.views, "the form")
    assert [one.verdict for one in bot.journal.feedback()] == ["bad"]
    ann.sends(view, "tinyroberta is missing")
    slack.until(lambda: bot.journal.feedback()[0].comment, "the comment")
    (kept,) = bot.journal.feedback()
    assert (kept.verdict, kept.comment, kept.given_by) == ("bad", "tinyroberta is missing", "T1/U1")


def test_feedback_of_slack_becomes_draft_eval_cases(
    slack: SlackServer, bot: Bot, ann: Person, almanac: Almanac, options: dict[str, Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    post = ann.mentions(SQUAD)
    answers(slack, post)
    ann.writes("And which of them are under cc-by-4.0?", thread=post.ts)
    _, answer = answers(slack, post, 2)
    ann.clicks(answer, "almanac_feedback", ann.button(answer, "almanac_feedback")["positive_button"]["value"])
    slack.until(bot.journal.feedback, "feedback")
    monkeypatch.setenv("ALMANAC_JOURNAL_URL", options["journal_url"])
    assert almanac("feedback", "export", "--output", tmp_path / "cases.jsonl").code == 0
    (case,) = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text().splitlines()]
    assert case["turns"] == [SQUAD, "And which of them are under cc-by-4.0?"]
    assert {"kind": "model", "id": "deepset/roberta-base-squad2"} in case["items"]
    assert "models/deepset/roberta-base-squad2/README.md" in case["cards"]
    assert case["answered"]["query"][0]["name"] == "find_models"
    assert case["answered"]["evidence"][0]["quote"]


def test_a_long_list_is_shown_in_part_and_page_by_page(slack: SlackServer, bot: Bot, ann: Person) -> None:
    (answer,) = answers(slack, ann.mentions(ALL))
    assert text_of(answer).count("•") == 10
    assert "… and 62 more of 72" in text_of(answer)
    assert ann.button(answer, "almanac_all")["text"]["text"] == "Show all 72"
    ann.clicks(answer, "almanac_all")
    first = slack.until(lambda: slack.views, "a modal")[0]
    assert text_of(first).startswith("1–40 of 72")
    assert "`BAAI/bge-small-en-v1.5` [1]" in text_of(first)
    ann.turns_page(first, "almanac_page_on")
    second = slack.until(lambda: slack.views[1:], "the second page")[0]
    assert text_of(second).startswith("41–72 of 72")
    assert text_of(first).count("•") + text_of(second).count("•") == 72
    assert "almanac_page_on" not in actions_of(second)
    ann.turns_page(second, "almanac_page_back")
    third = slack.until(lambda: slack.views[2:], "the first page again")[0]
    assert third["blocks"] == first["blocks"]


def test_a_long_list_can_be_had_as_csv_in_the_thread(slack: SlackServer, bot: Bot, ann: Person) -> None:
    post = ann.mentions(ALL)
    (answer,) = answers(slack, post)
    ann.clicks(answer, "almanac_csv")
    slack.until(lambda: slack.files and "channel" in next(iter(slack.files.values())), "a file")
    (file,) = slack.files.values()
    assert (file["name"], file["channel"], file["thread_ts"]) == ("almanac.csv", "C1", post.ts)
    rows = list(csv.reader(file["content"].splitlines()))
    assert len(rows) == 73
    assert rows[1][0] == "BAAI/bge-small-en-v1.5"
    assert rows[1][-1].startswith("models/BAAI/bge-small-en-v1.5/README.md:")


def test_a_short_list_has_no_button_for_all_of_it(slack: SlackServer, bot: Bot, ann: Person) -> None:
    (answer,) = answers(slack, ann.mentions(SQUAD))
    assert actions_of(answer) == ["almanac_how", "almanac_feedback"]


def test_how_an_answer_came_about_is_told(slack: SlackServer, bot: Bot, ann: Person) -> None:
    (answer,) = answers(slack, ann.mentions(SQUAD))
    ann.clicks(answer, "almanac_how")
    (view,) = slack.until(lambda: slack.views, "a modal")
    said = text_of(view)
    assert f"*Question*  {SQUAD}" in said
    assert "*Understood as*  models · fine-tuned on squad_v2" in said
    assert "1. `find_models`" in said
    assert "→ 6 found" in said
    assert "[6] `models/sentence-transformers/all-MiniLM-L6-v2/README.md:68`" in said


def test_sources_are_links_where_the_files_have_a_base_url(slack: SlackServer, starts: Starts, ann: Person) -> None:
    starts(slack_source_url="https://git.example/cards/blob/main/")
    (answer,) = answers(slack, ann.mentions(SQUAD))
    link = "<https://git.example/cards/blob/main/models/deepset/roberta-base-squad2/README.md#L7|models/deepset/"
    assert link in text_of(answer)


def test_a_button_of_an_answer_that_was_replaced_says_so(slack: SlackServer, bot: Bot, ann: Person) -> None:
    post = ann.mentions(ALL)
    (answer,) = answers(slack, post)
    old = dict(answer)
    ann.edits(post, "<@UBOT> How many models are there?")
    slack.until(
        lambda: slack.thread("C1", post.ts)[0]["text"].startswith("72 models match") or slack.called("chat.update"),
        "edit",
    )
    settled(slack, bot)
    for action in ("almanac_all", "almanac_how", "almanac_csv"):
        ann.clicks(old, action)
    slack.until(lambda: len(slack.responses) == 3, "words")
    assert {text_of(one) for one in slack.responses} == {"This answer was replaced by another one."}


def test_what_slack_refuses_after_a_click_is_told(slack: SlackServer, bot: Bot, ann: Person) -> None:
    (answer,) = answers(slack, ann.mentions(ALL))
    slack.refuse("files.getUploadURLExternal", "missing_scope")
    ann.clicks(answer, "almanac_csv")
    (said,) = slack.until(lambda: slack.responses, "words")
    assert "Reinstall it with the scopes of `almanac slack manifest`".replace("`", "ˋ") in text_of(said)


# -- answers that one person sees


def test_an_ephemeral_answer_is_private_until_it_is_shared(slack: SlackServer, starts: Starts, ann: Person) -> None:
    bot = starts(slack_channels={"C1": {"ephemeral": True}})
    post = ann.mentions(SQUAD)
    (answer,) = slack.until(lambda: slack.whispers, "an answer")
    settled(slack, bot)
    assert (answer["user"], answer["channel"]) == ("U1", "C1")
    assert slack.thread("C1", post.ts) == []
    assert actions_of(answer) == ["almanac_how", "almanac_share", "almanac_keep", "almanac_feedback"]
    ann.clicks(answer, "almanac_share", hidden=True)
    slack.until(lambda: slack.responses, "the private one to go")
    assert slack.responses[0]["delete_original"] is True
    (shared,) = slack.thread("C1", post.ts)
    assert shared["text"] == "6 models (fine-tuned on squad_v2):"
    assert "almanac_share" not in actions_of(shared)


def test_an_ephemeral_answer_may_be_kept_private(slack: SlackServer, starts: Starts, ann: Person) -> None:
    bot = starts(slack_channels={"*": {"ephemeral": True}})
    post = ann.mentions(SQUAD)
    (answer,) = slack.until(lambda: slack.whispers, "an answer")
    ann.clicks(answer, "almanac_keep", hidden=True)
    (kept,) = slack.until(lambda: slack.responses, "the same without buttons to share")
    settled(slack, bot)
    assert kept["replace_original"] is True
    assert actions_of(kept) == ["almanac_how", "almanac_feedback"]
    assert slack.thread("C1", post.ts) == []


def test_the_slash_command_is_answered_to_one_person(slack: SlackServer, bot: Bot, ann: Person) -> None:
    envelope = ann.commands(SQUAD)
    (answer,) = slack.until(lambda: slack.responses, "an answer")
    assert envelope.seconds < 3
    assert answer["response_type"] == "ephemeral"
    assert answer["text"] == "6 models (fine-tuned on squad_v2):"
    assert slack.called("reactions.add") == []


def test_what_a_slash_command_was_answered_goes_on_in_a_thread_when_it_is_shared(
    slack: SlackServer, bot: Bot, ann: Person
) -> None:
    ann.commands(SQUAD)
    (answer,) = slack.until(lambda: slack.responses, "an answer")
    ann.clicks(answer | {"channel": "C1"}, "almanac_share", hidden=True)
    slack.until(lambda: slack.called("chat.postMessage"), "a message for all")
    settled(slack, bot)
    (ts,) = [ts for _, ts in slack.messages]
    slack.until(lambda: bot.journal.turns(f"T1:C1:{ts}"), "the conversation")
    post = ann.writes("And which of them are under cc-by-4.0?", thread=ts)
    (second,) = answers(slack, post)
    assert "fine-tuned on squad_v2 · licence cc-by-4.0" in text_of(second)


def test_a_channel_that_the_bot_is_not_in_says_how_to_share_there(slack: SlackServer, bot: Bot, ann: Person) -> None:
    ann.commands(SQUAD, channel="C7")
    (answer,) = slack.until(lambda: slack.responses, "an answer")
    ann.clicks(answer | {"channel": "C7"}, "almanac_share", hidden=True)
    slack.until(lambda: slack.responses[1:], "words")
    assert "Invite me: /invite @Almanac" in text_of(slack.responses[1])


def test_the_slash_command_alone_tells_what_can_be_asked(slack: SlackServer, bot: Bot, ann: Person) -> None:
    envelope = ann.commands("help")
    slack.until(lambda: envelope.acknowledged, "acknowledgement")
    assert envelope.payload
    assert "Which models may be used commercially?" in envelope.payload["text"]
    settled(slack, bot)
    assert slack.responses == []
