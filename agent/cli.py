"""The `almanac` command. Results go to stdout, progress and warnings to stderr; exit codes are those of the contract.

Each command imports what it needs when it runs: `almanac ask --model offline` starts in well under a second.
"""

import gc
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.errors import AlmanacError, SettingError, SourceError, UnavailableError
from catalog.settings import Settings, load_settings

if TYPE_CHECKING:
    from agent.journal import Verdict
    from agent.progress import IngestDisplay

# Most of a start is imports, whose objects stay: looking for garbage among them as often as Python does takes a fifth.
_ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000

DONE, MUST_ACT, USAGE, PARTLY, INTERRUPTED = 0, 1, 2, 3, 130

_store = click.option("--store", type=click.Path(path_type=Path), help="Folder of the store [ALMANAC_STORE].")
_model = click.option(
    "--model", help="offline, openai:NAME, local:FILE.gguf, local:smollm2, or a chain: A,B [ALMANAC_MODEL]."
)
_base_url = click.option("--base-url", help="OpenAI-compatible server of openai:NAME models [ALMANAC_BASE_URL].")
_trace = click.option("--trace", type=click.Path(path_type=Path), help="Append every model and tool call to a file.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="almanac", prog_name="almanac")
def cli() -> None:
    """Answer questions about machine-learning assets from their cards, with a line of evidence for every fact."""


@cli.command()
@click.argument("roots", nargs=-1, required=True, type=click.Path(path_type=Path))
@_store
@click.option("--jobs", type=click.IntRange(min=0), help="Worker processes; 0: one per core.")
@click.option("--rebuild", is_flag=True, help="Forget what the store holds and start over with these folders.")
@click.option(
    "--extract",
    type=click.Choice(["rules", "llm"]),
    default="rules",
    show_default=True,
    help="What finds facts in text: rules, or rules and a language model.",
)
@click.option("--model", help="Model of --extract llm: openai:NAME [ALMANAC_MODEL].")
@click.option("--base-url", help="Its OpenAI-compatible server [ALMANAC_BASE_URL].")
@click.option("--yes", is_flag=True, help="Send cards to the model without asking about the estimate.")
def ingest(roots: tuple[Path, ...], rebuild: bool, extract: str, yes: bool, **options: Any) -> int:
    """Read the cards and documents below ROOTS into the store; what has not changed is not read again."""
    from agent.progress import IngestDisplay
    from ingest.extract.llm import llm_extraction
    from ingest.pipeline import ingest_roots

    if extract == "rules" and (yes or options["model"] or options["base_url"]):
        raise click.UsageError("--model, --base-url and --yes belong to --extract llm.")
    settings = load_settings(**options)
    with IngestDisplay() as display:
        extraction = llm_extraction(settings, _consent(display, yes)) if extract == "llm" else None
        summary = ingest_roots(roots, settings, rebuild=rebuild, report=display.report, extraction=extraction)
    display.tell(summary, settings)
    return PARTLY if summary.failed else DONE


def _consent(display: "IngestDisplay", yes: bool) -> Callable[[object], None]:
    """Show what an extraction will cost, and go on only where a person agrees to it."""

    def consent(estimate: object) -> None:
        with display.paused():
            click.echo(f"almanac: {estimate}", err=True)
            if yes:
                return
            if not sys.stdin.isatty():
                raise SettingError("nothing was sent, nothing was changed. To agree to this estimate, add --yes")
            if not click.confirm("Go on?", err=True):
                raise SettingError("not agreed to: nothing was sent, nothing was changed.")

    return consent


@cli.command()
@click.argument("question")
@_model
@_base_url
@_store
@_trace
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


@cli.command()
@_model
@_base_url
@_store
@_trace
@click.option("--continue", "-c", "go_on", is_flag=True, help="Go on with the last conversation.")
@click.option("--resume", metavar="ID", help="Go on with the conversation with this id or name.")
def chat(go_on: bool, resume: str | None, **options: Any) -> int:
    """Ask and follow up in a terminal; from a pipe, every line is a question or a command."""
    from agent.chat.chat import Services
    from agent.chat.starting import Resumed, start

    settings = load_settings(**options)
    resumed = Resumed(resume) if go_on or resume else None
    start(settings, Services(ingest=partial(_read_into, settings), sample=_sample()), resumed)
    return DONE


def _read_into(settings: Settings, roots: Sequence[Path]) -> None:
    """`ingest` within a chat."""
    from agent.progress import IngestDisplay
    from ingest.pipeline import ingest_roots

    with IngestDisplay() as display:
        summary = ingest_roots(roots, settings, report=display.report)
    display.tell(summary, settings)


def _sample() -> tuple[Path, ...]:
    """The folders of the sample catalogue, which comes with the package `evals`."""
    import evals

    corpus = Path(evals.__path__[0]) / "corpus"
    return corpus / "models", corpus / "datasets"


@cli.command()
@click.option("--query", "-q", default="", metavar="WORDS", help="Only conversations that contain these words.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@_store
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per conversation.")
def history(query: str, limit: int, store: Path | None, as_json: bool) -> int:
    """List conversations, the last changed first: `almanac chat --resume ID` goes on with one."""
    from agent.journal import journal_of

    found = journal_of(load_settings(store=store)).search(query, limit)
    if as_json:
        for conversation in found:
            click.echo(conversation.model_dump_json())
        return DONE
    from agent.chat.commands.conversations import show_conversations
    from agent.terminal import Output

    if found:
        show_conversations(found, Output())
    else:
        click.echo(f"almanac: no conversation {f'contains {query!r}' if query else 'was kept yet'}.", err=True)
    return DONE


@cli.group()
def feedback() -> None:
    """What people thought of answers (/good and /bad in a chat, buttons in Slack)."""


@feedback.command("export")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File of JSON lines to write.")
@click.option("--verdict", type=click.Choice(["good", "bad"]), help="Only these.")
@_store
def export_feedback(output: Path, verdict: "Verdict | None", store: Path | None) -> int:
    """Turn feedback into draft eval cases, one a line; a person has to check them before they are one."""
    from agent.feedback import draft
    from agent.journal import journal_of

    given = journal_of(load_settings(store=store)).feedback(verdict)
    _write_lines(output, (draft(one) for one in given))
    return DONE


@cli.command()
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Where the answers are written.")
@_model
@_base_url
@_store
@_trace
@click.option("--jobs", "at_once", type=click.IntRange(min=1), default=1, show_default=True, help="Answered at once.")
def batch(questions: Path, output: Path, at_once: int, **options: Any) -> int:
    """Answer every line of QUESTIONS (JSON lines with id, question or turns) into a file of JSON lines."""
    from agent.batch import answer_all, read_questions

    asked, failures = read_questions(questions)
    failures += answer_all(asked, output, load_settings(**options), at_once)
    for failure in failures:
        click.echo(f"almanac: {failure}", err=True)
    return PARTLY if failures else DONE


@cli.command()
@click.argument("asset")
@_store
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(asset: str, store: Path | None, as_json: bool) -> int:
    """Everything the catalogue knows of ASSET, each fact with its source."""
    from agent.showing import describe

    description = describe(_snapshot(store).catalog, asset)
    if as_json:
        click.echo(json.dumps(description, ensure_ascii=False))
        return DONE
    from agent.terminal import show_asset

    show_asset(description)
    return DONE


@cli.group()
def export() -> None:
    """Write what the catalogue holds to a file."""


@export.command("facts")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File of JSON lines to write.")
@_store
def export_facts(output: Path, store: Path | None) -> int:
    """One JSON line per model with a card, every value with where it came from."""
    from agent.facts import export_facts as facts

    _write_lines(output, facts(_snapshot(store).catalog))
    return DONE


@cli.command()
@_store
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def stats(store: Path | None, as_json: bool) -> int:
    """How much the store holds."""
    from agent.showing import statistics

    numbers = statistics(_snapshot(store))
    if as_json:
        click.echo(json.dumps(numbers))
        return DONE
    from agent.terminal import show_pairs

    show_pairs(numbers)
    return DONE


@cli.command()
@click.argument("root", required=False, type=click.Path(path_type=Path))
@_store
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per card.")
def lint(root: Path | None, store: Path | None, as_json: bool) -> int:
    """Report contradictions and gaps of the cards below ROOT, or of all cards in the store."""
    from agent.lint import lint as reports
    from agent.terminal import show_reports

    with _snapshot_of(root, store) as snapshot:
        found = list(reports(snapshot.catalog))
    if as_json:
        for report in found:
            click.echo(report.model_dump_json())
        return DONE
    show_reports(found)
    return DONE


@cli.command()
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


@cli.command()
@_store
@click.option("--model", help="Also ask this model: is it there, how fast, can it call tools.")
@_base_url
@click.option("--slack", is_flag=True, help="Also check Slack's tokens, scopes and socket.")
def doctor(model: str | None, slack: bool, **options: Any) -> int:
    """Check the store, the versions, the embedder and what each extra would add."""
    from agent.doctor import examine
    from agent.terminal import show_checks

    settings = load_settings(model=model, **options)
    checks = examine(settings)
    if model:
        from agent.probing import examine_model

        checks += examine_model(settings)
    if slack:
        _needs_bolt()
        from agent.slack.examination import examine_slack

        checks += examine_slack(settings)
    show_checks(checks)
    return MUST_ACT if any(check.state == "broken" for check in checks) else DONE


@cli.group(invoke_without_command=True)
@_model
@_base_url
@_store
@_trace
@click.option("--debug", is_flag=True, help="Log all that Slack's libraries say, without tokens.")
def slack(debug: bool, **options: Any) -> int:
    """Answer in Slack until told to end; how to set it up is in the README."""
    if click.get_current_context().invoked_subcommand:
        return DONE
    _needs_bolt()
    import logging
    import signal

    from agent.slack.bot import serve
    from agent.slack.redaction import log_to_stderr, stop_logging

    settings = load_settings(**options)
    handler = log_to_stderr(settings, logging.DEBUG if debug else logging.INFO)
    try:
        ended_by = serve(settings)
    finally:
        stop_logging(handler)
    return INTERRUPTED if ended_by == signal.SIGINT else DONE


@slack.command("manifest")
def slack_manifest() -> int:
    """Print the manifest of the Slack app, with a reason for each permission."""
    _needs_bolt()
    from agent.slack.manifest import manifest

    click.echo(manifest(load_settings()), nl=False)
    return DONE


def _needs_bolt() -> None:
    """Raises UnavailableError where the library for Slack is not installed."""
    from importlib.util import find_spec

    if find_spec("slack_bolt") is None:
        raise UnavailableError("the Slack bot needs slack-bolt. Install it: pip install 'almanac[slack]'")


@cli.command("eval", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def evaluate(arguments: tuple[str, ...]) -> int:
    """Ask the questions of suites and measure the answers: `almanac eval -h`."""
    from evals.commands import main as evals

    return evals(arguments)


def _snapshot(store: Path | None) -> Any:
    from catalog.snapshot import open_snapshot

    settings: Settings = load_settings(store=store)
    return open_snapshot(settings)


@contextmanager
def _snapshot_of(root: Path | None, store: Path | None) -> Iterator[Any]:
    """The store, or with `root` a store of its own that holds only that folder and is gone after."""
    if root is None:
        yield _snapshot(store)
        return
    from ingest.pipeline import ingest_roots

    with tempfile.TemporaryDirectory(prefix="almanac-lint-") as folder:
        ingest_roots([root], load_settings(store=Path(folder) / "store"))
        snapshot = _snapshot(Path(folder) / "store")
        yield snapshot
        snapshot.close()


def _write_lines(output: Path, objects: Iterator[dict[str, Any]]) -> None:
    """Write JSON lines, and say how many they were."""
    try:
        with output.open("w", encoding="utf-8") as stream:
            number = sum(bool(stream.write(json.dumps(item, ensure_ascii=False) + "\n")) for item in objects)
    except OSError as error:
        raise SourceError(f"{output} cannot be written ({error.strerror}). Name another file with --output.") from error
    click.echo(f"{number} line{'' if number == 1 else 's'} written to {output}", err=True)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns the exit code and never raises for what a person can mend."""
    try:
        return int(cli.main(args=list(arguments), prog_name="almanac", standalone_mode=False) or DONE)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("almanac: interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except AlmanacError as error:
        from agent.layout import inert

        click.echo(f"almanac: {inert(str(error))}", err=True)
        return MUST_ACT
    except BrokenPipeError:
        # The reader of our output has gone (`almanac show X | head`); there is nobody to tell.
        sys.stdout = None
        return DONE


def main() -> None:
    """Entry point of the `almanac` command; what it writes is UTF-8, whatever the locale."""
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))
