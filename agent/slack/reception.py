"""HTTP mode: Slack's requests come to a small server, which takes only what Slack has signed, lately, and not too much.

Put it behind a proxy that speaks TLS; Slack sends nothing without it.
"""

import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier

from catalog.errors import SettingError
from catalog.settings import Settings

log = logging.getLogger("almanac.slack")

PATH = "/slack/events"
LARGEST_BODY = 1_000_000
_READ_SECONDS = 10


def address_of(settings: Settings) -> tuple[str, int]:
    """HOST and PORT to listen on. Raises SettingError where the setting names none."""
    host, _, port = settings.slack_listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise SettingError(
            f"slack_listen is {settings.slack_listen!r}. Set ALMANAC_SLACK_LISTEN to HOST:PORT, as in 127.0.0.1:3000."
        )
    return host.strip("[]"), int(port)


def verifier_of(settings: Settings) -> SignatureVerifier:
    """Raises SettingError where there is no signing secret."""
    secret = settings.slack_signing_secret
    if secret is None or not secret.get_secret_value().strip():
        raise SettingError(
            "HTTP mode needs the app's signing secret. Set ALMANAC_SLACK_SIGNING_SECRET (Basic Information of the app)."
        )
    return SignatureVerifier(secret.get_secret_value())


class HttpMode:
    """A server of its own threads; `url` is where it listens."""

    def __init__(self, app: App, settings: Settings) -> None:
        verifier = verifier_of(settings)
        address = address_of(settings)
        try:
            self._server = ThreadingHTTPServer(address, _handler(app, verifier))
        except OSError as error:
            raise SettingError(
                f"{settings.slack_listen} cannot be listened on ({error.strerror}). Set ALMANAC_SLACK_LISTEN."
            ) from error
        self._server.daemon_threads = True
        self.url = f"http://{address[0]}:{self._server.server_address[1]}{PATH}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="http", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(app: App, verifier: SignatureVerifier) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _READ_SECONDS

        def do_POST(self) -> None:
            if self.path.partition("?")[0] != PATH:
                self._refuse(404, "there is nothing here")
                return
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal():
                self._refuse(411, "no Content-Length")
            elif int(length) > LARGEST_BODY:
                self._refuse(413, f"more than {LARGEST_BODY:,} bytes")
            else:
                self._take(self.rfile.read(int(length)))

        def _take(self, body: bytes) -> None:
            timestamp = self.headers.get("X-Slack-Request-Timestamp", "")
            signature = self.headers.get("X-Slack-Signature", "")
            try:
                text = body.decode("utf-8")
            except UnicodeDecodeError:
                self._refuse(400, "not UTF-8")
                return
            if not timestamp.isdecimal() or not verifier.is_valid(text, timestamp, signature):
                self._refuse(401, "not signed by Slack, or too long ago")
                return
            query = self.path.partition("?")[2]
            self._send(app.dispatch(BoltRequest(body=text, query=query, headers=dict(self.headers.items()))))

        def _refuse(self, status: int, why: str) -> None:
            log.warning("a request from %s was refused: %s", self.client_address[0], why)
            self.close_connection = True
            self._send(BoltResponse(status=status, body=""))

        def _send(self, response: BoltResponse) -> None:
            body = response.body.encode() if isinstance(response.body, str) else b""
            self.send_response(response.status)
            for name, values in response.headers.items():
                for value in values:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            log.debug(format, *args)

    return Handler
