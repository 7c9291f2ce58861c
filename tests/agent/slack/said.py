"""What the bot said, as tests read it."""

import time

from people import Post
from slack_server import Json, SlackServer

from agent.slack.bot import Bot

SQUAD = "Which models were fine-tuned on SQuAD 2.0?"


def answers(slack: SlackServer, post: Post, count: int = 1) -> list[Json]:
    """The bot's messages in the thread of a post, once there are so many and the work is done with."""
    slack.until(lambda: len(slack.thread(post.channel, post.thread)) >= count, f"{count} answers to {post.text!r}")
    slack.until(lambda: len(slack.called("reactions.remove")) == len(slack.called("reactions.add")), "end of the work")
    return slack.thread(post.channel, post.thread)


def text_of(shown: Json) -> str:
    """All that the blocks of a message or modal say."""
    objects = []
    for block in shown["blocks"]:
        objects += [block.get("text"), *(element.get("text") for element in block.get("elements", ()))]
    texts = [part["text"] if isinstance(part, dict) else part for part in objects if part]
    return "\n".join(str(text) for text in texts)


def actions_of(message: Json) -> list[str]:
    """The names of the buttons."""
    return [
        element["action_id"]
        for block in message["blocks"]
        for element in block.get("elements", ())
        if "action_id" in element
    ]


def settled(slack: SlackServer, bot: Bot) -> None:
    """Everything that was sent is acknowledged, heard and answered."""
    slack.until(lambda: all(one.acknowledged for one in list(slack.envelopes.values())), "acknowledgements")
    time.sleep(0.3)
    slack.until(lambda: bot.line.idle(0), "rest")
