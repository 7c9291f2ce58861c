"""`almanac lint`: what cards contradict, within themselves, and what a good card states that they do not."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent.facts import facts_of
from catalog.execution import execute
from catalog.quantities import comparable_score
from catalog.query import CatalogQuery
from catalog.records import AssetKind, Record
from catalog.store import Catalog

_FIELDS = Path(__file__).parent / "data" / "completeness.toml"
_AT_ONCE = 200
_SAME_SCORE = 0.06
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
        contradictions=(*_overruled(facts), *_base_models(facts), *_scores(facts)),
    )


def _overruled(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """A licence or language of the prose where the metadata states another."""
    for fact in facts["overruled"]:
        if fact["origin"] in ("prose", "table"):
            surer = facts["licenses"] if fact["name"] == "licences" else []
            known = [other["name"] for other in surer] or facts["languages"]
            if any(_one_family(fact["value"], name) for name in known):
                continue
            places = (*(_place(other) for other in surer), _place(fact))
            yield Contradiction(field=_SINGULAR[fact["name"]], values=(*known, fact["value"]), places=places)


def _one_family(one: str, other: str) -> bool:
    """`bsd` and `bsd-3-clause`, `cc` and `cc-by-4.0`: one says less, and nothing else."""
    return one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _base_models(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """A base model of the metadata that the prose does not name, while it names another."""
    stated = [base for base in facts["base_models"] if base["origin"] != "inferred"]
    named = [base for base in stated if base["origin"] == "metadata"]
    told = [base for base in stated if base["origin"] in ("prose", "table") and base["relation"] == "finetune"]
    if named and told and not {base["name"] for base in named} & {base["name"] for base in told}:
        both = [*named, *told]
        values = tuple(base["name"] for base in both)
        yield Contradiction(field="base model", values=values, places=tuple(map(_place, both)))


def _scores(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Two values for one metric on one split of one dataset, further apart than rounding, from different places."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for result in facts["eval_results"]:
        if result["dataset"] and result["metric"] and result["split"]:
            groups[result["dataset"], result["metric"], result["split"]].append(result)
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


@lru_cache(maxsize=1)
def _fields() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(_FIELDS.read_text(encoding="utf-8"))
