"""Socket Mode: Slack's events come over a WebSocket that the bot opens, so nothing has to be reachable from outside."""

import contextlib
import logging
import socket
import time
from collections.abc import Callable

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from agent.slack.trouble import SLACK, code_of, is_fatal
from catalog.errors import SettingError
from catalog.settings import Settings

log = logging.getLogger("almanac.slack")

Lost = Callable[[Exception], None]
_PING_SECONDS = 5.0
_CONNECTING_SECONDS = 5.0


def app_token_of(settings: Settings) -> str:
    """The app-level token. Raises SettingError where there is none."""
    if settings.slack_app_token is None:
        raise SettingError(
            "Socket Mode needs an app-level token. Set ALMANAC_SLACK_APP_TOKEN to one with the scope connections:write "
            "(xapp-…), or ALMANAC_SLACK_MODE to http."
        )
    return settings.slack_app_token.get_secret_value()


class Connection(SocketModeClient):
    """Reconnects by itself; `lost` is told when Slack takes its token no more."""

    def __init__(self, client: WebClient, token: str, lost: Lost, ping_seconds: float = _PING_SECONDS) -> None:
        self._lost = lost
        super().__init__(
            app_token=token,
            web_client=client,
            logger=logging.getLogger("almanac.slack.socket"),
            ping_interval=ping_seconds,
            # One after the other: questions keep their order, and a listener only hands them on.
            concurrency=1,
        )

    def issue_new_wss_url(self) -> str:
        try:
            return super().issue_new_wss_url()
        except SlackApiError as error:
            if is_fatal(error):
                self.auto_reconnect_enabled = False
                self._lost(error)
            raise

    def _on_close(self, code: int, reason: str | None = None) -> None:
        """Slack closed the connection: open another one now, and not only when it is next looked after."""
        if self.auto_reconnect_enabled and not self.closed:
            self.logger.info("Slack closed the connection (%s)", code)
            self.connect_to_new_endpoint(force=True)

    def close(self) -> None:
        """End at once: whoever reads from the socket would wait for seconds."""
        self.current_session_state.terminated = True
        plug = self.current_session.sock if self.current_session else None
        if plug is not None:
            with contextlib.suppress(OSError):
                plug.shutdown(socket.SHUT_RDWR)
        super().close()


class SocketMode:
    """Delivers envelopes to a Bolt app and sends its acknowledgements back."""

    def __init__(self, app: App, settings: Settings, lost: Lost) -> None:
        self._app = app
        self.client = Connection(app.client, app_token_of(settings), lost)
        self.client.socket_mode_request_listeners.append(self._deliver)

    def start(self) -> None:
        """Connect; a first attempt that fails is made again until it succeeds. Raises SlackApiError for a bad token."""
        while True:
            try:
                self.client.connect()
            except SlackApiError as error:
                if is_fatal(error):
                    raise
                log.warning("no connection to Slack yet: %s", code_of(error))
            except SLACK as error:
                log.warning("no connection to Slack yet: %s", error)
            if self.client.is_connected() or self.client.closed:
                return
            self.client.wss_uri = None
            time.sleep(_CONNECTING_SECONDS)

    def stop(self) -> None:
        """Nothing is delivered any more."""
        self.client.close()

    def _deliver(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        started = time.time()
        response = run_bolt_app(self._app, request)
        try:
            send_response(client, request, response, started)
        except (SlackClientError, OSError) as error:
            log.info("an acknowledgement was not sent (%s): Slack will deliver it again", error)
