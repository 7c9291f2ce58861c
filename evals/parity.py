"""The same questions answered by several models, in one table: scores, seconds and tokens.

    python -m evals.parity QUESTIONS.jsonl --store STORE --scorer "python score_answers.py --facts … --corpus …"
        --model offline --model local:smollm2 [--model openai:NAME --base-url http://localhost:8000/v1] [--every 10]

The scorer is called with the questions and the answers, and its last line is a JSON object of scores.
"""

import json
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from agent.batch import answer_all, read_questions
from catalog.errors import AlmanacError
from catalog.settings import Settings, load_settings

_SHOWN = ("all", "false_abstention", "citations_valid", "answers_without_citation")


@dataclass(frozen=True)
class Outcome:
    """What one model made of the questions; `asked` is how many took any tokens."""

    model: str
    scores: dict[str, float]
    p50: float
    p95: float
    asked: int
    input_tokens: int
    output_tokens: int


def outcome(model: str, answers: Sequence[dict[str, Any]], scores: dict[str, float]) -> Outcome:
    """Sum answers up: seconds by rank, tokens of all."""
    seconds = sorted(answer["seconds"] for answer in answers)
    usages = [answer["usage"] for answer in answers]
    return Outcome(
        model,
        scores,
        p50=seconds[len(seconds) // 2],
        p95=seconds[min(len(seconds) - 1, len(seconds) * 95 // 100)],
        asked=sum(bool(usage["input_tokens"]) for usage in usages),
        input_tokens=sum(usage["input_tokens"] for usage in usages),
        output_tokens=sum(usage["output_tokens"] for usage in usages),
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """A Markdown table, a column for each model."""
    kinds = [name for name in outcomes[0].scores if name not in _SHOWN]
    rows = [(name, [f"{each.scores.get(name, 0.0):.3f}" for each in outcomes]) for name in (*_SHOWN, *kinds)]
    rows += [
        ("p50 / p95 seconds", [f"{each.p50:.2f} / {each.p95:.2f}" for each in outcomes]),
        ("model asked", [str(each.asked) for each in outcomes]),
        ("tokens in / out", [f"{each.input_tokens} / {each.output_tokens}" for each in outcomes]),
    ]
    lines = ["| | " + " | ".join(each.model for each in outcomes) + " |", "|---" * (len(outcomes) + 1) + "|"]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def run(questions: Path, settings: Settings, scorer: str, output: Path) -> Outcome:
    """Answer the questions with one model and have the answers scored."""
    asked, _ = read_questions(questions)
    answer_all(asked, output, settings, jobs=1)
    answers = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    command = [*shlex.split(scorer), str(questions), str(output)]
    scored = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return outcome(settings.model, answers, json.loads(scored.splitlines()[-1]))


def every(questions: Path, step: int, output: Path) -> Path:
    """Every `step`-th question, in a file of its own."""
    lines = questions.read_text(encoding="utf-8").splitlines()[::step]
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return output


@click.command(help=__doc__)
@click.argument("questions", type=click.Path(path_type=Path, exists=True))
@click.option("--model", "models", multiple=True, required=True, help="Spec of a model, several times.")
@click.option("--store", type=click.Path(path_type=Path), help="Folder of the store.")
@click.option("--base-url", help="Server of openai:NAME models.")
@click.option("--scorer", required=True, help="Command that scores QUESTIONS ANSWERS and ends with a line of JSON.")
@click.option("--every", "step", type=click.IntRange(min=1), default=1, show_default=True, help="Only every n-th.")
def main(questions: Path, models: Sequence[str], scorer: str, step: int, **options: Any) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="almanac-parity-") as folder:
        chosen = every(questions, step, Path(folder) / "questions.jsonl")
        try:
            outcomes = [
                run(chosen, load_settings(model=model, **options), scorer, Path(folder) / f"{number}.jsonl")
                for number, model in enumerate(models)
            ]
        except AlmanacError as error:
            raise click.ClickException(str(error)) from error
    click.echo(table(outcomes))


if __name__ == "__main__":
    main()
