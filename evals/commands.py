"""The commands of `almanac eval`. What follows `eval` is a command of this group, or the suites of `eval run`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from agent.cli import DONE, MUST_ACT, PARTLY
from catalog.settings import load_settings

_folder = click.Path(path_type=Path)
_runs = Path(".almanac") / "evals"


class Evals(click.Group):
    """A group whose first word may be left out: `almanac eval lists` is `almanac eval run lists`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Evals, context_settings={"help_option_names": ["-h", "--help"]})
def evals() -> None:
    """Ask the questions of suites and measure the answers: `almanac eval [SUITE…]`; more with `almanac eval run -h`."""


@evals.command()
@click.argument("suites", nargs=-1)
@click.option("--model", "models", multiple=True, help="Spec of a model [offline]; several times: side by side.")
@click.option("--base-url", help="OpenAI-compatible server of openai:NAME models [ALMANAC_BASE_URL].")
@click.option("--store", type=_folder, help="Ask this store instead of one made of the sample catalogue.")
@click.option("--corpus", multiple=True, type=_folder, help="Ask a store of these folders of cards.")
@click.option("--gold", type=_folder, help="Folder with facts.jsonl and questions_*.jsonl instead of suites.")
@click.option("--epochs", type=click.IntRange(min=1), default=1, show_default=True, help="Ask everything so often.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Asked at once.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many cases of each suite.")
@click.option("--tags", help="Only cases with one of these tags, separated by commas.")
@click.option(
    "--errors-allowed",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of cases that may fail.",
)
@click.option(
    "--output", type=_folder, help="Folder of the run; one that was interrupted goes on [.almanac/evals/TIME]."
)
def run(suites: tuple[str, ...], tags: str | None, output: Path | None, **options: Any) -> int:
    """Ask the cases of SUITES (names, files or folders; all of `evals/suites` where none is named)."""
    from agent.terminal import Output
    from evals.evaluating import Wanted, evaluate, too_many_failed
    from evals.reports import write_reports
    from evals.reports.terminal import show_run
    from evals.running import check_installed

    check_installed()
    store, base_url = options.pop("store"), options.pop("base_url")
    if store and options["corpus"]:
        raise click.UsageError("--store and --corpus exclude each other.")
    options["models"] = options["models"] or ("offline",)
    wanted = Wanted(
        suites=suites, has_store=store is not None, tags=tuple(filter(None, (tags or "").split(","))), **options
    )
    folder = output or _runs / datetime.now().strftime("%Y%m%d-%H%M%S")
    done = evaluate(wanted, load_settings(store=store, base_url=base_url), folder, _now)
    write_reports(done)
    show_run(done, Output())
    for failed in done.failed:
        click.echo(f"almanac: {failed.case.id} failed ({failed.model}): {failed.error}", err=True)
    if too_many_failed(done, wanted.errors_allowed):
        click.echo(f"almanac: too many cases failed. Ask them again: add --output {folder}", err=True)
        return MUST_ACT
    return PARTLY if done.failed or not done.is_complete else DONE


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def main(arguments: Sequence[str]) -> int:
    """Run a command of the group; its result is the exit code."""
    return int(evals.main(args=list(arguments), prog_name="almanac eval", standalone_mode=False) or DONE)
