"""`almanac lint`: what cards contradict, within themselves, and what a good card states that they do not."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent.facts import facts_of
from catalog.conditions import same_split
from catalog.execution import execute
from catalog.licences import one_family
from catalog.quantities import comparable_score
from catalog.query import CatalogQuery
from catalog.records import AssetKind, Record
from catalog.store import Catalog
from catalog.vocabulary import squash

_FIELDS = Path(__file__).parent / "data" / "completeness.toml"
_AT_ONCE = 200
_SAME_SCORE = 0.06
_OF_TEXT = frozenset(("prose", "table"))
_SINGULAR = {"licences": "licence", "languages": "language"}


class Contradiction(Record):
    """Two statements of one card that cannot both be right; each with its place."""

    field: str
    values: tuple[str, ...]
    places: tuple[str, ...]


class CardReport(Record):
    """How complete a card is, 0 to 1, what it does not state and what it contradicts."""

    kind: AssetKind
    id: str
    path: str
    completeness: float
    missing: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]


def lint(catalog: Catalog) -> Iterator[CardReport]:
    """A report for every card of a catalogue, models first, by id."""
    kinds: tuple[AssetKind, ...] = ("model", "dataset")
    for kind in kinds:
        ids = [item.id for item in execute(catalog, CatalogQuery(kind=kind)).items]
        for start in range(0, len(ids), _AT_ONCE):
            for facts in facts_of(catalog, kind, ids[start : start + _AT_ONCE]):
                yield _report(kind, facts)


def _report(kind: AssetKind, facts: Mapping[str, Any]) -> CardReport:
    stated = {attribute["name"] for attribute in facts["attributes"]}
    fields = _fields()[kind]
    missing = [name for name in fields if not facts.get(name) and name not in stated]
    whole = sum(field["weight"] for field in fields.values())
    lacking = sum(fields[name]["weight"] for name in missing)
    return CardReport(
        kind=kind,
        id=facts["id"],
        path=facts["path"] or "",
        completeness=round(1 - lacking / whole, 2),
        missing=tuple(fields[name]["label"] for name in missing),
        contradictions=tuple(found for check in _CHECKS for found in check(facts)),
    )


def _overruled(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """A licence or language of the prose where the metadata states another."""
    for fact in facts["overruled"]:
        if fact["origin"] in _OF_TEXT and not any(
            one_family(fact["value"], other["value"]) for other in fact["instead"]
        ):
            both = (*fact["instead"], fact)
            values = tuple(other["value"] for other in both)
            yield Contradiction(field=_SINGULAR[fact["name"]], values=values, places=tuple(map(_place, both)))


def _base_models(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """A base model of the metadata that the prose does not name, while it names another."""
    named, told = _by_origin(facts["base_models"])
    told = [base for base in told if base["relation"] == "finetune" or base in named]
    if named and told and not {base["name"] for base in named} & {base["name"] for base in told}:
        yield _between("base model", named, told)


def _datasets(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Training data of the metadata of which the text names none, while it names others that are no part of them."""
    named, told = _by_origin(facts["train_datasets"])
    told = [dataset for dataset in told if dataset["role"] == "finetune" or dataset in named]
    named = [dataset for dataset in named if dataset["role"] != "pretrain" or dataset in told]
    related = any(_related(one["name"], other["name"]) for one in named for other in told)
    if named and told and not related:
        yield _between("training data", named, told)


def _denied(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Training data that the text says were not used."""
    for denial in facts["attributes"]:
        stated = [fact for fact in facts["train_datasets"] if fact["name"] == denial["value"]]
        if denial["name"] == "not_trained_on" and stated:
            values = (*(fact["name"] for fact in stated), f"not {denial['value']}")
            yield Contradiction(field="training data", values=values, places=tuple(map(_place, (*stated, denial))))


def _by_origin(facts: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """What the metadata state, and what the text states; a fact may be in both."""
    named = [fact for fact in facts if "metadata" in fact["origins"]]
    return named, [fact for fact in facts if not _OF_TEXT.isdisjoint(fact["origins"])]


def _between(field: str, named: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]) -> Contradiction:
    both = [*named, *told]
    return Contradiction(field=field, values=tuple(fact["name"] for fact in both), places=tuple(map(_place, both)))


def _related(one: str, other: str) -> bool:
    """Whether two names may mean one thing or its part: `glue` and `glue/sst2`, `squad` and `squad-fr-translated`."""
    short, long = sorted((squash(one.rpartition("/")[2]), squash(other)), key=len)
    return short in long or one.partition("/")[0] == other.partition("/")[0]


def _scores(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Two values for one metric on one split of one dataset, further apart than rounding, from different places."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for result in facts["eval_results"]:
        if result["dataset"] and result["metric"] and result["split"]:
            groups[result["dataset"], result["metric"], same_split(result["split"])[0]].append(result)
    for (dataset, metric, split), results in groups.items():
        scores = [comparable_score(metric, result["value"], result["unit"]) for result in results]
        told = [score for score in scores if score is not None]
        origins = {result["origin"] for result in results}
        if len(told) > 1 and len(origins) > 1 and max(told) - min(told) > _SAME_SCORE:
            values = tuple(result["value"] for result in results)
            field = f"{metric} on {dataset} ({split})"
            yield Contradiction(field=field, values=values, places=tuple(map(_place, results)))


def _place(fact: Mapping[str, Any]) -> str:
    return f"{fact['path']}:{fact['line_start']}"


_CHECKS = (_overruled, _base_models, _datasets, _denied, _scores)


@lru_cache(maxsize=1)
def _fields() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(_FIELDS.read_text(encoding="utf-8"))
