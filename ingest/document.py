"""A Markdown file as blocks and sentences that know their lines; the ground every reader and extractor stands on.

Only the block structure is parsed (markdown-it-py without its inline rules), so a pathological line costs linear
time. Everything keeps the text of the file as it is: a quote cut from `Block.text` or `Sentence.text` is an exact
substring of the file.
"""

import html
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.front_matter import YamlData, parse_yaml, split_front_matter

BlockKind = Literal["heading", "paragraph", "item", "table", "code", "html"]

_MAX_LINE = 20_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: `text` as in the file, `plain` without markup, `links` as (shown text, target) pairs."""

    text: str
    plain: str
    links: tuple[tuple[str, str], ...]
    line_start: int
    line_end: int


@dataclass(frozen=True)
class Block:
    """A block of a document; lines count from 1 and are inclusive.

    `headings` is the path of plain headings above it; `level` is the heading level or the list depth; `info` the
    language of a code fence; `rows` the raw cells of a table (first row = header) and `row_lines` their lines.
    """

    kind: BlockKind
    text: str
    line_start: int
    line_end: int
    headings: tuple[str, ...] = ()
    level: int = 0
    info: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    row_lines: tuple[int, ...] = ()

    @cached_property
    def plain(self) -> str:
        """The text without markup, white space folded."""
        return plain(self.text)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of a paragraph, item or heading; empty for tables and code."""
        return tuple(_sentences(self)) if self.kind not in ("table", "code") else ()


@dataclass(frozen=True)
class MarkdownDocument:
    """A file read: `front` is its YAML front matter, `blocks` what follows it."""

    path: str
    text: str
    front: YamlData
    front_lines: int
    blocks: tuple[Block, ...]
    lines: tuple[str, ...] = field(repr=False)

    @property
    def title(self) -> str:
        """The first heading, plain; empty where there is none."""
        return next((block.plain for block in self.blocks if block.kind == "heading"), "")

    def quote(self, line_start: int, line_end: int) -> str:
        """The lines of the file, as they are, outer white space off."""
        return "\n".join(self.lines[line_start - 1 : line_end]).strip()


def read_markdown(path: str, text: str) -> MarkdownDocument:
    """Parse a Markdown file; never raises, whatever the text is."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    yaml_lines, taken = split_front_matter(lines)
    front = parse_yaml(yaml_lines, path) if taken else YamlData()
    body = [""] * taken + [line if len(line) <= _MAX_LINE else "" for line in lines[taken:]]
    blocks = _blocks(body, lines)
    return MarkdownDocument(path, text, front, taken, tuple(blocks), tuple(lines))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def _blocks(body: list[str], lines: list[str]) -> list[Block]:
    """Blocks in file order; over-long lines are paragraphs of their own, unparsed."""
    builder = _Builder(lines)
    tokens = _parser().parse("\n".join(body))
    for index, token in enumerate(tokens):
        builder.take(token, tokens, index)
    for number, (kept, line) in enumerate(zip(body, lines, strict=True), start=1):
        if line and not kept and len(line) > _MAX_LINE:
            builder.blocks.append(Block("html", line, number, number))
    return sorted(builder.blocks, key=lambda block: block.line_start)


_CODE = re.compile(r"[={}$\\|;]|\w\(|\(\)|--\w|>>>|\bimport |\bdef |^\s*[#<>\[\]\"'`(]", re.M)
_SENTENCE_WORDS = re.compile(r"(?:^|\s)[^\W\d_]+[,.:]?(?=\s|$)")
_FEWEST_WORDS, _SHARE_OF_WORDS = 6, 0.7


def _reads_as_prose(text: str) -> bool:
    """Whether indented text is no code: its author only indented a paragraph."""
    words = len(_SENTENCE_WORDS.findall(text))
    return words >= _FEWEST_WORDS and words >= _SHARE_OF_WORDS * len(text.split()) and not _CODE.search(text)


class _Builder:
    """Collects blocks from a flat token list, keeping the heading path and the list depth."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.blocks: list[Block] = []
        self.headings: list[tuple[int, str]] = []
        self.depth = 0
        self.table_rows: list[tuple[str, ...]] = []
        self.table_lines: list[int] = []

    def take(self, token: Token, tokens: list[Token], index: int) -> None:
        if token.type == "heading_open":
            self._heading(token)
        elif token.type == "paragraph_open":
            self._add("item" if self.depth else "paragraph", token, level=self.depth)
        elif token.type == "code_block" and _reads_as_prose(token.content):
            self._add("paragraph", token)
        elif token.type in ("fence", "code_block"):
            self._add("code", token, info=token.info.strip().split(" ")[0].lower())
        elif token.type == "html_block":
            self._add("html", token)
        elif token.type in ("list_item_open", "list_item_close"):
            self.depth += token.nesting
        elif token.type == "table_open":
            self.table_rows, self.table_lines = [], []
        elif token.type == "tr_open":
            self._row(token, tokens, index)
        elif token.type == "table_close":
            self._table()

    def _path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self.headings)

    def _raw(self, token: Token) -> tuple[str, int, int]:
        start, end = token.map or [0, 0]
        while end > start + 1 and not self.lines[end - 1].strip():
            end -= 1
        return "\n".join(self.lines[start:end]), start + 1, max(end, start + 1)

    def _add(self, kind: BlockKind, token: Token, level: int = 0, info: str = "") -> None:
        text, start, end = self._raw(token)
        self.blocks.append(Block(kind, text, start, end, self._path(), level, info))

    def _heading(self, token: Token) -> None:
        level = int(token.tag[1])
        text, start, end = self._raw(token)
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.blocks.append(Block("heading", text, start, end, self._path(), level))
        self.headings.append((level, plain(text)))

    def _row(self, token: Token, tokens: list[Token], index: int) -> None:
        cells: list[str] = []
        for follower in map(tokens.__getitem__, range(index + 1, len(tokens))):
            if follower.type == "tr_close":
                break
            if follower.type == "inline":
                cells.append(follower.content)
        self.table_rows.append(tuple(cells))
        self.table_lines.append((token.map or [0, 0])[0] + 1)

    def _table(self) -> None:
        start, end = self.table_lines[0], self.table_lines[-1]
        text = "\n".join(self.lines[start - 1 : end])
        rows, row_lines = tuple(self.table_rows), tuple(self.table_lines)
        self.blocks.append(Block("table", text, start, end, self._path(), rows=rows, row_lines=row_lines))


_IMAGE = re.compile(r"!\[([^\]\[]{0,300})\]\([^()\s]{0,2000}[^()]{0,300}\)")
_LINK = re.compile(
    r"\[([^\]\[]{0,500})\]\(\s*<?([^()\s<>]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?)>?[^()]{0,300}\)"
)
_REFERENCE = re.compile(r"\[([^\]\[]{1,300})\]\[[^\]\[]{0,300}\]")
_AUTOLINK = re.compile(r"<(https?://[^>\s]{1,2000})>")
_TAG = re.compile(r"<!--(?:(?!<!--).){0,5000}?-->|</?[A-Za-z][^<>]{0,2000}>", re.S)
_HREF = re.compile(r"<a\s[^<>]{0,1000}?href=[\"']([^\"'<>]{1,1000})[\"'][^<>]{0,500}>(.{0,500}?)</a>", re.S | re.I)
#: No emphasis goes over its own marker, so that a text of openers alone costs linear time; words may hold `_`.
_EMPHASIS = re.compile(
    r"(?<![\w*])(?:(\*{1,3}|`{1,3}|~~)(?=\S)((?:(?!\1).){1,1000}?)(?<=\S)\1|(_{1,3})(?=\S)(.{1,200}?)(?<=\S)\3)(?![\w*])"
    r"|\*\*|`",
    re.S,
)
_EMPHASISED = re.compile(r"[*_`~]")
_MARKER = re.compile(r"^[ \t]*(?:>[ \t]?)*(?:#{1,6}[ \t]+|[-*+][ \t]+|\d{1,3}[.)][ \t]+)?(?:\[[ xX]\][ \t]+)?")
_SPACE = re.compile(r"\s+")
#: what any text has that is not plain already
_MARKED_UP = re.compile(r"[\[<&*_`~]|[^\S ]|  |\A[ >#+\d-]| \Z")


def links(text: str) -> tuple[tuple[str, str], ...]:
    """(shown text, target) of every Markdown or HTML link in a piece of text."""
    found = [(plain(m[1]), m[2]) for m in _LINK.finditer(text)]
    found += [(plain(m[2]), m[1]) for m in _HREF.finditer(text)] if "<a" in text else []
    return tuple(found)


def plain(text: str) -> str:
    """Text without Markdown or HTML markup, entities decoded, white space folded to single blanks."""
    if not _MARKED_UP.search(text):
        return text
    text = "\n".join(_MARKER.sub("", line) for line in text.split("\n"))
    if "[" in text:
        text = _REFERENCE.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(r" ", text)))
    if "<" in text:
        text = _TAG.sub(" ", _AUTOLINK.sub(r"\1", text))
    for _ in range(2 if _EMPHASISED.search(text) else 0):
        text = _EMPHASIS.sub(lambda m: m[2] or m[4] or "", text)
    return _SPACE.sub(" ", html.unescape(text) if "&" in text else text).strip()


_ABBREVIATIONS = [
    "e.g",
    "i.e",
    "cf",
    "vs",
    "etc",
    "al",
    "fig",
    "eq",
    "no",
    "dr",
    "mr",
    "ms",
    "prof",
    "st",
    "approx",
    "resp",
    "incl",
    "ca",
    "bzw",
    "z.b",
    "d.h",
    "u.a",
    "s.o",
    "inc",
    "ltd",
    "sec",
    "tab",
    "ref",
    "vol",
    "pp",
]
_SENTENCE_END = re.compile(r"[.!?…。！？][\"')\]”’*_`]{0,3}(?=\s)|\n[ \t]*\n|<br\s*/?>", re.I)


def _sentences(block: Block) -> list[Sentence]:
    text = block.text
    cuts = [0]
    for match in _SENTENCE_END.finditer(text):
        if _ends_sentence(text, match):
            cuts.append(match.end())
    cuts.append(len(text))
    found: list[Sentence] = []
    line, position = block.line_start, 0
    for start, end in pairwise(cuts):
        raw = text[start:end]
        stripped = raw.strip()
        if not stripped:
            continue
        begin = start + (len(raw) - len(raw.lstrip()))
        line += text.count("\n", position, begin)
        position = begin
        last = line + stripped.count("\n")
        found.append(Sentence(stripped, plain(stripped), links(stripped), line, last))
    return found


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """A full stop ends a sentence unless it closes an abbreviation, an initial or a number like `1.`."""
    if text[match.start()] != ".":
        return True
    before = re.search(r"(\S{1,12})\Z", text[max(0, match.start() - 12) : match.start()])
    word = before[1].lower().lstrip("([*_\"'") if before else ""
    following = text[match.end() : match.end() + 3].strip()
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return False
    if word.isdigit() and len(word) <= 2:
        return False
    return not following or not following[0].islower()
