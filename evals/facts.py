"""Facts of models written down by people or exported, and what a query over them gives: the right answers of a suite.

A query is an object: `select` says what is asked for, `where` which models count. The fields are those of
`almanac export facts`.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.errors import SourceError
from catalog.quantities import parse_number
from evals.cases import read_lines

#: a score up to here is a fraction, and compares with percentages as a hundred times as much
_LARGEST_FRACTION = 1.5


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Trained(_Told):
    """A dataset that went into a training."""

    name: str
    role: str | None = None
    origin: str | None = None


class Parent(_Told):
    """A model that another one was made from."""

    name: str
    relation: str | None = None
    origin: str | None = None


class Score(_Told):
    """A reported result."""

    dataset: str | None = None
    split: str | None = None
    metric: str | None = None
    value: str | float | None = None


class ModelFacts(_Told):
    """What the card of one model states."""

    id: str
    tasks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    license: str | None = None
    base_models: tuple[Parent, ...] = ()
    train_datasets: tuple[Trained, ...] = ()
    eval_results: tuple[Score, ...] = ()
    params: str | None = None
    hardware: str | None = None
    hyper: dict[str, Any] = Field(default_factory=dict)
    paper: str | None = None
    organization: str | None = None


Facts = Mapping[str, ModelFacts]
Query = Mapping[str, Any]


def read_facts(path: Path) -> Facts:
    """Model id → facts; what was only inferred is left out. Raises SourceError naming the line."""
    found = {}
    for number, raw in read_lines(path):
        try:
            model = ModelFacts.model_validate(raw)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(map(str, problem["loc"]))
            raise SourceError(f"{path}:{number}: no facts of a model ({where}: {problem['msg']}).") from error
        found[model.id] = model.model_copy(
            update={
                "train_datasets": tuple(one for one in model.train_datasets if one.origin != "inferred"),
                "base_models": tuple(one for one in model.base_models if one.origin != "inferred"),
            }
        )
    return found


def chosen_models(facts: Facts, where: Query) -> list[ModelFacts]:
    """The models of which every condition holds, by id. Raises SourceError for a condition that is not known."""
    if unknown := set(where) - set(_CONDITIONS):
        raise SourceError(f"no such condition: {', '.join(sorted(unknown))}. Known are: {', '.join(_CONDITIONS)}.")
    found = [model for model in facts.values() if all(_CONDITIONS[name](model, where) for name in where)]
    return sorted(found, key=lambda model: model.id)


def scores_of(model: ModelFacts, query: Query) -> list[Score]:
    """The results of a model on `dataset` by `metric`, of `split` where that is given."""
    datasets, metrics, split = _several(query["dataset"]), _several(query["metric"]), query.get("split")
    return [
        one
        for one in model.eval_results
        if one.dataset in datasets and one.metric in metrics and split in (None, one.split)
    ]


def comparable(value: str | float | None) -> float | None:
    """A score as a percentage, however it is printed; None where it is no number."""
    number = parse_number(value) if isinstance(value, str) else value
    if number is None:
        return None
    return number * 100 if number <= _LARGEST_FRACTION else number


def ranked(facts: Facts, query: Query) -> list[list[str]]:
    """Ids by their scores, the best or (`select: min`) the lowest first, `k` of them; equal ones are together."""
    by_score: dict[float, list[str]] = {}
    for model in chosen_models(facts, query.get("where", {})):
        for one in scores_of(model, query):
            if (value := comparable(one.value)) is not None:
                by_score.setdefault(round(value, 6), []).append(model.id)
    places: list[list[str]] = []
    for value in sorted(by_score, reverse=query["select"] == "max"):
        equal = list(dict.fromkeys(by_score[value]))
        places += [equal] * len(equal)
    return places[: query.get("k", 1)]


def field_of(model: ModelFacts, path: str) -> Any:
    """One field, `hyper.epochs` a part of one; None where the card does not state it."""
    name, _, part = path.partition(".")
    if name not in ModelFacts.model_fields:
        raise SourceError(f"models have no field {name}. Known are: {', '.join(ModelFacts.model_fields)}.")
    value = getattr(model, name)
    return value.get(part) if part and isinstance(value, dict) else value


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _trained_on(model: ModelFacts, names: Any, role: str | None = None) -> bool:
    return any(one.name in _several(names) and role in (None, one.role) for one in model.train_datasets)


def _from_base(model: ModelFacts, where: Query) -> bool:
    names, relation = _several(where["base_model"]), where.get("relation")
    return any(one.name in names and relation in (None, one.relation) for one in model.base_models)


def _reaches(model: ModelFacts, where: Query) -> bool:
    wanted = where["metric"]
    than = comparable(wanted["value"])
    values = [comparable(one.value) for one in scores_of(model, wanted)]
    return than is not None and any(value is not None and _COMPARED[wanted["op"]](value, than) for value in values)


_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    ">": float.__gt__,
    ">=": float.__ge__,
    "<": float.__lt__,
    "<=": float.__le__,
}
_CONDITIONS: Mapping[str, Callable[[ModelFacts, Query], bool]] = {
    "trained_on": lambda model, where: _trained_on(model, where["trained_on"], where.get("role")),
    "trained_on_all": lambda model, where: all(_trained_on(model, names) for names in where["trained_on_all"]),
    "not_trained_on": lambda model, where: not _trained_on(model, where["not_trained_on"]),
    "evaluated_on": lambda model, where: any(
        one.dataset in _several(where["evaluated_on"]) for one in model.eval_results
    ),
    "base_model": _from_base,
    "relation": lambda model, where: any(one.relation == where["relation"] for one in model.base_models),
    "language": lambda model, where: bool({*_several(where["language"])} & {*model.languages}),
    "task": lambda model, where: bool({*_several(where["task"])} & {*model.tasks}),
    "license": lambda model, where: model.license in _several(where["license"]),
    "has_license": lambda model, where: bool(model.license) == where["has_license"],
    "org": lambda model, where: model.id.startswith(f"{where['org']}/"),
    "metric": _reaches,
    "role": lambda *_: True,
}
