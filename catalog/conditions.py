"""The conditions of a `CatalogQuery` as SQL.

Each condition is one SELECT of (asset, fact) pairs: as a sub-query it filters, and restricted to the found assets it
gives the facts, and so the evidence, that each item rests on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, or_, select, union

from catalog import tables as t
from catalog.quantities import comparable_score
from catalog.query import Between, CatalogQuery, DerivedFromAny, OneOf, Threshold

#: derivations end somewhere; a circle of them would not
DEEPEST = 40

_COMPARE = {
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    "=": lambda column, value: column == value,
}


@dataclass(frozen=True)
class Condition:
    """(asset, fact) pairs that fulfil it; `negated`: the asset must not be among them."""

    pairs: Select[Any]
    negated: bool = False


@dataclass(frozen=True)
class Conditions:
    """The conditions of one query, over stated facts or inferred ones as well."""

    query: CatalogQuery
    inferred: bool

    def matching(self) -> Select[Any]:
        """(id, title) of the assets that fulfil all conditions."""
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
        if query.about:
            wanted = wanted.where(self._about())
        wanted = wanted.where(*_organizations(query.organization))
        for condition in self.all():
            among = a.id.in_(select(condition.pairs.subquery().c.asset))
            wanted = wanted.where(~among if condition.negated else among)
        return wanted

    def all(self) -> Iterator[Condition]:
        """The conditions on facts, one by one."""
        query = self.query
        role = [t.training.c.role == query.trained_on.role] if query.trained_on.role else []
        yield from self._sets(query.trained_on, t.training, "model_id", _dataset_matcher, role)
        yield from self._sets(query.evaluated_on, t.evaluations, "model_id", _dataset_matcher, [])
        for name, table in t.FACETS.items():
            wanted: OneOf = getattr(query, name)
            yield from self._sets(wanted, table, "asset_id", _value_matcher, [table.c.kind == query.kind])
        yield from self._data_licences(query.data_license)
        if query.hardware:
            c = t.attributes.c
            where = [c.kind == query.kind, c.name == "hardware", _has_part(c.value, query.hardware)]
            yield Condition(self._pairs(t.attributes, "asset_id", where))
        if query.has_license is not None:
            known = t.licences.c.value.not_in(("unknown", "other"))
            yield Condition(
                self._pairs(t.licences, "asset_id", [t.licences.c.kind == query.kind, known]), not query.has_license
            )
        if query.derived_from:
            yield Condition(self._descendants(query.derived_from))
        for threshold in (*([query.metric] if query.metric else []), *query.metrics):
            yield Condition(self._pairs(t.evaluations, "model_id", _threshold(threshold)))

    def _about(self) -> ColumnElement[bool]:
        a, tag = t.assets.c, t.tags.c
        tagged = select(tag.asset_id).where(tag.kind == self.query.kind, _has_part(tag.value, self.query.about))
        told = (_has_part(column, self.query.about) for column in (a.id, a.title, a.summary))
        return or_(*told, a.id.in_(tagged))

    def _sets(
        self, wanted: OneOf, table: Table, owner: str, matcher: Any, where: list[ColumnElement[bool]]
    ) -> Iterator[Condition]:
        if wanted.any_of:
            yield Condition(self._pairs(table, owner, [matcher(table, wanted.any_of), *where]))
        for value in wanted.all_of:
            yield Condition(self._pairs(table, owner, [matcher(table, (value,)), *where]))
        if wanted.none_of:
            yield Condition(self._pairs(table, owner, [matcher(table, wanted.none_of), *where]), negated=True)

    def _data_licences(self, wanted: OneOf) -> Iterator[Condition]:
        if wanted.any_of:
            yield Condition(self._licensed(wanted.any_of))
        for value in wanted.all_of:
            yield Condition(self._licensed((value,)))
        if wanted.none_of:
            yield Condition(self._licensed(wanted.none_of), negated=True)

    def _licensed(self, licences: Sequence[str]) -> Select[Any]:
        """Models trained on a dataset of one of these licences or a part of one, with the fact of either step."""
        training, data, licence = t.training.c, t.assets.c, t.licences.c
        both = select(training.model_id.label("asset"), training.fact, licence.fact.label("licence")).where(
            data.kind == "dataset",
            data.id == training.dataset_id,
            or_(licence.asset_id == data.id, licence.asset_id == data.parent),
            licence.kind == "dataset",
            licence.value.in_(licences),
            *self.stated(t.training),
            *self.stated(t.licences),
        )
        steps = both.subquery().c
        return union(select(steps.asset, steps.fact), select(steps.asset, steps.licence)).subquery().select()

    def _pairs(self, table: Table, owner: str, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
        return select(table.c[owner].label("asset"), table.c.fact.label("fact")).where(*where, *self.stated(table))

    def _descendants(self, wanted: DerivedFromAny) -> Select[Any]:
        """Models that descend from one of the given models, with the fact of their own last step."""
        d = t.derivation.c
        step = select(d.model_id.label("asset"), d.fact.label("fact"), literal(1).label("depth"))
        variants = select(t.assets.c.id).where(t.assets.c.kind == "model", t.assets.c.parent.in_(wanted.any_of))
        step = step.where(or_(d.base_id.in_(wanted.any_of), d.base_id.in_(variants)), *self.stated(t.derivation))
        step = step.where(d.relation == wanted.relation) if wanted.relation else step
        if wanted.depth == 1:
            found = step.subquery()
            return select(found.c.asset, found.c.fact)
        below = step.cte("below", recursive=True)
        further = select(d.model_id, d.fact, below.c.depth + 1).where(d.base_id == below.c.asset)
        further = further.where(below.c.depth < (wanted.depth or DEEPEST), *self.stated(t.derivation))
        whole = below.union(further)
        return select(whole.c.asset, whole.c.fact)

    def stated(self, table: Table) -> list[ColumnElement[bool]]:
        return [] if self.inferred else [table.c.stated == 1]


def in_family(column: ColumnElement[Any], ids: Sequence[str]) -> ColumnElement[bool]:
    """The dataset is one of `ids` or a subset of one (`glue/sst2` of `glue`)."""
    subsets = select(t.assets.c.id).where(t.assets.c.kind == "dataset", t.assets.c.parent.in_(ids))
    return or_(column.in_(ids), column.in_(subsets))


def _dataset_matcher(table: Table, ids: Sequence[str]) -> ColumnElement[bool]:
    return in_family(table.c.dataset_id, ids)


def _value_matcher(table: Table, values: Sequence[str]) -> ColumnElement[bool]:
    return table.c.value.in_(values)


def _has_part(column: ColumnElement[str], parts: Sequence[str]) -> ColumnElement[bool]:
    """Whether a text has one of the parts of words, whatever their case."""
    return or_(*(func.lower(column).contains(part.lower(), autoescape=True) for part in parts))


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
        where.append(in_family(e.dataset_id, (wanted.dataset,)))
    if wanted.split:
        where.append(or_(e.split.in_(same_split(wanted.split)), e.split.is_(None)))
    return where


def same_split(split: str) -> tuple[str, ...]:
    """Development and validation set are two names of one thing."""
    return ("dev", "validation") if split in ("dev", "validation") else (split,)
