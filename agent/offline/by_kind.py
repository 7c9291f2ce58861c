"""What a question asks for when its kind is known, but no phrasing told it: the query, or what of one asset."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.offline.asking import Asked, Intent
from agent.offline.kinds import Kind
from agent.offline.subject import Subject
from catalog.query import CatalogQuery, DerivedFromAny, OneOf, Threshold, TrainedOnAny

_ALL = CatalogQuery()
#: the kinds of questions about one asset that its attribute tells
_OF_ATTRIBUTE: dict[str | None, Kind] = {None: "prose", "base_models": "parents", "training_data": "data_of_model"}
_OF_INTENT: dict[Intent, Kind] = {
    "count": "count", "tally": "count", "ranking": "ranking", "base_models": "bases_of_set",
    "training_data": "data_of_set", "score": "score",
}  # fmt: skip


@dataclass(frozen=True)
class Meant:
    """An intent with its query over several assets, or the attribute of one."""

    intent: Intent
    query: CatalogQuery | None = None
    attribute: str | None = None


def kind_of(intent: Intent, query: CatalogQuery | None, attribute: str | None) -> Kind:
    """The kind of a question that was read."""
    if intent in _OF_INTENT:
        return _OF_INTENT[intent]
    if query is None:
        return _OF_ATTRIBUTE.get(attribute, "attribute")
    if query.kind == "dataset":
        return "datasets_by_facet"
    if query.limit or query.order != _ALL.order:
        return "ranking"
    if query.derived_from:
        return "children"
    if query.metric or not query.evaluated_on.empty:
        return "models_evaluated_on"
    return "models_by_facet" if query.trained_on.empty else "models_trained_on"


def as_kind(kind: Kind, asked: Asked, subject: Subject | None) -> Meant | None:
    """What a question of this kind asks for; None where it lacks what such a question must name."""
    about_one = _ABOUT_ONE.get(kind)
    if about_one:
        return about_one(asked, subject)
    several = _SEVERAL.get(kind)
    return several(asked, asked.fields(), subject) if several else None


def _parents(asked: Asked, subject: Subject | None) -> Meant | None:
    return Meant("attribute", attribute="base_models") if _is_model(subject) else None


def _data(asked: Asked, subject: Subject | None) -> Meant | None:
    return Meant("attribute", attribute="training_data") if _is_model(subject) else None


def _score(asked: Asked, subject: Subject | None) -> Meant | None:
    measured = asked.constraints.of("metric") or asked.constraints.datasets()
    return Meant("score") if _is_model(subject) and measured else None


def _attribute(asked: Asked, subject: Subject | None) -> Meant | None:
    attribute = asked.attribute()
    return Meant("attribute", attribute=attribute) if subject and attribute else None


def _prose(asked: Asked, subject: Subject | None) -> Meant | None:
    return Meant("prose") if subject else None


def _children(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
    derived = None if asked.likens() else _derived(asked, subject)
    return Meant("list", _query(fields, derived_from=derived, named=())) if derived else None


def _of_set(intent: Intent) -> Callable[[Asked, dict[str, Any], Subject | None], Meant | None]:
    def meant(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
        narrowed: dict[str, Any] = {"derived_from": _derived(asked, None) or fields["derived_from"]}
        if CatalogQuery(**fields | narrowed) == _ALL:
            return None
        if intent == "base_models":
            return Meant(intent, _query(fields, select=intent, derived_from=None))
        trained = fields["trained_on"].model_copy(update={"role": None})
        role = asked.constraints.role()
        return Meant(intent, _query(fields, select=intent, role=role, trained_on=trained, **narrowed))

    return meant


def _listed(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
    return Meant("list", _query(fields)) if CatalogQuery(**fields) != _ALL else None


def _trained(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
    return None if fields["trained_on"].empty else _listed(asked, fields, subject)


def _evaluated(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
    datasets, metrics = asked.constraints.datasets(), asked.constraints.of("metric")
    if not datasets or fields["metric"]:
        return Meant("list", _query(fields)) if fields["metric"] else None
    measured: dict[str, Any] = {"evaluated_on": OneOf(any_of=tuple(dict.fromkeys(m.id for m in datasets)))}
    if metrics:
        split = asked.constraints.split()
        measured = {"metric": Threshold(dataset=datasets[0].id, metric=metrics[0].id, split=split)}
    return Meant("list", _query(fields, trained_on=TrainedOnAny(), **measured))


def _counted(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
    counted = fields | {"derived_from": fields["derived_from"] or _derived(asked, None)}
    return Meant("count", _query(counted, select="count")) if CatalogQuery(**counted) != _ALL else None


def _ranked(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
    found = asked.ordered()
    return Meant(*found) if found else None


def _datasets(asked: Asked, fields: dict[str, Any], subject: Subject | None) -> Meant | None:
    query = CatalogQuery(kind="dataset", **asked.constraints.facets())
    return Meant("list", query) if query != CatalogQuery(kind="dataset") and not asked.unread else None


_ABOUT_ONE: dict[Kind, Callable[[Asked, Subject | None], Meant | None]] = {
    "parents": _parents,
    "data_of_model": _data,
    "score": _score,
    "attribute": _attribute,
    "prose": _prose,
}
_SEVERAL: dict[Kind, Callable[[Asked, dict[str, Any], Subject | None], Meant | None]] = {
    "children": _children,
    "bases_of_set": _of_set("base_models"),
    "data_of_set": _of_set("training_data"),
    "models_trained_on": _trained,
    "models_evaluated_on": _evaluated,
    "models_by_facet": _listed,
    "count": _counted,
    "ranking": _ranked,
    "datasets_by_facet": _datasets,
}


def _derived(asked: Asked, subject: Subject | None) -> DerivedFromAny | None:
    """What comes from the models that are named, or from the subject."""
    named = [m.id for m in asked.constraints.lineage.models if not m.weak]
    ids = tuple(dict.fromkeys(named)) or ((subject.id,) if subject and _is_model(subject) else ())
    return asked.constraints.lineage.derived(ids) if ids else None


def _is_model(subject: Subject | None) -> bool:
    return subject is not None and subject.kind == "model"


def _query(fields: dict[str, Any], **changed: Any) -> CatalogQuery:
    return CatalogQuery(**fields | changed)
