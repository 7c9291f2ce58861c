"""Commands of other front ends: the bot in `slack`, and `eval` runs."""

from typing import Any

import click

from agent.cli import option
from agent.cli.exits import DONE, INTERRUPTED
from catalog.errors import UnavailableError
from catalog.settings import load_settings


@click.group(invoke_without_command=True)
@option.model
@option.base_url
@option.store
@option.trace
@click.option("--debug", is_flag=True, help="Log all that Slack's libraries say, without tokens.")
def slack(debug: bool, **options: Any) -> int:
    """Answer in Slack until told to end; how to set it up is in the README."""
    if click.get_current_context().invoked_subcommand:
        return DONE
    needs_bolt()
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
    needs_bolt()
    from agent.slack.manifest import manifest

    click.echo(manifest(load_settings()), nl=False)
    return DONE


def needs_bolt() -> None:
    """Raises UnavailableError where the library for Slack is not installed."""
    from importlib.util import find_spec

    if find_spec("slack_bolt") is None:
        raise UnavailableError("the Slack bot needs slack-bolt. Install it: pip install 'almanac[slack]'")


@click.command("eval", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def evaluate(arguments: tuple[str, ...]) -> int:
    """Ask the questions of suites and measure the answers: `almanac eval -h`."""
    from evals.commands import main as evals

    return evals(arguments)
