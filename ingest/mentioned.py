"""Which models and datasets of the catalogue a document names: exact names only, in one pass over its words.

A spelling counts where it is written as a name: `SQuAD`, `bert-base-uncased`, `Common Voice`, `the emotion dataset`.
A part of a longer name is another name: `bert-base-uncased-tiny` does not mention `bert-base-uncased`.
"""

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from catalog.names import RANK_CURATED, RANK_WEAK, Alias
from catalog.records import AssetKind
from catalog.vocabulary import squash

_DATA = Path(__file__).parent / "data" / "mentioned.toml"

_WORD = re.compile(r"[^\W_]+")
_WITHIN_NAME = re.compile(r"\s{1,12}|[-_/.+~@:]{1,2}")
_HEAD = 2

_JOINED_BEFORE = re.compile(r"\w[-_.+~@/]\Z")
_JOINED_AFTER = re.compile(r"[-_/.+~@]\w")
_CONTEXT = 40

Owner = tuple[AssetKind, str]


class Mention(NamedTuple):
    """An asset that a document names, and the lines where it does, from 1 and inclusive."""

    kind: AssetKind
    id: str
    line_start: int
    line_end: int


@dataclass(frozen=True)
class _Found:
    """A spelling that stands in a text from `start` to `end`."""

    start: int
    end: int
    owners: tuple[Owner, ...]


@dataclass(frozen=True)
class _Around:
    """What may stand around a name, from `data/mentioned.toml`."""

    site_before: re.Pattern[str]
    describing_after: re.Pattern[str]
    noun_after: re.Pattern[str]


class AssetNames:
    """The spellings by which the assets of a catalogue are found in documents.

    An asset that no card describes is found by the spellings of the vocabulary only: its id may be any words of a card.
    """

    def __init__(self, aliases: Mapping[AssetKind, Iterable[Alias]], with_card: Iterable[Owner]) -> None:
        told = [(kind, alias) for kind, known in aliases.items() for alias in known if alias.rank != RANK_WEAK]
        curated = {(kind, alias.id) for kind, alias in told if alias.rank == RANK_CURATED}
        findable = curated | set(with_card)
        self._owners = _surest((kind, alias) for kind, alias in told if (kind, alias.id) in findable)
        self._heads = {spelling[:_HEAD] for spelling in self._owners}
        self._longest = max(map(len, self._owners), default=0)

    def mentions(self, text: str) -> list[Mention]:
        """Every asset that the text names, with the lines; neighbouring lines are one mention."""
        starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        lines: dict[Owner, list[tuple[int, int]]] = defaultdict(list)
        for found in self._scan(text):
            first, last = bisect_right(starts, found.start), bisect_right(starts, found.end - 1)
            for owner in found.owners:
                spans = lines[owner]
                if spans and first <= spans[-1][1] + 1:
                    spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
                else:
                    spans.append((first, last))
        return sorted(Mention(*owner, *span) for owner, spans in lines.items() for span in spans)

    def _scan(self, text: str) -> Iterator[_Found]:
        """Spellings from left to right without overlaps; of those that begin at a word the longest wins."""
        words = [(match.start(), match.end(), _squashed(match[0])) for match in _WORD.finditer(text)]
        taken = 0
        for index, (start, _, word) in enumerate(words):
            if start < taken or (len(word) >= _HEAD and word[:_HEAD] not in self._heads):
                continue
            found = self._longest_at(text, words, index)
            if found:
                taken = found.end
                if _stands_alone(text, found) and _is_written_as_name(text, found):
                    yield found

    def _longest_at(self, text: str, words: list[tuple[int, int, str]], index: int) -> _Found | None:
        start, end, joined = words[index]
        best = None
        for next_start, next_end, word in [*words[index + 1 : index + 15], (len(text) + 99, 0, "")]:
            if joined in self._owners:
                best = _Found(start, end, self._owners[joined])
            joined += word
            if len(joined) > self._longest or not _WITHIN_NAME.fullmatch(text, end, next_start):
                return best
            end = next_end
        return best


def _surest(told: Iterable[tuple[AssetKind, Alias]]) -> dict[str, tuple[Owner, ...]]:
    """Spelling → whom it means: of each kind the one asset of the surest rank, none where there are several."""
    ranked: dict[tuple[AssetKind, str], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, alias in told:
        ranked[kind, alias.squashed][alias.rank].add(alias.id)
    owners: dict[str, tuple[Owner, ...]] = {}
    for (kind, spelling), ids in ranked.items():
        best = ids[min(ids)]
        if len(best) == 1 and len(spelling) >= _HEAD and not spelling.isdigit():
            owners[spelling] = (*owners.get(spelling, ()), (kind, best.pop()))
    return owners


def _squashed(word: str) -> str:
    return word.lower() if word.isascii() else squash(word)


@lru_cache(maxsize=1)
def _around() -> _Around:
    raw = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    nouns, describing, sites = ("|".join(raw[key]) for key in ("nouns", "describing", "sites"))
    return _Around(
        site_before=re.compile(rf"(?:{sites})/\Z"),
        describing_after=re.compile(rf"-(?:{describing})\b", re.I),
        noun_after=re.compile(rf"[`'\"”’]?\s+(?:(?:training|test|validation)\s+)?(?:{nouns})\b", re.I),
    )


def _stands_alone(text: str, found: _Found) -> bool:
    """Whether what is around a name does not make it a part of a longer one."""
    before, after = text[max(found.start - _CONTEXT, 0) : found.start], text[found.end : found.end + _CONTEXT]
    if _JOINED_AFTER.match(after) and not _around().describing_after.match(after):
        return False
    return not _JOINED_BEFORE.search(before) or bool(_around().site_before.search(before))


def _is_written_as_name(text: str, found: _Found) -> bool:
    """Whether it is written as names are, or beside a noun that says what it is; plain words are only words."""
    written = text[found.start : found.end]
    if any(char.isdigit() for char in written) or any(joiner in written for joiner in "-_/.+@"):
        return True
    words = written.split()
    if any(word[1:] != word[1:].lower() for word in words) or (len(words) > 1 and written.istitle()):
        return True
    before, after = text[max(found.start - 1, 0) : found.start], text[found.end : found.end + _CONTEXT]
    return bool(_around().noun_after.match(after)) or (before == "`" and after.startswith("`"))
