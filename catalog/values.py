"""The values that cards state of their assets: attributes, training data, base models, and who descends from whom."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, null, select

from catalog import tables as t
from catalog.records import AssetKind, Record
from catalog.store import Catalog

_PART = 400


class Value(Record):
    """One value of an asset: an attribute, a dataset id, a base model id; `detail` is its role or relation."""

    asset: str
    value: str
    detail: str | None = None
    fact: str
    stated: bool = True


def values_of(catalog: Catalog, kind: AssetKind, ids: Sequence[str], name: str) -> list[Value]:
    """The values of one attribute of the given assets, in the order of `ids`; empty where the cards state none.

    `name` is one of `records.ATTRIBUTES` (also `hyper.epochs`, `split.train`), `training_data`, `base_models`.
    """
    found: dict[str, list[Value]] = defaultdict(list)
    with catalog.connect() as connection:
        for start in range(0, len(ids), _PART):
            for row in connection.execute(_values(kind, name).where(_owner(name).in_(ids[start : start + _PART]))):
                value = Value(
                    asset=row.asset, value=row.value, detail=row.detail, fact=row.fact, stated=bool(row.stated)
                )
                found[row.asset].append(value)
    return [value for id_ in dict.fromkeys(ids) for value in found[id_]]


def ancestors(catalog: Catalog, model: str, depth: int = 40) -> list[Value]:
    """Every model that `model` descends from: (`asset` is the child of the step, `value` its parent), nearest first."""
    found: list[Value] = []
    seen, frontier = {model}, [model]
    for _ in range(depth):
        steps = values_of(catalog, "model", frontier, "base_models")
        found += steps
        frontier = list(dict.fromkeys(step.value for step in steps if step.value not in seen))
        seen.update(frontier)
        if not frontier:
            break
    return found


def _owner(name: str) -> ColumnElement[str]:
    relations = {"training_data": t.training, "base_models": t.derivation}
    return relations[name].c.model_id if name in relations else t.FACETS.get(name, t.attributes).c.asset_id


def _values(kind: AssetKind, name: str) -> Select[Any]:
    """(asset, value, detail, fact, stated) rows of an attribute, in a stable order."""
    if name == "training_data":
        c = t.training.c
        wanted = select(
            c.model_id.label("asset"), c.dataset_id.label("value"), c.role.label("detail"), c.fact, c.stated
        )
        return wanted.order_by(c.model_id, c.dataset_id, c.role)
    if name == "base_models":
        c = t.derivation.c
        wanted = select(
            c.model_id.label("asset"), c.base_id.label("value"), c.relation.label("detail"), c.fact, c.stated
        )
        return wanted.order_by(c.model_id, c.base_id)
    c = t.FACETS.get(name, t.attributes).c
    wanted = select(c.asset_id.label("asset"), c.value, null().label("detail"), c.fact, c.stated).where(c.kind == kind)
    return (wanted if name in t.FACETS else wanted.where(c.name == name)).order_by(c.asset_id, c.stated.desc(), c.value)
