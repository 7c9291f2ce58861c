"""What the buttons do: feedback, all rows, a CSV, how an answer came about, asking again, sharing."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from agent.chat.exporting import exported
from agent.journal import Journal, Turn, Verdict
from agent.slack import modals
from agent.slack.answering import FRONT
from agent.slack.asked import Question
from agent.slack.blocks import Message
from agent.slack.composing import ALL, HOW, JUDGE, KEEP, RETRY, SHARE, TABLE, Look, Place, composed, remark
from agent.slack.desk import Desk
from agent.slack.reply import respond
from agent.slack.trouble import FAILURES, SLACK, told
from agent.slack.workspaces import Workspaces
from catalog.errors import StoreError

log = logging.getLogger("almanac.slack")

Body = Mapping[str, Any]
_GONE = "This answer was replaced by another one."


@dataclass(frozen=True)
class Click:
    """A button that somebody pressed."""

    client: WebClient
    body: Body

    @property
    def action(self) -> str:
        return str(self.body["actions"][0]["action_id"])

    @property
    def value(self) -> str:
        return str(self.body["actions"][0].get("value") or "")

    @property
    def user(self) -> str:
        """Who it was, in a form that is the same in every workspace's feedback."""
        return f"{(self.body.get('team') or {}).get('id', '')}/{self.body['user']['id']}"

    @property
    def channel(self) -> str:
        return str((self.body.get("channel") or {}).get("id") or self.body.get("container", {}).get("channel_id") or "")

    @property
    def is_hidden(self) -> bool:
        """Whether the message that has the button is seen by one person only."""
        return bool(self.body.get("container", {}).get("is_ephemeral"))

    def tell(self, text: str) -> None:
        """Say something to the one who clicked."""
        self.respond(remark(text), replace_original=False)

    def respond(self, message: Message, **how: Any) -> None:
        address = self.body.get("response_url")
        if address:
            respond(str(address), message, **how)
        elif self.channel:
            user = str(self.body["user"]["id"])
            self.client.chat_postEphemeral(channel=self.channel, user=user, **message.arguments())


@dataclass(frozen=True)
class Clicks:
    """Runs beside the line: a click is answered at once, also when many questions wait."""

    journal: Journal
    desk: Desk
    workspaces: Workspaces
    source_url: str | None

    def clicked(self, body: Body) -> None:
        """Do what a button says; never raises."""
        workspace = self.workspaces.of(str((body.get("team") or {}).get("id") or ""))
        if workspace is None:
            return
        click = Click(workspace.client, body)
        deed = self._deeds().get(click.action)
        if deed is None:
            log.warning("no such button: %s", click.action)
            return
        self._tried(click, deed)

    def commented(self, body: Body) -> None:
        """Keep what somebody wrote about an answer that they found wrong."""
        view = body["view"]
        place = Place.of(str(view["private_metadata"]))
        by = f"{(body.get('team') or {}).get('id', '')}/{body['user']['id']}"
        try:
            self.journal.judge(place.conversation, "bad", modals.commented(view), turn=place.turn, by=by)
        except StoreError as error:
            log.error("%s", error)

    def _tried(self, click: Click, deed: Callable[[Click], None]) -> None:
        try:
            deed(click)
        except FAILURES as error:
            log.error("%s: %s", click.action, error)
            why = str(error) if isinstance(error, StoreError) else f"That did not work: {told(error)}."
            try:
                click.tell(why)
            except SLACK as second:
                log.error("%s: not even that could be said: %s", click.action, second)

    def _deeds(self) -> dict[str, Callable[[Click], None]]:
        return {
            **dict.fromkeys((JUDGE, f"{JUDGE}_good", f"{JUDGE}_bad"), self._judge),
            ALL: self._show_all,
            f"{modals.PAGE}_back": self._turn_page,
            f"{modals.PAGE}_on": self._turn_page,
            TABLE: self._upload,
            HOW: self._tell_how,
            RETRY: self._retry,
            SHARE: self._share,
            KEEP: self._keep,
        }

    # -- deeds

    def _judge(self, click: Click) -> None:
        given, _, value = click.value.partition("|")
        place = Place.of(value)
        verdict: Verdict = "good" if given == "good" else "bad"
        if not self.journal.judge(place.conversation, verdict, turn=place.turn, by=click.user):
            click.tell(_GONE)
            return
        if verdict == "bad":
            click.client.views_open(trigger_id=str(click.body["trigger_id"]), view=modals.comment(value))
        else:
            click.tell("Thank you. It is kept with the question, the answer and its evidence.")

    def _show_all(self, click: Click) -> None:
        place = Place.of(click.value)
        turn = self._turn(click, place)
        if turn:
            view = modals.all_rows(turn.answer, place, 0, self.source_url)
            click.client.views_open(trigger_id=str(click.body["trigger_id"]), view=view)

    def _turn_page(self, click: Click) -> None:
        value, _, page = click.value.rpartition("|")
        place = Place.of(value)
        turn = self._turn(click, place)
        if turn:
            shown = click.body["view"]
            view = modals.all_rows(turn.answer, place, int(page), self.source_url)
            click.client.views_update(view_id=str(shown["id"]), hash=str(shown["hash"]), view=view)

    def _upload(self, click: Click) -> None:
        place = Place.of(click.value)
        turn = self._turn(click, place)
        if turn:
            thread = place.conversation.rpartition(":")[2]
            click.client.files_upload_v2(
                channel=click.channel,
                thread_ts=thread if thread.replace(".", "").isdigit() else None,
                filename="almanac.csv",
                title=f"{len(turn.answer.rows):,} rows: {turn.question[:100]}",
                content=exported(turn, ".csv"),
            )

    def _tell_how(self, click: Click) -> None:
        turn = self._turn(click, Place.of(click.value))
        if turn:
            view = modals.how(turn.answer, turn.question, self.source_url)
            click.client.views_open(trigger_id=str(click.body["trigger_id"]), view=view)

    def _retry(self, click: Click) -> None:
        self.desk.again(click.value)
        if click.is_hidden:
            self._take_away(click)

    def _share(self, click: Click) -> None:
        """Post for everybody what only one person sees."""
        place = Place.of(click.value)
        turn = self._turn(click, place)
        if turn:
            thread = place.conversation.rpartition(":")[2]
            where: dict[str, Any] = {"thread_ts": thread} if thread.replace(".", "").isdigit() else {}
            shared = composed(turn.answer, Look(place, self.source_url))
            made = click.client.chat_postMessage(channel=click.channel, **where, **shared.arguments())
            if not where:
                self._begin_thread(place, turn, click, str(made["ts"]))
            self._take_away(click)

    def _begin_thread(self, place: Place, turn: Turn, click: Click, ts: str) -> None:
        """What a slash command was answered goes on in the thread of the message that shares it."""
        team, user = place.conversation.split(":")[0], str(click.body["user"]["id"])
        asked = Question(team=team, channel=click.channel, user=user, ts=ts, thread=ts, text=turn.question)
        self.journal.record(asked.conversation, turn.question, turn.answer, FRONT)
        self.desk.memory.claim(asked)
        self.desk.memory.finish(asked.key, "answered", ts)

    def _keep(self, click: Click) -> None:
        """The answer stays as it is, without the buttons to share it."""
        place = Place.of(click.value)
        turn = self._turn(click, place)
        if turn:
            click.respond(composed(turn.answer, Look(place, self.source_url)), replace_original=True)

    def _take_away(self, click: Click) -> None:
        if click.body.get("response_url"):
            respond(str(click.body["response_url"]), Message(""), delete_original=True)

    def _turn(self, click: Click, place: Place) -> Turn | None:
        """The turn that a button belongs to; where it is no more, that is said."""
        turns = self.journal.turns(place.conversation)
        found = next((turn for turn in turns if turn.number == place.turn), None)
        if found is None:
            click.tell(_GONE)
        return found
