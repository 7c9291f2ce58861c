"""From printed lines to paragraphs, list items, code and headings, by their type and their places on the page."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from unstructured.documents.elements import CodeSnippet, Element, ElementMetadata, ListItem, NarrativeText, Text

from ingest.partition.elements import heading, looks_like_heading

#: a heading is so much larger than the text; lines of one paragraph differ by less
_LARGER, _SAME_SIZE = 1.12, 0.1
#: lines so many times further apart than usual do not belong to one paragraph
_WIDE_LEADING = 1.3
#: a line so much narrower than the next one was ended on purpose
_NARROW = 0.6
_RUNNING_PAGES, _EDGE_LINES = 3, 2

_ITEM = re.compile(r"(?:[•▪◦‣●○■–*-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s")
_SENTENCE_END = re.compile(r"[.!?:。！？][\"')\]”’]*$")
_DIGITS = re.compile(r"\d+")
_NUMBERING = re.compile(r"^(?:(?:chapter|section|appendix|part)\s+)?(?:[\dA-Z]{1,3}(?:\.\d+)*|[IVX]+)[.:)]?\s+", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: `size` is that of its type, bases are the heights of its first and last characters."""

    text: str
    page: int
    size: float
    left: float
    right: float
    first_base: float
    last_base: float
    bold: bool = False
    monospaced: bool = False

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark: depth 0 is the highest."""

    title: str
    depth: int
    page: int


Paragraph = list[Line]


def typeset(lines: Sequence[Line], outline: Sequence[OutlineEntry]) -> tuple[Element, ...]:
    """The elements of a document, without what its pages repeat at their edges."""
    measures = _Measures(lines)
    kept = [line for line in lines if not measures.is_running(line)]
    paragraphs = list(_paragraphs(kept, measures))
    depths = _outlined(paragraphs, outline) or _by_type(paragraphs, measures)
    return tuple(_element(paragraph, depths.get(index)) for index, paragraph in enumerate(paragraphs))


class _Measures:
    """What is usual in a document: the size of its text, the distance of its lines, what its pages repeat."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes = Counter[float]()
        for line in lines:
            sizes[line.size] += len(line.text)
        self.size = sizes.most_common(1)[0][0] if sizes else 0.0
        self._lines = lines
        self._edges = _edges(lines)

    @cached_property
    def leading(self) -> float:
        """The usual distance of one line of text from the next."""
        neighbours = zip(self._lines, self._lines[1:], strict=False)
        steps = [
            a.last_base - b.first_base for a, b in neighbours if a.page == b.page and a.size == b.size == self.size
        ]
        return median([step for step in steps if 0 < step < 3 * self.size] or [1.2 * self.size])

    def is_running(self, line: Line) -> bool:
        """Whether this is a head or foot that pages repeat, page numbers aside."""
        return id(line) in self._edges and line.size < self.size * _LARGER


def _edges(lines: Sequence[Line]) -> set[int]:
    """The ids of lines at the edges of pages whose words stand at the edges of several pages."""
    pages: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    edges: dict[str, list[Line]] = defaultdict(list)
    for on_page in pages.values():
        by_place = sorted(on_page, key=lambda line: -line.first_base)
        for line in {id(line): line for line in by_place[:_EDGE_LINES] + by_place[-_EDGE_LINES:]}.values():
            edges[_DIGITS.sub("#", line.text).casefold()].append(line)
    return {id(line) for same in edges.values() if len({line.page for line in same}) >= _RUNNING_PAGES for line in same}


def _paragraphs(lines: Iterable[Line], measures: _Measures) -> Iterator[Paragraph]:
    paragraph: Paragraph = []
    for line in lines:
        if paragraph and _begins(paragraph, line, measures):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _begins(paragraph: Paragraph, line: Line, measures: _Measures) -> bool:
    """Whether a line begins a new paragraph after the lines before it."""
    before = paragraph[-1]
    if (line.page, line.bold, line.monospaced) != (before.page, before.bold, before.monospaced):
        return True
    if abs(line.size - before.size) > _SAME_SIZE * before.size:
        return True
    step = before.last_base - line.first_base
    usual = measures.leading * max(line.size / (measures.size or 1.0), 1.0)
    if not -0.5 * line.size < step <= _WIDE_LEADING * usual:
        return True
    ended = before.width < 0.85 * line.width and bool(_SENTENCE_END.search(before.text))
    return not line.monospaced and (ended or bool(_ITEM.match(line.text)))


def _outlined(paragraphs: Sequence[Paragraph], outline: Sequence[OutlineEntry]) -> dict[int, int]:
    """Number of a paragraph → its depth as a heading, for those that the bookmarks name."""
    named = {(page, _key(entry.title)): entry.depth for entry in outline for page in (entry.page, entry.page + 1)}
    named |= {(entry.page, _key(entry.title)): entry.depth for entry in outline}
    found = {}
    for index, paragraph in enumerate(paragraphs):
        depth = named.pop((paragraph[0].page, _key(_joined(paragraph))), None) if len(paragraph) < 4 else None
        if depth is not None:
            found[index] = depth
    return found


def _by_type(paragraphs: Sequence[Paragraph], measures: _Measures) -> dict[int, int]:
    """Number of a paragraph → its depth, for what is set larger or bolder than the text; the largest is the highest."""
    sizes = {
        index: paragraph[0].size
        for index, paragraph in enumerate(paragraphs)
        if len(paragraph) < 4 and _stands_out(paragraph[0], measures) and looks_like_heading(_joined(paragraph))
    }
    order = sorted(set(sizes.values()), reverse=True)
    return {index: order.index(size) for index, size in sizes.items()}


def _stands_out(line: Line, measures: _Measures) -> bool:
    larger = line.size >= measures.size * _LARGER
    return not line.monospaced and (larger or (line.bold and line.size >= measures.size))


def _element(paragraph: Paragraph, depth: int | None) -> Element:
    first, text = paragraph[0], _joined(paragraph)
    if depth is not None:
        return heading(" ".join(text.split()), depth, first.page)
    kind: type[Text] = ListItem if _ITEM.match(text) else CodeSnippet if first.monospaced else NarrativeText
    return kind(text=text, metadata=ElementMetadata(page_number=first.page))


def _joined(paragraph: Paragraph) -> str:
    """The lines as one text; those that end on purpose keep their ends."""
    widest = max(line.width for line in paragraph)
    pieces = [paragraph[0].text]
    for before, line in pairwise(paragraph):
        on_purpose = before.monospaced or before.width < _NARROW * widest
        pieces += ["\n" if on_purpose else " ", line.text]
    return "".join(pieces)


def _key(title: str) -> str:
    """A title without its number, its case and its white space."""
    return "".join(_NUMBERING.sub("", " ".join(title.split())).split()).casefold()
