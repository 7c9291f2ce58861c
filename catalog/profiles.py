"""Assets for a need told in people's own words: profiles near to it, those that have the facets it tells of first."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from catalog.embedding import Embedder
from catalog.facets import facets_had
from catalog.languages import language_name
from catalog.passages import EVERYTHING, Filters, Hit
from catalog.records import AssetKind
from catalog.store import Asset, Catalog

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from catalog.passages import Vector

_CANDIDATES = 300
#: what counts beside the likeness in meaning of the best profile, 1, and that of the last candidate, 0: shared words,
#: likeness to what cards would call what was said, and to what they would call things said much like it. Measured:
#: docs/retrieval.md.
_WORDS, _MEANT, _HEARD = 0.3, 0.4, 0.4
#: of the things said much like a need: phrases looked at, phrases that count for each thing, things that are kept
_PHRASES, _OF_EACH, _THINGS = 60, 2, 2
_LANGUAGES_TOLD = 3
_LETTERS = re.compile(r"[^a-z]+")
_SHORTEST_SUMMARY = 40
#: what people say stands beside the profiles as a kind of its own
PROFILED, _SAID = Filters(kinds=("model", "dataset")), Filters(kinds=("document",))


@dataclass(frozen=True)
class Need:
    """What somebody needs. `meanings`: what cards would call it. The facets are wishes, not conditions."""

    text: str
    meanings: tuple[str, ...] = ()
    tasks: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    kind: AssetKind | None = None
    commercial: bool = False
    most_params: float | None = None

    @property
    def told(self) -> str:
        """The text, and the languages of the places that it names."""
        named = [language_name(code) for code in sorted(self.languages)[:_LANGUAGES_TOLD]]
        return f"{self.text} ({', '.join(named)})" if named else self.text


@dataclass(frozen=True)
class Fit:
    """An asset that may fit a need; `facets` are those of the need that it has, `alike` others of the same family."""

    asset: Asset
    score: float
    facets: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Profiles(Protocol):
    """Profiles, and what people say, by meaning and by words: an index of them, or some in memory."""

    def nearest(self, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]: ...

    def lexical(self, text: str, filters: Filters = EVERYTHING, limit: int = 10, also: str = "") -> list[Hit]: ...


@dataclass(frozen=True)
class ProfileSearch:
    """Finds assets by their profiles, in one generation of a store."""

    catalog: Catalog
    profiles: Profiles
    embedder: Embedder

    def find(self, need: Need, limit: int = 10) -> list[Fit]:
        """The assets that fit best, best first; one of each family of assets that say the same of themselves."""
        near = _Near()
        vector = self.embedder.embed([need.told])[0]
        near.add(self._nearest(vector), 1.0)
        near.add(_topped(self.profiles.lexical(need.told, PROFILED, _CANDIDATES)), _WORDS)
        near.add(_best_of([self._nearest(one) for one in self._embedded(need.meanings)]), _MEANT)
        heard = self._heard(vector)
        for share, one in zip(heard.values(), self._embedded(list(heard)), strict=True):
            near.add(self._nearest(one), _HEARD * share)
        assets = self._assets(near.best(_CANDIDATES))
        had = facets_had(self.catalog, need, list(assets.values()))
        fits = []
        for key, asset in assets.items():
            facets = had[asset.kind, asset.id]
            fits.append(Fit(asset, near.scores[key] + facets.weight, facets.facets))
        return _one_of_each_family(sorted(fits, key=lambda fit: (-fit.score, fit.asset.id)))[:limit]

    def _embedded(self, texts: Sequence[str]) -> "Sequence[NDArray[np.float32]]":
        return list(self.embedder.embed(list(texts))) if texts else []

    def _nearest(self, vector: "Vector") -> dict[str, tuple[float, Hit]]:
        """Scores from 0 to 1 of the nearest profiles: cosines of different embedders do not compare."""
        hits = self.profiles.nearest(vector, PROFILED, _CANDIDATES)
        floor = min((hit.score for hit in hits), default=0.0)
        span = max((hit.score for hit in hits), default=0.0) - floor or 1.0
        return {hit.passage.key: ((hit.score - floor) / span, hit) for hit in hits}

    def _heard(self, vector: "Vector") -> dict[str, float]:
        """What cards would call the things that people say most like the need, and the share of each."""
        hits = self.profiles.nearest(vector, _SAID, _PHRASES)
        if not hits:
            return {}
        said: dict[str, list[float]] = defaultdict(list)
        for hit in hits:
            said[hit.passage.headings[0]].append(hit.score)
        least = hits[-1].score
        likeness = {thing: sum((scores + [least] * _OF_EACH)[:_OF_EACH]) / _OF_EACH for thing, scores in said.items()}
        best = sorted(likeness, key=lambda thing: (-likeness[thing], thing))[:_THINGS]
        whole = sum(max(likeness[thing], 0.0) for thing in best)
        return {thing: max(likeness[thing], 0.0) / whole for thing in best} if whole else {}

    def _assets(self, found: Mapping[str, Hit]) -> dict[str, Asset]:
        by_kind: dict[AssetKind, list[str]] = defaultdict(list)
        for hit in found.values():
            by_kind[_kind(hit)].append(hit.passage.asset or "")
        known = {(kind, asset.id): asset for kind, ids in by_kind.items() for asset in self.catalog.assets(kind, ids)}
        return {
            key: known[_kind(hit), hit.passage.asset or ""]
            for key, hit in found.items()
            if (_kind(hit), hit.passage.asset) in known
        }


class _Near:
    """Adds up how near profiles are, by several measures."""

    def __init__(self) -> None:
        self.scores: defaultdict[str, float] = defaultdict(float)
        self.hits: dict[str, Hit] = {}

    def add(self, found: Mapping[str, tuple[float, Hit]], weight: float) -> None:
        for key, (score, hit) in found.items():
            self.scores[key] += weight * score
            self.hits[key] = hit

    def best(self, limit: int) -> dict[str, Hit]:
        return {key: self.hits[key] for key in sorted(self.scores, key=lambda key: (-self.scores[key], key))[:limit]}


def _topped(hits: Sequence[Hit]) -> dict[str, tuple[float, Hit]]:
    """Scores as shares of the best."""
    top = max((hit.score for hit in hits), default=0.0)
    return {hit.passage.key: (hit.score / top, hit) for hit in hits} if top > 0 else {}


def _best_of(found: Iterable[Mapping[str, tuple[float, Hit]]]) -> dict[str, tuple[float, Hit]]:
    """For each profile the best of its scores."""
    best: dict[str, tuple[float, Hit]] = {}
    for one in found:
        for key, scored in one.items():
            best[key] = max(best.get(key, scored), scored, key=lambda pair: pair[0])
    return best


def _kind(hit: Hit) -> AssetKind:
    return "dataset" if hit.passage.kind == "dataset" else "model"


def _one_of_each_family(fits: Iterable[Fit]) -> list[Fit]:
    """The best of each family; the others are named in `alike`."""
    kept: dict[str, Fit] = {}
    for fit in fits:
        family = _family(fit.asset)
        if family in kept:
            first = kept[family]
            kept[family] = Fit(first.asset, first.score, first.facets, (*first.alike, fit.asset.id))
        else:
            kept[family] = fit
    return list(kept.values())


def _family(asset: Asset) -> str:
    """What an asset says of itself, numbers aside; an asset that says next to nothing is alone."""
    said = _LETTERS.sub(" ", asset.summary.lower())
    return f"{asset.kind} {said}" if len(said) >= _SHORTEST_SUMMARY else f"{asset.kind} {asset.id}"
