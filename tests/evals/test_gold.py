"""A folder of facts and questions as suites."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import SourceError
from evals.cases import Case, Suite
from evals.facts import read_facts
from evals.gold import gold_suites

FACTS: list[dict[str, Any]] = [
    {
        "id": "den/owl",
        "license": "mit",
        "languages": ["en", "de"],
        "tasks": ["text-classification"],
        "params": "110M",
        "base_models": [{"name": "roost/owlet", "relation": "finetune"}],
        "train_datasets": [
            {"name": "snli", "role": "finetune"},
            {"name": "guessed", "role": "pretrain", "origin": "inferred"},
        ],
        "eval_results": [{"dataset": "snli", "split": "test", "metric": "accuracy", "value": 0.91}],
        "hyper": {"epochs": 3},
    },
    {
        "id": "den/fox",
        "license": "apache-2.0",
        "languages": ["en"],
        "tasks": ["text-classification"],
        "params": None,
        "base_models": [{"name": "roost/owlet", "relation": "distillation"}],
        "train_datasets": [{"name": "snli", "role": "finetune"}, {"name": "wiki", "role": "pretrain"}],
        "eval_results": [{"dataset": "snli", "split": "dev", "metric": "accuracy", "value": "91.0"}],
    },
    {
        "id": "pond/frog",
        "license": None,
        "languages": [],
        "tasks": [],
        "train_datasets": [{"name": "wiki", "role": "pretrain"}],
        "eval_results": [{"dataset": "snli", "split": "test", "metric": "accuracy", "value": 55}],
    },
]
ALIASES = {"datasets": {"wikipedia dump": "wiki"}, "base_models": {}}


def folder(tmp_path: Path, **questions: list[dict[str, Any]]) -> Path:
    (tmp_path / "facts.jsonl").write_text("\n".join(map(json.dumps, FACTS)))
    (tmp_path / "aliases.json").write_text(json.dumps(ALIASES))
    for name, lines in questions.items():
        (tmp_path / f"questions_{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return tmp_path


def computed(tmp_path: Path, query: Mapping[str, Any], kind: str = "set") -> Case:
    line = {"id": "q", "type": kind, "question": "?", "query": query}
    suites = {suite.name: suite for suite in gold_suites(folder(tmp_path, structured=[line]))}
    return suites["structured"].cases[0]


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"trained_on": "snli"}, ("den/fox", "den/owl")),
        ({"trained_on": "snli", "role": "pretrain"}, ()),
        ({"trained_on": ["wiki", "c4"], "role": "pretrain"}, ("den/fox", "pond/frog")),
        ({"trained_on_all": [["snli"], ["wiki"]]}, ("den/fox",)),
        ({"not_trained_on": "snli"}, ("pond/frog",)),
        ({"trained_on": "guessed"}, ()),
        ({"evaluated_on": "snli", "org": "pond"}, ("pond/frog",)),
        ({"base_model": "roost/owlet", "relation": "finetune"}, ("den/owl",)),
        ({"relation": "distillation"}, ("den/fox",)),
        ({"language": ["de", "fr"]}, ("den/owl",)),
        ({"task": "text-classification", "license": ["mit", "gpl-3.0"]}, ("den/owl",)),
        ({"has_license": False}, ("pond/frog",)),
        ({"metric": {"dataset": "snli", "metric": "accuracy", "op": ">", "value": 0.9}}, ("den/fox", "den/owl")),
        (
            {"metric": {"dataset": "snli", "metric": "accuracy", "op": "<=", "value": 91, "split": "test"}},
            ("den/owl", "pond/frog"),
        ),
    ],
)
def test_the_models_of_a_query_are_those_whose_facts_fit(
    where: dict[str, Any], ids: tuple[str, ...], tmp_path: Path
) -> None:
    case = computed(tmp_path, {"select": "models", "where": where})
    assert (case.expected.items, case.type) == (ids, "list")


@pytest.mark.parametrize(
    ("query", "kind", "type_", "expected"),
    [
        ({"select": "count", "where": {"language": "en"}}, "count", "count", {"number": 2}),
        ({"select": "datasets", "role": "pretrain"}, "datasets", "list", {"items": ["wiki|wikipedia dump"]}),
        ({"select": "base_models"}, "base", "lineage", {"items": ["roost/owlet"]}),
        ({"select": "field", "model": "den/owl", "field": "license"}, "value", "attribute", {"value": "mit"}),
        ({"select": "field", "model": "den/owl", "field": "hyper.epochs"}, "value", "attribute", {"value": 3}),
        ({"select": "field", "model": "den/owl", "field": "languages"}, "value", "attribute",
         {"languages": ["en", "de"]}),
        ({"select": "field", "model": "den/fox", "field": "params"}, "value", "attribute", {"abstain": True}),
        ({"select": "field", "model": "pond/frog", "field": "train_datasets"}, "value", "attribute",
         {"items": ["wiki|wikipedia dump"]}),
        ({"select": "metric", "model": "den/fox", "dataset": "snli", "metric": "accuracy"}, "metric", "score",
         {"value": "91.0"}),
        ({"select": "max", "dataset": "snli", "metric": "accuracy"}, "superlative", "ranking",
         {"items": ["den/fox|den/owl"], "ordered": True}),
        ({"select": "min", "dataset": "snli", "metric": "accuracy", "k": 2}, "superlative", "ranking",
         {"items": ["pond/frog", "den/fox|den/owl"], "ordered": True}),
    ],
)  # fmt: skip
def test_what_is_right_is_computed_from_the_facts(
    query: dict[str, Any], kind: str, type_: str, expected: dict[str, Any], tmp_path: Path
) -> None:
    case = computed(tmp_path, query, kind)
    assert case.type == type_
    assert case.expected.model_dump(mode="json", exclude_defaults=True) == expected


def test_questions_about_texts_say_themselves_what_is_right(tmp_path: Path) -> None:
    card = "cards/den/owl/README.md"
    lines = [
        {"id": "1", "type": "cross", "question": "?", "must_include": ["a|b"], "cards": [card]},
        {"id": "2", "type": "unanswerable", "question": "?", "must_include": [], "cards": []},
        {"id": "3", "type": "followup", "question": "b", "turns": ["a", "b"], "must_include": ["x"], "cards": []},
        {"id": "4", "type": "discovery", "question": "?", "cards": [card], "also_ok": ["cards/den/fox"]},
        {"id": "5", "type": "text", "question": "?", "must_include": [], "cards": []},
    ]  # fmt: skip
    (suite,) = [one for one in gold_suites(folder(tmp_path, text=lines)) if one.name == "text"]
    assert [case.type for case in suite.cases] == ["two-document", "unanswerable", "follow-up", "discovery"]
    assert suite.cases[0].evidence == (card,)
    assert suite.cases[1].expected.abstain
    assert suite.cases[2].asked == ("a", "b")
    assert suite.cases[3].expected.must_include == ("owl|fox",)


def test_questions_are_made_from_any_facts(tmp_path: Path) -> None:
    suite = _facts(gold_suites(folder(tmp_path)))
    cases = {case.question: case for case in suite.cases}
    assert cases["Which models were trained on snli?"].expected.items == ("den/fox", "den/owl")
    assert cases["How many models were trained on wiki?"].expected.number == 2
    assert cases["What licence does den/owl have?"].expected.value == "mit"
    assert cases["What accuracy does den/fox report on snli?"].expected.value == "91.0"
    assert cases["Which model reports the highest accuracy on snli?"].expected.items == ("den/fox|den/owl",)
    assert cases["What was den/owl made from?"].evidence == ("den/owl",)
    assert "What licence does pond/frog have?" not in cases
    assert suite == _facts(gold_suites(tmp_path))


def _facts(suites: list[Suite]) -> Suite:
    return next(suite for suite in suites if suite.name == "facts")


def test_an_export_of_our_own_is_read_as_facts(sample_store: Path, tmp_path: Path) -> None:
    from agent.facts import export_facts
    from catalog.settings import Settings
    from catalog.snapshot import open_snapshot

    snapshot = open_snapshot(Settings(store=sample_store))
    lines = [json.dumps(one) for one in export_facts(snapshot.catalog)]
    snapshot.close()
    (tmp_path / "facts.jsonl").write_text("\n".join(lines))
    facts = read_facts(tmp_path / "facts.jsonl")
    assert len(facts) == 72
    assert facts["gpt2"].license == "mit"
    assert len(_facts(gold_suites(tmp_path)).cases) > 60


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"id": "q", "question": "?"}, "'type'"),
        ({"id": "q", "type": "set", "question": "?", "query": {"select": "cats"}}, "no such selection: cats"),
        ({"id": "q", "type": "set", "question": "?", "query": {"select": "models", "where": {"mood": 1}}},
         "no such condition: mood"),
        ({"id": "q", "type": "poem", "question": "?", "must_include": ["x"]}, "Input should be"),
    ],
)  # fmt: skip
def test_a_question_that_is_none_is_named(line: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"questions_odd\.jsonl:1: not a question") as caught:
        gold_suites(folder(tmp_path, odd=[line]))
    assert said in str(caught.value)


def test_a_folder_without_gold_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"holds neither facts\.jsonl nor"):
        gold_suites(tmp_path)
    (tmp_path / "facts.jsonl").write_text('{"name": "x"}')
    with pytest.raises(SourceError, match=r"facts\.jsonl:1: no facts of a model \(id: Field required\)"):
        gold_suites(tmp_path)
