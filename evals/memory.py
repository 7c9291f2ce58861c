"""Passages and vectors in memory, for measuring embedders that a store was not made with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from catalog.passages import EVERYTHING, Filters, Hit
from catalog.records import Passage

if TYPE_CHECKING:
    from catalog.passages import Vector, Vectors


class MemoryIndex:
    """The nearest of some passages by the cosine of their vectors."""

    def __init__(self, passages: Sequence[Passage], vectors: "Vectors") -> None:
        self._passages, self._vectors = list(passages), vectors

    def nearest(self, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        import numpy as np

        scores = self._vectors @ np.asarray(vector, dtype=np.float32)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(self._passages[index], float(scores[index])) for index in best]
