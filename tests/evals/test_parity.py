"""One table over several models."""

import json
import sys
from pathlib import Path

from click.testing import CliRunner

from evals.parity import main, outcome, table

SCORER = """import json, sys
questions, answers = ([json.loads(line) for line in open(path)] for path in sys.argv[1:3])
print(json.dumps({"all": sum(not a["abstained"] for a in answers) / len(questions), "set": 1.0}))
"""


def answer(seconds: float, tokens: int = 0) -> dict[str, object]:
    return {"seconds": seconds, "usage": {"input_tokens": tokens, "output_tokens": tokens // 10}}


def test_seconds_and_tokens_are_summed_up() -> None:
    answers = [answer(number / 100, 50 if number == 3 else 0) for number in range(100)]
    found = outcome("local:tiny", answers, {"all": 0.5})
    assert (found.p50, found.p95) == (0.5, 0.95)
    assert (found.asked, found.input_tokens, found.output_tokens) == (1, 50, 5)


def test_each_model_has_a_column() -> None:
    outcomes = [outcome(model, [answer(0.1)], {"all": 0.5, "set": score}) for model, score in (("a", 0.25), ("b", 1.0))]
    lines = table(outcomes).splitlines()
    assert lines[0] == "| | a | b |"
    assert "| set | 0.250 | 1.000 |" in lines


def test_questions_are_answered_and_scored(sample_store: Path, tmp_path: Path) -> None:
    (tmp_path / "score.py").write_text(SCORER)
    questions = tmp_path / "questions.jsonl"
    asked = ["Which models were trained on SQuAD 2.0?", "What is quantum chromodynamics?", "licence of gpt2?"]
    questions.write_text("\n".join(json.dumps({"id": q[:3], "question": q}) for q in asked))
    scorer = f"{sys.executable} {tmp_path / 'score.py'}"
    arguments = [str(questions), "--store", str(sample_store), "--model", "offline", "--every", "2", "--scorer", scorer]
    ran = CliRunner().invoke(main, arguments)
    assert ran.exit_code == 0, ran.output
    assert "| all | 1.000 |" in ran.output
