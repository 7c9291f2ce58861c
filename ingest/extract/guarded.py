"""Patterns that are tried only on texts that hold one of the words without which they cannot match.

Most patterns of the extractors are lists of words (`based on|built upon`) that begin anywhere, which the `re` module
looks for place by place. Looking for the words themselves is about thirty times as fast, and most texts hold none.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_FEWEST_LETTERS = 2
_MOST_WORDS = 60


class Guarded:
    """A compiled pattern with the words, in small letters, of which every match holds at least one."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = re.compile(pattern, flags)
        self.words = tuple(sorted(_needed(parser.parse(pattern, flags)) or ()))

    def search(self, text: str) -> re.Match[str] | None:
        """As of the pattern."""
        return self.pattern.search(text) if self._may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As of the pattern."""
        return self.pattern.finditer(text) if self._may_match(text) else iter(())

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As of the pattern, which fails at once where it does not begin."""
        return self.pattern.match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As of the pattern."""
        return self.pattern.fullmatch(text)

    def findall(self, text: str) -> list[str]:
        """As of the pattern, which has one group at most."""
        return self.pattern.findall(text) if self._may_match(text) else []

    def sub(self, new: str, text: str) -> str:
        """As of the pattern."""
        return self.pattern.sub(new, text) if self._may_match(text) else text

    def _may_match(self, text: str) -> bool:
        if not self.words:
            return True
        lowered = _lowered(text)
        for word in self.words:  # noqa: SIM110 — a generator costs more than the look-ups
            if word in lowered:
                return True
        return False


class Guards:
    """Several guarded patterns, which are asked together: a word that many of them need is looked for once."""

    def __init__(self, patterns: Sequence[Guarded]) -> None:
        self.patterns = tuple(patterns)
        self._always = [index for index, pattern in enumerate(patterns) if not pattern.words]
        by_word: dict[str, list[int]] = defaultdict(list)
        for index, pattern in enumerate(patterns):
            for word in pattern.words:
                by_word[word].append(index)
        self._by_word = tuple(by_word.items())

    def possible(self, text: str) -> list[int]:
        """The places, in order, of the patterns that may match a text."""
        lowered = _lowered(text)
        found = set(self._always)
        for word, indices in self._by_word:
            if word in lowered:
                found.update(indices)
        return sorted(found)


@lru_cache(maxsize=16)
def _lowered(text: str) -> str:
    """In small letters; two have no other small letter, but `re.IGNORECASE` takes them for an s and an i."""
    return text.lower().replace("ſ", "s").replace("ı", "i")


def _needed(parsed: Any) -> frozenset[str] | None:
    """The words of which a part of a pattern needs one; None where it can do without any that are known."""
    found: list[frozenset[str]] = []
    run = ""
    for op, argument in [*parsed, (None, None)]:
        if op is ops.LITERAL and _is_plain(chr(argument)):
            run += chr(argument).lower()
            continue
        if len(run) >= _FEWEST_LETTERS:
            found.append(frozenset([run]))
        run = ""
        inner = _inner(op, argument)
        if inner:
            found.append(inner)
    return max(found, key=lambda words: (min(map(len, words)), -len(words)), default=None)


def _inner(op: Any, argument: Any) -> frozenset[str] | None:
    if op is ops.SUBPATTERN:
        return _needed(argument[-1])
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT) and argument[0] > 0:
        return _needed(argument[2])
    if op is not ops.BRANCH:
        return None
    words: set[str] = set()
    for branch in argument[1]:
        needed = _needed(branch)
        if needed is None:
            return None
        words |= needed
    return frozenset(words) if len(words) <= _MOST_WORDS else None


def _is_plain(char: str) -> bool:
    return char.isascii() or not char.isalpha()
