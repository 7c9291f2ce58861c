"""How a passage is a point in Qdrant; the layout that `edge.py` and `server.py` share.

A point per passage (id made from `Passage.key`) with a dense vector `dense` (cosine), a sparse vector `bm25` (BM25
weights, to be used with the collection's inverse document frequencies) and the passage as payload, with keyword indexes
on `asset`, `kind` and `path`. Both vectors are made of `embedding_text`. A manifest remembers what made them.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import qdrant_edge
from pydantic import ValidationError

from catalog.embedding import Embedder
from catalog.errors import EmbedderError, StoreError
from catalog.passages import Fusion, Hit
from catalog.records import Passage, Record

if TYPE_CHECKING:
    from catalog.passages import Vector

LAYOUT = 1
DENSE, LEXICAL = "dense", "bm25"
INDEXED = ("asset", "kind", "path")

#: what a word that only means something near counts in BM25, of a word that was asked for
ALSO = 0.3

_KEY_DIGITS = 12


Holds = Literal["passages", "profiles"]
_SETTINGS: dict[Holds, str] = {"passages": "ALMANAC_EMBEDDER", "profiles": "ALMANAC_PROFILE_EMBEDDER"}


class Manifest(Record):
    """What made the vectors of an index."""

    layout: int
    embedder: str
    dimension: int
    holds: Holds = "passages"

    def check(self, embedder: Embedder, where: str) -> None:
        """Raise unless this version and this embedder can read the index at `where`."""
        if self.layout != LAYOUT:
            raise StoreError(
                f"the passages in {where} have layout {self.layout}, this version reads {LAYOUT}. "
                "Rebuild them: almanac ingest FOLDER --rebuild"
            )
        if self.embedder != embedder.name:
            raise EmbedderError(
                f"the {self.holds} in {where} were embedded with {self.embedder}, the embedder set is {embedder.name}. "
                f"Set it back ({_SETTINGS[self.holds]}={self.embedder}), "
                "or embed again: almanac ingest FOLDER --rebuild"
            )

    def check_vectors(self, count: int, shape: tuple[int, ...]) -> None:
        """Raise unless `shape` is (count, dimension)."""
        if shape != (count, self.dimension):
            raise EmbedderError(
                f"{count} vectors of {self.dimension} numbers ({self.embedder}) were expected, got {shape}. "
                "If the embedder's model has changed, embed again: almanac ingest FOLDER --rebuild"
            )


def manifest_of(embedder: Embedder, holds: Holds) -> Manifest:
    """The manifest of a new index."""
    return Manifest(layout=LAYOUT, embedder=embedder.name, dimension=embedder.dimension, holds=holds)


def parse_manifest(text: str | bytes, where: str) -> Manifest:
    """Read a manifest; raises StoreError where it is none."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise StoreError(
            f"{where} holds no readable passage index ({error.error_count()} errors in its manifest). "
            "Rebuild it: almanac ingest FOLDER --rebuild"
        ) from error


@lru_cache(maxsize=1)
def bm25() -> qdrant_edge.Bm25:
    """The one BM25 model; an index is only right for the model that wrote it, so a change is a change of LAYOUT."""
    return qdrant_edge.Bm25(qdrant_edge.Bm25Config(language="english", ascii_folding=True))


@dataclass(frozen=True)
class Ranking:
    """One of the rankings that are fused: the vector asked for and its weight."""

    using: str
    weight: float
    query: "list[float] | qdrant_edge.SparseVector"


def rankings(fusion: Fusion, text: str, vector: "Vector") -> list[Ranking]:
    """The rankings that can say something: not those of weight 0, of a zero vector or of stop words only."""
    numbers, words = [float(number) for number in vector], bm25().embed_query(text)
    found = []
    if fusion.dense and any(numbers):
        found.append(Ranking(DENSE, fusion.dense, numbers))
    if fusion.lexical and words.indices:
        found.append(Ranking(LEXICAL, fusion.lexical, words))
    return found


def word_query(text: str, also: str = "") -> qdrant_edge.SparseVector | None:
    """The words of a question for BM25, those of `also` at a part of the weight; None where only stop words are."""
    weights = dict.fromkeys(bm25().embed_query(also).indices, ALSO) if also else {}
    weights |= dict.fromkeys(bm25().embed_query(text).indices, 1.0)
    return qdrant_edge.SparseVector(list(weights), list(weights.values())) if weights else None


def point_id(key: str) -> uuid.UUID:
    """The id of the point of a passage: its key, filled up with zeros."""
    return uuid.UUID(hex=key.ljust(32, "0"))


def key_of(point: uuid.UUID | str) -> str:
    """The key of the passage of a point."""
    return uuid.UUID(str(point)).hex[:_KEY_DIGITS]


def to_payload(passage: Passage) -> dict[str, Any]:
    return passage.model_dump(mode="json")


def from_payload(payload: dict[str, Any] | None) -> Passage:
    return Passage.model_validate(payload or {})


def ranked(hits: Iterable[Hit], limit: int) -> list[Hit]:
    """Best first, ties in file order: Qdrant leaves the order of equal scores open."""
    return sorted(hits, key=lambda hit: (-hit.score, *file_order(hit.passage)))[:limit]


def file_order(passage: Passage) -> tuple[str, int, int, str]:
    return passage.path, passage.line_start, passage.line_end, passage.text
