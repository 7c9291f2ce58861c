"""The index alone, at sizes that no folder here has: queries over generated passages, in milliseconds."""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from catalog.edge import EdgeIndex
from catalog.embedding import make_embedder
from catalog.passages import PassageIndex, embedding_text
from catalog.points import bm25
from catalog.records import Passage
from evals.replicas import generated

_AT_ONCE = 1_000
_FOUND = 10


def edge_query(seed: Sequence[Passage], questions: Sequence[str], count: int, folder: Path) -> dict[str, float]:
    """Almanac's index in a folder: hybrid search over `count` passages."""
    embedder = make_embedder("wordllama")
    index: PassageIndex = EdgeIndex.create(folder, embedder)
    passages, started = generated(seed, count), time.perf_counter()
    while some := list(islice(passages, _AT_ONCE)):
        index.upsert(some, embedder.embed([embedding_text(passage) for passage in some]))
    index.flush()
    built = time.perf_counter() - started
    vectors = embedder.embed(questions)
    asks = [
        partial(index.search, question, vector, limit=_FOUND)
        for question, vector in zip(questions, vectors, strict=True)
    ]
    told = _milliseconds(asks)
    index.close()
    return told | {"passages": count, "build_seconds": round(built, 1)}


def local_query(seed: Sequence[Passage], questions: Sequence[str], count: int) -> dict[str, float]:
    """qdrant-client in local mode with the same vectors, words and fusion."""
    from qdrant_client import QdrantClient, models

    embedder, client = make_embedder("wordllama"), QdrantClient(":memory:")
    client.create_collection(
        "passages",
        vectors_config={"dense": models.VectorParams(size=embedder.dimension, distance=models.Distance.COSINE)},
        sparse_vectors_config={"bm25": models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    started = time.perf_counter()
    for number, passage in enumerate(generated(seed, count)):
        text = embedding_text(passage)
        words = bm25().embed_document(text)
        vector: dict[str, models.Vector] = {
            "dense": embedder.embed([text])[0].tolist(),
            "bm25": models.SparseVector(indices=words.indices, values=words.values),
        }
        client.upsert("passages", [models.PointStruct(id=number, vector=vector, payload=passage.model_dump())])
    built = time.perf_counter() - started

    def ask(question: str) -> None:
        words = bm25().embed_query(question)
        sparse = models.SparseVector(indices=words.indices, values=words.values)
        client.query_points(
            "passages",
            prefetch=[
                models.Prefetch(query=embedder.embed([question])[0].tolist(), using="dense", limit=50),
                models.Prefetch(query=sparse, using="bm25", limit=50),
            ],
            query=models.FusionQuery(fusion=models.Fusion.RRF),
            limit=_FOUND,
        )

    told = _milliseconds([partial(ask, question) for question in questions])
    return told | {"passages": count, "build_seconds": round(built, 1)}


def _milliseconds(asks: Sequence[Callable[[], object]]) -> dict[str, float]:
    asks[0]()
    times = []
    for ask in asks:
        started = time.perf_counter()
        ask()
        times.append(1_000 * (time.perf_counter() - started))
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(sorted(times)[int(0.95 * len(times))], 2)}
