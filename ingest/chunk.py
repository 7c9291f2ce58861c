"""Documents into passages of about 1,000 characters that belong under one heading path.

Blocks become typed `unstructured` elements and its `chunk_by_title` groups them. A passage is then cut from the file
itself, so its text is an exact substring and its lines are exact; every line with a word in it is in some passage.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Literal

from unstructured.chunking.title import chunk_by_title
from unstructured.documents.elements import CodeSnippet, ListItem, NarrativeText, Table, Text, Title

from catalog.records import Passage
from ingest.document import Block, BlockKind, MarkdownDocument, plain

PassageKind = Literal["model", "dataset", "document"]
PartKind = BlockKind | Literal["front"]

MAX_CHARACTERS = 1_000
_FULL_AFTER = 1_000
_COMBINE_UNDER = 500

_ELEMENTS: dict[PartKind, type[Text]] = {
    "front": Text,
    "heading": Title,
    "paragraph": NarrativeText,
    "item": ListItem,
    "table": Table,
    "code": CodeSnippet,
    "html": Text,
}

_LINE = re.compile(r"\n")
_PROSE_BREAKS = (re.compile(r"[.!?…。！？][\"')\]”’*_`]{0,3}\s"), _LINE, re.compile(r"\s"))
_CODE_BREAKS = (re.compile(r"\n[ \t]*\n"), _LINE, re.compile(r"[\s,;|]"))
#: where a part that is longer than a passage is cut: the last place of the first pattern that matches
_BREAKS: dict[PartKind, tuple[re.Pattern[str], ...]] = {
    "front": (re.compile(r"\n(?=[^\s#-])"), _LINE, re.compile(r"\s")),
    "table": (_LINE, re.compile(r"\|"), re.compile(r"\s")),
    "code": _CODE_BREAKS,
    "html": _CODE_BREAKS,
}
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the file, `start` to `end` in characters, and the heading path it stands under."""

    kind: PartKind
    start: int
    end: int
    headings: tuple[str, ...]


def chunk(document: MarkdownDocument, asset: str | None, kind: PassageKind) -> tuple[Passage, ...]:
    """The passages of a document in file order; the front matter makes passages of its own."""
    cutter = _Cutter(document, asset, kind)
    front = [[part] for part in _split(cutter.text, cutter.front_matter())]
    body = _grouped(list(_split(cutter.text, cutter.body())), cutter.text)
    passages = (cutter.passage(parts) for parts in (*front, *body))
    return tuple({passage.key: passage for passage in passages if _readable(passage.text)}.values())


class _Cutter:
    """Knows where the blocks of a file stand in its text, and cuts passages from it."""

    def __init__(self, document: MarkdownDocument, asset: str | None, kind: PassageKind) -> None:
        self.document, self.asset, self.kind = document, asset, kind
        self.text = "\n".join(document.lines)
        self.line_starts = list(accumulate((len(line) + 1 for line in document.lines), initial=0))

    def front_matter(self) -> Iterator[_Part]:
        """What stands between the fences."""
        lines = self.document.lines[: self.document.front_lines]
        fence = next((number for number, line in enumerate(lines) if line.strip()), 0)
        if lines:
            yield _Part("front", self.line_starts[fence + 1], self.line_starts[len(lines) - 1], ())

    def body(self) -> Iterator[_Part]:
        """The blocks, and what stands between them (link targets, rules), without overlaps."""
        at, headings = self.line_starts[self.document.front_lines], tuple[str, ...]()
        for block in self.document.blocks:
            start = self.line_starts[block.line_start - 1]
            end = self.line_starts[block.line_end] - 1
            yield from self._between(at, start, headings)
            headings = _path(block)
            if end > at:
                yield _Part(block.kind, max(start, at), end, headings)
            at = max(at, end)
        yield from self._between(at, len(self.text), headings)

    def _between(self, start: int, end: int, headings: tuple[str, ...]) -> Iterator[_Part]:
        if self.text[start:end].strip():
            yield _Part("paragraph", start, end, headings)

    def passage(self, parts: list[_Part]) -> Passage:
        """One passage from neighbouring parts, outer blank lines off, under the headings they share."""
        start, end = parts[0].start, parts[-1].end
        text = self.text[start:end].strip("\n")
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip("\n"))
        return Passage(
            path=self.document.path,
            asset=self.asset,
            kind=self.kind,
            headings=_shared([part.headings for part in parts]),
            line_start=bisect_right(self.line_starts, start),
            line_end=bisect_right(self.line_starts, start + max(len(text) - 1, 0)),
            text=text,
        )


def _path(block: Block) -> tuple[str, ...]:
    """The headings above a block; a heading stands under itself."""
    return (*block.headings, block.plain) if block.kind == "heading" else block.headings


def _shared(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest heading path that all of the paths begin with."""
    return tuple(level[0] for level in takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False)))


def _split(text: str, parts: Iterable[_Part]) -> Iterator[_Part]:
    """Parts that are longer than a passage, cut where a reader would cut them.

    unstructured could cut them too, but in time quadratic in their length and without telling where.
    """
    for part in parts:
        start = part.start
        while part.end - start > MAX_CHARACTERS:
            cut = _cut(text, start, part.kind)
            yield _Part(part.kind, start, cut, part.headings)
            start = cut
        if text[start : part.end].strip():
            yield _Part(part.kind, start, part.end, part.headings)


def _cut(text: str, start: int, kind: PartKind) -> int:
    """The best place to cut in the second half of the passage that begins at `start`."""
    limit = start + MAX_CHARACTERS
    for pattern in _BREAKS.get(kind, _PROSE_BREAKS):
        places = [match.end() for match in pattern.finditer(text, start + MAX_CHARACTERS // 2, limit)]
        if places:
            return places[-1]
    return limit


def _grouped(parts: list[_Part], text: str) -> Iterator[list[_Part]]:
    """Neighbouring parts that make one passage; the id of an element is the index of its part."""
    elements = [
        _ELEMENTS[part.kind](text=text[part.start : part.end], element_id=str(index))
        for index, part in enumerate(parts)
    ]
    chunks = chunk_by_title(
        elements,
        max_characters=MAX_CHARACTERS,
        new_after_n_chars=_FULL_AFTER,
        combine_text_under_n_chars=_COMBINE_UNDER,
        include_orig_elements=True,
    )
    for made in chunks:
        yield [parts[int(element.id)] for element in made.metadata.orig_elements or ()]


def _readable(text: str) -> bool:
    """False for what shows a reader no word: badges, rules, empty tags."""
    return bool(_WORD.search(text)) and ("<!--" in text or bool(_WORD.search(plain(text))))
