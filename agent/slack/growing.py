"""A message that grows while the answer is being written: Slack's own stream, or one message that is edited."""

import time
from collections.abc import Callable
from typing import Protocol

from slack_sdk import WebClient

from agent.answer import Answer, marked
from agent.slack.asked import Question
from agent.slack.blocks import Block, remark_text
from agent.slack.limits import STREAM
from agent.slack.mrkdwn import markdown

#: Slack takes an edit of a message about once a second, and pieces of a stream a little more often
_EDITS_APART, _PIECES_APART = 1.5, 0.8


class Growing(Protocol):
    """What was said so far, in a message with the timestamp `ts` once there is one."""

    ts: str

    def add(self, text: str) -> None:
        """Show the next piece of text, soon. Raises what calls of Slack raise."""
        ...

    def end(self, rest: str, below: list[Block]) -> bool:
        """Say the rest and put blocks below; False where the whole message has to be written instead."""
        ...


class NativeStream:
    """`chat.startStream`, `chat.appendStream` and `chat.stopStream`, through the helper of the SDK."""

    def __init__(self, client: WebClient, question: Question, clock: Callable[[], float] = time.monotonic) -> None:
        self.ts = ""
        self._stream = client.chat_stream(
            buffer_size=1,
            channel=question.channel,
            thread_ts=question.thread,
            recipient_team_id=question.team,
            recipient_user_id=question.user,
        )
        self._clock = clock
        self._last = 0.0
        self._held = ""
        self._sent = 0

    def add(self, text: str) -> None:
        self._held += markdown(text)
        if self._clock() - self._last < _PIECES_APART or self._sent + len(self._held) > STREAM:
            return
        self._stream.append(markdown_text=self._held)
        self.ts = self._stream.ts or ""
        self._sent += len(self._held)
        self._held, self._last = "", self._clock()

    def end(self, rest: str, below: list[Block]) -> bool:
        text = self._held + markdown(rest)
        fits = self._sent + len(text) <= STREAM
        self._stream.stop(markdown_text=text if fits else None, blocks=below if fits else None)
        self.ts = self._stream.ts or ""
        return fits


class EditedMessage:
    """One message that is edited; where streams are not to be had, or a message is there already."""

    def __init__(
        self, client: WebClient, question: Question, ts: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.ts = ts
        self._client = client
        self._question = question
        self._clock = clock
        self._last = 0.0
        self._text = ""

    def add(self, text: str) -> None:
        self._text += text
        if self._clock() - self._last < _EDITS_APART:
            return
        shown = remark_text(f"{self._text} …").arguments()
        if self.ts:
            self._client.chat_update(channel=self._question.channel, ts=self.ts, **shown)
        else:
            made = self._client.chat_postMessage(
                channel=self._question.channel, thread_ts=self._question.thread, **shown
            )
            self.ts = str(made["ts"])
        self._last = self._clock()

    def end(self, rest: str, below: list[Block]) -> bool:
        return False


def unsaid(answer: Answer, said: str) -> tuple[str, bool] | None:
    """What of an answer was not said yet, and whether its rows belong to that; None where it is another answer.

    An answer in sentences has the first as its headline and the others as rows.
    """
    rest = remainder(answer.headline, said)
    if rest is not None:
        return rest, False
    sentences = [answer.headline, *(f"{row.label}{marked(row.markers)}" for row in answer.rows)]
    rest = remainder("\n\n".join(sentences), said)
    return None if rest is None or any(row.details for row in answer.rows) else (rest, True)


def remainder(whole: str, said: str) -> str | None:
    """What of `whole` comes after `said`, white space aside; None where it begins otherwise."""
    position = 0
    for sign in said:
        if sign.isspace():
            continue
        while position < len(whole) and whole[position].isspace():
            position += 1
        if position == len(whole) or whole[position] != sign:
            return None
        position += 1
    return whole[position:]
