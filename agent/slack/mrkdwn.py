"""Text made harmless for Slack: nothing in it mentions, links, or formats.

Messages are in Slack's own `mrkdwn` (with `verbatim`, so that Slack links nothing by itself), streams in Markdown.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from agent.answer import Citation
from agent.layout import inert
from agent.slack.limits import SECTION

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
#: signs that format where they stand at the edge of a word, and others that look the same
_EDGE = re.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)")
_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_MARKS = re.compile(r"([\\`*~]|(?<!\w)_|_(?!\w)|(?<=\])(?=\())")
_LINE_MARKS = re.compile(r"^(\s*)([#>+-]|\d+[.)])(?=\s)", re.MULTILINE)
_SCHEME = re.compile(r"(?<=\w)://")
_JOINER = "\u2060"
#: what an address may hold as it is
_URL = ":/?#[]@!$'()*+,;=%~"
_LONGEST_PLACE, _LONGEST_ADDRESS = 200, 1_200


def escaped(text: str) -> str:
    """Text for a mrkdwn object; names like `squad_v2` stay as they are."""
    return _EDGE.sub(lambda match: match[0].translate(_ALIKE), inert(text)).translate(_ENTITIES)


def code(text: str) -> str:
    """A name in the type of code, on one line."""
    flat = " ".join(inert(text).split()).replace("`", "ˋ").translate(_ENTITIES)
    return f"`{flat}`" if flat else ""


def link(address: str, text: str) -> str:
    """`text` as a link."""
    return f"<{quote(address, safe=_URL)}|{escaped(' '.join(text.split())).replace('|', '¦') or '…'}>"


def markdown(text: str) -> str:
    """Text for a stream, whose signs of Markdown are shown and not followed."""
    marked = _MARKS.sub(r"\\\1", inert(text))
    marked = _LINE_MARKS.sub(r"\1\\\2", marked)
    return _SCHEME.sub(f":{_JOINER}//", marked).translate(_ENTITIES)


def source(citation: Citation, base: str | None) -> str:
    """`[1] path:12`, a link where the files have a base URL; of a long path the end is shown."""
    place = citation.place if len(citation.place) <= _LONGEST_PLACE else f"…{citation.place[-_LONGEST_PLACE:]}"
    where = address(citation, base) if base else ""
    shown = link(where, place) if 0 < len(where) <= _LONGEST_ADDRESS else code(place)
    return f"[{citation.marker}] {shown}"


def address(citation: Citation, base: str) -> str:
    """Where the cited lines are: `base/path#L3-L5`, of a file with pages `base/path#page=2`."""
    where = f"{base.rstrip('/')}/{quote(citation.path)}"
    if citation.page is not None:
        return f"{where}#page={citation.page}"
    last = f"-L{citation.line_end}" if citation.line_end != citation.line_start else ""
    return f"{where}#L{citation.line_start}{last}"


def shortened(text: str, longest: int) -> str:
    """Text of at most `longest` characters."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def fitting(text: str, longest: int = SECTION) -> list[str]:
    """Text escaped, in pieces of at most `longest` characters that end between words where they can."""
    pieces, rest = [], inert(text).strip()
    while rest:
        size = min(len(rest), longest)
        while len(escaped(rest[:size])) > longest:
            size = size * longest // len(escaped(rest[:size])) or 1
        if size < len(rest):
            size = max(rest.rfind("\n", 0, size), rest.rfind(" ", 0, size)) + 1 or size
        pieces.append(escaped(rest[:size].rstrip()))
        rest = rest[size:].lstrip()
    return pieces


def first(text: str) -> str:
    """As much of a text, escaped, as one section holds; never nothing."""
    return next(iter(fitting(text)), "…")


def packed(lines: Iterable[str], longest: int = SECTION) -> Iterator[str]:
    """Lines that are mrkdwn already, as many below each other as fit; none may be longer than `longest`."""
    held = ""
    for line in lines:
        if held and len(held) + 1 + len(line) > longest:
            yield held
            held = ""
        held = f"{held}\n{line}" if held else line
    if held:
        yield held
