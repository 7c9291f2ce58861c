"""Passages for a question: which documents it is about, then the passages within them.

Names are found by words, so documents are ranked by BM25; those that the question names, and those that its models were
trained on or built from where it asks through them, come to the front. Within these documents words and meaning are
weighed together, where a question about one is answered by several of its passages, and one about several by some of
each. The numbers are measured: docs/retrieval.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from catalog import tables
from catalog.likeness import collapsed
from catalog.named import explained, looks_named, named_assets
from catalog.names import name_words
from catalog.passages import EVERYTHING, Filters, Hit, PassageIndex
from catalog.records import AssetKind
from catalog.reranking import Reranker
from catalog.store import Asset, Catalog
from catalog.wording import wording

if TYPE_CHECKING:
    from catalog.passages import Vector

_RELATIONS: Mapping[str, tuple[tuple[object, AssetKind, str], ...]] = {
    "training_data": ((tables.training, "dataset", "dataset_id"), (tables.evaluations, "dataset", "dataset_id")),
    "base_models": ((tables.derivation, "model", "base_id"),),
}


@dataclass(frozen=True)
class Weighing:
    """How documents and passages are weighed; documents are on a scale where the best by words has 1.

    `meaning` is the share of the dense ranking within a document, `far` what the best document by meaning alone is
    worth, `named` the bonus of a named document, `related` that of what the best ones were trained on or built from,
    `document` what a document's rank counts against a passage's rank in it. `surely`: a named document that has less
    than this share of the best one's words is not what was meant. A question names something loosely if the words that
    it shares with the name of one of the best `loosely` documents tell at least as much as `telling` (`named.py`).
    """

    meaning: float = 0.15
    far: float = 0.3
    named: float = 0.15
    related: float = 0.2
    document: float = 2.0
    surely: float = 0.5
    documents: int = 8
    candidates: int = 50
    inside: int = 150
    of_each: int = 4
    telling: float = 0.48
    loosely: int = 5


DEFAULT_WEIGHING = Weighing()


@dataclass(frozen=True)
class _Document:
    """A file that the question may be about: its weight, and the passages that were found in it, best first."""

    path: str
    weight: float
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class Retriever:
    """Finds passages in one generation of a store."""

    catalog: Catalog
    passages: PassageIndex
    weighing: Weighing = DEFAULT_WEIGHING
    reranker: Reranker | None = None

    def find(self, question: str, vector: "Vector", limit: int = 10, within: Filters = EVERYTHING) -> list[Hit]:
        """The best passages for a question and its vector, best first; almost equal ones of other documents once."""
        words = wording().spelled(question)
        weights = self._documents(words, vector, within)
        if not weights:
            return []
        named = [] if within.allowed else self._named(question, weights)
        for path in named:
            weights[path] += self.weighing.named
        related = [] if within.allowed else self._related(question, weights)
        kept = list(dict.fromkeys([*named, *related, *_best(weights)[: self.weighing.documents]]))
        documents = self._looked_into(words, vector, {path: weights.get(path, 0.0) for path in kept}, within)
        hits = collapsed(_ordered(documents, named, related, self.weighing))
        return self._reranked(question, hits)[:limit]

    def names_something(self, question: str, other: Sequence[str] = ()) -> bool:
        """Whether the question names an asset, in full or loosely; the words of `other` name something else."""
        hits = self.passages.lexical(wording().spelled(question), limit=self.weighing.candidates)
        places = list(dict.fromkeys(hit.passage.asset or hit.passage.path for hit in hits))[: self.weighing.loosely]
        told = explained(self.catalog, question, places, frozenset(name_words(" ".join(other))))
        named = (one.words for one in named_assets(self.catalog, question))
        return told >= self.weighing.telling or any(looks_named(words) for words in named)

    def _documents(self, words: str, vector: "Vector", within: Filters) -> dict[str, float]:
        """Path → weight of the documents that have the question's words, or its meaning."""
        lexical = self.passages.lexical(words, within, self.weighing.candidates)
        weights = _shares(lexical)
        for path, share in _shares(self.passages.nearest(vector, within, self.weighing.documents)).items():
            weights[path] = max(weights.get(path, 0.0), self.weighing.far * share)
        return weights

    def _named(self, question: str, weights: Mapping[str, float]) -> list[str]:
        """The documents of named assets; of those that share a name, the one that fits the rest of the question."""
        found = []
        for named in named_assets(self.catalog, question):
            paths = [asset.path for asset in named.assets if asset.path and asset.path in weights]
            best = max(paths, key=lambda path: weights[path], default=None)
            if best and weights[best] >= self.weighing.surely:
                found.append(best)
        return list(dict.fromkeys(found))

    def _related(self, question: str, weights: dict[str, float]) -> list[str]:
        """The documents of what the best document's models were trained on or built from, if the question asks so.

        They get their bonus in `weights` also where it does not.
        """
        asked = wording().through(question)
        found: list[str] = []
        for rank, path in enumerate(_best(weights)[:2]):
            share = weights[path]
            for relation in _RELATIONS:
                others = [asset.path or "" for asset in self._reached(path, relation) if asset.path != path]
                for other in others:
                    weights[other] = weights.get(other, 0.0) + self.weighing.related * min(share, 1.0)
                found += others if rank == 0 and relation in asked else []
        return sorted(dict.fromkeys(found), key=lambda path: -weights[path])[:2]

    def _reached(self, path: str, relation: str) -> list[Asset]:
        models = [asset.id for asset in self.catalog.assets_at([path]) if asset.kind == "model"]
        found: list[Asset] = []
        for table, kind, column in _RELATIONS[relation] if models else ():
            rows = self.catalog.facts(table, "model_id", models)  # type: ignore[arg-type]
            ids = dict.fromkeys(getattr(row, column) for row in rows if getattr(row, column))
            found += [asset for asset in self.catalog.assets(kind, list(ids)) if asset.has_card]
        return found

    def _looked_into(
        self, words: str, vector: "Vector", weights: Mapping[str, float], within: Filters
    ) -> list[_Document]:
        """The documents with their passages, weighed by words and by meaning within each."""
        inside = replace(within, paths=tuple(weights))
        told = _without_names(words, weights)
        lexical = self.passages.lexical(told, inside, self.weighing.inside, wording().beside(words))
        dense = self.passages.nearest(vector, inside, self.weighing.inside)
        by_words, by_meaning = _by_path(lexical), _by_path(dense)
        return [
            _Document(path, weight, _weighed(by_words.get(path, []), by_meaning.get(path, []), self.weighing.meaning))
            for path, weight in weights.items()
        ]

    def _reranked(self, question: str, hits: list[Hit]) -> list[Hit]:
        if self.reranker is None:
            return hits
        first, rest = hits[: self.reranker.depth], hits[self.reranker.depth :]
        scores = self.reranker.scores(question, [hit.passage for hit in first])
        scored = [replace(hit, score=score) for hit, score in zip(first, scores, strict=True)]
        return sorted(scored, key=lambda hit: -hit.score) + rest


def _best(weights: Mapping[str, float]) -> list[str]:
    return sorted(weights, key=lambda path: (-weights[path], path))


def _shares(hits: Iterable[Hit]) -> dict[str, float]:
    """Path → the score of its best hit as a share of the very best."""
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.passage.path] = max(best.get(hit.passage.path, 0.0), hit.score)
    top = max(best.values(), default=0.0)
    return {path: score / top for path, score in best.items()} if top > 0 else {}


def _by_path(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.passage.path, []).append(hit)
    return found


def _without_names(words: str, weights: Mapping[str, float]) -> str:
    """The question without the words of the best document's name: they stand in all of its passages."""
    best = _best(weights)[0]
    own = set(name_words(best))
    kept = [word for word in words.split() if not set(name_words(word)) <= own]
    return " ".join(kept) or words


def _weighed(lexical: Sequence[Hit], dense: Sequence[Hit], meaning: float) -> tuple[Hit, ...]:
    """The passages of one document, each with a score of 0 to 1."""
    hits = {hit.passage.key: hit for hit in (*dense, *lexical)}
    by_words = _scaled({hit.passage.key: hit.score for hit in lexical}, floor=0.0)
    cosines = {hit.passage.key: hit.score for hit in dense}
    by_meaning = _scaled(cosines, floor=min(cosines.values(), default=0.0))
    scored = [
        replace(hit, score=(1 - meaning) * by_words.get(key, 0.0) + meaning * by_meaning.get(key, 0.0))
        for key, hit in hits.items()
    ]
    return tuple(sorted(scored, key=lambda hit: (-hit.score, hit.passage.line_start)))


def _scaled(scores: Mapping[str, float], floor: float) -> dict[str, float]:
    span = max(scores.values(), default=0.0) - floor
    return {key: (score - floor) / span for key, score in scores.items()} if span > 0 else {}


def _ordered(
    documents: Sequence[_Document], named: Sequence[str], related: Sequence[str], weighing: Weighing
) -> list[Hit]:
    """All passages: some of each named or related document in turn where there are several, then by weight."""
    by_path = {one.path: one for one in documents}
    best = max(documents, key=lambda one: (one.weight, one.path))
    own = sorted(named if len(named) > 1 else [best.path], key=lambda path: -by_path[path].weight)
    others = [path for path in related if path not in own]
    top = best.weight or 1.0
    weighted = [
        replace(hit, score=weighing.document * one.weight / top + hit.score) for one in documents for hit in one.hits
    ]
    rest = sorted(weighted, key=lambda hit: (-hit.score, hit.passage.path, hit.passage.line_start))
    if len(own) < 2 and not others:
        return rest
    scores = {hit.passage.key: hit.score for hit in weighted}
    turns = [by_path[path].hits[: weighing.of_each] for path in (*own, *others)]
    first = [hit for round_ in zip_longest(*turns) for hit in round_ if hit]
    taken = {hit.passage.key for hit in first}
    head = [replace(hit, score=scores[hit.passage.key]) for hit in first]
    return head + [hit for hit in rest if hit.passage.key not in taken]
