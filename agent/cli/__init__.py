"""The `almanac` command. Results go to stdout, progress and warnings to stderr; exit codes are those of the contract.

Each command imports what it needs when it runs: `almanac ask --model offline` starts in well under a second.
"""

import gc
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

from agent.cli import asking, kept, serving, storing
from agent.cli.exits import DONE, INTERRUPTED, MUST_ACT, USAGE
from catalog.errors import AlmanacError

# Most of a start is imports, whose objects stay: looking for garbage among them as often as Python does takes a fifth.
_ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="almanac", prog_name="almanac")
def cli() -> None:
    """Answer questions about machine-learning assets from their cards, with a line of evidence for every fact."""


for command in (
    storing.ingest,
    asking.ask,
    asking.chat,
    asking.batch,
    asking.why,
    kept.history,
    kept.feedback,
    storing.show,
    storing.export,
    storing.stats,
    storing.lint,
    storing.doctor,
    serving.slack,
    serving.evaluate,
):
    cli.add_command(command)


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
