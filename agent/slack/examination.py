"""`almanac doctor --slack`: are the tokens good, do they have the scopes, can a socket be opened."""

from collections.abc import Callable, Iterator

from slack_sdk.errors import SlackApiError

from agent.doctor import Check
from agent.slack.manifest import needed_scopes
from agent.slack.permission import EVERYWHERE
from agent.slack.reception import address_of, verifier_of
from agent.slack.sockets import Connection, app_token_of
from agent.slack.trouble import SLACK, code_of, refused
from agent.slack.workspaces import APP_TOKEN, Workspace, client_of, examined, tokens_of
from catalog.errors import AlmanacError
from catalog.settings import Settings

_CURE = "reinstall the app with the scopes of `almanac slack manifest`"


def examine_slack(settings: Settings) -> Iterator[Check]:
    """The checks, each with real calls; nothing is posted."""
    try:
        tokens = tokens_of(settings)
    except AlmanacError as error:
        yield Check("slack bot token", "broken", str(error))
        return
    for token in tokens:
        try:
            workspace = examined(settings, token)
        except AlmanacError as error:
            yield Check("slack bot token", "broken", str(error))
            continue
        yield Check("slack bot token", "good", f"workspace {workspace.name} ({workspace.team}), bot {workspace.bot}")
        yield _scopes(settings, workspace)
    yield from _tried("slack socket", lambda: _socket(settings)) if settings.slack_mode == "socket" else _http(settings)
    yield from _rules(settings)


def _scopes(settings: Settings, workspace: Workspace) -> Check:
    needed = needed_scopes(settings)
    missing = [scope for scope in needed if scope not in workspace.scopes]
    more = [scope for scope in workspace.scopes if scope not in needed]
    if missing:
        return Check("slack scopes", "broken", f"{workspace.name} lacks {', '.join(missing)}", _CURE)
    unneeded = f"; not needed: {', '.join(more)}" if more else ""
    return Check("slack scopes", "good", f"all {len(needed)} that are needed{unneeded}")


def _socket(settings: Settings) -> str:
    """Opens a socket, and closes it. Raises AlmanacError with the cure."""
    failures: list[Exception] = []
    connection = Connection(client_of(settings), app_token_of(settings), failures.append)
    try:
        connection.connect()
        if not connection.is_connected():
            raise refused("app token", APP_TOKEN, "no socket could be opened")
    except SlackApiError as error:
        raise refused("app token", APP_TOKEN, code_of(error)) from error
    finally:
        connection.close()
    return "opened and closed"


def _http(settings: Settings) -> Iterator[Check]:
    yield from _tried("slack signing secret", lambda: "set" if verifier_of(settings) else "")
    yield from _tried("slack address", lambda: "{}:{}".format(*address_of(settings)))


def _rules(settings: Settings) -> Iterator[Check]:
    """Ids that cannot be ones: a channel's name in place of its id is the usual slip."""
    named = [*settings.slack_allowed, *settings.slack_denied, *settings.slack_channels]
    wrong = [id_ for id_ in named if id_ != EVERYWHERE and not _is_id(id_)]
    if wrong:
        cure = "copy the id from the channel's or profile's details in Slack"
        yield Check("slack rules", "broken", f"no ids: {', '.join(wrong)}", cure)


def _is_id(text: str) -> bool:
    return text[:1] in tuple("CGDUWS") and len(text) > 1 and text.isalnum() and text.upper() == text


def _tried(name: str, look: Callable[[], str]) -> Iterator[Check]:
    try:
        yield Check(name, "good", look())
    except AlmanacError as error:
        yield Check(name, "broken", str(error))
    except SLACK as error:
        yield Check(name, "broken", f"Slack cannot be reached ({error})", "check the network and HTTPS_PROXY")
