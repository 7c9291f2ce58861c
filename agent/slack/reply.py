"""The one message that answers a question: whatever comes first makes it, all that follows changes it."""

import logging
import time
from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.webhook import WebhookClient

from agent.answer import Answer
from agent.slack.asked import Question
from agent.slack.blocks import Message, without_feedback_element
from agent.slack.composing import JUDGE, Look, composed
from agent.slack.growing import EditedMessage, Growing, NativeStream, unsaid
from agent.slack.trouble import SLACK, code_of, is_fatal

log = logging.getLogger("almanac.slack")

#: codes of a message that is no longer there, or can no longer be changed
_GONE = ("message_not_found", "cant_update_message", "edit_window_closed", "cant_delete_message")
_BLOCKS_REFUSED = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
_LONGEST_PLAIN = 12_000


class Reply:
    """A reply to one question; `ts` is its message, empty until there is one or where it cannot be changed."""

    def __init__(
        self, client: WebClient, question: Question, ts: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.ts = ts
        self._client = client
        self._question = question
        self._clock = clock
        self._said = ""
        self._spoilt = False
        self._growing: Growing | None = None

    def grow(self, text: str) -> None:
        """Show the next statement of an answer that is being written."""
        self._said += f"\n\n{text}" if self._said else text
        if self._spoilt or self._question.ephemeral or not self._question.has_message:
            return
        try:
            self._add(f"\n\n{text}" if self._growing else text)
        except SLACK as error:
            if is_fatal(error):
                raise
            log.info("no stream for %s (%s): the message is edited instead", self._question.key, code_of(error))
            self._end_stream()
            self._growing = EditedMessage(self._client, self._question, self.ts, self._clock)
            self._add(self._said)

    def restart(self) -> None:
        """What was said so far is void; a stream cannot take it back, so its message is written anew at the end."""
        self._said = ""
        self._spoilt = isinstance(self._growing, NativeStream)
        if isinstance(self._growing, EditedMessage):
            self._growing = EditedMessage(self._client, self._question, self.ts, self._clock)

    def end(self, answer: Answer, look: Look) -> None:
        """The final answer: the rest of what was streamed with all that comes below it, or else the whole of it."""
        left = unsaid(answer, self._said) if self._said and not self._spoilt else None
        if isinstance(self._growing, NativeStream) and left:
            rest, with_rows = left
            told = answer.model_copy(update={"rows": ()}) if with_rows else answer
            try:
                ended = self._growing.end(rest, list(composed(told, look, headed=False).blocks))
                self.ts = self._growing.ts
                if ended:
                    self._growing = None
                    return
            except SLACK as error:
                if is_fatal(error):
                    raise
                log.info("the stream for %s broke (%s)", self._question.key, code_of(error))
            else:
                self._growing = None
        self.say(composed(answer, look))

    def leave(self) -> None:
        """Nothing more is said for now; what was streamed stays, to be written anew."""
        self._end_stream()

    def say(self, message: Message) -> None:
        """Make or change the message; a stream that is open ends before."""
        self._end_stream()
        if not self._question.has_message:
            self._answer_command(message)
        elif self._question.ephemeral:
            self._whisper(message)
        elif self.ts:
            self._change(message)
        else:
            self._post(message)

    def remove(self) -> None:
        """Take the message away, where there is one."""
        self._end_stream()
        if self.ts:
            self._ignoring(_GONE, self._client.chat_delete, channel=self._question.channel, ts=self.ts)
            self.ts = ""

    # -- ways to say it

    def _end_stream(self) -> None:
        """A message that is still streaming cannot be edited."""
        if isinstance(self._growing, NativeStream) and self._growing.ts:
            self._ignoring(("message_not_in_streaming_state",), self._growing.end, rest="", below=[])
        self._growing = None

    def _add(self, text: str) -> None:
        if self._growing is None:
            if self.ts:
                self._growing = EditedMessage(self._client, self._question, self.ts, self._clock)
            else:
                self._growing = NativeStream(self._client, self._question, self._clock)
        self._growing.add(text)
        self.ts = self._growing.ts

    def _post(self, message: Message) -> None:
        made = self._tolerant(
            self._client.chat_postMessage, message, channel=self._question.channel, thread_ts=self._question.thread
        )
        self.ts = str(made["ts"])

    def _change(self, message: Message) -> None:
        try:
            self._tolerant(self._client.chat_update, message, channel=self._question.channel, ts=self.ts)
        except SlackApiError as error:
            if code_of(error) not in _GONE:
                raise
            self._post(message)

    def _whisper(self, message: Message) -> None:
        """Only the person who asked sees it; in a thread where one is going on."""
        question = self._question
        thread = {"thread_ts": question.thread} if question.thread != question.ts else {}
        self._tolerant(self._client.chat_postEphemeral, message, channel=question.channel, user=question.user, **thread)

    def _answer_command(self, message: Message) -> None:
        respond(self._question.response_url, message)

    def _tolerant(self, call: Callable[..., Any], message: Message, **where: Any) -> Any:
        """Blocks that Slack does not take are made plainer, and said as text in the end: better plain than nothing."""
        plain = Message(flattened(message))
        # an edit without blocks would leave those of before
        none: dict[str, Any] = {"blocks": []} if "ts" in where else {}
        for attempt in (message, without_feedback_element(message, JUDGE), plain):
            try:
                return call(**(none | where | attempt.arguments()))
            except SlackApiError as error:
                if code_of(error) not in _BLOCKS_REFUSED or attempt is plain:
                    raise
                log.error("Slack refused the blocks of the answer to %s: %s", self._question.key, error.response.data)
        return None

    def _ignoring(self, codes: tuple[str, ...], call: Callable[..., Any], **arguments: Any) -> None:
        try:
            call(**arguments)
        except SLACK as error:
            if is_fatal(error):
                raise
            level = logging.DEBUG if code_of(error) in codes else logging.WARNING
            log.log(level, "%s: %s", getattr(call, "__name__", "call"), code_of(error) or error)


def respond(response_url: str, message: Message, **how: Any) -> None:
    """Answer where Slack said that a command or click may be answered; only the person sees it.

    Raises SlackRequestError where Slack does not take it.
    """
    client = WebhookClient(response_url)
    given = message.arguments() | {"response_type": "ephemeral"} | how
    response = client.send_dict({name: value for name, value in given.items() if value is not None})
    if response.status_code != 200:
        raise SlackRequestError(f"the response was not taken ({response.status_code}: {response.body[:100]})")


def flattened(message: Message) -> str:
    """The text of all blocks, which is mrkdwn already."""
    texts = []
    for block in message.blocks:
        objects = [block.get("text"), *block.get("elements", ())]
        texts += [part["text"] for part in objects if isinstance(part, dict) and part.get("type") == "mrkdwn"]
    text = "\n".join(texts) or message.text
    return text if len(text) <= _LONGEST_PLAIN else f"{text[:_LONGEST_PLAIN].rpartition(chr(10))[0]}\n…"
