"""A question somebody asked in Slack."""

from typing import Literal

from catalog.records import Record

#: how it came: by a mention, in a thread that the bot is in, in a direct message, in the assistant pane, by a question
#: in a channel where no mention is needed, or by the slash command
Via = Literal["mention", "thread", "direct", "pane", "question", "command"]


class Question(Record):
    """`ts` is the message that asks, `thread` the message that its thread hangs on; a slash command has no message.

    An ephemeral question is answered so that only `user` sees it; `response_url` is where a slash command is answered.
    """

    team: str
    channel: str
    user: str
    ts: str
    thread: str
    text: str
    via: Via = "mention"
    ephemeral: bool = False
    response_url: str = ""

    @property
    def key(self) -> str:
        """Deliveries with the same key are the same question."""
        return f"{self.team}:{self.channel}:{self.ts}"

    @property
    def conversation(self) -> str:
        """The key of the conversation in the journal: a thread of a channel of a workspace."""
        return f"{self.team}:{self.channel}:{self.thread}"

    @property
    def has_message(self) -> bool:
        return self.via != "command"
