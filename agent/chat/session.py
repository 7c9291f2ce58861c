"""A conversation that goes on: its turns, the answers to them, and the journal that keeps both."""

import secrets
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from agent.chat.opening import Opening
from agent.events import Answered, Event, Stop
from catalog.errors import StoreError

if TYPE_CHECKING:
    from agent.answer import Answer
    from agent.journal import Conversation, Journal, Turn, Verdict

FRONT = "terminal"


class Session:
    """One conversation at a time. Nothing is written before the first answer."""

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.key = _new_key()
        self.turns: tuple[Turn, ...] = ()
        #: why the conversation is not kept; empty as long as it is
        self.not_kept = ""

    @cached_property
    def journal(self) -> "Journal":
        from agent.journal import journal_of  # with SQLAlchemy: after the first prompt is there

        return journal_of(self.opening.settings)

    @property
    def last(self) -> "Turn | None":
        return self.turns[-1] if self.turns else None

    @property
    def model(self) -> str:
        return self.opening.settings.model

    def ask(self, question: str, stop: Stop) -> Iterator[Event]:
        """What happens until the answer is there, which then is a turn. Raises AlmanacError."""
        questions = tuple(turn.question for turn in self.turns)
        before = tuple(turn.answer for turn in self.turns)
        for event in self.opening.almanac().stream(*questions, question, before=before, stop=stop):
            if isinstance(event, Answered) and _worth_keeping(event.answer):
                self._keep(question, event.answer)
            yield event

    def begin_new(self) -> None:
        self.key, self.turns = _new_key(), ()

    def resume(self, conversation: "Conversation") -> None:
        self.turns = self.journal.turns(conversation.key)
        self.key = conversation.key

    def undo(self) -> "Turn | None":
        """The turn that was taken back; None where there was none."""
        last = self.last
        if last and not self.not_kept:
            self.journal.undo(self.key)
        self.turns = self.turns[:-1]
        return last

    def save(self, name: str) -> None:
        self.journal.name(self.key, name)

    def judge(self, verdict: "Verdict", comment: str) -> bool:
        """Keep what a person thinks of the last answer; False where there is none."""
        last = self.last
        return bool(last and self.journal.judge(self.key, verdict, comment, turn=last.number))

    def _keep(self, question: str, answer: "Answer") -> None:
        """Add a turn, also for `almanac why`; a journal that cannot be written is no reason not to answer."""
        from agent.journal import Turn
        from agent.remembering import remember

        remember((*(turn.question for turn in self.turns), question), answer, self.opening.settings)

        if not self.not_kept:
            try:
                turn = self.journal.record(self.key, question, answer, FRONT)
            except StoreError as error:
                self.not_kept = str(error)
        if self.not_kept:
            turn = Turn(number=len(self.turns) + 1, question=question, answer=answer, asked="")
        self.turns = (*self.turns, turn)


def _worth_keeping(answer: "Answer") -> bool:
    """An answer that was stopped before it said anything is no turn of the conversation."""
    return not answer.stopped or bool(answer.rows or answer.citations)


def _new_key() -> str:
    return secrets.token_hex(4)
