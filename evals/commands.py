"""The commands of `almanac eval`. What follows `eval` is a command of this group, or the suites of `eval run`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from agent.cli.exits import DONE, MUST_ACT, PARTLY
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
    try:
        done = evaluate(wanted, load_settings(store=store, base_url=base_url), folder, _now)
    except KeyboardInterrupt:
        click.echo(f"almanac: go on with the same command and --output {folder}", err=True)
        raise
    write_reports(done)
    show_run(done, Output())
    for failed in done.failed:
        click.echo(f"almanac: {failed.case.id} failed ({failed.model}): {failed.error}", err=True)
    if too_many_failed(done, wanted.errors_allowed):
        click.echo(f"almanac: too many cases failed. Ask them again: add --output {folder}", err=True)
        return MUST_ACT
    return PARTLY if done.failed or not done.is_complete else DONE


@evals.command()
@click.argument("run", type=_folder)
def report(run: Path) -> int:
    """Show the run in the folder RUN and write its reports again."""
    from agent.terminal import Output
    from evals.reports import write_reports
    from evals.reports.terminal import show_run
    from evals.running import check_installed
    from evals.runs import open_run

    check_installed()
    kept = open_run(run)
    write_reports(kept)
    show_run(kept, Output())
    return DONE if kept.is_complete else PARTLY


@evals.command()
@click.argument("first", type=_folder)
@click.argument("second", type=_folder)
@click.option("--model", "models", multiple=True, help="Of FIRST, and a second time of SECOND; else models of both.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per comparison.")
def compare(first: Path, second: Path, models: tuple[str, ...], as_json: bool) -> int:
    """What got better and worse from the run FIRST to the run SECOND, and whether that can be chance."""
    from evals.comparing import compare as compared
    from evals.runs import open_run

    if len(models) > 2:
        raise click.UsageError("--model is given at most twice.")
    found = compared(open_run(first), open_run(second), models)
    if as_json:
        for one in found:
            click.echo(one.model_dump_json())
        return DONE
    from agent.terminal import Output
    from evals.reports.comparison import show_comparison

    for one in found:
        show_comparison(one, Output())
    return DONE


@evals.command()
@click.argument("run", type=_folder)
@click.option("--min", "floors", multiple=True, metavar="FIGURE=NUMBER", help="set_f1=0.9, or list/set_f1=0.9.")
@click.option("--max", "ceilings", multiple=True, metavar="FIGURE=NUMBER", help="cost=0.01, seconds_p95=2.")
@click.option("--limits", type=_folder, help="TOML file with tables min and max of such limits.")
@click.option("--record", is_flag=True, help="Write the figures of RUN into the file of --limits instead.")
def gate(run: Path, floors: tuple[str, ...], ceilings: tuple[str, ...], limits: Path | None, record: bool) -> int:
    """Fail (exit code 1) where RUN keeps a limit not, is not complete, or is of other cases, cards or code than now."""
    from evals.gating import as_limits, check, parse_limit, read_limits
    from evals.runs import open_run, write

    if record:
        if not limits or floors or ceilings:
            raise click.UsageError("--record needs --limits, and takes no other limit.")
        write(limits, as_limits(open_run(run)))
        return DONE

    wanted = [parse_limit(told, is_floor=True) for told in floors]
    wanted += [parse_limit(told, is_floor=False) for told in ceilings]
    wanted += read_limits(limits) if limits else []
    if not wanted:
        raise click.UsageError("nothing to check: give --min, --max or --limits.")
    checked = check(open_run(run), wanted)
    for one in checked:
        click.echo(f"{'✓' if one.holds else '✗'} {one.name}: {one.found}")
    return DONE if all(one.holds for one in checked) else MUST_ACT


@evals.command()
@click.argument("run", type=_folder)
@click.option("--grader", required=True, help="Model that grades: openai:NAME, none of those that answered.")
@click.option("--base-url", help="Its OpenAI-compatible server [ALMANAC_BASE_URL].")
@click.option("--votes", type=click.IntRange(min=1), default=3, show_default=True, help="Calls per answer.")
def grade(run: Path, grader: str, base_url: str | None, votes: int) -> int:
    """Have a model grade the answers in sentences of RUN; what it has graded is not asked again."""
    from evals.grades import keep
    from evals.grading import grader as made
    from evals.grading import grades, to_grade
    from evals.runs import open_run

    if votes % 2 == 0:
        raise click.UsageError("--votes must be odd, for a majority.")
    kept = open_run(run)
    ask = made(load_settings(base_url=base_url), grader, kept.plan.models)
    done = {one.key for one in kept.grades if one.grade and one.grader == grader}
    failed = 0
    for one in grades([result for result in to_grade(kept.results) if result.key not in done], ask, grader, votes):
        keep(run, one)
        failed += bool(one.error)
        if one.error:
            click.echo(f"almanac: {one.id} ({one.model}) has no grade: {one.error}", err=True)
    click.echo(f"{sum(one.grade is not None for one in open_run(run).grades)} answers graded by {grader}")
    return PARTLY if failed else DONE


@evals.command()
@click.argument("drafts", type=_folder)
@click.option("--suite", type=_folder, required=True, help="File of the suite that accepted cases are added to.")
@click.option("--accept", "accepted", multiple=True, metavar="ID", help="Accept this draft without asking.")
@click.option("--all", "everything", is_flag=True, help="Accept every draft that says what the right answer is.")
def review(drafts: Path, suite: Path, accepted: tuple[str, ...], everything: bool) -> int:
    """Look through drafts of `almanac feedback export` and add those that are right to a suite."""
    from evals.reviewing import accept, read_drafts
    from evals.reviewing_aloud import chosen_drafts, looked_through

    found = read_drafts(drafts)
    if accepted or everything:
        cases, refused = chosen_drafts(found, accepted, everything=everything)
    else:
        cases, refused = looked_through(found)
    accept(cases, suite)
    for why in refused:
        click.echo(f"almanac: {why}", err=True)
    click.echo(f"{len(cases)} of {len(found)} drafts accepted into {suite}")
    return PARTLY if refused else DONE


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def main(arguments: Sequence[str]) -> int:
    """Run a command of the group; its result is the exit code."""
    return int(evals.main(args=list(arguments), prog_name="almanac eval", standalone_mode=False) or DONE)
