"""One question from its turn to its final message: answer, honest no, or a line that says what went wrong."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.answer import Answer
from agent.events import Answered, Restarted, Said, Stop
from agent.journal import Journal
from agent.journal import Turn as Told
from agent.slack.almanacs import Almanacs
from agent.slack.asked import Question
from agent.slack.composing import Look, Place, complaint
from agent.slack.line import Turn
from agent.slack.memory import Known, Memory, State
from agent.slack.pane import Status, suggestions
from agent.slack.permission import rules_of
from agent.slack.reply import Reply
from agent.slack.trouble import FAILURES, SLACK, is_fatal, told
from agent.slack.workspaces import Workspace, Workspaces
from catalog.errors import AlmanacError, StoreError
from catalog.settings import Settings

log = logging.getLogger("almanac.slack")

FRONT = "slack"
_EYES = "eyes"
_REMEMBERED = 20
_BUG = "Something is wrong with me, and it is written in my log. I could not answer this."
_STOPPED = "I am being restarted and could not answer this any more."


@dataclass(frozen=True)
class Work:
    """What one attempt at an answer needs; `known` is how the question ended before, if it did."""

    turn: Turn
    workspace: Workspace
    question: Question
    reply: Reply
    stop: Stop
    known: Known | None


@dataclass
class Answering:
    """What answers need; `lost` is told of a workspace whose token is no longer good."""

    settings: Settings
    workspaces: Workspaces
    memory: Memory
    journal: Journal
    lost: Callable[[str, Exception], None]
    almanacs: Almanacs = field(init=False)

    def __post_init__(self) -> None:
        self.almanacs = Almanacs(self.settings)

    def answer(self, turn: Turn, question: Question, stop: Stop) -> None:
        """Answer a question, or say why not; never raises."""
        workspace = self.workspaces.of(question.team)
        if workspace is None:
            log.error("no token for workspace %s any more: %s is not answered", question.team, question.key)
            return
        reply = Reply(workspace.client, question, turn.reply)
        try:
            known = self._known(question)
            reply.ts = turn.reply or (known.reply if known else "")
            if not turn.dropped:
                self._look(workspace, question, on=True)
                self._once(Work(turn, workspace, question, reply, stop, known))
            if turn.dropped:
                self._withdraw(question, reply, self._known(question))
        except SLACK as error:
            self._slack_failed(workspace, question, reply, error)
        except Exception:  # a bug with one question is logged and said, and no reason to answer nobody
            log.exception("%s could not be answered", question.key)
            self._fail(workspace, question, reply, _BUG)
        if not turn.dropped:
            self._look(workspace, question, on=False)
        turn.reply = reply.ts

    # -- the answer

    def _once(self, work: Work) -> None:
        question = work.question
        if not question.text:
            work.reply.say(complaint(suggestions().text))
            self._finish(question, "answered", work.reply)
            return
        try:
            before = self._before(work)
            answer = self._answered(work, before)
        except AlmanacError as error:
            log.warning("%s: %s", question.key, error)
            self._fail(work.workspace, question, work.reply, str(error))
            return
        if work.turn.changed or work.turn.dropped:
            work.reply.leave()  # it is another question by now, or none
            return
        if answer.stopped and not (answer.rows or answer.citations):
            self._fail(work.workspace, question, work.reply, _STOPPED)
            return
        self._show(work, answer)

    def _before(self, work: Work) -> tuple[Told, ...]:
        """The turns before the question; the one that it had before it was changed is taken back."""
        try:
            turns = self.journal.turns(work.question.conversation)
            if work.known and work.known.turn and turns and turns[-1].number == work.known.turn:
                self.journal.undo(work.question.conversation)
                turns = turns[:-1]
        except StoreError as error:
            log.error("%s", error)
            return ()
        return turns[-_REMEMBERED:]

    def _answered(self, work: Work, before: tuple[Told, ...]) -> Answer:
        """The answer; what happens until it is there is shown. Raises AlmanacError."""
        question = work.question
        status = Status(work.workspace.client, question)
        status.begin(question, first=not before)
        questions = (*(turn.question for turn in before), question.text)
        answers = tuple(turn.answer for turn in before)
        almanac = self.almanacs.of(rules_of(self.settings, question.channel).model)
        for event in almanac.stream(*questions, before=answers, stop=work.stop):
            match event:
                case Answered(answer=answer):
                    return answer
                case Said(text=text):
                    work.reply.grow(text)
                case Restarted():
                    work.reply.restart()
            status.tell(event)
        raise TypeError("an answerer ended without an answer")

    def _show(self, work: Work, answer: Answer) -> None:
        place = self._kept(work.question, answer)
        hidden = work.question.ephemeral or not work.question.has_message
        work.reply.end(answer, Look(place, self.settings.slack_source_url, hidden))
        self._finish(work.question, "answered", work.reply, place)

    def _kept(self, question: Question, answer: Answer) -> Place | None:
        """Where the turn is in the journal; an answer is given also where it cannot be kept."""
        try:
            turn = self.journal.record(question.conversation, question.text, answer, FRONT)
        except StoreError as error:
            log.error("%s", error)
            return None
        return Place(question.conversation, turn.number)

    # -- other ends

    def leave(self, turn: Turn) -> None:
        """Say that a question is not answered because the bot ends."""
        workspace = self.workspaces.of(turn.question.team)
        if workspace:
            self._fail(workspace, turn.question, Reply(workspace.client, turn.question, turn.reply), _STOPPED)

    def refuse(self, question: Question, why: str) -> None:
        """Say why a question was not taken, to the one who asked."""
        workspace = self.workspaces.of(question.team)
        if workspace is None:
            return
        hidden = question.via not in ("direct", "pane")
        asked = question.model_copy(update={"ephemeral": hidden})
        self._fail(workspace, question, Reply(workspace.client, asked), why)

    def withdraw(self, known: Known, reply: str) -> None:
        """Take back an answer whose question was deleted."""
        workspace = self.workspaces.of(known.question.team)
        if workspace:
            try:
                self._withdraw(known.question, Reply(workspace.client, known.question, reply), known)
            except FAILURES as error:
                log.error("the answer to %s could not be taken back: %s", known.question.key, error)

    def _withdraw(self, question: Question, reply: Reply, known: Known | None) -> None:
        """The question was deleted: so is the answer."""
        if known and known.turn:
            turns = self.journal.turns(question.conversation)
            if turns and turns[-1].number == known.turn:
                self.journal.undo(question.conversation)
        reply.remove()
        self._finish(question, "withdrawn", reply)

    def _slack_failed(self, workspace: Workspace, question: Question, reply: Reply, error: Exception) -> None:
        if is_fatal(error):
            self.lost(workspace.team, error)
            return
        log.error("%s could not be answered: %s", question.key, error)
        self._fail(workspace, question, reply, f"The answer could not be posted: {told(error)}.")

    def _fail(self, workspace: Workspace, question: Question, reply: Reply, why: str) -> None:
        """The line that says why there is no answer, with a button to ask again."""
        try:
            reply.say(complaint(why, question.key))
        except SLACK as error:
            log.error("%s: not even that could be said: %s (%s)", question.key, why, error)
            self._lost_where_fatal(workspace, error)
        self._finish(question, "failed", reply)

    def _lost_where_fatal(self, workspace: Workspace, error: Exception) -> None:
        if is_fatal(error):
            self.lost(workspace.team, error)

    def _finish(self, question: Question, state: State, reply: Reply, place: Place | None = None) -> None:
        try:
            self.memory.finish(question.key, state, reply.ts, place.turn if place else 0)
        except StoreError as error:
            log.error("%s", error)

    def _known(self, question: Question) -> Known | None:
        try:
            return self.memory.of(question.key)
        except StoreError as error:
            log.error("%s", error)
            return None

    def _look(self, workspace: Workspace, question: Question, *, on: bool) -> None:
        """👀 on the question while it is worked on."""
        if not question.has_message:
            return
        call = workspace.client.reactions_add if on else workspace.client.reactions_remove
        try:
            call(channel=question.channel, timestamp=question.ts, name=_EYES)
        except SLACK as error:
            log.info("reaction on %s: %s", question.key, error)
            self._lost_where_fatal(workspace, error)
