"""What of a need an asset has: task, language, kind, licence, size. Facets are wishes; a rare one says more."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Table

from catalog import tables
from catalog.store import Asset, Catalog

if TYPE_CHECKING:
    from catalog.profiles import Need

_Key = tuple[str, str]
#: what a facet counts, beside a likeness of 0 to 1; those of tasks and languages that nearly no asset has. Measured:
#: docs/retrieval.md.
_TASK, _LANGUAGE, _OTHER = 0.2, 0.4, 0.14
#: an asset for more languages than `_SEVERAL` was made for none of them in particular, still less beyond `_MANY`
_SEVERAL, _MANY = 6, 20
_OF_SEVERAL, _OF_MANY = 0.5, 0.3


@dataclass(frozen=True)
class Had:
    """The facets of a need that an asset has, and what they count together."""

    facets: tuple[str, ...]
    weight: float


def facets_had(catalog: Catalog, need: "Need", assets: Sequence[Asset]) -> dict[_Key, Had]:
    """(kind, id) → what it has of the need."""
    ids = list(dict.fromkeys(asset.id for asset in assets))
    total = catalog.cards()
    tasks = _weighed(catalog, tables.tasks, need.tasks, total)
    languages = _made_for(catalog, _weighed(catalog, tables.languages, need.languages, total), ids)
    free = _free(catalog, ids) if need.commercial else set()
    found: dict[_Key, Had] = {}
    for asset in assets:
        key = (asset.kind, asset.id)
        best = [(_TASK, tasks[key]), (_LANGUAGE, languages[key])]
        named = [max(sorted(values), key=values.__getitem__) for _, values in best if values]
        small = need.most_params is not None and asset.params is not None and asset.params <= need.most_params
        others = [asset.kind] * (need.kind == asset.kind) + ["commercial use"] * (key in free) + ["small"] * small
        weight = sum(share * max(values.values(), default=0.0) for share, values in best) + _OTHER * len(others)
        found[key] = Had((*named, *others), weight)
    return found


def _weighed(catalog: Catalog, table: Table, wanted: frozenset[str], total: int) -> defaultdict[_Key, dict[str, float]]:
    """(kind, id) → those of the wanted values that it has, each with how rare it is: 0 for what all have, to 1."""
    having: dict[str, set[_Key]] = defaultdict(set)
    for row in catalog.facts(table, "value", sorted(wanted)) if wanted else ():
        having[row.value].add((row.kind, row.asset_id))
    found: defaultdict[_Key, dict[str, float]] = defaultdict(dict)
    for value, keys in having.items():
        rare = max(math.log(total / (len(keys) + 1)) / math.log(max(total, 2)), 0.0)
        for key in keys:
            found[key][value] = rare
    return found


def _made_for(
    catalog: Catalog, languages: defaultdict[_Key, dict[str, float]], ids: Sequence[str]
) -> defaultdict[_Key, dict[str, float]]:
    """The same, less for those of `ids` that are for many languages."""
    counts: dict[_Key, set[str]] = defaultdict(set)
    for row in catalog.facts(tables.languages, "asset_id", sorted({id_ for _, id_ in languages}.intersection(ids))):
        counts[row.kind, row.asset_id].add(row.value)
    for key, values in languages.items():
        many = len(counts[key])
        share = _OF_MANY if many > _MANY else _OF_SEVERAL if many > _SEVERAL else 1.0
        languages[key] = {code: share * rare for code, rare in values.items()}
    return languages


def _free(catalog: Catalog, ids: Sequence[str]) -> set[_Key]:
    from catalog.licences import allows_commercial_use  # imports a licence parser

    rows = catalog.facts(tables.licences, "asset_id", ids)
    return {(row.kind, row.asset_id) for row in rows if row.stated and allows_commercial_use(row.value)}
