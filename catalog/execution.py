"""Runs a `CatalogQuery` as SQL (its conditions: `conditions.py`); nothing but the answer is brought into memory."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from catalog import tables as t
from catalog.conditions import DEEPEST, Conditions, in_family, same_split
from catalog.quantities import parse_count, parse_machines, parse_number
from catalog.query import CatalogQuery
from catalog.records import AssetKind, Record
from catalog.store import Catalog
from catalog.values import Value, ancestors, values_of
from catalog.vocabulary import vocabulary

_PART = 400
_UNNAMED = "accuracy"
_SHARE = "fraction-or-percent"
_EXPONENT = re.compile(r"\d[eE][-+]?\d")


class Item(Record):
    """One asset of a result; `facts` are the keys of the facts that it was found by, `inferred` that none is stated."""

    kind: AssetKind
    id: str
    title: str = ""
    facts: tuple[str, ...] = ()


class Result(Record):
    """One reported result of a model; `score` is on one scale per metric."""

    model: str
    dataset: str | None
    split: str | None
    metric: str | None
    metric_printed: str | None
    value: str
    unit: str | None
    score: float | None
    fact: str


class QueryResult(Record):
    """The answer to a query. `total` counts all that match, also what `limit` left out; items come in order."""

    query: CatalogQuery
    total: int
    items: tuple[Item, ...] = ()
    values: tuple[Value, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def left_out(self) -> int:
        """How many matches `offset` and `limit` left out."""
        if self.query.select == "count":
            return 0
        return self.total - (len(self.items) or len({value.value for value in self.values}))


def execute(catalog: Catalog, query: CatalogQuery, *, inferred: bool = False) -> QueryResult:
    """Run a query over stated facts; with `inferred`, over inferred ones as well."""
    run = _Run(catalog, query, inferred)
    return {
        "count": run.count,
        "attribute": run.attribute,
        "results": run.results,
        "ranking": run.ranking,
        "training_data": run.related,
        "base_models": run.related,
    }.get(query.select, run.assets)()


@dataclass(frozen=True)
class _Run:
    catalog: Catalog
    query: CatalogQuery
    inferred: bool

    @property
    def conditions(self) -> Conditions:
        return Conditions(self.query, self.inferred)

    # -- what comes back

    def count(self) -> QueryResult:
        with self.catalog.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(self.conditions.matching().subquery()))
        return QueryResult(query=self.query, total=total or 0)

    def assets(self) -> QueryResult:
        query = self.query
        columns = {"title": t.assets.c.title, "params": t.assets.c.params}
        order = columns.get(query.order, t.assets.c.id)
        unknown = order.is_(None)  # last from either end, in every database
        wanted = self.conditions.matching().order_by(
            unknown, order.desc() if query.descending else order, t.assets.c.id
        )
        with self.catalog.connect() as connection:
            rows = connection.execute(wanted.offset(query.offset).limit(query.limit)).all()
        total = self.count().total if query.limit or query.offset else len(rows)
        facts = self._supporting([row.id for row in rows])
        items = (Item(kind=query.kind, id=row.id, title=row.title, facts=tuple(facts[row.id])) for row in rows)
        return QueryResult(query=query, total=total, items=tuple(items))

    def attribute(self) -> QueryResult:
        if self.query.order == "value":
            return self.by_value()
        found = self.assets()
        values = values_of(self.catalog, self.query.kind, [item.id for item in found.items], self.query.attribute or "")
        return found.model_copy(update={"values": tuple(values)})

    def by_value(self) -> QueryResult:
        """The assets that state a number, in the order of their largest (or smallest); `total` counts only them."""
        query = self.query
        whole = replace(self, query=query.model_copy(update={"order": "id", "offset": 0, "limit": None})).attribute()
        numbered = [
            (number, v) for v in whole.values if v.stated and (number := _number(query.attribute, v.value)) is not None
        ]
        numbered.sort(key=lambda pair: (-pair[0] if query.descending else pair[0], pair[1].asset))
        first = {value.asset: value for _, value in reversed(numbered)}
        ids = list(dict.fromkeys(value.asset for _, value in numbered))
        shown = ids[query.offset :][: query.limit]
        items = {item.id: item for item in whole.items}
        return QueryResult(
            query=query,
            total=len(ids),
            items=tuple(items[id_] for id_ in shown),
            values=tuple(first[id_] for id_ in shown),
        )

    def related(self) -> QueryResult:
        """The datasets or base models of all matching models, each once per model; `limit` counts datasets.

        Those of most models come first.
        """
        query = self.query
        with self.catalog.connect() as connection:
            ids = [row.id for row in connection.execute(self.conditions.matching().order_by(t.assets.c.id))]
        found = (
            self._ancestors(ids)
            if query.select == "base_models"
            else values_of(self.catalog, "model", ids, "training_data")
        )
        kept = [v for v in found if (v.stated or self.inferred) and query.role in (None, v.detail)]
        models: dict[str, set[str]] = defaultdict(set)
        for value in kept:
            models[value.value].add(value.asset)
        ordered = sorted(models, key=lambda id_: (-len(models[id_]), id_))
        shown = set(ordered[query.offset :][: query.limit])
        values = tuple(value for value in kept if value.value in shown)
        return QueryResult(query=query, total=len(models), values=values)

    def _training_data(self, ids: Sequence[str]) -> list[Value]:
        return values_of(self.catalog, "model", ids, "training_data")

    def _ancestors(self, ids: Sequence[str]) -> list[Value]:
        """The base models of each model, `depth` steps back; a step names the model that it starts from."""
        if self.query.depth == 1:
            return values_of(self.catalog, "model", ids, "base_models")
        return [step for id_ in ids for step in ancestors(self.catalog, id_, self.query.depth or DEEPEST)]

    def results(self) -> QueryResult:
        e = t.evaluations.c
        wanted = self._results().order_by(e.model_id, e.dataset_id, e.metric, e.split, e.fact)
        if self.query.results_on:
            wanted = wanted.where(in_family(e.dataset_id, (self.query.results_on,)))
        if self.query.results_by:
            wanted = wanted.where(e.metric == self.query.results_by)
        if self.query.results_split:
            wanted = wanted.where(e.split.in_(same_split(self.query.results_split)))
        return self._with_results(wanted)

    def ranking(self) -> QueryResult:
        """Results by score, best first unless told otherwise; each model stands once, by its best."""
        ranking, e = self.query.ranking, t.evaluations.c
        assert ranking is not None  # CatalogQuery refuses a ranking without one
        wanted = self._results().where(e.score.is_not(None))
        if ranking.dataset:
            wanted = wanted.where(in_family(e.dataset_id, (ranking.dataset,)))
        metric = ranking.metric or self._usual(wanted)
        wanted = wanted.where(_by_metric(metric) if ranking.metric else _measured_alike(metric))
        highest = _better_high(metric) if ranking.highest is None else ranking.highest
        if ranking.split:
            wanted = wanted.where(or_(e.split.in_(same_split(ranking.split)), e.split.is_(None)))
        return self._with_results(wanted.order_by(e.score.desc() if highest else e.score, e.model_id, e.fact))

    def _usual(self, results: Select[Any]) -> str | None:
        """What most of some results are reported by; None where most do not say it."""
        e = results.subquery().c
        counted = select(e.metric, func.count(e.model_id.distinct()).label("models")).group_by(e.metric)
        with self.catalog.connect() as connection:
            rows = connection.execute(counted).all()
        metric: str | None = min(rows, key=lambda row: (-row.models, row.metric or "")).metric if rows else None
        return metric

    # -- how it is found

    def _results(self) -> Select[Any]:
        ids = self.conditions.matching().with_only_columns(t.assets.c.id)
        return select(t.evaluations).where(t.evaluations.c.model_id.in_(ids), *self.conditions.stated(t.evaluations))

    def _with_results(self, wanted: Select[Any]) -> QueryResult:
        with self.catalog.connect() as connection:
            rows = connection.execute(wanted).all()
        first: dict[str, list[Result]] = defaultdict(list)
        for row in rows:
            first[row.model_id].append(_result(row))
        models = list(first)[self.query.offset :][: self.query.limit]
        items = tuple(Item(kind="model", id=id_, facts=tuple(r.fact for r in first[id_])) for id_ in models)
        results = tuple(result for id_ in models for result in first[id_])
        return QueryResult(query=self.query, total=len(first), items=items, results=results)

    def _supporting(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Asset id → keys of the facts by which the conditions of the query hold for it."""
        found: dict[str, list[str]] = defaultdict(list)
        with self.catalog.connect() as connection:
            for condition in self.conditions.all():
                if condition.negated:
                    continue
                pairs = condition.pairs.subquery()
                for start in range(0, len(ids), _PART):
                    part = ids[start : start + _PART]
                    wanted = select(pairs).where(pairs.c.asset.in_(part)).order_by(pairs.c.asset, pairs.c.fact)
                    for asset, fact in connection.execute(wanted):
                        found[asset].append(fact)
        return defaultdict(list, {asset: list(dict.fromkeys(facts)) for asset, facts in found.items()})


def _number(attribute: str | None, value: str) -> float | None:
    """`110M`, `2e-5`, `130,319`; of hardware how many machines."""
    if attribute == "hardware":
        return parse_machines(value)
    return parse_number(value) if _EXPONENT.search(value) else parse_count(value)


def _better_high(metric: str | None) -> bool:
    term = vocabulary("metrics").terms.get(metric or "")
    return bool(term.extra.get("higher_is_better", True)) if term else True


def _by_metric(metric: str | None) -> ColumnElement[bool]:
    """Results by a metric; what cards report without naming it is mostly accuracy."""
    named = t.evaluations.c.metric == metric
    return or_(named, t.evaluations.c.metric.is_(None)) if metric == _UNNAMED else named


def _measured_alike(metric: str | None) -> ColumnElement[bool]:
    """Results by a metric and those that do not say theirs; where most do not, all shares of successes too."""
    e, terms = t.evaluations.c, vocabulary("metrics").terms.values()
    shares = [m.id for m in terms if m.extra.get("unit") == _SHARE and m.extra.get("higher_is_better")]
    return or_(e.metric.is_(None), e.metric.in_([metric] if metric else shares))


def _result(row: Any) -> Result:
    return Result(
        model=row.model_id,
        dataset=row.dataset_id,
        split=row.split,
        metric=row.metric,
        metric_printed=row.metric_printed,
        value=row.value,
        unit=row.unit,
        score=row.score,
        fact=row.fact,
    )
