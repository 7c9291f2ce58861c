"""Cuts passages into what can answer by itself: a sentence, a list item, a table row, a line of metadata or of code.

A `Piece` stands in its file as it is written, at its lines, with what is needed to understand it: the headings above
it, the sentence that leads into its list, the header of its table.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

from catalog.records import Evidence, Origin, Passage

PieceKind = Literal["sentence", "item", "row", "field", "code"]
_LineKind = Literal["blank", "heading", "fence", "row", "item", "field", "text"]

_FENCE = re.compile(r"\s*(?:```|~~~)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+\S")
_ROW = re.compile(r"\s*\|.*\||[^|]+\|[^|]+\|")
_RULE = re.compile(r"[\s|:=+-]+")
_YAML = re.compile(r"\s*(?:- )?[\w][\w .()-]{0,40}:(?:\s|$)|\s*- \S")
_ANCHOR = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[[^\]]*\]\(#[^)]*\)\s*")
#: what stands where an author left a place open
OPEN = re.compile(
    r"\W*(?:more information needed|needs? more information|information needed|tb[ad]|todo|n/?a|coming soon"
    r"|upcoming|null|none)?\W*",
    re.I,
)
_END = re.compile(r"(?<=[.!?。！？])[\"')\]”’*_`]{0,3}\s+(?=[\"'(\[“‘*_`]{0,3}[A-Z0-9À-ÞА-ЯΑ-Ω一-鿿¿¡])|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Fig|fig|Eq|approx|Dr|Mr|Ms|Prof|No|resp|et al|St|ca|[A-Z]))\.$"
)
_MARKUP = re.compile(r"<[^>]{1,200}>|\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|\[(?=[^\]]*\]\()|\]\([^)\s]*\)|!\[")
#: numbers in brackets, which an answer has for its own sources
_MARKER = re.compile(r"\[(\d+(?:\s*[,;–-]\s*\d+)*)\]")
_QUOTED = re.compile(r"^[^\S\n]*(?:>[^\S\n]?)+", re.M)
_CODE_LINES = 4
_FIELD_LINES = 12
_LONGEST = 1_200
_BLOCKS = 10_000


@dataclass(frozen=True)
class Piece:
    """A stretch of a passage: `text` as it is written, lines as in the file, and what it stands under."""

    kind: PieceKind
    passage: Passage
    text: str
    line_start: int
    line_end: int
    headings: tuple[str, ...] = ()
    lead: str = ""
    header: str = ""
    block: int = 0

    @cached_property
    def shown(self) -> str:
        """The text as a person reads it: in one line, without markup, a row with the names of its columns."""
        if self.kind == "row":
            return _cells(self.header, self.text) or " ".join(self.text.split())
        if self.kind == "code":
            return self.text.strip("\n")
        return plain(self.text)

    @property
    def evidence(self) -> Evidence:
        """Its lines as evidence."""
        origin: Origin = "table" if self.kind == "row" else "prose"
        return Evidence(
            path=self.passage.path,
            line_start=self.line_start,
            line_end=self.line_end,
            quote=self.text,
            origin=origin,
            page=self.passage.page,
        )

    @property
    def context(self) -> str:
        return " ".join((*self.headings, self.lead, self.header))

    @cached_property
    def cells(self) -> list[str]:
        """The cells of a row."""
        return _split_row(self.text)

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns of a row, where its table has a header."""
        return _split_row(self.header) if self.header else []

    @property
    def empty(self) -> bool:
        """A place that the author left open: `[More Information Needed]`, `bleu: null`."""
        said = self.shown.partition(":")[2] if self.kind == "field" and ": " in self.shown else self.shown
        return bool(OPEN.fullmatch(said))


def plain(text: str) -> str:
    """Markdown in one line, without its marks; numbers in brackets are in parentheses."""
    bare = _BULLET.sub("", _QUOTED.sub("", text))
    return " ".join(_MARKER.sub(r"(\1)", _MARKUP.sub("", bare)).split())


def pieces(passages: Iterable[Passage]) -> list[Piece]:
    """Everything that can answer in these passages, in their order."""
    found: list[Piece] = []
    for number, passage in enumerate(passages):
        before = found[-1] if found and _goes_on(found[-1], passage) else None
        found += _Cutter(passage, number * _BLOCKS, before).pieces()
    return found


def _goes_on(before: Piece, passage: Passage) -> bool:
    """Whether a passage goes on with the table or list that the piece before it is of."""
    near = before.passage.path == passage.path and 0 < passage.line_start - before.line_end <= 1
    first = passage.text.split("\n", 1)[0]
    return near and bool((before.kind == "row" and _ROW.match(first)) or (before.kind == "item" and _ITEM.match(first)))


@dataclass
class _Cutter:
    """Cuts one passage; blocks are numbered from `first`. `before` is a piece of the table or list that goes on."""

    passage: Passage
    first: int
    before: Piece | None = None

    def pieces(self) -> list[Piece]:
        self._lines = self.passage.text.split("\n")
        self._headings = list(self.passage.headings)
        self._lead = self.before.lead if self.before else ""
        self._block = self.first
        found: list[Piece] = []
        for kind, numbered in groupby(enumerate(self._kinds()), key=lambda pair: pair[1]):
            numbers = [number for number, _ in numbered]
            self._block += 1
            found += self._of(kind, numbers)
        return [piece for piece in found if piece.shown.strip()]

    def _kinds(self) -> list[_LineKind]:
        """The kind of each line; what follows an item or stands in a fence belongs to it."""
        if _is_yaml(self._lines):
            return ["field"] * len(self._lines)
        kinds: list[_LineKind] = []
        fenced, before = False, "blank"
        for line in self._lines:
            kind = _line_kind(line, fenced, before)
            if _FENCE.match(line):
                fenced = not fenced
            kinds.append(kind)
            before = kind
        return kinds

    def _of(self, kind: _LineKind, numbers: Sequence[int]) -> Iterator[Piece]:
        if kind == "heading":
            for number in numbers:
                self._under(self._lines[number])
        elif kind == "row":
            yield from self._rows(numbers)
        elif kind == "item":
            yield from self._items(numbers)
        elif kind == "field":
            yield from self._fields(numbers)
        elif kind == "fence":
            yield from self._code(numbers)
        elif kind == "text":
            yield from self._sentences(numbers)

    def _under(self, line: str) -> None:
        match = _HEADING.match(line)
        title = plain(match[1]) if match else ""
        if title and title not in self._headings:
            self._headings = [*self.passage.headings, title]
        self._lead = ""

    def _rows(self, numbers: Sequence[int]) -> Iterator[Piece]:
        rows = [n for n in numbers if not _RULE.fullmatch(self._lines[n])]
        ruled = len(rows) < len(numbers)
        header = self._lines[rows[0]] if rows and ruled else self.before.header if self.before else ""
        for number in rows[1:] if ruled and len(rows) > 1 else rows:
            yield self._piece("row", range(number, number + 1), header=header)

    def _items(self, numbers: Sequence[int]) -> Iterator[Piece]:
        starts = [n for n in numbers if _ITEM.match(self._lines[n])] or [numbers[0]]
        for start, following in zip(starts, [*starts[1:], numbers[-1] + 1], strict=True):
            end = max(n for n in range(start, following) if self._lines[n].strip() or n == start)
            if not _ANCHOR.fullmatch(self._lines[start]):
                yield self._piece("item", range(start, end + 1))

    def _fields(self, numbers: Sequence[int]) -> Iterator[Piece]:
        """A key with its values; keys above it are its context."""
        path: list[tuple[int, str]] = []
        start = 0
        while start < len(numbers):
            line = self._lines[numbers[start]]
            indent = len(line) - len(line.lstrip())
            path = [(depth, key) for depth, key in path if depth < indent]
            end = start + 1
            while end < len(numbers) and end - start < _FIELD_LINES and _continues(self._lines[numbers[end]], indent):
                end += 1
            if line.strip():
                lead = " ".join(key for _, key in path)
                yield self._piece("field", range(numbers[start], numbers[end - 1] + 1), lead=lead)
            if line.rstrip().endswith(":") or line.lstrip().startswith("- "):
                path.append((indent, line.strip(" -:")))
            start = end

    def _code(self, numbers: Sequence[int]) -> Iterator[Piece]:
        inside = [n for n in numbers if not _FENCE.match(self._lines[n])]
        for at in range(0, len(inside), _CODE_LINES):
            part = inside[at : at + _CODE_LINES]
            yield self._piece("code", range(part[0], part[-1] + 1))

    def _sentences(self, numbers: Sequence[int]) -> Iterator[Piece]:
        text = "\n".join(self._lines[n] for n in numbers)
        for start, end in _sentence_spans(text):
            first = numbers[0] + text.count("\n", 0, start)
            said = text[start:end]
            last = first + said.count("\n")
            yield self._piece("sentence", range(first, last + 1), said)
            if said.rstrip("*_ ").endswith((":", "：")):
                self._lead = plain(said)

    def _piece(
        self, kind: PieceKind, lines: range, text: str | None = None, *, header: str = "", lead: str = ""
    ) -> Piece:
        return Piece(
            kind=kind,
            passage=self.passage,
            text=("\n".join(self._lines[lines.start : lines.stop]) if text is None else text)[:_LONGEST],
            line_start=self.passage.line_start + lines.start,
            line_end=self.passage.line_start + lines.stop - 1,
            headings=tuple(self._headings),
            lead=lead or (self._lead if kind != "sentence" else ""),
            header=header,
            block=self._block,
        )


def _line_kind(line: str, fenced: bool, before: str) -> _LineKind:
    if fenced or _FENCE.match(line):
        return "fence"
    if not line.strip():
        return "item" if before == "item" else "blank"
    if _HEADING.match(line):
        return "heading"
    if _ITEM.match(line) or (before == "item" and line.startswith(("  ", "\t"))):
        return "item"
    return "row" if _ROW.match(line) else "text"


def _is_yaml(lines: Sequence[str]) -> bool:
    told = [line for line in lines if line.strip()]
    fields = sum(bool(_YAML.match(line)) for line in told)
    keyed = sum(":" in line and not line.rstrip().endswith(".") for line in told)
    return len(told) >= 2 and fields >= 0.8 * len(told) and keyed >= 1 and not any(map(_HEADING.match, told))


def _continues(line: str, indent: int) -> bool:
    """A value in a list below its key, or a value that goes on."""
    depth = len(line) - len(line.lstrip())
    return (line.lstrip().startswith("- ") and ":" not in line and depth >= indent) or (
        bool(line.strip()) and not _YAML.match(line)
    )


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        if not _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start()]):
            yield start, match.start()
            start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _cells(header: str, row: str) -> str:
    """`Language: Luo · Train: 644`; empty where the row does not fit its header."""
    names, cells = _split_row(header), _split_row(row)
    if not header or len(names) != len(cells):
        return " · ".join(cell for cell in cells if cell)
    told = ((name, cell) for name, cell in zip(names, cells, strict=True) if cell)
    return " · ".join(f"{name}: {cell}" if name else cell for name, cell in told)


def _split_row(row: str) -> list[str]:
    bare = row.strip()
    bare = bare.removeprefix("|").removesuffix("|")
    return [plain(cell) for cell in re.split(r"(?<!\\)\|", bare)]
