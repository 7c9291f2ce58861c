"""Slack on this machine: its Web API over HTTP, Socket Mode over WebSocket, and people who write, click and wait.

What the bot posts is kept as Slack would keep it (`messages`, `whispers`, `reactions`, `views`, `files`), every call is
in `calls`, and whatever Slack would refuse is refused and noted in `problems`.
"""

import contextlib
import itertools
import json
import threading
import time
import urllib.parse
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from block_kit import problems_of_message, problems_of_stream, problems_of_view
from sockets_server import WebSocket, accept_key

Json = dict[str, Any]

APP_TOKEN = "xapp-1-A1-secret-of-the-app"
SIGNING_SECRET = "secret-of-the-signatures"
SCOPES = (
    "app_mentions:read,chat:write,commands,im:history,channels:history,groups:history,mpim:history,"
    "assistant:write,reactions:write,files:write"
)
_BEGAN = 1_700_000_000


@dataclass(frozen=True)
class Team:
    """A workspace with the bot in it."""

    id: str = "T1"
    token: str = "xoxb-1-secret-of-the-bot"
    bot: str = "UBOT"
    bot_id: str = "BBOT"
    scopes: str = SCOPES


@dataclass(frozen=True)
class Call:
    """A call of the Web API; `at` is seconds of the monotonic clock."""

    method: str
    arguments: Json
    token: str
    at: float


@dataclass(frozen=True)
class Refusal:
    """How the next call of a method fails: `ok: false`, or with 429 and `Retry-After`."""

    error: str
    retry_after: int | None = None


@dataclass
class Envelope:
    """What was sent over the socket, and when it was acknowledged with what."""

    id: str
    sent: float
    acknowledged: float | None = None
    payload: Json | None = None

    @property
    def seconds(self) -> float:
        assert self.acknowledged is not None, "never acknowledged"
        return self.acknowledged - self.sent


@dataclass
class SlackServer:
    """`teams` are the workspaces that have the app, `members` the channels that the bot is in."""

    teams: tuple[Team, ...] = (Team(),)
    groups: dict[str, list[str]] = field(default_factory=dict)
    members: set[str] = field(default_factory=lambda: {"C1", "C2", "C9", "D1", "G1"})

    def __post_init__(self) -> None:
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.messages: dict[tuple[str, str], Json] = {}
        self.whispers: list[Json] = []
        self.responses: list[Json] = []
        self.reactions: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.views: list[Json] = []
        self.files: dict[str, Json] = {}
        self.statuses: list[str] = []
        self.envelopes: dict[str, Envelope] = {}
        self.sockets: list[WebSocket] = []
        self.tickets = itertools.count(1)
        self.app_token = APP_TOKEN
        self._refusals: dict[str, list[Refusal]] = defaultdict(list)
        self._numbers = itertools.count(1)
        self._changing = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}/api/"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        for plug in self.sockets:
            plug.cut()
        self._server.shutdown()
        self._server.server_close()

    # -- what a test says

    def refuse(self, method: str, *errors: str, retry_after: int | None = None) -> None:
        """The next calls of a method fail with these errors."""
        self._refusals[method] += [Refusal(error, retry_after) for error in errors]

    def stamp(self) -> str:
        """A new timestamp of a message, later than all before."""
        number = next(self._numbers)
        return f"{_BEGAN + number}.{number:06d}"

    def deliver(self, kind: str, payload: Json, **more: Any) -> Envelope:
        """Send an envelope to the newest connection of the bot; it need not be acknowledged yet."""
        envelope = Envelope(f"e{next(self._numbers)}", time.monotonic())
        self.envelopes[envelope.id] = envelope
        plug = self.until(lambda: next((plug for plug in reversed(self.sockets) if plug.open), None), "a connection")
        body = {"type": kind, "envelope_id": envelope.id, "payload": payload, "accepts_response_payload": True}
        plug.send(json.dumps(body | more))
        return envelope

    def until(self, there: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
        """Wait until something is there, and return it."""
        ends = time.monotonic() + seconds
        while not (found := there()):
            if time.monotonic() > ends:
                calls = "\n".join(f"  {call.method} {str(call.arguments)[:300]}" for call in self.calls[-15:])
                raise AssertionError(f"no {what} within {seconds:g} s; the last calls were\n{calls}")
            time.sleep(0.01)
        return found

    def called(self, method: str) -> list[Json]:
        """Arguments of all calls of a method."""
        return [call.arguments for call in list(self.calls) if call.method == method]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """What the bot has in a thread now, the oldest first."""
        with self._changing:
            own = [message for message in self.messages.values() if message["channel"] == channel]
        return sorted((message for message in own if message.get("thread_ts") == ts), key=lambda one: str(one["ts"]))

    # -- the Web API

    def answer(self, method: str, given: Json, token: str) -> tuple[int, Json, dict[str, str]]:
        """Status, body and headers of a call."""
        with self._changing:
            self.calls.append(Call(method, given, token, time.monotonic()))
            if self._refusals[method]:
                refusal = self._refusals[method].pop(0)
                if refusal.retry_after is not None:
                    headers = {"Retry-After": str(refusal.retry_after)}
                    return 429, {"ok": False, "error": "ratelimited"}, headers
                return 200, {"ok": False, "error": refusal.error}, {}
            return self._answered(method, given, token)

    def _answered(self, method: str, given: Json, token: str) -> tuple[int, Json, dict[str, str]]:
        if method == "apps.connections.open":
            if token != self.app_token:
                return 200, {"ok": False, "error": "invalid_auth"}, {}
            return 200, {"ok": True, "url": f"ws://{self.host}/link/?ticket=secret-{next(self.tickets)}"}, {}
        team = next((team for team in self.teams if team.token == token), None)
        if team is None:
            return 200, {"ok": False, "error": "invalid_auth"}, {}
        deed = getattr(self, f"_{method.replace('.', '_').lower()}", None)
        if deed is None:
            self.problems.append(f"no such method: {method}")
            return 200, {"ok": False, "error": "unknown_method"}, {}
        if given.get("channel", "C1") not in self.members and method != "auth.test":
            return 200, {"ok": False, "error": "channel_not_found"}, {}
        body: Json = deed(given, team)
        return 200, {"ok": "error" not in body} | body, {"x-oauth-scopes": team.scopes}

    def _auth_test(self, _: Json, team: Team) -> Json:
        return {"team_id": team.id, "team": f"team {team.id}", "user_id": team.bot, "bot_id": team.bot_id}

    def _checked(self, given: Json) -> Json | None:
        """The refusal of a message that breaks a limit."""
        found = problems_of_message(given)
        self.problems += found
        return {"error": "invalid_blocks", "response_metadata": {"messages": found}} if found else None

    def _chat_postmessage(self, given: Json, team: Team) -> Json:
        if not (given.get("unfurl_links") is False and given.get("unfurl_media") is False) and given.get("blocks"):
            self.problems.append("unfurls")
        refused = self._checked(given)
        if refused:
            return refused
        ts = self.stamp()
        self.messages[given["channel"], ts] = given | {"ts": ts, "user": team.bot}
        return {"ts": ts, "channel": given["channel"]}

    def _chat_update(self, given: Json, _: Team) -> Json:
        known = self.messages.get((given["channel"], given["ts"]))
        if known is None:
            return {"error": "message_not_found"}
        if known.get("streaming"):
            return {"error": "streaming_state_conflict"}
        refused = self._checked(given)
        if refused:
            return refused
        known.pop("markdown", None)
        known.update(given)
        return {"ts": given["ts"], "channel": given["channel"]}

    def _chat_delete(self, given: Json, _: Team) -> Json:
        found = self.messages.pop((given["channel"], given["ts"]), None)
        return {"ts": given["ts"]} if found else {"error": "message_not_found"}

    def _chat_postephemeral(self, given: Json, _: Team) -> Json:
        refused = self._checked(given)
        if refused:
            return refused
        self.whispers.append(given)
        return {"message_ts": self.stamp()}

    def _chat_startstream(self, given: Json, team: Team) -> Json:
        if not all(given.get(name) for name in ("thread_ts", "recipient_team_id", "recipient_user_id")):
            return {"error": "missing_recipient"}
        ts = self.stamp()
        self.messages[given["channel"], ts] = given | {"ts": ts, "user": team.bot, "streaming": True, "markdown": ""}
        self._stream(self.messages[given["channel"], ts], given)
        return {"ts": ts, "channel": given["channel"]}

    def _chat_appendstream(self, given: Json, _: Team) -> Json:
        known = self.messages.get((given["channel"], given["ts"]), {})
        if not known.get("streaming"):
            return {"error": "message_not_in_streaming_state"}
        self._stream(known, given)
        return {"ts": given["ts"]}

    def _chat_stopstream(self, given: Json, _: Team) -> Json:
        known = self.messages.get((given["channel"], given["ts"]), {})
        if not known.get("streaming"):
            return {"error": "message_not_in_streaming_state"}
        if given.get("blocks"):
            refused = self._checked({"text": "a stream", "blocks": given["blocks"]})
            if refused:
                return refused
        self._stream(known, given)
        known.update(streaming=False, blocks=given.get("blocks") or [])
        return {"ts": given["ts"]}

    def _stream(self, message: Json, given: Json) -> None:
        chunks = given.get("chunks") or []
        message["markdown"] += "".join(chunk["text"] for chunk in chunks) + (given.get("markdown_text") or "")
        self.problems += problems_of_stream(message["markdown"])

    def _reactions_add(self, given: Json, _: Team) -> Json:
        on = self.reactions[given["channel"], given["timestamp"]]
        if given["name"] in on:
            return {"error": "already_reacted"}
        on.add(given["name"])
        return {}

    def _reactions_remove(self, given: Json, _: Team) -> Json:
        on = self.reactions[given["channel"], given["timestamp"]]
        if given["name"] not in on:
            return {"error": "no_reaction"}
        on.remove(given["name"])
        return {}

    def _assistant_threads_setstatus(self, given: Json, _: Team) -> Json:
        self.statuses.append(given["status"])
        return {}

    def _assistant_threads_settitle(self, given: Json, _: Team) -> Json:
        return {}

    def _assistant_threads_setsuggestedprompts(self, given: Json, _: Team) -> Json:
        if not 0 < len(given["prompts"]) <= 4:
            self.problems.append(f"{len(given['prompts'])} suggested prompts")
        return {}

    def _usergroups_users_list(self, given: Json, _: Team) -> Json:
        users = self.groups.get(given["usergroup"])
        return {"users": users} if users is not None else {"error": "no_such_subteam"}

    def _views_open(self, given: Json, _: Team) -> Json:
        return self._view(given)

    def _views_update(self, given: Json, _: Team) -> Json:
        return self._view(given)

    def _view(self, given: Json) -> Json:
        view = json.loads(given["view"]) if isinstance(given["view"], str) else given["view"]
        found = problems_of_view(view)
        self.problems += found
        if found:
            return {"error": "invalid_arguments"}
        view = view | {"id": f"V{len(self.views)}", "hash": f"h{len(self.views)}"}
        self.views.append(view)
        return {"view": view}

    def _files_getuploadurlexternal(self, given: Json, _: Team) -> Json:
        id_ = f"F{next(self._numbers)}"
        self.files[id_] = {"name": given["filename"], "length": int(given["length"])}
        return {"file_id": id_, "upload_url": f"http://{self.host}/upload/{id_}"}

    def _files_completeuploadexternal(self, given: Json, _: Team) -> Json:
        listed = json.loads(given["files"]) if isinstance(given["files"], str) else given["files"]
        for one in listed:
            self.files[one["id"]] |= {
                "title": one["title"],
                "channel": given.get("channel_id"),
                "thread_ts": given.get("thread_ts"),
            }
        return {"files": listed}

    # -- the socket

    def serve_socket(self, plug: WebSocket) -> None:
        plug.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}}))
        self.sockets.append(plug)
        for text in plug.texts():
            reply = json.loads(text)
            envelope = self.envelopes.get(reply.get("envelope_id", ""))
            if envelope is None:
                self.problems.append(f"an acknowledgement of nothing: {text[:100]}")
                continue
            envelope.payload = reply.get("payload")
            envelope.acknowledged = time.monotonic()

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Slack asks the bot to connect anew; the old connection stays open for a while."""
        self.sockets[-1].send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "h"}}))


def _handler(server: SlackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/upload/"):
                server.files[self.path.rpartition("/")[2]]["content"] = body.decode()
                self._send(200, "OK", {})
            elif self.path.startswith("/response/"):
                self._respond(json.loads(body))
            else:
                given, token = self._read(body)
                status, answer, headers = server.answer(self.path.rpartition("/")[2].partition("?")[0], given, token)
                self._send(status, json.dumps(answer), headers)

        def do_GET(self) -> None:
            key = self.headers.get("Sec-WebSocket-Key", "")
            self.wfile.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n".encode()
            )
            self.wfile.flush()
            self.close_connection = True
            with contextlib.suppress(OSError):
                server.serve_socket(WebSocket(self.connection, self.rfile))

        def _respond(self, given: Json) -> None:
            """What the bot posts to a `response_url`."""
            if not (given.get("delete_original") or given.get("text") == ""):
                server.problems += problems_of_message(given)
            server.responses.append(given | {"to": self.path.rpartition("/")[2]})
            self._send(200, "ok", {})

        def _read(self, body: bytes) -> tuple[Json, str]:
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if "json" in self.headers.get("Content-Type", ""):
                return json.loads(body), bearer
            form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
            return form, form.pop("token", bearer)

        def _send(self, status: int, body: str, headers: dict[str, str]) -> None:
            data = body.encode()
            self.send_response(status)
            kind = "application/json" if body.startswith("{") else "text/plain"
            for name, value in (
                {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(data))} | headers
            ).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Tests print nothing of it."""

    return Handler
