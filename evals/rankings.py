"""Ways to rank documents and passages for a question: BM25, each dense embedder, fusion, and what Almanac does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from agent.offline.mentions import QuestionLinker
from catalog.embedding import Embedder
from catalog.needs import need_reader
from catalog.passages import Hit, embedding_text
from catalog.profiles import PROFILED, ProfileSearch
from catalog.records import Passage
from catalog.snapshot import Snapshot

if TYPE_CHECKING:
    from catalog.passages import Vector

_FETCHED = 100
#: enough for ten documents also where one has hundreds of passages that fit
_FETCHED_DOCUMENTS = 400


@dataclass(frozen=True)
class Found:
    """One result, best first: a passage, or a whole document where `text` is empty."""

    path: str
    text: str = ""
    line_start: int = 0


Ranking = Callable[[str], list[Found]]


def passage_rankings(snapshot: Snapshot, embedders: Sequence[Embedder]) -> dict[str, Ranking]:
    """Name → ranking of passages."""
    index, own = snapshot.passages, snapshot.embedder

    def vector(question: str) -> "Vector":
        vectors = own.embed([question])
        return cast("Vector", vectors[0])

    found: dict[str, Ranking] = {
        "BM25": lambda question: _found(index.lexical(question, limit=_FETCHED_DOCUMENTS)),
        f"{own.name}, passages": lambda question: _found(index.nearest(vector(question), limit=_FETCHED_DOCUMENTS)),
        "BM25 + dense, reciprocal ranks": lambda question: _found(
            index.search(question, vector(question), limit=_FETCHED_DOCUMENTS)
        ),
    }
    for embedder in embedders:
        found[f"{embedder.name}, passages"] = _in_memory(embedder, index.passages_of())
    found["Almanac, passages"] = _answering(snapshot)
    return found


def profile_rankings(snapshot: Snapshot, embedders: Sequence[Embedder]) -> dict[str, Ranking]:
    """Name → ranking of documents by the profiles of their assets."""
    linker = QuestionLinker(snapshot.catalog)
    own = snapshot.profiles
    profiles = snapshot.profile_index.passages_of()
    found: dict[str, Ranking] = {}
    for search in (own, *(_with(own, profiles, embedder) for embedder in embedders)):
        found[f"{search.embedder.name}, profiles"] = _nearest(search)
        found[f"Almanac, profiles of {search.embedder.name}"] = _needs(search, linker)
    return found


def chosen_ranking(snapshot: Snapshot) -> Ranking:
    """What Almanac chooses: passages for a question that names something, profiles for a need in other words."""
    linker = QuestionLinker(snapshot.catalog)
    passages, needs = _answering(snapshot), _needs(snapshot.profiles, linker)

    def rank(question: str) -> list[Found]:
        facets = [mention.words for mention in linker.mentions(question) if mention.kind in ("language", "task")]
        named = snapshot.retriever.names_something(question, facets)
        return (passages if named or not need_reader().told_in(question) else needs)(question)

    return rank


def _answering(snapshot: Snapshot) -> Ranking:
    retriever, embedder = snapshot.retriever, snapshot.embedder
    return lambda question: _found(retriever.find(question, embedder.embed([question])[0], limit=_FETCHED))


def _with(own: ProfileSearch, profiles: Sequence[Passage], embedder: Embedder) -> ProfileSearch:
    """The same profiles in memory, embedded by another embedder."""
    from evals.memory import MemoryIndex

    vectors = embedder.embed([profile.text for profile in profiles])
    index = MemoryIndex(profiles, vectors, own.profiles)
    return ProfileSearch(own.catalog, index, embedder)


def _nearest(search: ProfileSearch) -> Ranking:
    def rank(question: str) -> list[Found]:
        hits = search.profiles.nearest(search.embedder.embed([question])[0], PROFILED, limit=_FETCHED)
        return [Found(hit.passage.path) for hit in hits]

    return rank


def _needs(search: ProfileSearch, linker: QuestionLinker) -> Ranking:
    def rank(question: str) -> list[Found]:
        languages = [code for m in linker.mentions(question) if m.kind == "language" for code in m.ids]
        fits = search.find(need_reader().read(question, languages), limit=_FETCHED)
        return [Found(fit.asset.path or "") for fit in fits]

    return rank


def _in_memory(embedder: Embedder, passages: Sequence[Passage]) -> Ranking:
    from evals.memory import MemoryIndex

    index = MemoryIndex(passages, embedder.embed([embedding_text(passage) for passage in passages]))
    return lambda question: _found(index.nearest(embedder.embed([question])[0], limit=_FETCHED_DOCUMENTS))


def _found(hits: Iterable[Hit]) -> list[Found]:
    return [Found(hit.passage.path, hit.passage.text, hit.passage.line_start) for hit in hits]
