"""The sections of a card by its Markdown headings, with the lines that each takes up."""

import re
from dataclasses import dataclass

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")


@dataclass(frozen=True)
class Section:
    """A heading and the lines below it, up to the next heading that is not deeper; lines count from 1, inclusive."""

    title: str
    level: int
    first: int
    last: int


def sections(text: str) -> list[Section]:
    """All sections in the order of the text; a section holds its sub-sections."""
    lines = text.split("\n")
    headings: list[tuple[int, int, str]] = []
    fence = ""
    for number, line in enumerate(lines, start=1):
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        heading = None if fence else _HEADING.match(line)
        if heading:
            headings.append((number, len(heading[1]), heading[2]))
    found = []
    for position, (first, level, title) in enumerate(headings):
        after = (number for number, other, _ in headings[position + 1 :] if other <= level)
        found.append(Section(title, level, first, next(after, len(lines) + 1) - 1))
    return found
