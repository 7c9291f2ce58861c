"""The workspaces that the bot's tokens belong to, each with a client of Slack's Web API."""

import logging
import threading
from dataclasses import dataclass

from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from agent.slack.trouble import SLACK, code_of, refused
from catalog.errors import SettingError, UnavailableError
from catalog.settings import Settings

BOT_TOKEN, APP_TOKEN = "ALMANAC_SLACK_BOT_TOKEN", "ALMANAC_SLACK_APP_TOKEN"
_ATTEMPTS = 6
_TIMEOUT = 20


@dataclass(frozen=True)
class Workspace:
    """`bot` is the bot's user there, `scopes` what its token may do."""

    team: str
    name: str
    bot: str
    bot_id: str
    scopes: tuple[str, ...]
    client: WebClient


def client_of(settings: Settings, token: str | None = None) -> WebClient:
    """A client that waits as long as Slack asks it to (`Retry-After`) and tries again."""
    handlers: list[RetryHandler] = [
        RateLimitErrorRetryHandler(max_retry_count=_ATTEMPTS),
        ConnectionErrorRetryHandler(),
        ServerErrorRetryHandler(max_retry_count=2),
    ]
    log = logging.getLogger("almanac.slack.api")
    return WebClient(
        token=token, base_url=settings.slack_api_url, timeout=_TIMEOUT, retry_handlers=handlers, logger=log
    )


def tokens_of(settings: Settings) -> list[str]:
    """The bot's tokens. Raises SettingError where there is none."""
    given = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    tokens = [token.strip() for token in given.split(",") if token.strip()]
    if not tokens:
        raise SettingError(
            f"the Slack bot has no token. Set {BOT_TOKEN} to the Bot User OAuth Token (xoxb-…); "
            "`almanac slack manifest` prints the app to install."
        )
    return tokens


class Workspaces:
    """Found out when opened; a workspace whose token is revoked is dropped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, Workspace] = {}
        self._changing = threading.Lock()

    def open(self) -> None:
        """Ask Slack whose tokens these are. Raises UnavailableError with the cure where it takes one of them not."""
        for token in tokens_of(self._settings):
            workspace = examined(self._settings, token)
            self._known[workspace.team] = workspace

    def of(self, team: str) -> Workspace | None:
        """The workspace; of a team that is only connected to it (a shared channel) the only one there is."""
        with self._changing:
            only = next(iter(self._known.values())) if len(self._known) == 1 else None
            return self._known.get(team) or only

    def drop(self, team: str) -> bool:
        """Forget a workspace; False where none is left."""
        with self._changing:
            self._known.pop(team, None)
            return bool(self._known)

    @property
    def all(self) -> list[Workspace]:
        with self._changing:
            return list(self._known.values())

    def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """For Bolt: the token that an event is answered with; None where the app is not known there."""
        workspace = self.of(team_id or "")
        if workspace is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=workspace.team,
            bot_id=workspace.bot_id,
            bot_user_id=workspace.bot,
            bot_token=workspace.client.token,
            bot_scopes=workspace.scopes,
        )


def examined(settings: Settings, token: str) -> Workspace:
    """The workspace of a token. Raises UnavailableError with the cure."""
    client = client_of(settings, token)
    try:
        found = client.auth_test()
    except SlackApiError as error:
        raise refused("bot token", BOT_TOKEN, code_of(error)) from error
    except SLACK as error:
        raise UnavailableError(
            f"Slack cannot be reached at {settings.slack_api_url} ({error}). Check the network and HTTPS_PROXY."
        ) from error
    scopes = next((value for name, value in found.headers.items() if name.lower() == "x-oauth-scopes"), "")
    return Workspace(
        team=str(found["team_id"]),
        name=str(found.get("team") or found["team_id"]),
        bot=str(found["user_id"]),
        bot_id=str(found.get("bot_id") or ""),
        scopes=tuple(scope.strip() for scope in str(scopes).split(",") if scope.strip()),
        client=client,
    )
