"""HTTP mode: what Slack signed is taken, everything else is refused."""

import http.client
import json
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from people import Person, event_body
from said import SQUAD, answers, settled, text_of
from slack_sdk.signature import SignatureVerifier
from slack_server import SIGNING_SECRET, Json, SlackServer

from agent.slack.bot import Bot
from agent.slack.reception import LARGEST_BODY, PATH
from catalog.errors import SettingError

Starts = Callable[..., Bot]


class Sender:
    """Slack, or somebody who pretends to be."""

    def __init__(self, bot: Bot) -> None:
        self._host = urllib.parse.urlparse(bot.delivery.url).netloc  # type: ignore[union-attr]

    def send(self, body: str, *, secret: str = SIGNING_SECRET, ago: float = 0, path: str = PATH, **headers: str) -> Any:
        """Status and text of the response to a signed request; `headers` replace those that it would have."""
        stamp = str(int(time.time() - ago))
        signed = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        given = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self._host, timeout=10)
        connection.request("POST", path, body.encode(), {name: value for name, value in given.items() if value})
        response = connection.getresponse()
        return response.status, response.read().decode()

    def event(self, event: Json, **more: Any) -> Any:
        return self.send(json.dumps(event_body(event)), **more)


@pytest.fixture
def http_bot(starts: Starts) -> Bot:
    return starts(slack_mode="http", slack_listen="127.0.0.1:0", slack_app_token=None)


@pytest.fixture
def sender(http_bot: Bot) -> Sender:
    return Sender(http_bot)


def mention(slack: SlackServer) -> Json:
    return {"type": "app_mention", "channel": "C1", "user": "U1", "text": f"<@UBOT> {SQUAD}", "ts": slack.stamp()}


def test_what_slack_signed_is_answered(slack: SlackServer, http_bot: Bot, sender: Sender, ann: Person) -> None:
    event = mention(slack)
    started = time.monotonic()
    assert sender.event(event) == (200, "")
    assert time.monotonic() - started < 3
    assert sender.event(event, X_Slack_Retry_Num="1", X_Slack_Retry_Reason="http_timeout") == (200, "")
    slack.until(lambda: slack.thread("C1", event["ts"]), "an answer")
    settled(slack, http_bot)
    assert len(slack.called("chat.postMessage")) == 1
    assert slack.sockets == []


def test_slack_finds_out_that_the_address_is_right(sender: Sender) -> None:
    status, body = sender.send(json.dumps({"type": "url_verification", "challenge": "c-1", "token": "t"}))
    assert (status, json.loads(body)) == (200, {"challenge": "c-1"})


def test_commands_and_clicks_come_over_http(slack: SlackServer, sender: Sender, ann: Person) -> None:
    command = {
        "command": "/almanac", "text": "help", "team_id": "T1", "channel_id": "C1", "user_id": "U1",
        "trigger_id": "1.2", "response_url": f"http://{slack.host}/response/c",
    }  # fmt: skip
    status, body = sender.send(urllib.parse.urlencode(command))
    assert status == 200
    assert "Which models may be used commercially?" in body
    sender.send(urllib.parse.urlencode(command | {"text": SQUAD}))
    (answer,) = slack.until(lambda: slack.responses, "an answer")
    button = ann.button(answer, "almanac_how")
    click = {
        "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.3",
        "channel": {"id": "C1"}, "container": {"is_ephemeral": True}, "actions": [button],
    }  # fmt: skip
    assert sender.send(urllib.parse.urlencode({"payload": json.dumps(click)}))[0] == 200
    slack.until(lambda: slack.views, "a modal")
    assert "*Understood as*  models · fine-tuned on squad_v2" in text_of(slack.views[0])


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "another"}, 401),
        ({"ago": 301}, 401),
        ({"ago": -301}, 401),
        ({"X_Slack_Signature": ""}, 401),
        ({"X_Slack_Signature": "v0=00"}, 401),
        ({"X_Slack_Request_Timestamp": ""}, 401),
        ({"X_Slack_Request_Timestamp": "soon"}, 401),
        ({"X_Slack_Request_Timestamp": "-1"}, 401),
        ({"path": "/"}, 404),
        ({"path": "/slack/events/../x"}, 404),
        ({"Content_Length": "many"}, 411),
        ({"Content_Length": "-1"}, 411),
    ],
)
def test_what_is_not_from_slack_is_refused(
    slack: SlackServer, http_bot: Bot, sender: Sender, how: dict[str, Any], status: int
) -> None:
    assert sender.event(mention(slack), **how) == (status, "")
    settled(slack, http_bot)
    assert [call.method for call in slack.calls] == ["auth.test"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(slack: SlackServer, sender: Sender) -> None:
    """The headers alone are sent: a server that read first would wait for the rest."""
    connection = http.client.HTTPConnection(sender._host, timeout=5)
    connection.putrequest("POST", PATH)
    connection.putheader("Content-Length", str(LARGEST_BODY + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413


def test_what_is_no_text_is_refused(sender: Sender) -> None:
    connection = http.client.HTTPConnection(sender._host, timeout=5)
    connection.request("POST", PATH, b"\xff\xfe", {"X-Slack-Request-Timestamp": "1"})
    assert connection.getresponse().status == 400


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"slack_signing_secret": None}, "HTTP mode needs the app's signing secret"),
        ({"slack_signing_secret": " "}, "HTTP mode needs the app's signing secret"),
        ({"slack_listen": "3000"}, "Set ALMANAC_SLACK_LISTEN to HOST:PORT"),
        ({"slack_listen": "127.0.0.1:99999"}, "Set ALMANAC_SLACK_LISTEN to HOST:PORT"),
    ],
)
def test_http_mode_says_what_it_lacks(starts: Starts, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        starts(slack_mode="http", **settings)


def test_a_port_that_is_taken_is_said_to_be(slack: SlackServer, starts: Starts) -> None:
    with pytest.raises(SettingError, match="cannot be listened on"):
        starts(slack_mode="http", slack_listen=slack.host)


def test_answers_in_http_mode_are_those_of_socket_mode(slack: SlackServer, sender: Sender, ann: Person) -> None:
    post = ann.post(f"<@UBOT> {SQUAD}")
    event = {"type": "message", "channel": "C1", "user": "U1", "text": post.text, "ts": post.ts}
    sender.event(event | {"channel_type": "channel"})
    assert "• `deepset/roberta-base-squad2` [3]" in text_of(answers(slack, post)[0])
