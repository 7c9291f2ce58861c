"""Where questions arrive: each is taken once, let in or refused, and put in the line, in the order of arrival."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from agent.slack.answering import Answering
from agent.slack.asked import Question
from agent.slack.composing import remark
from agent.slack.line import Line
from agent.slack.memory import Known, Memory, State
from agent.slack.permission import Permission
from agent.slack.reply import Reply
from agent.slack.trouble import SLACK
from catalog.errors import AlmanacError, StoreError

log = logging.getLogger("almanac.slack")

#: finds the question in what was said; None where there is none
Read = Callable[[], Question | None]

_NOTICE_AFTER, _NOTICES_AT_ONCE = 2.0, 10
_FULL = "Too many questions are waiting. Ask again in a few minutes."
_UNADDRESSED = ("question", "thread")
_ENDED: tuple[State, ...] = ("answered", "failed", "withdrawn")


@dataclass
class Desk:
    """Arrivals are handled one by one by a clerk, so that whoever delivers them never waits."""

    memory: Memory
    line: Line
    permission: Permission
    answering: Answering
    #: for what talks to Slack on the side: refusals, clicks, greetings
    side: ThreadPoolExecutor
    _arrived: "queue.SimpleQueue[Callable[[], None] | None]" = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self._clerk = threading.Thread(target=self._handle, name="clerk", daemon=True)
        self._clerk.start()

    # -- what arrives

    def hear(self, read: Read) -> None:
        """Something was said, perhaps not for the first time that Slack says so; `read` finds the question in it."""
        self._arrived.put(lambda: self._if_asked(read, self._take))

    def edited(self, read: Read) -> None:
        """The message of a question has another text now, or is a question only now."""
        self._arrived.put(lambda: self._if_asked(read, self._change))

    def deleted(self, key: str) -> None:
        """The message of a question is gone."""
        self._arrived.put(lambda: self._withdraw(key))

    def again(self, key: str) -> None:
        """Somebody pressed the button to ask a question again."""
        self._arrived.put(lambda: self._retry(key))

    def joined(self, conversation: str) -> bool:
        """Whether the bot was asked something in a conversation."""
        try:
            return self.memory.joined(conversation)
        except StoreError as error:
            log.error("%s", error)
            return False

    def adopt(self) -> None:
        """Take over questions that a process left which is gone."""
        for known in self.memory.adopt():
            log.warning("%s was left unanswered by a process that is gone: it is answered now", known.question.key)
            self._admit(known.question, known.reply)

    def close(self) -> None:
        """Handle what has arrived, and nothing more."""
        self._arrived.put(None)
        self._clerk.join()

    # -- what is done with it

    @staticmethod
    def _if_asked(read: Read, deed: Callable[[Question], None]) -> None:
        question = read()
        if question:
            deed(question)

    def _handle(self) -> None:
        while (arrival := self._arrived.get()) is not None:
            try:
                arrival()
            except AlmanacError as error:
                log.error("%s", error)
            except Exception:  # a bug with one arrival must not close the desk
                log.exception("an arrival could not be handled")

    def _take(self, question: Question) -> None:
        try:
            if not self.memory.claim(question):
                log.debug("%s was delivered again", question.key)
                return
        except StoreError as error:
            self._refuse(question, str(error))
            return
        self._admit(question)

    def _admit(self, question: Question, reply: str = "") -> None:
        why = self.permission.refusal(question)
        if why and question.via in _UNADDRESSED:
            self.memory.finish(question.key, "withdrawn")  # nobody spoke to the bot, so it says nothing
            return
        why = why or self.permission.hurry(question)
        if why is None and not self.line.put(question, reply):
            why = _FULL
        if why:
            self._refuse(question, why)

    def _refuse(self, question: Question, why: str) -> None:
        self.side.submit(self.answering.refuse, question, why)

    def _change(self, question: Question) -> None:
        if self.line.edit(question.key, question.text):
            return
        known = self.memory.of(question.key)
        if known is None:
            self._take(question)
        elif known.question.text != question.text and self.memory.reopen(question, states=_ENDED):
            self._admit(question, known.reply)

    def _withdraw(self, key: str) -> None:
        turn = self.line.withdraw(key)
        known = self.memory.of(key)
        if turn and turn.changed:
            return  # whoever is answering it takes it back
        if known and known.state != "withdrawn":
            self.side.submit(self.answering.withdraw, known, turn.reply if turn else known.reply)

    def _retry(self, key: str) -> None:
        known: Known | None = self.memory.of(key)
        if known and self.memory.reopen(known.question):
            self._admit(known.question, known.reply)

    # -- while it waits

    def tell_places(self) -> None:
        """Say to those who wait for long which place in the line they have."""
        for turn, place in self.line.late(_NOTICE_AFTER)[:_NOTICES_AT_ONCE]:
            question = turn.question
            if (turn.place and turn.place <= place) or question.ephemeral or not question.has_message:
                continue
            workspace = self.answering.workspaces.of(question.team)
            if workspace is None:
                continue
            with turn.telling:
                if not self.line.waits(turn):
                    continue
                reply = Reply(workspace.client, question, turn.reply)
                try:
                    reply.say(remark(f"I am busy. Your question is number {place:,} in the line."))
                    turn.reply, turn.place = reply.ts, place
                except SLACK as error:
                    log.warning("the place of %s could not be told: %s", question.key, error)
