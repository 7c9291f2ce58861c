"""A question as it is read: one kind of apostrophe, no contractions, no control characters, slips of the pen mended."""

import re
import unicodedata
from functools import lru_cache

from agent.offline.phrases import phrases

#: characters of a question that are read; nobody asks more in one question, and the work stays bounded
LONGEST = 4_000

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_SHORT = (
    (re.compile(r"\b(can)(?:'t|not)\b", re.I), r"\1 not"),
    (re.compile(r"\bwon't\b", re.I), "will not"),
    (re.compile(r"\b(\w+)n't\b", re.I), r"\1 not"),
    (re.compile(r"\b(who|what|where|how|that|there|it)'s\b", re.I), r"\1 is"),
    (re.compile(r"\b(who|what|where|how|that|there|it|they|we|you)'re\b", re.I), r"\1 are"),
    (re.compile(r"\b(we|you|they|i)'ve\b", re.I), r"\1 have"),
    (re.compile(r"\b(what|who|how)s\b", re.I), r"\1 is"),
)
_OPERATOR = re.compile(r"\s*([<>]=?|[≤≥]|==)\s*")
_WORD = re.compile(r"(?<![\w/.@-])[A-Za-z]{4,}(?![\w/@]|[.-]\w)")
_SHORTEST = 5


def plain(question: str) -> str:
    """The question as it is read; characters and their lower-case forms are as many."""
    text = "".join(map(_readable, question[:LONGEST].translate(_APOSTROPHES)))
    for short, long in _SHORT:
        text = short.sub(long, text)
    text = _OPERATOR.sub(r" \1 ", text)
    return _WORD.sub(lambda match: _mended(match[0]), text)


def _readable(char: str) -> str:
    """A space for what is no text; one character for what has several as a small letter."""
    if char.isascii():
        return char if char.isprintable() or char == "\n" else " "
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zs"):
        return " "
    return char if len(char.lower()) == 1 else char.lower()[0]


@lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    """The word that is meant where letters are swapped, left out or too many; another word stays as it is."""
    small, spoken, said = word.lower(), phrases().spoken, phrases()
    if len(small) < _SHORTEST or small in spoken | said.unlike | said.talk | said.grammar | said.common:
        return word
    meant = [other for other in spoken if _slipped(small, other)]
    return meant[0] if len(meant) == 1 else word


def _slipped(word: str, meant: str) -> bool:
    """Two neighbours swapped, or one letter left out or doubled; not one for another (`trainer` is not `trained`)."""
    if abs(len(word) - len(meant)) > 1 or len(meant) < _SHORTEST or word[0] != meant[0]:
        return False
    if len(word) == len(meant):
        differ = [at for at, (one, other) in enumerate(zip(word, meant, strict=True)) if one != other]
        return len(differ) == 2 and differ[1] == differ[0] + 1 and word[differ[0]] == meant[differ[1]]
    shorter, longer = sorted((word, meant), key=len)
    gone = next(
        (at for at, (one, other) in enumerate(zip(shorter, longer, strict=False)) if one != other), len(shorter)
    )
    return shorter[gone:] == longer[gone + 1 :]
