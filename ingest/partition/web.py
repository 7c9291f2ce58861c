"""HTML pages: `unstructured` says what is read, the page without its markup says where that stands."""

import html
import re
from collections.abc import Iterator

from unstructured.partition.html import partition_html

from ingest.partition.elements import Elements
from ingest.partition.encoding import decoded
from ingest.partition.words import words

_UNDECIDED_LANGUAGE = [""]

_TAG_NAME = re.compile(r"/?\s*([a-zA-Z][\w:-]*)")
_TITLE = re.compile(r"<title\b[^>]{0,500}>([^<]{1,2000})</title", re.I)
_BLANKS = re.compile(r"[^\S\n]+")


def from_html(name: str, data: bytes) -> Elements:
    """What a reader sees of a page; quotes are cut from its lines without their tags."""
    text = decoded(data)
    visible = visible_lines(text)
    if not visible.strip():
        return Elements((), visible)
    elements = partition_html(text=_without_declaration(text), languages=_UNDECIDED_LANGUAGE)
    title = _TITLE.search(text)
    return Elements(tuple(elements), visible, title=html.unescape(title[1]).strip() if title else "")


def _without_declaration(text: str) -> str:
    """A page that says in which bytes it was written cannot be parsed once it is text."""
    return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)


def visible_lines(text: str) -> str:
    """The page with as many lines as the file has, each with what a reader sees of it."""
    folded = _BLANKS.sub(" ", "".join(_visible(text)))
    return "\n".join(line.strip() for line in folded.split("\n"))


def _visible(text: str) -> Iterator[str]:
    """Text with its entities resolved, and of the markup its line ends, in file order; linear in any input."""
    lowered = text.lower()
    at = 0
    while at < len(text):
        opened = text.find("<", at)
        opened = len(text) if opened < 0 else opened
        yield _unescaped(text[at:opened])
        if opened == len(text):
            return
        at, shown = _after_markup(text, lowered, opened)
        yield shown + "\n" * text.count("\n", opened, at)


def _after_markup(text: str, lowered: str, opened: int) -> tuple[int, str]:
    """(where the markup that begins at `opened` ends, what stands in its place)."""
    if text.startswith("<!--", opened):
        return _past(text, "-->", opened + 4), " "
    name = _TAG_NAME.match(text, opened + 1)
    if not name and text[opened + 1 : opened + 2] not in ("!", "?"):
        return opened + 1, "<"
    end = _past(text, ">", opened)
    if not name:
        return end, " "
    tag = name[1].lower()
    if tag in words("unseen_tags") and text[opened + 1] != "/" and text[end - 2 : end] != "/>":
        return _past(text, ">", _past(lowered, f"</{tag}", end)), " "
    return end, "" if tag in words("inline_tags") else " "


def _past(text: str, wanted: str, start: int) -> int:
    """The place after the next `wanted`; the end of the text where there is none, as browsers have it."""
    found = text.find(wanted, start)
    return len(text) if found < 0 else found + len(wanted)


def _unescaped(text: str) -> str:
    """Entities resolved without adding lines."""
    if "&" not in text:
        return text
    return "\n".join(html.unescape(line).replace("\n", " ").replace("\r", " ") for line in text.split("\n"))
