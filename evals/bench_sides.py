"""One side of the benchmark in a process of its own: `python -m evals.bench_sides SIDE FOLDER WORK QUESTIONS`.

Prints one JSON object: cards and seconds of the ingest, seconds of each query, peak memory in MB.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_FOUND = 10


def measured_almanac(folder: Path, work: Path, questions: Sequence[str]) -> dict[str, object]:
    """Almanac: cards into facts, passages and profiles; a query is what a question is answered from."""
    from agent.cli import run
    from catalog.settings import load_settings
    from catalog.snapshot import open_snapshot

    started = time.perf_counter()
    if run(["ingest", str(folder), "--store", str(work / "store")]):
        raise SystemExit("the ingest failed")
    seconds = time.perf_counter() - started
    snapshot = open_snapshot(load_settings(store=work / "store"))

    def ask(question: str) -> None:
        snapshot.retriever.find(question, snapshot.embedder.embed([question])[0], _FOUND)

    found = {
        "cards": len(list(folder.rglob("README.md"))),
        "passages": snapshot.passages.count(),
        "ingest_seconds": seconds,
    }
    return found | {"query_seconds": _timed(ask, questions)}


def measured_peer(folder: Path, work: Path, questions: Sequence[str]) -> dict[str, object]:
    """What one would otherwise build: unstructured, sentence embeddings, qdrant-client in local mode, LangChain."""
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_qdrant import QdrantVectorStore
    from unstructured.chunking.title import chunk_by_title
    from unstructured.partition.md import partition_md

    from catalog.encoders import minilm_folder

    _stay_offline()
    files = sorted(folder.rglob("README.md"))
    embeddings = HuggingFaceEmbeddings(model_name=minilm_folder())
    embeddings.embed_query("loaded")
    started = time.perf_counter()
    documents = []
    for file in files:
        chunks = chunk_by_title(partition_md(filename=str(file)), max_characters=1_000)
        documents += [Document(chunk.text, metadata={"path": str(file)}) for chunk in chunks]
    store = QdrantVectorStore.from_documents(documents, embeddings, path=str(work / "qdrant"), collection_name="cards")
    seconds = time.perf_counter() - started
    times = _timed(lambda question: store.similarity_search(question, k=_FOUND), questions)
    return {"cards": len(files), "passages": len(documents), "ingest_seconds": seconds, "query_seconds": times}


def _stay_offline() -> None:
    """unstructured would fetch a spaCy model; a blank pipeline is there without a network, and faster."""
    import spacy
    from unstructured.nlp import tokenize

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    setattr(tokenize, "_load_spacy_model", lambda: pipeline)  # noqa: B010


def _timed(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Seconds of each question, after all were asked once."""
    for question in questions[:3]:
        ask(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append(time.perf_counter() - started)
    return times


SIDES: dict[str, Callable[[Path, Path, Sequence[str]], dict[str, object]]] = {
    "almanac": measured_almanac,
    "peer": measured_peer,
}


def main(side: str, folder: str, work: str, questions: str) -> None:
    asked = json.loads(Path(questions).read_text(encoding="utf-8"))
    told = SIDES[side](Path(folder), Path(work), asked)
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps(told | {"peak_mb": max(whole) / 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
