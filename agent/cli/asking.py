"""Commands that answer: `ask`, `chat`, `batch`, and `why` an answer came about."""

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from agent.cli import option
from agent.cli.exits import DONE, INTERRUPTED, PARTLY
from catalog.settings import Settings, load_settings


@click.command()
@click.argument("question")
@option.model
@option.base_url
@option.store
@option.trace
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--explain", is_flag=True, help="Show the query that was run.")
def ask(question: str, as_json: bool, explain: bool, **options: Any) -> int:
    """Answer one QUESTION (`-` reads it from standard input)."""
    from agent.remembering import remember
    from agent.wiring import Almanac

    if question == "-":
        question = sys.stdin.read()
    if not question.strip():
        raise click.UsageError("the question is empty.")
    settings = load_settings(**options)
    almanac = Almanac(settings)
    if as_json:
        answer = almanac.ask(question)
        remember((question,), answer, settings)
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False))
        return INTERRUPTED if answer.stopped else DONE
    from agent.live import follow
    from agent.terminal import Output, links_to, show_answer

    progress = Output(stderr=True)
    answer = follow(almanac.stream(question), progress) if progress.is_terminal else almanac.ask(question)
    remember((question,), answer, settings)
    show_answer(answer, explain=explain, link=links_to(almanac.snapshot.roots))
    return INTERRUPTED if answer.stopped else DONE


@click.command()
@option.model
@option.base_url
@option.store
@option.trace
@click.option("--continue", "-c", "go_on", is_flag=True, help="Go on with the last conversation.")
@click.option("--resume", metavar="ID", help="Go on with the conversation with this id or name.")
def chat(go_on: bool, resume: str | None, **options: Any) -> int:
    """Ask and follow up in a terminal; from a pipe, every line is a question or a command."""
    from agent.chat.chat import Services
    from agent.chat.starting import Resumed, start

    settings = load_settings(**options)
    resumed = Resumed(resume) if go_on or resume else None
    start(settings, Services(ingest=partial(_read_into, settings), sample=sample()), resumed)
    return DONE


def _read_into(settings: Settings, roots: Sequence[Path]) -> None:
    """`ingest` within a chat."""
    from agent.progress import IngestDisplay
    from ingest.pipeline import ingest_roots

    with IngestDisplay() as display:
        summary = ingest_roots(roots, settings, report=display.report)
    display.tell(summary, settings)


def sample() -> tuple[Path, ...]:
    """The folders of the sample catalogue, which comes with the package `evals`."""
    import evals

    corpus = Path(evals.__path__[0]) / "corpus"
    return corpus / "models", corpus / "datasets"


@click.command()
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Where the answers are written.")
@option.model
@option.base_url
@option.store
@option.trace
@click.option("--jobs", "at_once", type=click.IntRange(min=1), default=1, show_default=True, help="Answered at once.")
def batch(questions: Path, output: Path, at_once: int, **options: Any) -> int:
    """Answer every line of QUESTIONS (JSON lines with id, question or turns) into a file of JSON lines."""
    from agent.batch import answer_all, read_questions

    asked, failures = read_questions(questions)
    failures += answer_all(asked, output, load_settings(**options), at_once)
    for failure in failures:
        click.echo(f"almanac: {failure}", err=True)
    return PARTLY if failures else DONE


@click.command()
@click.option("--replay", is_flag=True, help="Make the same look-ups again, without a model.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def why(replay: bool, as_json: bool) -> int:
    """Show how the last answer came about: its plan, look-ups, filters and evidence."""
    from agent.remembering import last
    from agent.remembering import replay as replayed

    kept = last()
    again = list(replayed(kept, load_settings())) if replay else []
    if as_json:
        told = kept.model_dump(mode="json") | ({"replayed": [one.now for one in again]} if replay else {})
        click.echo(json.dumps(told, ensure_ascii=False))
        return DONE
    from agent.terminal import show_why

    show_why(kept, again)
    return DONE
