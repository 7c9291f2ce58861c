"""What `almanac show` and `almanac stats` tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.facts import facts_of
from catalog.errors import SourceError
from catalog.execution import execute
from catalog.names import Candidate, Names
from catalog.query import CatalogQuery, DerivedFromAny, TrainedOnAny
from catalog.records import AssetKind
from catalog.snapshot import Snapshot
from catalog.store import Asset, Catalog
from catalog.vocabulary import squash

_OVERRULED = {"licences": "licence", "languages": "language"}
_KINDS: tuple[AssetKind, ...] = ("model", "dataset")


def describe(catalog: Catalog, name: str) -> dict[str, Any]:
    """The facts of the asset that `name` means, its aliases, and the models trained on it or derived from it.

    Raises SourceError with near misses where no asset or more than one is meant.
    """
    asset = named(catalog, name)
    facts = next(iter(facts_of(catalog, asset.kind, [asset.id])))
    if asset.kind == "dataset":
        query = CatalogQuery(trained_on=TrainedOnAny(any_of=(asset.id,)))
    else:
        query = CatalogQuery(derived_from=DerivedFromAny(any_of=(asset.id,)))
    used = [item.id for item in execute(catalog, query).items]
    facts["attributes"] = [*facts["attributes"], *_in_the_text(facts["overruled"])]
    known = {"has_card": asset.has_card, "aliases": catalog.spellings(asset.kind, asset.id)}
    return facts | known | {"used_by": used, "may_mean": _may_mean(catalog, asset)}


def _in_the_text(overruled: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Licences and languages of the text that the metadata overrule, told beside them."""
    for fact in overruled:
        if fact["origin"] in ("prose", "table"):
            yield dict(fact) | {"name": f"{_OVERRULED[fact['name']]} in the text"}


def _may_mean(catalog: Catalog, asset: Asset) -> list[str]:
    """The cards that an ambiguous name without a card may mean; it was resolved to none of them."""
    if asset.has_card:
        return []
    known = {alias.id for alias in catalog.aliases_of(asset.kind, [squash(asset.id)])}
    return sorted(known - {asset.id})


def statistics(snapshot: Snapshot) -> dict[str, int | str]:
    """Counts of what the store holds, and what made it."""
    rows = snapshot.catalog.counts()
    with_card = {kind: execute(snapshot.catalog, CatalogQuery(kind=kind, select="count")).total for kind in _KINDS}
    named = rows["assets"] - sum(with_card.values())
    shown = (
        "training",
        "derivation",
        "evaluations",
        "languages",
        "tasks",
        "licences",
        "tags",
        "attributes",
        "evidence",
    )
    return {
        "documents": rows["documents"],
        "models": with_card["model"],
        "datasets": with_card["dataset"],
        "named without a card": named,
        **{name: rows[name] for name in shown},
        "passages": snapshot.passages.count(),
        "embedder": snapshot.meta["embedder"],
        "generation": snapshot.name,
    }


def named(catalog: Catalog, name: str) -> Asset:
    """The asset that a person means. Raises SourceError with near misses where none or more than one is meant."""
    names = Names(catalog)
    near: list[Candidate] = []
    found: list[Asset] = []
    for kind in _KINDS:
        resolution = names.resolve(kind, name)
        near += resolution.candidates
        asset = catalog.asset(kind, resolution.id) if resolution.id else None
        found += [asset] if asset else []
    if found:
        return max(found, key=lambda asset: (asset.id == name, asset.has_card))
    near.sort(key=lambda candidate: -candidate.score)
    meant = f" Did you mean: {', '.join(candidate.id for candidate in near[:5])}?" if near else ""
    raise SourceError(f"no model or dataset {name!r} in the catalogue.{meant}")
