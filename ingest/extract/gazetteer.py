"""Finding many known spellings in a text at once, whatever their case, spaces and punctuation."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

_SEPARATORS = frozenset(',;:|()[]"“”!?…→\n')
_JOINERS = frozenset("-_/.@+~")
_MAX_TEXT = 4_000
_HEAD = 4
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")


class Gazetteer:
    """Spellings by their first letters; the longest one wins.

    `spellings` maps squashed spellings (lower-case letters and digits only) to whatever they stand for.
    """

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self._meanings = {spelling: meaning for spelling, meaning in spellings.items() if spelling}
        lengths: dict[str, set[int]] = defaultdict(set)
        for spelling in self._meanings:
            lengths[spelling[:_HEAD]].add(len(spelling))
        #: first letters → lengths of the spellings that begin so, longest first; shorter spellings are their own head
        self._lengths = {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}
        self._shortest = min(map(len, self._lengths), default=_HEAD)

    def scan(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, meaning) of every spelling that stands as whole words, left to right, without overlaps."""
        chars, positions, starts = _fold(text[:_MAX_TEXT])
        taken = 0
        for index in starts:
            start = positions[index]
            if start < taken:
                continue
            found = self._longest(text, chars, positions, index)
            if found:
                taken = found[0]
                yield start, *found

    def _longest(self, text: str, chars: str, positions: list[int], index: int) -> tuple[int, str] | None:
        begins = False
        for head in range(_HEAD, self._shortest - 1, -1):
            for length in self._lengths.get(chars[index : index + head], ()):
                spelling = chars[index : index + length]
                meaning = self._meanings.get(spelling)
                if meaning is None or len(spelling) < length:
                    continue
                begins = begins or _starts_word(text, positions[index])
                if not begins:
                    return None
                last = positions[index + length - 1]
                end = _word_end(text, last + 1)
                if end and _SEPARATORS.isdisjoint(text[positions[index] : last]):
                    return end, meaning
        return None


@lru_cache(maxsize=64)
def _fold(text: str) -> tuple[str, list[int], list[int]]:
    """The letters and digits of a text, folded, where each stands in it, and at which of them a word begins."""
    chars: list[str] = []
    positions: list[int] = []
    starts: list[int] = []
    if text.isascii():
        for word in _ASCII_WORD.finditer(text):
            starts.append(len(positions))
            positions.extend(range(*word.span()))
            chars.append(word[0].lower())
        return "".join(chars), positions, starts
    previous = -2
    for position, char in enumerate(text):
        for folded in _fold_char(char):
            if position > previous + 1:
                starts.append(len(positions))
            previous = position
            chars.append(folded)
            positions.append(position)
    return "".join(chars), positions, starts


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
