"""Documents into passages of about 1,000 characters that belong under one heading path.

Blocks become typed `unstructured` elements and its `chunk_by_title` groups them. A passage is then cut from the file
itself, so its text is an exact substring and its lines are exact; every line with a word in it is in some passage.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Literal

from unstructured.chunking.title import chunk_by_title
from unstructured.documents.elements import CodeSnippet, ListItem, NarrativeText, Table, Text, Title

from catalog.records import Passage
from ingest.document import Block, BlockKind, MarkdownDocument, plain

PassageKind = Literal["model", "dataset", "document"]
PartKind = BlockKind | Literal["front"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large passages become, in characters: at most `most`, and sections below `joined` are joined.

    A table that stands `apart` is joined with nothing, also not with its heading.
    """

    most: int
    joined: int
    apart: bool


#: Cards have many short sections, and the heading of a table alone says nothing; measured in docs/retrieval.md.
CARD = Sizes(most=1_200, joined=800, apart=False)
DOCUMENT = Sizes(most=1_000, joined=500, apart=True)
_WIDEST_GAP = 300

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
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text, `start` to `end` in characters, the heading path it stands under, and its page."""

    kind: PartKind
    start: int
    end: int
    headings: tuple[str, ...]
    page: int | None = None


def chunk(document: MarkdownDocument, asset: str | None, kind: PassageKind, sizes: Sizes = CARD) -> tuple[Passage, ...]:
    """The passages of a document in file order; the front matter makes passages of its own."""
    cutter = _Cutter(document.path, "\n".join(document.lines), asset, kind)
    front = [[part] for part in _split(cutter.text, _front_matter(document, cutter.line_starts), sizes)]
    body = _grouped(list(_split(cutter.text, _body(document, cutter), sizes)), cutter.text, sizes)
    return _passages(cutter, [*front, *body])


def chunk_parts(path: str, text: str, parts: Sequence[Part]) -> tuple[Passage, ...]:
    """The passages of a document that is about no one asset; none spans two pages or a wide gap between parts."""
    cutter = _Cutter(path, text, None, "document")
    groups = (group for run in _runs(parts) for group in _grouped(list(_split(text, run, DOCUMENT)), text, DOCUMENT))
    passages = _passages(cutter, groups)
    # Where markup stood there are lines without words.
    return tuple(one.model_copy(update={"text": _BLANK_LINES.sub("\n\n", one.text)}) for one in passages)


def _passages(cutter: "_Cutter", groups: Iterable[list[Part]]) -> tuple[Passage, ...]:
    """What is readable of the groups of parts; equal passages of the same lines once."""
    passages = (cutter.passage(parts) for parts in groups)
    return tuple({passage.key: passage for passage in passages if _readable(passage.text)}.values())


def _runs(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Neighbouring parts of one page."""
    run: list[Part] = []
    for part in parts:
        if run and (part.page != run[-1].page or part.start - run[-1].end > _WIDEST_GAP):
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _front_matter(document: MarkdownDocument, line_starts: Sequence[int]) -> Iterator[Part]:
    """What stands between the fences."""
    lines = document.lines[: document.front_lines]
    fence = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines:
        yield Part("front", line_starts[fence + 1], line_starts[len(lines) - 1], ())


def _body(document: MarkdownDocument, cutter: "_Cutter") -> Iterator[Part]:
    """The blocks, and what stands between them (link targets, rules), without overlaps."""
    at, headings = cutter.line_starts[document.front_lines], tuple[str, ...]()
    for block in document.blocks:
        start = cutter.line_starts[block.line_start - 1]
        end = cutter.line_starts[block.line_end] - 1
        yield from _between(cutter.text, at, start, headings)
        headings = _path(block)
        if end > at:
            yield Part(block.kind, max(start, at), end, headings)
        at = max(at, end)
    yield from _between(cutter.text, at, len(cutter.text), headings)


def _between(text: str, start: int, end: int, headings: tuple[str, ...]) -> Iterator[Part]:
    if text[start:end].strip():
        yield Part("paragraph", start, end, headings)


class _Cutter:
    """Cuts passages from the text of a file, and knows their lines."""

    def __init__(self, path: str, text: str, asset: str | None, kind: PassageKind) -> None:
        self.path, self.text, self.asset, self.kind = path, text, asset, kind
        self.line_starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))

    def passage(self, parts: list[Part]) -> Passage:
        """One passage from neighbouring parts, outer blank lines off, under the headings they share."""
        start, end = parts[0].start, parts[-1].end
        text = self.text[start:end].strip("\n")
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip("\n"))
        return Passage(
            path=self.path,
            asset=self.asset,
            kind=self.kind,
            headings=_shared([part.headings for part in parts]),
            line_start=bisect_right(self.line_starts, start),
            line_end=bisect_right(self.line_starts, start + max(len(text) - 1, 0)),
            text=text,
            page=parts[0].page,
        )


def _path(block: Block) -> tuple[str, ...]:
    """The headings above a block; a heading stands under itself."""
    return (*block.headings, block.plain) if block.kind == "heading" else block.headings


def _shared(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest heading path that all of the paths begin with."""
    return tuple(level[0] for level in takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False)))


def _split(text: str, parts: Iterable[Part], sizes: Sizes) -> Iterator[Part]:
    """Parts that are longer than a passage, cut where a reader would cut them.

    unstructured could cut them too, but in time quadratic in their length and without telling where.
    """
    for part in parts:
        start = part.start
        while part.end - start > sizes.most:
            cut = _cut(text, start, part.kind, sizes.most)
            yield Part(part.kind, start, cut, part.headings, part.page)
            start = cut
        if text[start : part.end].strip():
            yield Part(part.kind, start, part.end, part.headings, part.page)


def _cut(text: str, start: int, kind: PartKind, most: int) -> int:
    """The best place to cut in the second half of the passage that begins at `start`."""
    limit = start + most
    for pattern in _BREAKS.get(kind, _PROSE_BREAKS):
        places = [match.end() for match in pattern.finditer(text, start + most // 2, limit)]
        if places:
            return places[-1]
    return limit


def _grouped(parts: list[Part], text: str, sizes: Sizes) -> Iterator[list[Part]]:
    """Neighbouring parts that make one passage; the id of an element is the index of its part."""
    elements = [
        _ELEMENTS[part.kind](text=text[part.start : part.end], element_id=str(index))
        for index, part in enumerate(parts)
    ]
    chunks = chunk_by_title(
        elements,
        max_characters=sizes.most,
        new_after_n_chars=sizes.most,
        combine_text_under_n_chars=sizes.joined,
        isolate_table=sizes.apart,
        include_orig_elements=True,
    )
    for made in chunks:
        yield [parts[int(element.id)] for element in made.metadata.orig_elements or ()]


def _readable(text: str) -> bool:
    """False for what shows a reader no word: badges, rules, empty tags."""
    return bool(_WORD.search(text)) and ("<!--" in text or bool(_WORD.search(plain(text))))
