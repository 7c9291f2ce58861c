"""Passages on a Qdrant server or cluster, through qdrant-client: the same layout as in a folder (`edge.py`).

An index is a collection, `almanac-<name>`; its metadata holds the manifest and the id of the store that wrote it, so
that a store removes none but its own. Writes wait until they are applied, so `flush` has nothing to do.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException

from catalog.embedding import Embedder
from catalog.errors import StoreError, UnavailableError
from catalog.passages import DEFAULT_FUSION, EVERYTHING, Filters, Fusion, Hit, embedding_text
from catalog.points import (
    DENSE,
    INDEXED,
    LEXICAL,
    Holds,
    Manifest,
    bm25,
    file_order,
    from_payload,
    key_of,
    manifest_of,
    parse_manifest,
    point_id,
    ranked,
    rankings,
    to_payload,
    word_query,
)
from catalog.records import Passage

if TYPE_CHECKING:
    import qdrant_edge

    from catalog.passages import Vector, Vectors

_BATCH = 200
_PAGE = 500
_PREFIX = "almanac-"


def connect(url: str, api_key: str | None = None) -> QdrantClient:
    """A client of the server at `url`; nothing is asked of it yet."""
    return QdrantClient(url=url, api_key=api_key, check_compatibility=False)


@dataclass(frozen=True)
class Server:
    """The passage indexes on a Qdrant server, by name; `owner` is the id of the store that writes them."""

    client: QdrantClient
    fusion: Fusion = DEFAULT_FUSION

    def open(self, name: str, embedder: Embedder) -> "ServerIndex":
        """An existing index; raises StoreError, UnavailableError or EmbedderError where that cannot be."""
        collection = _PREFIX + name
        with _translated(collection):
            if not self.client.collection_exists(collection):
                raise StoreError(
                    f"the Qdrant server has no collection {collection!r}. Make it: almanac ingest FOLDER --rebuild"
                )
            metadata = self.client.get_collection(collection).config.metadata or {}
        where = f"the collection {collection!r}"
        manifest = parse_manifest(str(metadata.get("manifest")), where)
        manifest.check(embedder, where)
        return ServerIndex(self.client, collection, manifest, self.fusion)

    def create(self, name: str, embedder: Embedder, owner: str, holds: Holds = "passages") -> "ServerIndex":
        """A new, empty index."""
        collection, manifest = _PREFIX + name, manifest_of(embedder, holds)
        dense = models.VectorParams(size=manifest.dimension, distance=models.Distance.COSINE)
        with _translated(collection):
            if self.client.collection_exists(collection):
                raise StoreError(f"the Qdrant server already has a collection {collection!r}. Name another.")
            self.client.create_collection(
                collection,
                vectors_config={DENSE: dense},
                sparse_vectors_config={LEXICAL: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                metadata={"manifest": manifest.model_dump_json(), "owner": owner},
            )
            for field in INDEXED:
                self.client.create_payload_index(collection, field, models.PayloadSchemaType.KEYWORD, wait=True)
        return ServerIndex(self.client, collection, manifest, self.fusion)

    def copy(self, source: str, name: str, embedder: Embedder, owner: str) -> "ServerIndex":
        """A new index with every point of the index `source`."""
        before = self.open(source, embedder)
        made = self.create(name, embedder, owner, before.manifest.holds)
        for records in before.pages(EVERYTHING, with_vectors=True):
            points = [
                models.PointStruct(**record.model_dump(include={"id", "vector", "payload"})) for record in records
            ]
            with _translated(made.collection):
                self.client.upsert(made.collection, points, wait=True)
        return made

    def remove(self, name: str) -> None:
        """Remove an index, if it is there."""
        with _translated(_PREFIX + name):
            self.client.delete_collection(_PREFIX + name)

    def remove_all_but(self, names: set[str], owner: str) -> None:
        """Remove every index of this owner but those named."""
        kept = {_PREFIX + name for name in names}
        with _translated(f"{_PREFIX}…"):
            for collection in [found.name for found in self.client.get_collections().collections]:
                if collection.startswith(_PREFIX) and collection not in kept and self._owner(collection) == owner:
                    self.client.delete_collection(collection)

    def _owner(self, collection: str) -> object:
        return (self.client.get_collection(collection).config.metadata or {}).get("owner")


class ServerIndex:
    """A `PassageIndex` in a collection of a Qdrant server."""

    def __init__(self, client: QdrantClient, collection: str, manifest: Manifest, fusion: Fusion) -> None:
        self.client, self.collection, self.manifest, self.fusion = client, collection, manifest, fusion

    def upsert(self, passages: Sequence[Passage], vectors: "Vectors") -> None:
        self.manifest.check_vectors(len(passages), vectors.shape)
        for start in range(0, len(passages), _BATCH):
            some = slice(start, start + _BATCH)
            points = [_point(*pair) for pair in zip(passages[some], vectors[some].tolist(), strict=True)]
            with _translated(self.collection):
                self.client.upsert(self.collection, points, wait=True)

    def delete_paths(self, paths: Iterable[str]) -> None:
        named = models.FilterSelector(filter=_filter(Filters(paths=tuple(paths))))
        with _translated(self.collection):
            self.client.delete(self.collection, named, wait=True)

    def delete_keys(self, keys: Iterable[str]) -> None:
        ids: list[models.ExtendedPointId] = [str(point_id(key)) for key in keys]
        with _translated(self.collection):
            self.client.delete(self.collection, models.PointIdsList(points=ids), wait=True)

    def count(self) -> int:
        with _translated(self.collection):
            return self.client.count(self.collection, exact=True).count

    def keys(self) -> set[str]:
        pages = self.pages(EVERYTHING, with_payload=False)
        return {key_of(str(record.id)) for records in pages for record in records}

    def search(self, text: str, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        self.manifest.check_vectors(1, (1, len(vector)))
        used = rankings(self.fusion, text, vector)
        if not used or filters.nothing:
            return []
        depth, allowed = self.fusion.fetched(limit), _filter(filters)
        with _translated(self.collection):
            answer = self.client.query_points(
                self.collection,
                prefetch=[
                    models.Prefetch(query=_query(one.query), using=one.using, filter=allowed, limit=depth)
                    for one in used
                ],
                query=models.RrfQuery(rrf=models.Rrf(k=self.fusion.k, weights=[one.weight for one in used])),
                limit=depth,
            )
        return _hits(answer, limit)

    def lexical(self, text: str, filters: Filters = EVERYTHING, limit: int = 10, also: str = "") -> list[Hit]:
        words = word_query(text, also)
        return self._ranked(_query(words), LEXICAL, filters, limit) if words else []

    def nearest(self, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        self.manifest.check_vectors(1, (1, len(vector)))
        numbers = [float(number) for number in vector]
        return self._ranked(numbers, DENSE, filters, limit) if any(numbers) else []

    def passages_of(self, *, asset: str | None = None, path: str | None = None) -> list[Passage]:
        filters = Filters(assets=None if asset is None else (asset,), paths=None if path is None else (path,))
        return sorted(
            (from_payload(record.payload) for records in self.pages(filters) for record in records), key=file_order
        )

    def flush(self) -> None:
        """Nothing: every write has waited until it was applied."""

    def close(self) -> None:
        self.client.close()

    def _ranked(self, query: list[float] | models.SparseVector, using: str, filters: Filters, limit: int) -> list[Hit]:
        """One ranking; more is fetched than asked for, so that ties come in file order."""
        if filters.nothing:
            return []
        with _translated(self.collection):
            answer = self.client.query_points(
                self.collection,
                query=query,
                using=using,
                query_filter=_filter(filters),
                limit=self.fusion.fetched(limit),
            )
        return _hits(answer, limit)

    def pages(
        self, filters: Filters, *, with_payload: bool = True, with_vectors: bool = False
    ) -> Iterator[list[models.Record]]:
        """Every point that the filters let through, some hundred at a time."""
        offset = None
        while True:
            with _translated(self.collection):
                records, offset = self.client.scroll(
                    self.collection,
                    _filter(filters),
                    limit=_PAGE,
                    offset=offset,
                    with_payload=with_payload,
                    with_vectors=with_vectors,
                )
            yield records
            if offset is None:
                return


def _point(passage: Passage, vector: list[float]) -> models.PointStruct:
    sparse = _sparse(bm25().embed_document(embedding_text(passage)))
    vectors: dict[str, models.Vector] = {DENSE: vector, LEXICAL: sparse}
    return models.PointStruct(id=str(point_id(passage.key)), vector=vectors, payload=to_payload(passage))


def _copied(record: models.Record) -> models.PointStruct:
    return models.PointStruct(id=record.id, vector=record.vector or {}, payload=record.payload)


def _sparse(words: "qdrant_edge.SparseVector") -> models.SparseVector:
    return models.SparseVector(indices=words.indices, values=words.values)


def _query(query: "list[float] | qdrant_edge.SparseVector") -> list[float] | models.SparseVector:
    return query if isinstance(query, list) else _sparse(query)


def _filter(filters: Filters) -> models.Filter:
    conditions = [
        models.FieldCondition(key=name, match=models.MatchAny(any=values)) for name, values in filters.allowed.items()
    ]
    return models.Filter(must=list(conditions))


def _hits(answer: models.QueryResponse, limit: int) -> list[Hit]:
    return ranked((Hit(from_payload(point.payload), point.score) for point in answer.points), limit)


@contextmanager
def _translated(collection: str) -> Iterator[None]:
    try:
        yield
    except ApiException as error:
        said = " ".join(str(error).split())[:200]
        raise UnavailableError(
            f"the Qdrant server did not do what was asked of collection {collection!r} ({said}). "
            "Check that it runs and that ALMANAC_QDRANT_URL and ALMANAC_QDRANT_API_KEY are right."
        ) from error
