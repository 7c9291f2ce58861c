"""A folder of facts and questions as suites: `facts.jsonl`, `aliases.json`, `questions_*.jsonl`.

A question with a `query` has its right answer computed from the facts; the others say what must be in the answer. From
the facts further questions are made, see `generating.py`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from catalog.errors import SourceError
from evals.cases import Case, Suite, read_lines
from evals.facts import Facts, Query, chosen_models, field_of, ranked, read_facts, scores_of
from evals.generating import generated
from evals.scorers.wording import squashed

#: type of a question → type of a case; of one with a query that of what is selected
_TYPES = {
    "text": "prose",
    "dataset": "prose",
    "cross": "two-document",
    "compare": "comparison",
    "followup": "follow-up",
    "superlative": "ranking",
    "set": "list",
    "datasets": "list",
    "base": "lineage",
    "value": "attribute",
    "metric": "score",
}


class Names:
    """Names that mean the same, by kind (`datasets`, `base_models`); any of them is right in an answer."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._groups: dict[str, dict[str, set[str]]] = {}
        for kind in ("datasets", "base_models"):
            groups: dict[str, set[str]] = defaultdict(set)
            for variant, name in raw.get(kind, {}).items():
                groups[squashed(name)] |= {variant, name}
            self._groups[kind] = {squashed(name): names for names in groups.values() for name in names}

    def either(self, kind: str, name: str) -> str:
        """`squad_v2|SQuAD 2.0`: the name and what else it is called."""
        return "|".join([name, *sorted(self._groups[kind].get(squashed(name), set()) - {name})])


def gold_suites(folder: Path) -> list[Suite]:
    """A suite for each file of questions, and one made from the facts. Raises SourceError where there is neither."""
    path = folder / "facts.jsonl"
    facts = read_facts(path) if path.is_file() else {}
    names = _names(folder / "aliases.json")
    suites = [
        _suite(file.stem.removeprefix("questions_"), _cases(file, facts, names))
        for file in sorted(folder.glob("questions_*.jsonl"))
    ]
    if facts:
        suites.append(_suite("facts", generated(facts, lambda name: names.either("datasets", name))))
    if not suites:
        raise SourceError(f"{folder} holds neither facts.jsonl nor questions_*.jsonl. Name another folder with --gold.")
    return suites


def _suite(name: str, cases: Iterable[Case]) -> Suite:
    return Suite(name=name, cases=tuple(cases))


def _names(path: Path) -> Names:
    try:
        return Names(json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read ({error}). Correct it or take it away.") from error


def _cases(file: Path, facts: Facts, names: Names) -> Iterable[Case]:
    for number, raw in read_lines(file):
        try:
            told = _computed(raw["query"], facts, names) if "query" in raw else _told(raw)
            if told is not None:
                kind = told.pop("type", None) or _TYPES.get(raw["type"], raw["type"])
                yield Case.model_validate({"id": str(raw["id"]), "type": kind, **_asked(raw), **told})
        except (KeyError, TypeError, ValidationError, SourceError) as error:
            problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            raise SourceError(f"{file}:{number}: not a question ({problem}). Correct the line.") from error


def _asked(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {"turns": raw["turns"]} if raw.get("turns") else {"question": raw["question"]}


def _told(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a question without a query says itself; None where it says nothing that can be measured."""
    cards = list(raw.get("cards", ()))
    if raw["type"] == "unanswerable":
        return {"expected": {"abstain": True}}
    must = raw.get("must_include")
    if not must and cards:
        must = ["|".join(_last(card) for card in [*cards, *raw.get("also_ok", ())])]
    return {"expected": {"must_include": must}, "evidence": cards} if must else None


def _last(card: str) -> str:
    """The name of a card: what its folder is called."""
    parts = card.removesuffix("/README.md").split("/")
    return parts[-1]


def _computed(query: Query, facts: Facts, names: Names) -> dict[str, Any]:
    """The right answer to a query, and whose card states it."""
    if query["select"] not in _SELECTIONS:
        raise SourceError(f"no such selection: {query['select']}. Known are: {', '.join(_SELECTIONS)}.")
    return _SELECTIONS[query["select"]](query, facts, names)


def _models(query: Query, facts: Facts, _: Names) -> dict[str, Any]:
    ids = [model.id for model in chosen_models(facts, query.get("where", {}))]
    return {"expected": {"items": ids}, "evidence": ids}


def _count(query: Query, facts: Facts, _: Names) -> dict[str, Any]:
    return {"expected": {"number": len(chosen_models(facts, query.get("where", {})))}}


def _datasets(query: Query, facts: Facts, names: Names) -> dict[str, Any]:
    models = chosen_models(facts, query.get("where", {}))
    used = {
        names.either("datasets", one.name)
        for model in models
        for one in model.train_datasets
        if query.get("role") in (None, one.role)
    }
    return {"expected": {"items": sorted(used)}, "evidence": [model.id for model in models]}


def _bases(query: Query, facts: Facts, names: Names) -> dict[str, Any]:
    models = chosen_models(facts, query.get("where", {}))
    used = {names.either("base_models", one.name) for model in models for one in model.base_models}
    return {"expected": {"items": sorted(used)}, "evidence": [model.id for model in models]}


def _ranking(query: Query, facts: Facts, _: Names) -> dict[str, Any]:
    places = ["|".join(place) for place in ranked(facts, query)]
    return {"expected": {"items": places, "ordered": True}}


def _result(query: Query, facts: Facts, _: Names) -> dict[str, Any]:
    values = [str(one.value) for one in scores_of(facts[query["model"]], query)]
    return {"expected": {"value": "|".join(dict.fromkeys(values))}, "evidence": [query["model"]]}


def _field(query: Query, facts: Facts, names: Names) -> dict[str, Any]:
    value = field_of(facts[query["model"]], query["field"])
    if value is None or value == ():
        expected: dict[str, Any] = {"abstain": True}
    elif query["field"] == "languages":
        expected = {"languages": value}
    elif query["field"] in ("train_datasets", "base_models"):
        kind = "datasets" if query["field"] == "train_datasets" else "base_models"
        expected = {"items": sorted({names.either(kind, one.name) for one in value})}
    elif isinstance(value, tuple):
        expected = {"must_include": value}
    else:
        expected = {"value": value}
    return {"expected": expected, "evidence": [query["model"]]}


_SELECTIONS: Mapping[str, Callable[[Query, Facts, Names], dict[str, Any]]] = {
    "models": _models,
    "count": _count,
    "datasets": _datasets,
    "base_models": _bases,
    "max": _ranking,
    "min": _ranking,
    "metric": _result,
    "field": _field,
}
