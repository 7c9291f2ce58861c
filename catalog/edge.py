"""Passages in a folder: Qdrant Edge, in process.

    FOLDER/manifest.json    which embedder made the vectors
    FOLDER/shard/           the Edge shard

The shard has no write-ahead log: with one, only one process can open it. So many processes may read a folder at once,
and what is written is durable after `flush`. Write a new folder, or a copy, and let readers switch to it.
"""

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import qdrant_edge as edge

from catalog.embedding import Embedder
from catalog.errors import StoreError
from catalog.generations import copy_sparsely, translated
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
    from tempfile import TemporaryDirectory

    from catalog.passages import Vector, Vectors

_BATCH = 500
_PAGE = 2_000
_MANIFEST, _SHARD = "manifest.json", "shard"
#: `flush` makes segments read-only, which halves the time to open them, and they are searched by scanning vectors of
#: four bits a number, the best of them again with all digits: half the time of one byte a number with the same first
#: 50 of 200,000, a tenth of a scan of the full vectors, built in seconds, where a graph (m=16) of 50,000 takes 110 s.
_OPTIMIZERS = edge.EdgeOptimizersConfig(indexing_threshold=1, default_segment_number=1)
_SCAN = edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000)
_HALF_BYTES = edge.TurboQuantQuantizationConfig(always_ram=True, bits=edge.TurboQuantBitSize.Bits4)
_EXACT_ENOUGH = edge.SearchParams(quantization=edge.QuantizationSearchParams(rescore=True, oversampling=4.0))


class EdgeIndex:
    """A `PassageIndex` in a folder."""

    def __init__(self, folder: Path, shard: edge.EdgeShard, manifest: Manifest, fusion: Fusion) -> None:
        self.folder, self.manifest, self.fusion = folder, manifest, fusion
        self._shard = shard
        self._copy: TemporaryDirectory[str] | None = None  # what is really open, where `folder` must not be written

    @classmethod
    def create(
        cls, folder: Path, embedder: Embedder, fusion: Fusion = DEFAULT_FUSION, holds: Holds = "passages"
    ) -> Self:
        """A new, empty index; the folder may exist, but must hold none."""
        manifest = manifest_of(embedder, holds)
        if (folder / _MANIFEST).exists():
            raise StoreError(f"{folder} already holds a passage index. Open it, or name another folder.")
        with _Translated(folder):
            (folder / _SHARD).mkdir(parents=True, exist_ok=True)
            shard = edge.EdgeShard.create(str(folder / _SHARD), _config(manifest.dimension))
            for name in INDEXED:
                shard.update(edge.UpdateOperation.create_field_index(name, edge.PayloadSchemaType.Keyword))
            shard.flush()
            (folder / _MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
        return cls(folder, shard, manifest, fusion)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder, fusion: Fusion = DEFAULT_FUSION) -> Self:
        """An existing index, to search or to change; raises StoreError or EmbedderError where that cannot be."""
        try:
            manifest = parse_manifest((folder / _MANIFEST).read_bytes(), str(folder))
        except FileNotFoundError as error:
            raise StoreError(f"no passage index at {folder}. Make one: almanac ingest FOLDER") from error
        manifest.check(embedder, str(folder))
        copy = None if _is_writable(folder / _SHARD) else _copied(folder / _SHARD)
        with _Translated(folder):
            shard = edge.EdgeShard.load(copy.name if copy else str(folder / _SHARD))
        index = cls(folder, shard, manifest, fusion)
        index._copy = copy
        return index

    def upsert(self, passages: Sequence[Passage], vectors: "Vectors") -> None:
        self.manifest.check_vectors(len(passages), vectors.shape)
        for start in range(0, len(passages), _BATCH):
            some = slice(start, start + _BATCH)
            points = [_point(*pair) for pair in zip(passages[some], vectors[some].tolist(), strict=True)]
            with _Translated(self.folder):
                self._shard.update(edge.UpdateOperation.upsert_points(points))

    def delete_paths(self, paths: Iterable[str]) -> None:
        named = _filter(Filters(paths=tuple(paths)))
        with _Translated(self.folder):
            self._shard.update(edge.UpdateOperation.delete_points_by_filter(named))

    def delete_keys(self, keys: Iterable[str]) -> None:
        with _Translated(self.folder):
            self._shard.update(edge.UpdateOperation.delete_points([point_id(key) for key in keys]))

    def count(self) -> int:
        with _Translated(self.folder):
            return self._shard.count(edge.CountRequest(exact=True))

    def keys(self) -> set[str]:
        return {key_of(str(record.id)) for record in self._scroll(EVERYTHING, with_payload=False)}

    def search(self, text: str, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        self.manifest.check_vectors(1, (1, len(vector)))
        used = rankings(self.fusion, text, vector)
        if not used or filters.nothing:
            return []
        depth, allowed = self.fusion.fetched(limit), _filter(filters)
        request = edge.QueryRequest(
            prefetches=[
                edge.Prefetch(
                    depth, edge.Query.Nearest(one.query, one.using), filter=allowed, params=_params(one.using)
                )
                for one in used
            ],
            query=edge.Fusion.Rrf(self.fusion.k, [one.weight for one in used]),  # type: ignore[arg-type] # stub
            limit=depth,
            with_payload=False,
        )
        return self._hits(request, limit)

    def lexical(self, text: str, filters: Filters = EVERYTHING, limit: int = 10, also: str = "") -> list[Hit]:
        words = word_query(text, also)
        return self._ranked(words, LEXICAL, filters, limit) if words else []

    def nearest(self, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        self.manifest.check_vectors(1, (1, len(vector)))
        numbers = [float(number) for number in vector]
        return self._ranked(numbers, DENSE, filters, limit) if any(numbers) else []

    def passages_of(self, *, asset: str | None = None, path: str | None = None) -> list[Passage]:
        filters = Filters(assets=None if asset is None else (asset,), paths=None if path is None else (path,))
        return sorted((from_payload(record.payload) for record in self._scroll(filters)), key=file_order)

    def flush(self) -> None:
        with _Translated(self.folder):
            self._shard.optimize()
            self._shard.flush()

    def close(self) -> None:
        with _Translated(self.folder):
            self._shard.close()
        if self._copy:
            self._copy.cleanup()

    def _ranked(self, query: list[float] | edge.SparseVector, using: str, filters: Filters, limit: int) -> list[Hit]:
        """One ranking; more is fetched than asked for, so that ties come in file order."""
        if filters.nothing:
            return []
        request = edge.QueryRequest(
            query=edge.Query.Nearest(query, using),
            filter=_filter(filters),
            limit=self.fusion.fetched(limit),
            params=_params(using),
            with_payload=False,
        )
        return self._hits(request, limit)

    def _hits(self, request: edge.QueryRequest, limit: int) -> list[Hit]:
        """Only what is shown is read: the first `limit` points, and those that are as good as the last of them."""
        with _Translated(self.folder):
            points = self._shard.query(request)
            least = points[limit - 1].score if 0 < limit < len(points) else float("-inf")
            scores = {str(point.id): point.score for point in points if point.score >= least}
            records = self._shard.retrieve([uuid.UUID(id_) for id_ in scores], with_payload=True, with_vector=False)
        return ranked((Hit(from_payload(record.payload), scores[str(record.id)]) for record in records), limit)

    def _scroll(self, filters: Filters, with_payload: bool = True) -> Iterator[edge.Record]:
        offset: edge.PointId | None = None
        while True:
            request = edge.ScrollRequest(offset, _PAGE, _filter(filters), with_payload)
            with _Translated(self.folder):
                records, offset = self._shard.scroll(request)
            yield from records
            if offset is None:
                return


def _is_writable(shard: Path) -> bool:
    """Whether Edge can open a shard: it maps the files for writing, also when it only reads."""
    looked_at = [shard, *shard.glob("*"), *shard.glob("segments/*/*")] if shard.exists() else []
    return all(os.access(path, os.W_OK) for path in looked_at)


def _copied(shard: Path) -> "TemporaryDirectory[str]":
    """A copy of a shard that must not be written, gone when the index is closed."""
    from tempfile import TemporaryDirectory

    copy = TemporaryDirectory(prefix="almanac-", ignore_cleanup_errors=True)
    try:
        shutil.copytree(shard, copy.name, copy_function=copy_sparsely, dirs_exist_ok=True)
        for folder, _, _ in os.walk(copy.name):
            Path(folder).chmod(0o700)
    except OSError as error:
        raise translated(error, Path(copy.name)) from error
    return copy


def _config(dimension: int) -> edge.EdgeConfig:
    return edge.EdgeConfig(
        vectors={DENSE: edge.EdgeVectorParams(dimension, edge.Distance.Cosine, quantization_config=_HALF_BYTES)},
        sparse_vectors={LEXICAL: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        hnsw_config=_SCAN,
        optimizers=_OPTIMIZERS,
        wal_enabled=False,
    )


def _point(passage: Passage, vector: list[float]) -> edge.Point:
    sparse = bm25().embed_document(embedding_text(passage))
    return edge.Point(point_id(passage.key), {DENSE: vector, LEXICAL: sparse}, to_payload(passage))


def _params(using: str) -> edge.SearchParams | None:
    return _EXACT_ENOUGH if using == DENSE else None


def _filter(filters: Filters) -> edge.Filter:
    conditions = [
        edge.FieldCondition(name, match=edge.MatchAny(any=values)) for name, values in filters.allowed.items()
    ]
    return edge.Filter(must=list(conditions))


class _Translated(AbstractContextManager[None]):
    """Turns what the shard raises into StoreError. It raises bare `Exception`s; subclasses of that are our own bugs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is Exception:
            raise StoreError(
                f"the passages in {self.folder} cannot be used ({error}). Rebuild them: almanac ingest FOLDER --rebuild"
            ) from error
