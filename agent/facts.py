"""Everything the catalogue knows of an asset, for `almanac show` and `almanac export facts`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from catalog import tables as t
from catalog.execution import execute
from catalog.query import CatalogQuery
from catalog.records import AssetKind, Evidence
from catalog.store import Asset, Catalog

_AT_ONCE = 200
_MULTIPLE = {"languages": "language", "tasks": "task", "tags": "tag"}
_MOST_INSTEAD = 5
_SINGLE = ("params", "hardware", "paper", "arxiv", "organization")


def export_facts(catalog: Catalog) -> Iterator[dict[str, Any]]:
    """One object per model with a card, in the order of ids; the fields are those of the contract."""
    ids = [item.id for item in execute(catalog, CatalogQuery()).items]
    for start in range(0, len(ids), _AT_ONCE):
        yield from facts_of(catalog, "model", ids[start : start + _AT_ONCE])


def facts_of(catalog: Catalog, kind: AssetKind, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The facts of some assets of one kind, in the order of `ids`."""
    found = _Facts(catalog, kind, ids)
    for asset in catalog.assets(kind, ids):
        yield found.of(asset)


class _Facts:
    """Rows and evidence of a group of assets, fetched together."""

    def __init__(self, catalog: Catalog, kind: AssetKind, ids: Sequence[str]) -> None:
        self._rows: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for table in (t.training, t.derivation, t.evaluations) if kind == "model" else ():
            self._collect(table, "model_id", catalog.facts(table, "model_id", ids))
        for table in (*t.FACETS.values(), t.attributes):
            self._collect(table, "asset_id", catalog.facts(table, "asset_id", ids, kind))
        facts = [row.fact for tables in self._rows.values() for rows in tables.values() for row in rows]
        self._evidence = catalog.evidence(facts)
        for tables in self._rows.values():
            for rows in tables.values():
                rows.sort(key=self._place)

    def _collect(self, table: Any, owner: str, rows: Sequence[Any]) -> None:
        for row in rows:
            self._rows[getattr(row, owner)][table.name].append(row)

    def of(self, asset: Asset) -> dict[str, Any]:
        rows = self._rows[asset.id]
        named: dict[str, list[Any]] = defaultdict(list)
        for row in rows["attributes"]:
            named[row.name].append(row)
        single = {name: next((row.value for row in self._surest(named[name])), None) for name in _SINGLE}
        licences = self._surest(rows["licences"])
        return {
            "id": asset.id,
            "kind": asset.kind,
            "title": asset.title,
            "path": asset.path,
            "train_datasets": [self._told(row, name=row.dataset_id, role=row.role) for row in rows["training"]],
            "base_models": [self._told(row, name=row.base_id, relation=row.relation) for row in rows["derivation"]],
            "eval_results": [self._result(row) for row in rows["evaluations"]],
            "license": licences[0].value if licences else None,
            "licenses": [self._told(row, name=row.value) for row in licences],
            "languages": [row.value for row in self._surest(rows["languages"])],
            "tasks": [row.value for row in self._surest(rows["tasks"])],
            "tags": [row.value for row in self._surest(rows["tags"])],
            **single,
            "hyper": {
                name.removeprefix("hyper."): self._surest(found)[0].value
                for name, found in sorted(named.items())
                if name.startswith("hyper.")
            },
            "summary": asset.summary,
            "overruled": [
                self._told(row, name=name, value=row.value, instead=self._instead(rows[name]))
                for name in ("licences", "languages")
                for row in rows[name]
                if not row.stated
            ],
            "facets": [
                self._told(row, name=name, value=row.value) for name in _MULTIPLE for row in self._surest(rows[name])
            ],
            "attributes": [self._told(row, name=row.name, value=row.value) for row in rows["attributes"]],
        }

    def _surest(self, rows: Sequence[Any]) -> list[Any]:
        """Stated rows, the ones with the surest origin first, and those in the order of the card."""
        order = ("metadata", "table", "prose", "llm", "inferred")
        stated = [row for row in rows if row.stated]
        return sorted(stated, key=lambda row: order.index(self._first(row).origin))

    def _place(self, row: Any) -> tuple[str, int, str]:
        """Where a fact stands, to tell facts in the order of their card."""
        return self._first(row).path, self._first(row).line_start, row.fact

    def _first(self, row: Any) -> Evidence:
        return self._evidence[row.fact][0]

    def _instead(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """What counts in the place of what is overruled."""
        return [self._told(row, value=row.value) for row in self._surest(rows)[:_MOST_INSTEAD]]

    def _told(self, row: Any, **columns: Any) -> dict[str, Any]:
        """A fact with the surest place of it, and the origins of all its places."""
        evidence = self._first(row)
        place = {"origin": evidence.origin, "path": evidence.path, "line_start": evidence.line_start}
        origins = list(dict.fromkeys(piece.origin for piece in self._evidence[row.fact]))
        return columns | place | {"line_end": evidence.line_end, "quote": evidence.quote, "origins": origins}

    def _result(self, row: Any) -> dict[str, Any]:
        told = self._told(row, dataset=row.dataset_id, split=row.split, metric=row.metric, value=row.value)
        return told | {"unit": row.unit, "metric_printed": row.metric_printed}
