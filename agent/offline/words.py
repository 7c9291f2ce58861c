"""Words of questions and cards, made comparable: stems, parts of compounds, and words that mean the same."""

import re
from functools import lru_cache

from agent.offline.asked import prose_phrases

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"\d+(?:[.,]\d+)+|\d+|[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_WORD, _SHORTEST = 60, 3

#: ending → what stands in its place; the first that leaves a stem of the given length counts
_ENDINGS: tuple[tuple[str, str, int], ...] = (
    ("isations", "iz", 3), ("izations", "iz", 3), ("isation", "iz", 3), ("ization", "iz", 3),
    ("ations", "", 4), ("ation", "", 4), ("ators", "", 4), ("ator", "", 4), ("ating", "", 4), ("ated", "", 4),
    ("ates", "", 4), ("ate", "", 4), ("isers", "iz", 3), ("izers", "iz", 3), ("iser", "iz", 3), ("izer", "iz", 3),
    ("ising", "iz", 3), ("izing", "iz", 3), ("ised", "iz", 3), ("ized", "iz", 3), ("ises", "iz", 3),
    ("izes", "iz", 3), ("ise", "iz", 3), ("ize", "iz", 3), ("ings", "", 3), ("ing", "", 3), ("ments", "", 4),
    ("ment", "", 4), ("ness", "", 4), ("ities", "", 4), ("ity", "", 4), ("ions", "", 4), ("ion", "", 4),
    ("ies", "y", 2), ("sses", "ss", 2), ("ers", "", 3), ("ors", "", 4), ("ed", "", 3), ("er", "", 4), ("or", "", 4),
    ("ally", "", 4), ("ly", "", 4), ("al", "", 4), ("es", "", 3), ("ss", "ss", 1), ("us", "us", 2), ("is", "is", 2),
    ("s", "", 3), ("e", "", 3), ("y", "", 4),
)  # fmt: skip
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """`annotators`, `annotated` and `annotation` are `annot`; words of up to three letters and numbers stay."""
    if len(word) <= _SHORTEST or not word.isalpha():
        return word
    for ending, instead, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)] + instead
            break
    return _DOUBLED.sub(r"\1", word) if len(word) > _SHORTEST else word


@lru_cache(maxsize=20_000)
def stems(text: str) -> frozenset[str]:
    """The stems of a text, of compounds (`dim50`, `BertTokenizer`) also those of their parts."""
    return frozenset().union(*map(_stems_of_word, set(_WORD.findall(text))))


@lru_cache(maxsize=100_000)
def _stems_of_word(word: str) -> frozenset[str]:
    pieces = [piece.lower() for part in _CAMEL.split(word[:_LONGEST_WORD]) for piece in _PIECE.findall(part)]
    inside = {stem(piece) for piece in pieces if len(piece) > 1 or piece.isdigit()}
    return frozenset((stem(word.lower()[:_LONGEST_WORD]), *inside))


@lru_cache(maxsize=5_000)
def meaning_same(word: str) -> frozenset[str]:
    """Stems of words that people use for the same thing, the word's own left out."""
    own = stem(word)
    sets = [senses for senses in _senses() if own in senses]
    return frozenset().union(*sets) - {own}


@lru_cache(maxsize=1)
def _senses() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(stem(word) for word in line.split()) for line in prose_phrases().senses)
