"""Slack's limits for messages, streams and modals, as its reference states them; what breaks one is told in words."""

import re
from collections.abc import Iterator
from typing import Any

Block = dict[str, Any]

_LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>]+>")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_LONGEST = {"section": 3_000, "context": 3_000, "header": 150}
_TYPES = {"section", "context", "actions", "context_actions", "input", "divider"}


def problems_of_message(message: dict[str, Any]) -> list[str]:
    """What Slack would refuse, or show otherwise than it is meant."""
    return list(_message(message))


def problems_of_view(view: dict[str, Any]) -> list[str]:
    return list(_view(view))


def problems_of_stream(text: str) -> list[str]:
    """`text` is all Markdown that a stream was given."""
    found = [f"a stream of {len(text)} characters"] if len(text) > 12_000 else []
    return found + [f"not escaped in a stream: {text[:80]}"] * bool("<" in text or "&" in _ENTITY.sub("", text))


def mrkdwn_problems(text: str) -> list[str]:
    """Control sequences in a mrkdwn text that are no links to a web page."""
    left = _ENTITY.sub("", _LINK.sub("", text))
    quoted = re.sub(r"^> ", "", left, flags=re.MULTILINE)
    return [f"not escaped: {text[:120]!r}"] if re.search(r"[<>&]", quoted) else []


def _message(message: dict[str, Any]) -> Iterator[str]:
    text, blocks = message.get("text", ""), message.get("blocks") or []
    if not text and not blocks:
        yield "neither text nor blocks"
    if len(text) > 4_000:
        yield f"text of {len(text)} characters"
    yield from mrkdwn_problems(text)
    if len(blocks) > 50:
        yield f"{len(blocks)} blocks"
    yield from _blocks(blocks)


def _view(view: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "submit", "close"):
        if name in view and not 0 < len(view[name]["text"]) <= 24:
            yield f"{name} of {len(view[name]['text'])} characters"
    if len(view["blocks"]) > 100:
        yield f"{len(view['blocks'])} blocks in a modal"
    if len(view.get("private_metadata", "")) > 3_000:
        yield "too much private metadata"
    if any(block["type"] == "input" for block in view["blocks"]) != ("submit" in view):
        yield "inputs and a button to send them belong together"
    yield from _blocks(view["blocks"])


def _blocks(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        kind = block.get("type")
        if kind not in _TYPES:
            yield f"block of type {kind}"
        elif kind == "section":
            yield from _text(block["text"], _LONGEST[kind])
        elif kind == "context":
            yield from _count(block, 10)
            for element in block["elements"]:
                yield from _text(element, _LONGEST[kind])
        elif kind in ("actions", "context_actions"):
            yield from _count(block, 25 if kind == "actions" else 5)
            names = [element["action_id"] for element in block["elements"]]
            if len(set(names)) != len(names):
                yield f"actions of the same name: {names}"
            for element in block["elements"]:
                yield from _element(element, kind)


def _count(block: Block, most: int) -> Iterator[str]:
    if not 0 < len(block["elements"]) <= most:
        yield f"{len(block['elements'])} elements in a block of type {block['type']}"


def _text(text: dict[str, Any], longest: int) -> Iterator[str]:
    if not 0 < len(text["text"]) <= longest:
        yield f"text of {len(text['text'])} characters"
    if text["type"] == "mrkdwn":
        if text.get("verbatim") is not True:
            yield "Slack would make links of what is in the text"
        yield from mrkdwn_problems(text["text"])


def _element(element: dict[str, Any], kind: str) -> Iterator[str]:
    if len(element["action_id"]) > 255:
        yield "action_id too long"
    if kind == "actions":
        buttons = [element] if element["type"] == "button" else []
    else:
        buttons = [element["positive_button"], element["negative_button"]]
    if not buttons:
        yield f"element of type {element['type']}"
    for button in buttons:
        if button["text"]["type"] != "plain_text" or not 0 < len(button["text"]["text"]) <= 75:
            yield f"text of a button: {button['text']}"
        if len(button["value"]) > 2_000:
            yield "value of a button too long"
