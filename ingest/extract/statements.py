"""The sentences of a card, each with what its place says about it: the scope of its headings, the lead of its list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from catalog.records import Origin, Role
from ingest.document import Block, BlockKind, MarkdownDocument, Sentence, links, plain
from ingest.extract.guarded import Guarded
from ingest.extract.mentions import Marked, mark
from ingest.extract.patterns import load

ScopeKind = Literal["title", "data", "training", "base", "usage", "evaluation", "references", "open"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a heading path says about the text below it; `role` where it names the training phase."""

    kind: ScopeKind
    role: Role | None = None
    heading: str = ""


@dataclass(frozen=True)
class Statement:
    """A sentence, or one `key: value` line (then `key` is its plain key and the sentence the whole line).

    `lead` is the sentence that introduces the list it stands in; `first` tells the first sentence of its block.
    """

    sentence: Sentence
    scope: Scope
    kind: BlockKind
    key: str = ""
    lead: "Statement | None" = None
    first: bool = False

    @property
    def origin(self) -> Origin:
        return "table" if self.kind == "table" else "prose"

    @cached_property
    def marked(self) -> Marked:
        """The text with its dataset and model names marked."""
        return mark(self.sentence)

    @cached_property
    def value(self) -> Marked:
        """The text behind the key of a key–value line, marked."""
        return mark(self.sentence, skip=self.key)


_KEY_LINE = re.compile(
    r"^[ \t]*(?:[-*+•>][ \t]+)?(?:\*\*|__)?([A-Za-zÀ-ÿ][\w /()&'’-]{1,48}?)(?: \[optional\])?(?:\*\*|__)?[ \t]{0,2}"
    r"[:：](?:\*\*|__)?[ \t]*(\S.{0,600})$"
)
_PSEUDO_HEADING = re.compile(r"^\s*(?:\*\*|__|<b>)([^*_<>\n]{3,70}?)[:：]?(?:\*\*|__|</b>)[:：]?\s*$")
_LEAD_END = re.compile(r"(?:[:：]|\b(?:on|of|from|following|include|are))[\s*_]*$")
_MAX_TITLE_HEADING = 4
#: a line broken for its length: more than 50 characters, no end of a sentence, no break that is meant
_WRAPPED = re.compile(r"^.{50,}[^\s.!?:\\>|]$")


def statements(document: MarkdownDocument) -> Iterator[Statement]:
    """Every sentence and key–value line of the prose, lists and headings, in file order."""
    walk = _Walk()
    for block in document.blocks:
        yield from walk.take(block)


@dataclass
class _Walk:
    """The state between blocks: the pseudo heading in force, and the sentences that lead the open lists."""

    pseudo: str = ""
    titled: bool = False
    leads: list[tuple[int, Statement]] = field(default_factory=list)

    def take(self, block: Block) -> Iterator[Statement]:
        if block.kind == "heading":
            yield from self._heading(block)
            return
        if block.kind in ("table", "code"):
            self.leads.clear()
            return
        pseudo = _PSEUDO_HEADING.match(block.text)
        if pseudo and block.kind != "item":
            self.pseudo = pseudo[1]
        level = block.level if block.kind == "item" else 0
        while self.leads and self.leads[-1][0] >= level:
            self.leads.pop()
        lead = self.leads[-1][1] if self.leads else None
        last = None
        for statement in _of_block(block, self._scope(block), lead):
            last = statement
            yield statement
        if last and _LEAD_END.search(last.sentence.plain):
            self.leads.append((level, last))

    def _heading(self, block: Block) -> Iterator[Statement]:
        self.leads.clear()
        self.pseudo = ""
        title = not self.titled
        self.titled = True
        scope = Scope("title") if title else scope_of((*block.headings, block.plain))
        for sentence in block.sentences:
            yield Statement(sentence, scope, "heading", first=True)

    def _scope(self, block: Block) -> Scope:
        headings = block.headings
        if headings and len(headings[0].split()) > _MAX_TITLE_HEADING:
            headings = headings[1:]  # the title of the card is about the model, not about the text below it
        return scope_of((*headings, self.pseudo) if self.pseudo else headings)


def _of_block(block: Block, scope: Scope, lead: Statement | None) -> Iterator[Statement]:
    lines = block.text.split("\n")
    keyed = {number: match for number, line in enumerate(lines) if (match := _key_line(line))}
    if len(keyed) * 2 >= len(lines):
        for number, last in _unwrapped(lines, keyed):
            text = "\n".join(lines[number : last + 1]).strip()
            if text:
                at = block.line_start
                sentence = Sentence(text, plain(text), links(text), at + number, at + last)
                key = plain(keyed[number][1]) if number in keyed else ""
                yield Statement(sentence, scope, block.kind, key, lead, number == 0)
        return
    for number, sentence in enumerate(block.sentences):
        yield Statement(sentence, scope, block.kind, "", lead, number == 0)


def _unwrapped(lines: list[str], keyed: Mapping[int, object]) -> Iterator[tuple[int, int]]:
    """First and last line of each statement: a long keyed line that ends within a sentence goes on in the next."""
    first = 0
    while first < len(lines):
        last = first
        while first in keyed and last + 1 < len(lines) and last + 1 not in keyed and _WRAPPED.search(lines[last]):
            last += 1
        yield first, last
        first = last + 1


def _key_line(line: str) -> re.Match[str] | None:
    return _KEY_LINE.match(line) if 0 < line.find(":") < 70 or "：" in line[:70] else None


@lru_cache(maxsize=4096)
def scope_of(headings: tuple[str, ...]) -> Scope:
    """The scope under a heading path: what the innermost heading says that says anything."""
    if any(_of_parent().search(heading) for heading in headings):
        return Scope("base", heading=headings[-1])
    for heading in reversed(headings):
        if _sentence().search(heading):
            continue
        for kind, role, pattern in _heading_rows():
            if pattern.search(heading):
                return Scope(kind, role, headings[-1])
    return Scope("open", heading=headings[-1] if headings else "")


@lru_cache(maxsize=1)
def _heading_rows() -> tuple[tuple[ScopeKind, Role | None, Guarded], ...]:
    rows = load("scopes")["heading"]
    return tuple((row["kind"], row.get("role"), Guarded(row["pattern"], re.I)) for row in rows)


@lru_cache(maxsize=1)
def _sentence() -> re.Pattern[str]:
    return re.compile(load("scopes")["sentence"]["pattern"], re.I)


@lru_cache(maxsize=1)
def _of_parent() -> re.Pattern[str]:
    return re.compile(load("scopes")["of_parent"]["pattern"], re.I)
