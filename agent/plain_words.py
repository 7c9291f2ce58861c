"""Words of a model made inert: plain text without links, images, mentions, markup, forged markers or control marks."""

import re

_STRIPPED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),  # an image
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),  # a link: its words
    (re.compile(r"<[@#!][^>]*>"), ""),  # a mention or a channel of Slack
    (re.compile(r"<(?:https?|mailto|data|javascript|file)[^>]*>", re.I), ""),
    (re.compile(r"<!--.*?(?:-->|$)|</?[a-z][^>]*>", re.I | re.S), ""),
    (re.compile(r"\b(?:https?|ftp|mailto|data|javascript|file):\S+|\bwww\.\S+", re.I), ""),
    (re.compile(r"(?<!\w)@(?=\w)"), ""),
    (re.compile(r"\[\^?\d+(?:\s*,\s*\d+)*\]"), ""),  # only code numbers citations
    (re.compile(r"[`*_]{2,}|`|^\s*(?:#{1,6}|>|[-*+])\s+", re.M), ""),
    (re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"), " "),
    (re.compile("[\U000e0000-\U000e007f]"), ""),
    (re.compile(r"\s+([.,;:!?])"), r"\1"),
)
_LONGEST = 1_200


def plain(text: str) -> str:
    """One line of plain words, at most 1,200 characters."""
    for pattern, instead in _STRIPPED:
        text = pattern.sub(instead, text)
    return " ".join(text.split())[:_LONGEST]
