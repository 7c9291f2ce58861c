"""Commands about a store: `ingest` into it, `show`, `export`, `stats` and `lint` what it holds, and its `doctor`."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli import option
from agent.cli.exits import DONE, MUST_ACT, PARTLY
from agent.cli.lines import write_lines
from agent.cli.serving import needs_bolt
from catalog.errors import SettingError
from catalog.settings import Settings, load_settings

if TYPE_CHECKING:
    from agent.progress import IngestDisplay


@click.command()
@click.argument("roots", nargs=-1, required=True, type=click.Path(path_type=Path))
@option.store
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


@click.command()
@click.argument("asset")
@option.store
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


@click.group()
def export() -> None:
    """Write what the catalogue holds to a file."""


@export.command("facts")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File of JSON lines to write.")
@option.store
def export_facts(output: Path, store: Path | None) -> int:
    """One JSON line per model with a card, every value with where it came from."""
    from agent.facts import export_facts as facts

    write_lines(output, facts(_snapshot(store).catalog))
    return DONE


@click.command()
@option.store
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


@click.command()
@click.argument("root", required=False, type=click.Path(path_type=Path))
@option.store
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


@click.command()
@option.store
@click.option("--model", help="Also ask this model: is it there, how fast, can it call tools.")
@option.base_url
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
        needs_bolt()
        from agent.slack.examination import examine_slack

        checks += examine_slack(settings)
    show_checks(checks)
    return MUST_ACT if any(check.state == "broken" for check in checks) else DONE


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
