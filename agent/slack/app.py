"""What the bot listens to: a Bolt app whose listeners acknowledge at once and leave the work to others."""

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from slack_bolt import Ack, App, Assistant, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk import WebClient

from agent.slack.asked import Question
from agent.slack.clicks import Clicks
from agent.slack.desk import Desk
from agent.slack.hearing import Ears
from agent.slack.modals import COMMENT
from agent.slack.pane import suggestions, welcome
from agent.slack.permission import rules_of
from agent.slack.workspaces import Workspaces, client_of
from catalog.settings import Settings

COMMAND = "/almanac"
_CHANGED, _DELETED, _TOMBSTONE = "message_changed", "message_deleted", "tombstone"

Body = Mapping[str, Any]


class _Authorized(Authorize):
    """Which token an event is answered with; None, which Bolt's types do not know of, where there is none."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: Any
    ) -> AuthorizeResult:
        return cast(AuthorizeResult, self._workspaces.authorize(enterprise_id, team_id))


@dataclass(frozen=True)
class Listeners:
    """Hands what Slack delivers to those who deal with it; `gone` is told of workspaces that removed the app."""

    settings: Settings
    workspaces: Workspaces
    desk: Desk
    clicks: Clicks
    gone: Callable[[str], None]

    def app(self) -> App:
        """Listeners run one after the other, so that questions keep the order in which they arrived."""
        app = App(
            name="almanac",
            client=client_of(self.settings),
            authorize=_Authorized(self.workspaces),
            signing_secret=self._signing_secret(),
            listener_executor=ThreadPoolExecutor(1, thread_name_prefix="listener"),
            logger=logging.getLogger("almanac.slack.bolt"),
        )
        app.use(self._revised)  # before the assistant, which would swallow edits and deletions in its threads
        app.use(self._assistant())
        app.event("app_mention")(self._heard)
        app.event("message")(self._heard)
        app.command(COMMAND)(self._commanded)
        app.action(re.compile(r"^almanac_"))(self._clicked)
        app.view(COMMENT)(self._commented)
        app.event("app_uninstalled")(self._removed)
        app.event("tokens_revoked")(self._revoked)
        app.event(re.compile(r".+"))(_unheard)
        return app

    def _signing_secret(self) -> str:
        secret = self.settings.slack_signing_secret
        return secret.get_secret_value() if secret else "unused in Socket Mode"

    def _assistant(self) -> Assistant:
        assistant = Assistant(app_name="almanac")
        assistant.thread_started(self._opened)
        assistant.thread_context_changed(_unheard)
        assistant.user_message(self._heard_in_pane)
        return assistant

    # -- questions

    def _ears(self, context: BoltContext) -> Ears:
        def rules(channel: str) -> Any:
            return rules_of(self.settings, channel)

        return Ears(context.team_id or "", context.bot_user_id or "", rules, self.desk.joined)

    def _heard(self, event: Body, context: BoltContext) -> None:
        self.desk.hear(partial(self._ears(context).question, event))

    def _heard_in_pane(self, event: Body, context: BoltContext) -> None:
        self.desk.hear(partial(self._ears(context).question, event, in_pane=True))

    def _opened(self, event: Body, client: WebClient) -> None:
        thread = event["assistant_thread"]
        self.desk.side.submit(welcome, client, str(thread["channel_id"]), str(thread["thread_ts"]))

    def _revised(self, body: Body, context: BoltContext, next: Callable[[], Any]) -> BoltResponse | None:
        """Edits and deletions of messages."""
        event = body.get("event") or {}
        if event.get("type") != "message" or event.get("subtype") not in (_CHANGED, _DELETED):
            next()
            return None
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        channel = str(event.get("channel") or "")
        ts = str(event.get("deleted_ts") or before.get("ts") or message.get("ts") or "")
        if event["subtype"] == _DELETED or message.get("subtype") == _TOMBSTONE:
            self.desk.deleted(f"{context.team_id}:{channel}:{ts}")
        elif message.get("text") != before.get("text") and message.get("edited"):
            told = {"type": "message", "channel": channel, "channel_type": event.get("channel_type")}
            self.desk.edited(partial(self._ears(context).question, {**message, **told}))
        return BoltResponse(status=200, body="")

    def _commanded(self, ack: Ack, body: Body, context: BoltContext) -> None:
        text = str(body.get("text") or "").strip()
        if not text or text.casefold() == "help":
            ack(text=suggestions().text)
            return
        ack()
        asked = f"command-{body['trigger_id']}"
        question = Question(
            team=context.team_id or "",
            channel=str(body["channel_id"]),
            user=str(body["user_id"]),
            ts=asked,
            thread=asked,
            text=text,
            via="command",
            ephemeral=True,
            response_url=str(body["response_url"]),
        )
        self.desk.hear(lambda: question)

    # -- clicks and the end

    def _clicked(self, ack: Ack, body: Body) -> None:
        ack()
        self.desk.side.submit(self.clicks.clicked, body)

    def _commented(self, ack: Ack, body: Body) -> None:
        ack()
        self.desk.side.submit(self.clicks.commented, body)

    def _removed(self, context: BoltContext) -> None:
        self.gone(context.team_id or "")

    def _revoked(self, event: Body, context: BoltContext) -> None:
        if (event.get("tokens") or {}).get("bot"):
            self.gone(context.team_id or "")


def _unheard() -> None:
    """Events that Slack sends along and that say nothing to the bot."""
