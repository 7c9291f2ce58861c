"""Passages with almost the same text: families of cards say the same, and one of them is enough, with their number."""

import re
from collections.abc import Iterable
from dataclasses import replace

from catalog.passages import Hit
from catalog.records import Passage

_WORD = re.compile(r"[^\W\d_]+")
#: of all the words of two passages, the share that both must have
_ALIKE = 0.85


def collapsed(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in their order; one that says almost what an earlier one of another document says is counted there."""
    kept: list[Hit] = []
    told: list[frozenset[str]] = []
    for hit in hits:
        words = _words(hit.passage)
        first = next((i for i, other in enumerate(told) if _same(hit, kept[i]) and _alike(words, other)), None)
        if first is None:
            kept.append(hit)
            told.append(words)
        elif _place(hit) not in (_place(kept[first]), *kept[first].alike):
            kept[first] = replace(kept[first], alike=(*kept[first].alike, _place(hit)))
    return kept


def _same(hit: Hit, other: Hit) -> bool:
    """Whether two hits may be one: what one document says twice stays twice."""
    return hit.passage.path != other.passage.path and hit.passage.kind == other.passage.kind


def _place(hit: Hit) -> str:
    return hit.passage.asset or hit.passage.path


def _words(passage: Passage) -> frozenset[str]:
    """The words of a text but those of the asset's own name; numbers differ within a family."""
    own = set(_WORD.findall((passage.asset or "").lower()))
    return frozenset(_WORD.findall(passage.text.lower())) - own


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and len(one & other) >= _ALIKE * len(one | other)
