"""The app manifest: what an administrator pastes into Slack, with a reason beside every permission."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from agent.slack.pane import suggestions
from catalog.records import Record
from catalog.settings import Settings

_FILE = Path(__file__).parent / "data" / "scopes.toml"
_COMMAND, _PATH = "/almanac", "/slack/events"
_YOUR_HOST = "https://YOUR-HOST"
_WHY = 34


class Permission(Record):
    name: str
    why: str
    optional: bool = False


class Permissions(Record):
    """Scopes of the bot token and events that the app subscribes to."""

    scopes: tuple[Permission, ...]
    events: tuple[Permission, ...]


@lru_cache
def permissions() -> Permissions:
    return Permissions(**tomllib.loads(_FILE.read_text(encoding="utf-8")))


def manifest(settings: Settings) -> str:
    """YAML for https://api.slack.com/apps → Create New App → From a manifest."""
    return "\n".join(_lines(settings)) + "\n"


def needed_scopes(settings: Settings) -> list[str]:
    """The scopes that the bot token must have with these settings."""
    rules = settings.slack_channels.values()
    listed = [
        settings.slack_allowed,
        settings.slack_denied,
        *(ids for one in rules for ids in (one.allowed, one.denied)),
    ]
    groups = any(id_.startswith("S") for ids in listed for id_ in ids)
    return [scope.name for scope in permissions().scopes if groups or not scope.optional]


def _lines(settings: Settings) -> Iterator[str]:
    http = settings.slack_mode == "http"
    needed = needed_scopes(settings)
    yield "# The Slack app of Almanac. https://api.slack.com/apps → Create New App → From a manifest"
    if http:
        yield f"# Put the address under which the bot is reached in place of {_YOUR_HOST}."
    yield from ("display_information:", "  name: Almanac")
    yield "  description: Answers questions about our models and datasets, with a line of evidence for every fact"
    yield from ("features:", "  bot_user:", "    display_name: Almanac", "    always_online: true")
    yield from ("  app_home:", "    messages_tab_enabled: true", "    messages_tab_read_only_enabled: false")
    yield from ("  assistant_view:", "    assistant_description: Ask about our models and datasets")
    yield "    suggested_prompts:"
    for prompt in suggestions().prompts:
        yield from (f'      - title: "{prompt.title}"', f'        message: "{prompt.message}"')
    yield from ("  slash_commands:", f"    - command: {_COMMAND}", "      description: Ask about models and datasets")
    yield from ("      usage_hint: which models were fine-tuned on SQuAD 2.0?", "      should_escape: false")
    yield from [f"      url: {_YOUR_HOST}{_PATH}"] if http else []
    yield from ("oauth_config:", "  scopes:", "    bot:")
    yield from (_reason("      - ", scope) for scope in permissions().scopes if scope.name in needed)
    yield from ("settings:", "  event_subscriptions:")
    yield from [f"    request_url: {_YOUR_HOST}{_PATH}"] if http else []
    yield "    bot_events:"
    yield from (_reason("      - ", event) for event in permissions().events)
    yield from ("  interactivity:", "    is_enabled: true  # the buttons below an answer")
    yield from [f"    request_url: {_YOUR_HOST}{_PATH}"] if http else []
    yield f"  socket_mode_enabled: {'false' if http else 'true'}"
    yield from ("  org_deploy_enabled: false", "  token_rotation_enabled: false")


def _reason(before: str, permission: Permission) -> str:
    return f"{before}{permission.name:<{_WHY}} # {permission.why}"
