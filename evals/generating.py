"""Questions made from facts, for any folder of cards whose facts are known; wordings are in `data/questions.toml`.

The same facts give the same questions. Of each kind a few are taken, spread evenly over all that could be asked.
"""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from evals.cases import Case
from evals.facts import Facts, ModelFacts, ranked

_FILE = Path(__file__).parent / "data" / "questions.toml"
_OF_A_KIND = 8
_FEWEST, _MOST = 2, 40
_LEAST_RANKED = 3

Either = Callable[[str], str]
_T = TypeVar("_T")


def generated(facts: Facts, either: Either = str) -> Iterator[Case]:
    """Cases of all kinds; `either` adds the other names of a dataset."""
    yield from _lists(facts)
    yield from _attributes(facts)
    yield from _trainings(facts, either)
    yield from _scores(facts)
    yield from _rankings(facts)


def _lists(facts: Facts) -> Iterator[Case]:
    """Models that share something, as a list and as a count."""
    for kind, of in _GROUPS.items():
        groups: dict[str, list[str]] = defaultdict(list)
        for model in facts.values():
            for name in dict.fromkeys(of(model)):
                groups[name].append(model.id)
        fitting = sorted(name for name, ids in groups.items() if _FEWEST <= len(ids) <= _MOST)
        for name in spread(fitting):
            yield _case(kind, name, {"items": sorted(groups[name])}, evidence=sorted(groups[name]), name=name)
            yield _case(f"{kind}_count", name, {"number": len(groups[name])}, name=name)


def _attributes(facts: Facts) -> Iterator[Case]:
    """One attribute of one model."""
    for kind, of in _ATTRIBUTES.items():
        stating = sorted(id_ for id_, model in facts.items() if of(model))
        for id_ in spread(stating):
            yield _case(kind, id_, of(facts[id_]), evidence=[id_], model=id_)


def _trainings(facts: Facts, either: Either) -> Iterator[Case]:
    for id_ in spread(sorted(id_ for id_, model in facts.items() if model.train_datasets)):
        used = sorted({either(one.name) for one in facts[id_].train_datasets})
        yield _case("trained_with", id_, {"items": used}, evidence=[id_], model=id_)


def _scores(facts: Facts) -> Iterator[Case]:
    """Results that a model reports once for a dataset and metric."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for model in facts.values():
        for one in model.eval_results:
            if one.dataset and one.metric and one.value is not None:
                found[model.id, one.dataset, one.metric].append(str(one.value))
    for key in spread(sorted(key for key, values in found.items() if len(values) == 1)):
        id_, dataset, metric = key
        told = {"model": id_, "dataset": dataset, "metric": metric}
        yield _case("score", " ".join(key), {"value": found[key][0]}, evidence=[id_], **told)


def _rankings(facts: Facts) -> Iterator[Case]:
    """The best model by a metric that at least three report."""
    reporting: dict[tuple[str, str], set[str]] = defaultdict(set)
    for model in facts.values():
        for one in model.eval_results:
            if one.dataset and one.metric and one.metric in _questions()["ranking"]["metrics"]:
                reporting[one.dataset, one.metric].add(model.id)
    for dataset, metric in spread(sorted(key for key, ids in reporting.items() if len(ids) >= _LEAST_RANKED)):
        places = ranked(facts, {"select": "max", "dataset": dataset, "metric": metric})
        expected = {"items": ["|".join(place) for place in places], "ordered": True}
        yield _case("ranking", f"{dataset} {metric}", expected, dataset=dataset, metric=metric)


def spread(things: Sequence[_T], most: int = _OF_A_KIND) -> list[_T]:
    """At most so many, at even distances."""
    if len(things) <= most:
        return list(things)
    return [things[index * len(things) // most] for index in range(most)]


def _case(kind: str, about: str, expected: Mapping[str, Any], *, evidence: Sequence[str] = (), **told: str) -> Case:
    asked = _questions()[kind]
    return Case.model_validate(
        {
            "id": f"{kind}:{about}",
            "type": asked["type"],
            "question": asked["question"].format(**told),
            "expected": expected,
            "evidence": evidence,
            "tags": ["generated"],
        }
    )


_GROUPS: Mapping[str, Callable[[ModelFacts], list[str]]] = {
    "trained_on": lambda model: [one.name for one in model.train_datasets],
    "fine_tuned_from": lambda model: [one.name for one in model.base_models if one.relation == "finetune"],
    "of_language": lambda model: [*model.languages],
    "under_licence": lambda model: [model.license] if model.license else [],
    "for_task": lambda model: [*model.tasks],
}
_ATTRIBUTES: Mapping[str, Callable[[ModelFacts], dict[str, Any]]] = {
    "licence": lambda model: {"value": model.license} if model.license else {},
    "languages": lambda model: {"languages": model.languages} if model.languages else {},
    "parameters": lambda model: {"value": model.params} if model.params else {},
    "parents": lambda model: {"items": [one.name for one in model.base_models]} if model.base_models else {},
}


@lru_cache
def _questions() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
