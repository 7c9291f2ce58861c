"""Finding many known spellings in a text at once, whatever their case, spaces and punctuation."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_END = ""
_SEPARATORS = frozenset(',;:|()[]"“”!?…→\n')
_JOINERS = frozenset("-_/.@+~")
_MAX_TEXT = 4_000
_HEAD = 4


class Gazetteer:
    """Spellings in a character trie; the longest one wins.

    `spellings` maps squashed spellings (lower-case letters and digits only) to whatever they stand for.
    """

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self.root: dict[str, Any] = {}
        self._short = frozenset(spelling for spelling in spellings if len(spelling) < _HEAD)
        self._heads = frozenset(spelling[:_HEAD] for spelling in spellings if len(spelling) >= _HEAD)
        for spelling, meaning in spellings.items():
            node = self.root
            for char in spelling:
                node = node.setdefault(char, {})
            node[_END] = meaning

    def scan(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, meaning) of every spelling that stands as whole words, left to right, without overlaps."""
        chars, positions = _fold(text[:_MAX_TEXT])
        taken = 0
        previous = -2
        for index, start in enumerate(positions):
            inside, previous = start <= previous + 1, start
            if inside or start < taken or not self._may_begin(chars, index) or not _starts_word(text, start):
                continue
            found = self._longest(text, chars, positions, index)
            if found:
                taken = found[0]
                yield start, *found

    def _may_begin(self, chars: str, index: int) -> bool:
        """Whether a spelling begins with the letters at a place: tells most words off without a walk."""
        head = chars[index : index + _HEAD]
        short = self._short
        return head in self._heads or head[:3] in short or head[:2] in short or head[:1] in short

    def _longest(self, text: str, chars: str, positions: list[int], index: int) -> tuple[int, str] | None:
        node, best = self.root, None
        previous = positions[index]
        for at in range(index, len(chars)):
            char, position = chars[at], positions[at]
            if char not in node or (position > previous + 1 and _SEPARATORS & set(text[previous:position])):
                break
            node, previous = node[char], position
            if _END in node and (end := _word_end(text, position + 1)):
                best = (end, node[_END])
        return best


@lru_cache(maxsize=64)
def _fold(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, folded, and where each stands in it."""
    if text.isascii():
        places = [position for position, char in enumerate(text) if char.isalnum()]
        lowered = text.lower()
        return "".join([lowered[position] for position in places]), places
    chars: list[str] = []
    positions: list[int] = []
    for position, char in enumerate(text):
        for folded in _fold_char(char):
            chars.append(folded)
            positions.append(position)
    return "".join(chars), positions


@lru_cache(maxsize=10_000)
def _fold_char(char: str) -> str:
    decomposed = unicodedata.normalize("NFKD", char)
    return "".join(part for part in decomposed.casefold() if part.isalnum())


def _starts_word(text: str, start: int) -> bool:
    """Whether a word begins here: inside `bert-base-nli` the part `nli` is no name of its own."""
    if start == 0:
        return True
    before = text[start - 1]
    if before in _JOINERS:
        return before == "/" and (start < 2 or text[start - 2] == " " or text[start].isupper())
    return not before.isalnum()


_LANGUAGE = re.compile(
    r"[-_](?:[a-z]{2}|ita|eng|deu|ger|fra|fre|spa|por|nld|rus|pol|tur|ara|zho|jpn|kor|hin)(?![\w/-])"
)
_FOLLOWERS = ("-dataset", "-corpus", "-train", "-fine", "-based", "-pretrain", "-task", "-data")


def _word_end(text: str, end: int) -> int:
    """`end` if a word ends here (a plural s is left out), else 0."""
    rest = text[end : end + 12].lower()
    if not rest or rest[0] in "'’":
        return end
    is_last = len(rest) == 1 or not (rest[1].isalnum() or rest[1] in _JOINERS)
    if rest[0] == "s" and text[end - 1] not in "sS" and is_last:
        return end
    if rest[0].isalnum():
        return 0
    if rest[0] in _JOINERS and len(rest) > 1 and rest[1].isalnum():
        if rest.startswith(_FOLLOWERS) or _LANGUAGE.match(rest):
            return end
        return end if rest[0] in "/+" and text[end + 1].isupper() else 0
    return end
