"""Where elements stand: found in the lines of their file, or laid out as text where the file has no lines."""

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree
from unstructured.documents.elements import Element

from ingest.chunk import Part
from ingest.partition.elements import KINDS, UNREAD, Elements

#: how far ahead of the last element the next one is looked for, in characters without white space
_AHEAD, _AHEAD_OF_SHORT, _SHORT = 200_000, 2_000, 24
_MARKER = re.compile(r"[^\S\n]*(?:[-*+•·▪◦‣>#]+|\(?\w{1,3}[.)])?[^\S\n]*")
_WORD = re.compile(r"\w")
_MAX_HEADING = 200

Path = tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """The text that quotes of a document are cut from, and its parts in the order of that text."""

    text: str
    parts: tuple[Part, ...]


def place(made: Elements) -> Placed:
    """Elements in the text that their partitioner gave, or in a text made of them."""
    read = [element for element in made.elements if element.category not in UNREAD and element.text.strip()]
    paths = _heading_paths(read, made.title)
    if made.text is None:
        return _laid_out(read, paths)
    parts = list(_found(made.text, read, paths))
    if made.complete:
        parts = list(_filled(made.text, parts))
    return Placed(made.text, tuple(parts))


def all_found(text: str, elements: Sequence[Element]) -> bool:
    """Whether the words of every element stand in the text, in their order."""
    squeezed = _Squeezed(text)
    return all(squeezed.find(element.text) for element in elements if element.text.strip())


def _heading_paths(elements: Sequence[Element], title: str) -> list[Path]:
    """The heading path of each element; a heading stands under itself, all stand under the document's title."""
    open_: list[tuple[int, str]] = []
    top = () if any(_same(title, element.text) for element in elements[:5]) or not title else (_short(title),)
    paths = []
    for element in elements:
        if element.category == "Title":
            depth = element.metadata.category_depth or 0
            open_ = [(level, name) for level, name in open_ if level < depth]
            open_.append((depth, _short(element.text)))
        paths.append((*top, *(name for _, name in open_)))
    return paths


def _laid_out(elements: Sequence[Element], paths: Sequence[Path]) -> Placed:
    """A text of the elements: a blank line between them, two between pages, none between items of a list."""
    pieces: list[str] = []
    parts: list[Part] = []
    end, before = 0, None
    for element, path in zip(elements, paths, strict=True):
        if before is not None:
            pieces.append(_between(before, element))
            end += len(pieces[-1])
        text = _printed(element)
        parts.append(Part(KINDS.get(element.category, "paragraph"), end, end + len(text), path, _page(element)))
        pieces.append(text)
        end += len(text)
        before = element
    return Placed("".join(pieces), tuple(parts))


def _between(before: Element, element: Element) -> str:
    if _page(before) != _page(element):
        return "\n\n\n"
    return "\n" if before.category == element.category == "ListItem" else "\n\n"


def _printed(element: Element) -> str:
    """An element as text: tables row by row, with bars between the cells."""
    markup = element.metadata.text_as_html if element.category == "Table" else None
    if not markup:
        return element.text.strip()
    rows = [[_folded("".join(cell.itertext())) for cell in row.iter("td", "th")] for row in _rows(markup)]
    return "\n".join(" | ".join(row) for row in rows if any(row)) or element.text.strip()


def _rows(markup: str) -> Iterator[etree._Element]:
    root = etree.fromstring(markup, etree.HTMLParser(no_network=True))
    return root.iter("tr") if root is not None else iter(())


def _found(text: str, elements: Sequence[Element], paths: Sequence[Path]) -> Iterator[Part]:
    """Parts of the elements that stand in the text, in its order and without overlaps."""
    squeezed = _Squeezed(text)
    for element, path in zip(elements, paths, strict=True):
        found = squeezed.find(element.text)
        if found:
            start = _with_marker(text, found[0])
            yield Part(KINDS.get(element.category, "paragraph"), start, found[1], path, _page(element))


def _with_marker(text: str, start: int) -> int:
    """The start of the line where only the mark of an item, a quotation or a heading stands before `start`."""
    line = text.rfind("\n", 0, start) + 1
    return line if start - line <= 12 and _MARKER.fullmatch(text, line, start) else start


def _filled(text: str, parts: Sequence[Part]) -> Iterator[Part]:
    """The parts, and what stands between them, under the headings of the part before."""
    at, path = 0, Path()
    for part in parts:
        if _WORD.search(text, at, part.start):
            yield Part("paragraph", at, part.start, path)
        yield part
        at, path = part.end, part.headings
    if _WORD.search(text, at):
        yield Part("paragraph", at, len(text), path)


class _Squeezed:
    """A text without white space that knows where its characters stood; things are found from left to right."""

    def __init__(self, text: str) -> None:
        self._text = "".join(text.split())
        self._places = array("L", (place for place, char in enumerate(text) if not char.isspace()))
        self._taken = 0

    def find(self, wanted: str) -> tuple[int, int] | None:
        """(start, end) in the text of the next place where this stands, white space aside."""
        needle = "".join(wanted.split())
        ahead = _AHEAD if len(needle) >= _SHORT else _AHEAD_OF_SHORT
        at = self._text.find(needle, self._taken, self._taken + len(needle) + ahead)
        if not needle or at < 0:
            return None
        self._taken = at + len(needle)
        return self._places[at], self._places[self._taken - 1] + 1


def _page(element: Element) -> int | None:
    return element.metadata.page_number


def _same(one: str, other: str) -> bool:
    return _folded(one).casefold() == _folded(other).casefold()


def _short(text: str) -> str:
    return _folded(text)[:_MAX_HEADING]


def _folded(text: str) -> str:
    return " ".join(text.split())
