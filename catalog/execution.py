"""Runs a `CatalogQuery` as SQL; nothing but the answer is brought into memory.

Each condition of a query is one SELECT of (asset, fact) pairs: as a sub-query it filters, and restricted to the
found assets it gives the facts, and so the evidence, that each item rests on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, or_, select

from catalog import tables as t
from catalog.quantities import comparable_score
from catalog.query import Between, CatalogQuery, DerivedFromAny, OneOf, Threshold
from catalog.records import AssetKind, Record
from catalog.store import Catalog
from catalog.values import Value, ancestors, values_of
from catalog.vocabulary import vocabulary

_COMPARE = {
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    "=": lambda column, value: column == value,
}
_PART = 400
_DEEPEST = 40


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


@dataclass(frozen=True)
class _Condition:
    """(asset, fact) pairs that fulfil it; `negated`: the asset must not be among them."""

    pairs: Select[Any]
    negated: bool = False


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

    # -- what comes back

    def count(self) -> QueryResult:
        with self.catalog.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(self._matching().subquery()))
        return QueryResult(query=self.query, total=total or 0)

    def assets(self) -> QueryResult:
        query = self.query
        order = {"id": t.assets.c.id, "title": t.assets.c.title, "params": t.assets.c.params}[query.order]
        unknown = order.is_(None)  # last from either end, in every database
        wanted = self._matching().order_by(unknown, order.desc() if query.descending else order, t.assets.c.id)
        with self.catalog.connect() as connection:
            rows = connection.execute(wanted.offset(query.offset).limit(query.limit)).all()
        total = self.count().total if query.limit or query.offset else len(rows)
        facts = self._supporting([row.id for row in rows])
        items = (Item(kind=query.kind, id=row.id, title=row.title, facts=tuple(facts[row.id])) for row in rows)
        return QueryResult(query=query, total=total, items=tuple(items))

    def attribute(self) -> QueryResult:
        found = self.assets()
        values = values_of(self.catalog, self.query.kind, [item.id for item in found.items], self.query.attribute or "")
        return found.model_copy(update={"values": tuple(values)})

    def related(self) -> QueryResult:
        """The datasets or base models of all matching models, each once per model; `limit` counts datasets.

        Those of most models come first.
        """
        query = self.query
        with self.catalog.connect() as connection:
            ids = [row.id for row in connection.execute(self._matching().order_by(t.assets.c.id))]
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
        return [step for id_ in ids for step in ancestors(self.catalog, id_, self.query.depth or _DEEPEST)]

    def results(self) -> QueryResult:
        e = t.evaluations.c
        wanted = self._results().order_by(e.model_id, e.dataset_id, e.metric, e.split, e.fact)
        if self.query.results_on:
            wanted = wanted.where(_in_family(e.dataset_id, (self.query.results_on,)))
        if self.query.results_by:
            wanted = wanted.where(e.metric == self.query.results_by)
        if self.query.results_split:
            wanted = wanted.where(e.split.in_(_same_split(self.query.results_split)))
        return self._with_results(wanted)

    def ranking(self) -> QueryResult:
        """Results by score, best first unless told otherwise; each model stands once, by its best."""
        ranking, e = self.query.ranking, t.evaluations.c
        assert ranking is not None  # CatalogQuery refuses a ranking without one
        term = vocabulary("metrics").terms.get(ranking.metric)
        better_high = bool(term.extra.get("higher_is_better", True)) if term else True
        highest = better_high if ranking.highest is None else ranking.highest
        wanted = self._results().where(e.score.is_not(None), e.metric == ranking.metric)
        if ranking.dataset:
            wanted = wanted.where(_in_family(e.dataset_id, (ranking.dataset,)))
        if ranking.split:
            wanted = wanted.where(or_(e.split.in_(_same_split(ranking.split)), e.split.is_(None)))
        return self._with_results(wanted.order_by(e.score.desc() if highest else e.score, e.model_id, e.fact))

    # -- how it is found

    def _results(self) -> Select[Any]:
        ids = self._matching().with_only_columns(t.assets.c.id)
        return select(t.evaluations).where(t.evaluations.c.model_id.in_(ids), *self._stated(t.evaluations))

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

    def _matching(self) -> Select[Any]:
        query, a = self.query, t.assets.c
        wanted = select(a.id, a.title).where(a.kind == query.kind)
        if query.ids:
            wanted = wanted.where(a.id.in_(query.ids))
        for word in query.named:
            sharing = select(t.words.c.id).where(t.words.c.kind == query.kind, t.words.c.word == word)
            wanted = wanted.where(a.id.in_(sharing))
        if query.has_card is not None:
            wanted = wanted.where(a.has_card == int(query.has_card))
        if query.params:
            wanted = wanted.where(*_within(a.params, query.params))
        wanted = wanted.where(*_organizations(query.organization))
        for condition in self._conditions():
            among = a.id.in_(select(condition.pairs.subquery().c.asset))
            wanted = wanted.where(~among if condition.negated else among)
        return wanted

    def _supporting(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Asset id → keys of the facts by which the conditions of the query hold for it."""
        found: dict[str, list[str]] = defaultdict(list)
        with self.catalog.connect() as connection:
            for condition in self._conditions():
                if condition.negated:
                    continue
                pairs = condition.pairs.subquery()
                for start in range(0, len(ids), _PART):
                    part = ids[start : start + _PART]
                    wanted = select(pairs).where(pairs.c.asset.in_(part)).order_by(pairs.c.asset, pairs.c.fact)
                    for asset, fact in connection.execute(wanted):
                        found[asset].append(fact)
        return defaultdict(list, {asset: list(dict.fromkeys(facts)) for asset, facts in found.items()})

    def _conditions(self) -> Iterator[_Condition]:
        query = self.query
        role = [t.training.c.role == query.trained_on.role] if query.trained_on.role else []
        yield from self._sets(query.trained_on, t.training, "model_id", _dataset_matcher, role)
        yield from self._sets(query.evaluated_on, t.evaluations, "model_id", _dataset_matcher, [])
        for name, table in t.FACETS.items():
            wanted: OneOf = getattr(query, name)
            yield from self._sets(wanted, table, "asset_id", _value_matcher, [table.c.kind == query.kind])
        if query.has_license is not None:
            known = t.licences.c.value.not_in(("unknown", "other"))
            yield _Condition(
                self._pairs(t.licences, "asset_id", [t.licences.c.kind == query.kind, known]), not query.has_license
            )
        if query.derived_from:
            yield _Condition(self._descendants(query.derived_from))
        for threshold in (*([query.metric] if query.metric else []), *query.metrics):
            yield _Condition(self._pairs(t.evaluations, "model_id", _threshold(threshold)))

    def _sets(
        self, wanted: OneOf, table: Table, owner: str, matcher: Any, where: list[ColumnElement[bool]]
    ) -> Iterator[_Condition]:
        if wanted.any_of:
            yield _Condition(self._pairs(table, owner, [matcher(table, wanted.any_of), *where]))
        for value in wanted.all_of:
            yield _Condition(self._pairs(table, owner, [matcher(table, (value,)), *where]))
        if wanted.none_of:
            yield _Condition(self._pairs(table, owner, [matcher(table, wanted.none_of), *where]), negated=True)

    def _pairs(self, table: Table, owner: str, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
        return select(table.c[owner].label("asset"), table.c.fact.label("fact")).where(*where, *self._stated(table))

    def _descendants(self, wanted: DerivedFromAny) -> Select[Any]:
        """Models that descend from one of the given models, with the fact of their own last step."""
        d = t.derivation.c
        step = select(d.model_id.label("asset"), d.fact.label("fact"), literal(1).label("depth"))
        variants = select(t.assets.c.id).where(t.assets.c.kind == "model", t.assets.c.parent.in_(wanted.any_of))
        step = step.where(or_(d.base_id.in_(wanted.any_of), d.base_id.in_(variants)), *self._stated(t.derivation))
        step = step.where(d.relation == wanted.relation) if wanted.relation else step
        if wanted.depth == 1:
            found = step.subquery()
            return select(found.c.asset, found.c.fact)
        below = step.cte("below", recursive=True)
        further = select(d.model_id, d.fact, below.c.depth + 1).where(d.base_id == below.c.asset)
        further = further.where(below.c.depth < (wanted.depth or _DEEPEST), *self._stated(t.derivation))
        whole = below.union(further)
        return select(whole.c.asset, whole.c.fact)

    def _stated(self, table: Table) -> list[ColumnElement[bool]]:
        return [] if self.inferred else [table.c.stated == 1]


def _in_family(column: ColumnElement[Any], ids: Sequence[str]) -> ColumnElement[bool]:
    """The dataset is one of `ids` or a subset of one (`glue/sst2` of `glue`)."""
    subsets = select(t.assets.c.id).where(t.assets.c.kind == "dataset", t.assets.c.parent.in_(ids))
    return or_(column.in_(ids), column.in_(subsets))


def _dataset_matcher(table: Table, ids: Sequence[str]) -> ColumnElement[bool]:
    return _in_family(table.c.dataset_id, ids)


def _value_matcher(table: Table, values: Sequence[str]) -> ColumnElement[bool]:
    return table.c.value.in_(values)


def _organizations(wanted: OneOf) -> list[ColumnElement[bool]]:
    column = func.lower(t.assets.c.organization)
    named = [column.in_([name.lower() for name in wanted.any_of])] if wanted.any_of else []
    barred = [column.not_in([name.lower() for name in wanted.none_of])] if wanted.none_of else []
    return [*named, *barred, *(column == name.lower() for name in wanted.all_of)]


def _within(column: ColumnElement[Any], wanted: Between) -> Iterator[ColumnElement[bool]]:
    yield column.is_not(None)
    bounds = {">=": wanted.at_least, "<=": wanted.at_most, ">": wanted.more_than, "<": wanted.less_than}
    yield from (_COMPARE[op](column, bound) for op, bound in bounds.items() if bound is not None)


def _threshold(wanted: Threshold) -> list[ColumnElement[bool]]:
    e = t.evaluations.c
    value = wanted.value
    if value != float("-inf"):
        value = comparable_score(wanted.metric, str(wanted.value), None) or 0.0
    where: list[ColumnElement[bool]] = [e.metric == wanted.metric, e.score.is_not(None)]
    if value != float("-inf"):
        where.append(_COMPARE[wanted.op](e.score, value))
    if wanted.dataset:
        where.append(_in_family(e.dataset_id, (wanted.dataset,)))
    if wanted.split:
        where.append(or_(e.split.in_(_same_split(wanted.split)), e.split.is_(None)))
    return where


def _same_split(split: str) -> tuple[str, ...]:
    """Development and validation set are two names of one thing."""
    return ("dev", "validation") if split in ("dev", "validation") else (split,)


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
