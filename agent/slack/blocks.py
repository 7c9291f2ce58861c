"""The few kinds of Block Kit blocks that the bot uses, and messages made of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agent.slack.limits import BLOCKS, CONTEXT, LABEL, TEXT
from agent.slack.mrkdwn import escaped, fitting, packed, shortened

Block = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """`text` stands in notifications and for programs that read aloud; `blocks` are what is seen."""

    text: str
    blocks: tuple[Block, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """As the methods of `chat.*` take it; nothing in it is unfurled."""
        given: dict[str, Any] = {"text": self.text, "unfurl_links": False, "unfurl_media": False}
        return given | ({"blocks": list(self.blocks)} if self.blocks else {})


def message(text: str, blocks: Iterable[Block]) -> Message:
    """A message with as many blocks as Slack takes; `text` is plain."""
    return Message(escaped(shortened(text, TEXT // 4)), tuple(blocks)[:BLOCKS])


def mrkdwn(text: str) -> Block:
    """A text object; Slack makes no links and mentions of what it finds in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, longest: int = LABEL) -> Block:
    return {"type": "plain_text", "text": shortened(text, longest), "emoji": True}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def sections(lines: Iterable[str]) -> list[Block]:
    """Lines of mrkdwn below each other, in as few sections as hold them."""
    return [section(text) for text in packed(lines)]


def context(texts: Sequence[str]) -> list[Block]:
    """Small text, in as few blocks as hold it."""
    elements = [mrkdwn(text) for text in texts if text.strip()]
    return [
        {"type": "context", "elements": elements[first : first + CONTEXT]} for first in range(0, len(elements), CONTEXT)
    ]


def button(text: str, action: str, value: str, style: str = "") -> Block:
    made = {"type": "button", "text": plain(text), "action_id": action, "value": value}
    return made | ({"style": style} if style else {})


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def remark_text(text: str) -> Message:
    """Text and nothing else."""
    return message(text, [section(piece) for piece in fitting(text)])


def without_feedback_element(message: Message, action: str) -> Message:
    """The same with plain buttons, for where Slack does not know its own element for feedback."""
    blocks = []
    for block in message.blocks:
        if block["type"] != "context_actions":
            blocks.append(block)
            continue
        (element,) = block["elements"]
        good, bad = element["positive_button"], element["negative_button"]
        blocks.append(
            actions(button("👍", f"{action}_good", good["value"]), button("👎", f"{action}_bad", bad["value"]))
        )
    return Message(message.text, tuple(blocks))


def feedback(action: str, good: str, bad: str) -> Block:
    """Slack's own buttons for feedback; `good` and `bad` are what they send."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": action,
                "positive_button": {
                    "text": plain("👍"),
                    "value": good,
                    "accessibility_label": "The answer is right",
                },
                "negative_button": {
                    "text": plain("👎"),
                    "value": bad,
                    "accessibility_label": "The answer is wrong",
                },
            }
        ],
    }
