"""`almanac eval` on the sample catalogue, as a person runs it."""

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
from stores import Almanac, Cards

from evals.runs import Run, open_run

SUITE = [
    {"id": "list", "type": "list", "question": "Which models were fine-tuned on SQuAD 2.0 by deepset?",
     "tags": ["smoke"], "expected": {"items": ["deepset/bert-base-cased-squad2", "deepset/minilm-uncased-squad2",
                            "deepset/roberta-base-squad2", "deepset/tinyroberta-squad2",
                            "deepset/xlm-roberta-large-squad2"]},
     "evidence": ["models/deepset/roberta-base-squad2/README.md"], "tools": ["find_models"]},
    {"id": "value", "type": "attribute", "question": "What licence does gpt2 have?", "expected": {"value": "mit"},
     "tags": ["smoke"]},
    {"id": "prose", "type": "prose", "question": "What are the limitations of dslim/bert-base-NER?",
     "expected": {"must_include": ["reuters"]}, "evidence": ["models/dslim/bert-base-NER/README.md"]},
    {"id": "follow", "type": "follow-up", "turns": ["What licence does gpt2 have?", "And distilgpt2?"],
     "expected": {"value": "apache-2.0"}},
    {"id": "none", "type": "unanswerable", "question": "Who is the king of France?", "expected": {"abstain": True}},
    {"id": "wrong", "type": "count", "question": "How many models are there?", "expected": {"number": 5}},
]  # fmt: skip


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "tries.jsonl"
    path.write_text("\n".join(map(json.dumps, SUITE)))
    return path


def scores(run: Run) -> dict[tuple[str, str, int], dict[str, float]]:
    return {one.key: {name: mark.value for name, mark in one.marks.items() if name != "seconds"} for one in run.results}


def test_a_suite_is_asked_scored_and_reported_twice_alike(
    suite: Path, sample_store: Path, tmp_path: Path, almanac: Almanac
) -> None:
    runs = []
    for name, jobs in (("one", 1), ("two", 2)):
        ran = almanac("eval", suite, "--store", sample_store, "--output", tmp_path / name, "--jobs", jobs)
        assert ran.code == 0, ran.err
        runs.append(open_run(tmp_path / name))
    assert scores(runs[0]) == scores(runs[1])
    found = {one.case.id: one.marks for one in runs[0].results}
    assert {id_ for id_, marks in found.items() if marks["score"].value < 1} == {"wrong"}
    assert found["wrong"]["score"].why == "the number is 5, not 72"
    assert found["prose"]["recall_at_10"].value == 1
    assert all(marks["citation_validity"].value == 1 for marks in found.values() if "citation_validity" in marks)
    assert "6 of 6 answers, complete" in ran.out
    assert {path.name for path in (tmp_path / "two").glob("report.*")} == {"report.html", "report.md", "report.json"}
    assert almanac("eval", "gate", tmp_path / "two", "--min", "score=0.8", "--max", "cost=0").code == 0


def test_tags_and_a_limit_choose_cases(suite: Path, sample_store: Path, tmp_path: Path, almanac: Almanac) -> None:
    output = tmp_path / "run"
    ran = almanac("eval", "run", suite, "--store", sample_store, "--output", output, "--tags", "smoke,x", "--limit", 1)
    assert ran.code == 0, ran.err
    assert [one.case.id for one in open_run(output).results] == ["list"]
    none = almanac("eval", suite, "--store", sample_store, "--tags", "autumn", "--output", tmp_path / "other")
    assert (none.code, none.out) == (1, "")
    assert "there is no case with the tag autumn in tries" in none.err


def test_a_finished_run_is_not_asked_again(suite: Path, sample_store: Path, tmp_path: Path, almanac: Almanac) -> None:
    command = ("eval", suite, "--store", sample_store, "--output", tmp_path / "run", "--limit", 2)
    assert almanac(*command).code == 0
    results = (tmp_path / "run" / "results.jsonl").read_text()
    assert almanac(*command).code == 0
    assert (tmp_path / "run" / "results.jsonl").read_text() == results  # the seconds, too
    other = almanac(*command[:-1], 3)
    assert (other.code, "was begun with other suites and limit" in other.err) == (1, True)


def test_a_model_that_cannot_be_had_fails_case_by_case(
    suite: Path, sample_store: Path, tmp_path: Path, almanac: Almanac
) -> None:
    models = ("--model", "offline", "--model", "local:/nowhere.gguf")
    ran = almanac("eval", suite, "--store", sample_store, "--output", tmp_path / "run", "--limit", 2, *models)
    assert ran.code == 1
    assert "value failed (local:/nowhere.gguf):" in ran.err
    assert "too many cases failed" in ran.err
    assert "Traceback" not in ran.err
    run = open_run(tmp_path / "run")
    assert [(one.model, bool(one.error)) for one in run.results] == [
        ("offline", False), ("offline", False), ("local:/nowhere.gguf", True), ("local:/nowhere.gguf", True),
    ]  # fmt: skip
    assert almanac("eval", "gate", tmp_path / "run", "--min", "score=0.5").code == 1


def test_cards_and_facts_of_ones_own_are_evaluated(
    models: Cards, tmp_path: Path, almanac: Almanac, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, licence in (("owl", "mit"), ("fox", "apache-2.0")):
        models.write(f"den/{name}", f"---\nlicense: {licence}\ndatasets: [snli]\n---\n# {name}\n\nA model.\n")
    facts = [
        {"id": f"den/{name}", "license": licence, "train_datasets": [{"name": "snli", "role": None}]}
        for name, licence in (("owl", "mit"), ("fox", "apache-2.0"))
    ]
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / "facts.jsonl").write_text("\n".join(map(json.dumps, facts)))
    command = ("eval", "--gold", gold, "--corpus", models.root, "--output", tmp_path / "run")
    ran = almanac(*command)
    assert ran.code == 0, ran.err
    run = open_run(tmp_path / "run")
    assert {one.case.question for one in run.results} >= {
        "Which models were trained on snli?",
        "What licence does den/fox have?",
    }
    assert min(one.marks["score"].value for one in run.results) == 1
    monkeypatch.setenv("ALMANAC_QDRANT_URL", "http://127.0.0.1:9")
    refused = almanac(*command)
    assert (refused.code, "a store for evals is a folder, and a server is set" in refused.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["poems"], 1, "there is no suite poems"),
        (["--corpus", "/nowhere", "--gold", "/nowhere"], 1, "/nowhere holds neither"),
        (["--store", "a", "--corpus", "b"], 2, "exclude each other"),
        (["--epochs", "0"], 2, "is not in the range"),
        (["compare", "a"], 2, "Missing argument"),
        (["report", "nowhere"], 1, "nowhere holds no run. Make one: almanac eval --output nowhere"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(arguments: list[str], code: int, said: str, almanac: Almanac) -> None:
    ran = almanac("eval", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("missing", ["inspect_ai", "ir_measures"])
def test_a_missing_extra_is_told_with_its_cure(
    missing: str, suite: Path, almanac: Almanac, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def importing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=missing)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", importing)
    ran = almanac("eval", suite)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"almanac: {missing} is not installed, evals need it. pip install 'almanac[evals]'\n"
    assert almanac("eval", "--help").code == 0
    assert almanac("eval", "run", "--help").code == 0
