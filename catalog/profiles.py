"""Assets for a need told in people's own words: profiles near to it, those that have the facets it tells of first."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Table

from catalog import tables
from catalog.embedding import Embedder
from catalog.passages import EVERYTHING, Filters, Hit
from catalog.records import AssetKind
from catalog.store import Asset, Catalog

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from catalog.passages import Vector

_CANDIDATES = 300
#: what the words of cards for a need count beside the need's own, and what each facet that fits counts; the best
#: profile by the need's own words has 1, the last candidate 0. Measured: docs/retrieval.md.
_MEANING, _FACET = 0.5, 0.14
_LETTERS = re.compile(r"[^a-z]+")
_SHORTEST_SUMMARY = 40


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


@dataclass(frozen=True)
class Fit:
    """An asset that may fit a need; `facets` are those of the need that it has, `alike` others of the same family."""

    asset: Asset
    score: float
    facets: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Nearest(Protocol):
    """Profiles by meaning: an index of them, or some in memory."""

    def nearest(self, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]: ...


@dataclass(frozen=True)
class ProfileSearch:
    """Finds assets by their profiles, in one generation of a store."""

    catalog: Catalog
    profiles: Nearest
    embedder: Embedder

    def find(self, need: Need, limit: int = 10) -> list[Fit]:
        """The assets that fit best, best first; one of each family of assets that say the same of themselves."""
        scores, found = self._near(need)
        assets = self._assets(found)
        facets = self._facets(need, list(assets.values()))
        fits = [
            Fit(asset, scores[key] + _FACET * len(facets[asset.kind, asset.id]), facets[asset.kind, asset.id])
            for key, asset in assets.items()
        ]
        return _one_of_each_family(sorted(fits, key=lambda fit: (-fit.score, fit.asset.id)))[:limit]

    def _near(self, need: Need) -> tuple[dict[str, float], dict[str, Hit]]:
        """Key of a profile → how near it is to the need, and the profiles."""
        vectors = self.embedder.embed([need.text, *need.meanings])
        scores, found = self._scaled(vectors[0])
        meant: dict[str, float] = defaultdict(float)
        for vector in vectors[1:]:
            others, hits = self._scaled(vector)
            found |= hits
            for key, score in others.items():
                meant[key] = max(meant[key], score)
        return {key: scores.get(key, 0.0) + _MEANING * meant.get(key, 0.0) for key in found}, found

    def _scaled(self, vector: "NDArray[np.float32]") -> tuple[dict[str, float], dict[str, Hit]]:
        """Scores from 0 to 1 of the nearest profiles: cosines of different embedders do not compare."""
        hits = self.profiles.nearest(vector, EVERYTHING, _CANDIDATES)
        if not hits:
            return {}, {}
        floor = min(hit.score for hit in hits)
        span = max(hit.score for hit in hits) - floor or 1.0
        scores = {hit.passage.key: (hit.score - floor) / span for hit in hits}
        return scores, {hit.passage.key: hit for hit in hits}

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

    def _facets(self, need: Need, assets: Sequence[Asset]) -> dict[tuple[str, str], tuple[str, ...]]:
        """(kind, id) → the facets of the need that the asset has."""
        ids = list(dict.fromkeys(asset.id for asset in assets))
        tasks = self._having(tables.tasks, ids, need.tasks)
        languages = self._having(tables.languages, ids, need.languages)
        free = self._free(ids) if need.commercial else set()
        facets: dict[tuple[str, str], tuple[str, ...]] = {}
        for asset in assets:
            key = (asset.kind, asset.id)
            small = need.most_params is not None and asset.params is not None and asset.params <= need.most_params
            had = [*sorted(tasks[key])[:1], *sorted(languages[key])[:1]]
            had += [asset.kind] * (need.kind == asset.kind) + ["commercial use"] * (key in free) + ["small"] * small
            facets[key] = tuple(had)
        return facets

    def _having(self, table: Table, ids: Sequence[str], wanted: frozenset[str]) -> Mapping[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in self.catalog.facts(table, "asset_id", ids) if wanted else ():
            if row.value in wanted:
                found[row.kind, row.asset_id].add(row.value)
        return found

    def _free(self, ids: Sequence[str]) -> set[tuple[str, str]]:
        from catalog.licences import allows_commercial_use  # imports a licence parser

        rows = self.catalog.facts(tables.licences, "asset_id", ids)
        return {(row.kind, row.asset_id) for row in rows if row.stated and allows_commercial_use(row.value)}


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
