"""The command line: where results and messages go, and the exit codes of the contract."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from stores import Almanac, Cards

from agent import cli
from agent.cli import exits

ROOT = Path(__file__).parents[1]
QUESTION = "Which models were trained on SQuAD 2.0?"


@pytest.fixture
def sample(almanac: Almanac, sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> Almanac:
    """The command line on the sample catalogue."""
    monkeypatch.setenv("ALMANAC_STORE", str(sample_store))
    return almanac


def test_the_exit_codes_are_those_of_the_contract() -> None:
    assert (exits.DONE, exits.MUST_ACT, exits.USAGE, exits.PARTLY, exits.INTERRUPTED) == (0, 1, 2, 3, 130)


def test_the_version_is_that_of_the_package(almanac: Almanac) -> None:
    ran = almanac("--version")
    assert (ran.code, ran.out) == (0, f"almanac, version {metadata.version('almanac')}\n")


@pytest.mark.parametrize("command", [[], *([name] for name in cli.cli.commands)])
def test_every_command_explains_itself(command: list[str], almanac: Almanac) -> None:
    ran = almanac(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: almanac")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage: almanac"),
        (["fly"], "No such command 'fly'"),
        (["ask"], "Missing argument 'QUESTION'"),
        (["ask", "x", "--jump"], "No such option"),
        (["ingest", ".", "--jobs", "many"], "'many' is not a valid integer range"),
        (["ingest", ".", "--jobs", "-1"], "-1 is not in the range x>=0"),
        (["batch", "q.jsonl"], "Missing option '--output'"),
        (["batch", "q.jsonl", "--output", "a.jsonl", "--jobs", "0"], "0 is not in the range x>=1"),
        (["export"], "Usage: almanac export"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: list[str], said: str, almanac: Almanac) -> None:
    ran = almanac(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_results_go_to_stdout_and_progress_to_stderr(almanac: Almanac, models: Cards, store: Path) -> None:
    models.write("den/owl", "---\nlicense: mit\ndatasets: [squad]\n---\n# Owl\n\nOwl answers questions about birds.\n")
    ran = almanac("ingest", models.root, "--store", store / "elsewhere")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("1 new, 0 changed, 0 unchanged, 0 removed, 0 failed · ")
    assert str(store / "elsewhere") in ran.err
    asked = almanac("ask", "Which models were trained on SQuAD?", "--store", store / "elsewhere")
    assert (asked.code, asked.err) == (0, "")
    assert "den/owl" in asked.out
    assert "models/den/owl/README.md:3" in asked.out


def test_json_is_one_object_of_the_contract(sample: Almanac) -> None:
    ran = sample("ask", QUESTION, "--json")
    (line,) = ran.out.splitlines()
    answer = json.loads(line)
    assert list(answer)[:2] == ["text", "items"]
    assert answer["total"] == len(answer["items"])


def test_a_question_may_come_from_a_pipe(sample: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO(QUESTION + "\n"))
    assert "deepset/minilm-uncased-squad2" in sample("ask", "-").out


def test_explaining_shows_the_query(sample: Almanac) -> None:
    assert "find_models" in sample("ask", QUESTION, "--explain").out


def test_show_stats_and_doctor_speak_to_people_and_to_programs(sample: Almanac) -> None:
    shown = sample("show", "SQuAD 2.0")
    assert shown.code == 0
    assert shown.out.startswith("dataset squad_v2")
    assert json.loads(sample("show", "SQuAD 2.0", "--json").out)["id"] == "squad_v2"
    assert json.loads(sample("stats", "--json").out)["models"] == 72
    assert "passages" in sample("stats").out
    assert sample("doctor").code == 0


def test_a_broken_store_is_the_exit_code_of_doctor(almanac: Almanac) -> None:
    ran = almanac("doctor")
    assert ran.code == 1
    assert "✗ store" in ran.out


def test_facts_are_exported_one_model_a_line(sample: Almanac, tmp_path: Path) -> None:
    ran = sample("export", "facts", "--output", tmp_path / "facts.jsonl")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"72 lines written to {tmp_path / 'facts.jsonl'}\n"
    lines = (tmp_path / "facts.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert len([json.loads(line) for line in lines]) == 72


def test_no_conversation_is_told(sample: Almanac, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.db'}")
    assert sample("history").err == "almanac: no conversation was kept yet.\n"
    assert sample("history", "-q", "owl").err == "almanac: no conversation contains 'owl'.\n"


def test_a_batch_answers_a_file(sample: Almanac, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": "one", "question": QUESTION}))
    ran = sample("batch", tmp_path / "q.jsonl", "--output", tmp_path / "a.jsonl", "--jobs", "2")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert json.loads((tmp_path / "a.jsonl").read_text())["id"] == "one"


@pytest.mark.parametrize("name", ["agent.wiring.Almanac.ask", "agent.showing.describe"])
def test_interrupting_is_130_in_one_line(name: str, sample: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(name, interrupted)
    ran = sample(*(("ask", QUESTION) if name.endswith("ask") else ("show", "gpt2")))
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "almanac: interrupted")


def test_a_bug_is_not_hidden(sample: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("agent.wiring.Almanac.ask", broken)
    with pytest.raises(ZeroDivisionError):
        sample("ask", QUESTION)


@pytest.mark.parametrize("command", ["ask 'Which models are there?'", "show wikipedia", "stats"])
def test_a_reader_that_goes_away_is_no_error(command: str, sample_store: Path) -> None:
    program = f"{sys.executable} -c 'import sys; from agent.cli import main; main()' {command}"
    environment = os.environ | {"ALMANAC_STORE": str(sample_store)}
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | head -c 1 >/dev/null"],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 141)
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


def test_text_of_any_language_survives_a_terminal_that_knows_none(sample_store: Path) -> None:
    program = "from agent.cli import main; main()"
    environment = os.environ | {
        "ALMANAC_STORE": str(sample_store),
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    for arguments in (["show", "camembert-base"], ["ask", "Which models are for 数据?"], ["stats"]):
        ran = subprocess.run(
            [sys.executable, "-c", program, *arguments], capture_output=True, cwd=ROOT, env=environment, check=False
        )
        assert b"Traceback" not in ran.stderr, ran.stderr.decode()
        assert ran.returncode == 0
