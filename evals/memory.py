"""Passages and vectors in memory, for measuring embedders that a store was not made with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from catalog.passages import EVERYTHING, Filters, Hit
from catalog.profiles import Profiles
from catalog.records import Passage

if TYPE_CHECKING:
    from catalog.passages import Vector, Vectors


class MemoryIndex:
    """The nearest of some passages by the cosine of their vectors; by words, those of another index of them."""

    def __init__(self, passages: Sequence[Passage], vectors: "Vectors", words: Profiles | None = None) -> None:
        self._passages, self._vectors, self._words = list(passages), vectors, words

    def nearest(self, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        import numpy as np

        scores = self._vectors @ np.asarray(vector, dtype=np.float32)
        kinds = filters.allowed.get("kind")
        order = np.argsort(-scores, kind="stable")
        best = [index for index in order if kinds is None or self._passages[index].kind in kinds][:limit]
        return [Hit(self._passages[index], float(scores[index])) for index in best]

    def lexical(self, text: str, filters: Filters = EVERYTHING, limit: int = 10, also: str = "") -> list[Hit]:
        return self._words.lexical(text, filters, limit, also) if self._words else []
