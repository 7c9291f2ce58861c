"""People in Slack who write, edit, delete, click and use the slash command; each deed is an envelope to the bot."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from slack_server import Envelope, Json, SlackServer

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Post:
    """A message that a person wrote."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str = ""
    channel_type: str = "channel"

    @property
    def thread(self) -> str:
        return self.thread_ts or self.ts


@dataclass(frozen=True)
class Person:
    """Somebody in a workspace; `socket` delivers what they do."""

    server: SlackServer
    id: str = "U1"
    team: str = "T1"
    bot: str = "UBOT"
    sent: list[Envelope] = field(default_factory=list)

    def mentions(self, text: str, channel: str = "C1", thread: str = "") -> Post:
        """Writes to the bot; Slack sends a mention and a message for it."""
        post = self.post(f"<@{self.bot}> {text}", channel, thread)
        self.deliver(post, "app_mention")
        self.deliver(post, "message")
        return post

    def writes(self, text: str, channel: str = "C1", thread: str = "", **more: Any) -> Post:
        """Writes without a mention."""
        kind = "im" if channel.startswith("D") else "channel"
        post = self.post(text, channel, thread, kind)
        self.deliver(post, "message", **more)
        return post

    def post(self, text: str, channel: str = "C1", thread: str = "", channel_type: str = "channel") -> Post:
        return Post(channel, self.server.stamp(), self.id, text, thread, channel_type)

    def deliver(self, post: Post, kind: str, envelope: Json | None = None, **more: Any) -> Envelope:
        """One event about a post; `envelope` has the fields of a delivery that is tried again."""
        event: Json = {"type": kind, "channel": post.channel, "ts": post.ts, "user": post.user, "text": post.text}
        if post.thread_ts:
            event["thread_ts"] = post.thread_ts
        if kind == "message":
            event["channel_type"] = post.channel_type
        return self.event(event | more, envelope)

    def event(self, event: Json, envelope: Json | None = None) -> Envelope:
        sent = self.server.deliver("events_api", event_body(event, self.team, self.bot), **(envelope or {}))
        self.sent.append(sent)
        return sent

    def edits(self, post: Post, text: str, **more: Any) -> Envelope:
        after = self._message(post) | {"text": text, "edited": {"user": self.id, "ts": self.server.stamp()}}
        return self._changed(post, "message_changed", message=after | more, previous_message=self._message(post))

    def deletes(self, post: Post) -> Envelope:
        """Deletes a message that has replies: Slack leaves a tombstone in its place."""
        stone = {"subtype": "tombstone", "ts": post.ts, "user": "USLACKBOT", "text": "This message was deleted."}
        return self._changed(post, "message_changed", message=stone, previous_message=self._message(post))

    def deletes_lonely(self, post: Post) -> Envelope:
        """Deletes a message without replies."""
        return self._changed(post, "message_deleted", deleted_ts=post.ts, previous_message=self._message(post))

    def _changed(self, post: Post, subtype: str, **more: Any) -> Envelope:
        event = {"type": "message", "subtype": subtype, "channel": post.channel, "channel_type": post.channel_type}
        return self.event(event | {"ts": self.server.stamp(), "hidden": True} | more)

    def _message(self, post: Post) -> Json:
        message: Json = {"type": "message", "user": post.user, "text": post.text, "ts": post.ts}
        return message | ({"thread_ts": post.thread_ts} if post.thread_ts else {})

    def commands(self, text: str, channel: str = "C1") -> Envelope:
        """Uses the slash command."""
        number = next(_numbers)
        body = {
            "command": "/almanac",
            "text": text,
            "team_id": self.team,
            "channel_id": channel,
            "user_id": self.id,
            "trigger_id": f"{number}.{self.id}",
            "response_url": f"http://{self.server.host}/response/command{number}",
        }
        sent = self.server.deliver("slash_commands", body)
        self.sent.append(sent)
        return sent

    def clicks(self, message: Json, action: str, value: str = "", *, hidden: bool = False) -> Json:
        """Presses a button of a message, and returns the button."""
        button = self.button(message, action)
        chosen = {"type": button["type"], "action_id": action, "value": value or button.get("value", "")}
        channel, ts = message.get("channel", "C1"), message.get("ts", "")
        payload = self._payload(chosen) | {
            "channel": {"id": channel},
            "message": {"ts": ts, "thread_ts": message.get("thread_ts")},
            "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": hidden},
            "response_url": f"http://{self.server.host}/response/click{next(_numbers)}",
        }
        self.sent.append(self.server.deliver("interactive", payload))
        return button

    def turns_page(self, view: Json, action: str) -> None:
        """Presses a button of a modal."""
        button = self.button(view, action)
        chosen = {"type": "button", "action_id": action, "value": button["value"]}
        self.sent.append(self.server.deliver("interactive", self._payload(chosen) | {"view": view}))

    def sends(self, view: Json, text: str) -> None:
        """Fills a modal in and sends it."""
        state = {"values": {"comment": {"text": {"type": "plain_text_input", "value": text}}}}
        body = {"type": "view_submission", "team": {"id": self.team}, "user": {"id": self.id, "team_id": self.team}}
        self.sent.append(self.server.deliver("interactive", body | {"view": view | {"state": state}}))

    def opens_pane(self, channel: str = "D1") -> str:
        """Opens the assistant pane: the thread of it."""
        thread = self.server.stamp()
        context = {"channel_id": "C1", "team_id": self.team}
        about = {"user_id": self.id, "context": context, "channel_id": channel, "thread_ts": thread}
        self.event({"type": "assistant_thread_started", "assistant_thread": about, "event_ts": thread})
        return thread

    @staticmethod
    def button(message: Json, action: str) -> Json:
        for block in message["blocks"]:
            for element in block.get("elements", ()):
                if element.get("action_id") == action:
                    return dict(element)
        raise AssertionError(f"no {action} in {[block['type'] for block in message['blocks']]}")

    def _payload(self, chosen: Json) -> Json:
        return {
            "type": "block_actions",
            "team": {"id": self.team},
            "user": {"id": self.id, "team_id": self.team},
            "trigger_id": f"{next(_numbers)}.trigger",
            "actions": [chosen | {"block_id": "b"}],
        }


def event_body(event: Json, team: str = "T1", bot: str = "UBOT") -> Json:
    """An event as the Events API sends it."""
    return {
        "type": "event_callback",
        "team_id": team,
        "api_app_id": "A1",
        "event": event,
        "event_id": f"Ev{next(_numbers)}",
        "event_time": 1_700_000_000,
        "authorizations": [{"team_id": team, "user_id": bot, "is_bot": True, "is_enterprise_install": False}],
    }
