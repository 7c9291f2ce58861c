"""The line of questions: bounded, first come first served, and one after the other within a conversation."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.events import Stop
from agent.slack.asked import Question


@dataclass
class Turn:
    """A question in the line; `reply` is the message of the bot that its answer will replace, if any.

    `changed` says that the question became another one while it was being answered, `dropped` that it was taken back;
    `place` is what its author was told of its place, under `telling`.
    """

    question: Question
    since: float
    reply: str = ""
    stop: Stop = field(default_factory=Stop)
    changed: bool = False
    dropped: bool = False
    place: int = 0
    telling: threading.Lock = field(default_factory=threading.Lock)


class Line:
    """Any number of threads put questions in and take them out."""

    def __init__(self, longest: int, clock: Callable[[], float]) -> None:
        self._longest = longest
        self._clock = clock
        self._waiting: list[Turn] = []
        self._working: dict[str, Turn] = {}
        self._closed = False
        self._changed = threading.Condition()

    def put(self, question: Question, reply: str = "") -> bool:
        """False where the line is too long, or closed."""
        with self._changed:
            if self._closed or len(self._waiting) >= self._longest:
                return False
            self._waiting.append(Turn(question, self._clock(), reply))
            self._changed.notify()
            return True

    def take(self) -> Turn | None:
        """The next question whose conversation is not being answered; waits for one. None when the line is closed.

        Of one conversation the earliest message is first, whatever the order of delivery.
        """
        with self._changed:
            while not self._closed:
                turn = self._next()
                if turn:
                    self._waiting.remove(turn)
                    self._working[turn.question.conversation] = turn
                    return turn
                self._changed.wait()
            return None

    def begin(self, turn: Turn) -> tuple[Question, Stop]:
        """The question as it is now, and what stops its answer."""
        with self._changed:
            turn.changed = False
            if not turn.dropped and not self._closed:
                turn.stop = Stop()
            return turn.question, turn.stop

    def done(self, turn: Turn) -> bool:
        """The answer is there; False where the question changed meanwhile, and is to be answered once more."""
        with self._changed:
            if turn.changed and not self._closed:
                return False
            del self._working[turn.question.conversation]
            self._changed.notify_all()
            return True

    def find(self, key: str) -> Turn | None:
        """The turn of a question that waits or is being answered."""
        with self._changed:
            return next((turn for turn in self._all() if turn.question.key == key), None)

    def edit(self, key: str, text: str) -> bool:
        """Give a question another text; one that is being answered is stopped, to be answered anew."""
        with self._changed:
            turn = next((turn for turn in self._all() if turn.question.key == key), None)
            if turn is None:
                return False
            turn.question = turn.question.model_copy(update={"text": text})
            if turn not in self._waiting:
                turn.changed = True
                turn.stop.set()
            return True

    def withdraw(self, key: str) -> Turn | None:
        """Take a question out, and stop it where it is being answered; the turn, or None where it is in neither."""
        with self._changed:
            turn = next((turn for turn in self._all() if turn.question.key == key), None)
            if turn:
                turn.dropped = True
                turn.stop.set()
                if turn in self._waiting:
                    self._waiting.remove(turn)
                    self._changed.notify_all()
                else:
                    turn.changed = True
            return turn

    def late(self, seconds: float) -> list[tuple[Turn, int]]:
        """Questions that have waited longer than that, each with its place in the line, from 1.

        Only the next one of each conversation: a message to a later one would stand above the answer to it.
        """
        with self._changed:
            before, seen = self._clock() - seconds, set(self._working)
            found = []
            for place, turn in enumerate(self._waiting, start=1):
                if turn.question.conversation not in seen and turn.since <= before:
                    found.append((turn, place))
                seen.add(turn.question.conversation)
            return found

    def waits(self, turn: Turn) -> bool:
        with self._changed:
            return turn in self._waiting

    def idle(self, seconds: float) -> bool:
        """Whether everything was answered within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._all(), timeout=seconds)

    def close(self) -> list[Turn]:
        """Nobody gets a question any more; those that were being answered are stopped. Returns those that waited."""
        with self._changed:
            left, self._waiting, self._closed = self._waiting, [], True
            for turn in self._working.values():
                turn.stop.set()
            self._changed.notify_all()
            return left

    def _next(self) -> Turn | None:
        for turn in self._waiting:
            conversation = turn.question.conversation
            if conversation not in self._working:
                same = (other for other in self._waiting if other.question.conversation == conversation)
                return min(same, key=lambda other: other.question.ts)
        return None

    def _all(self) -> list[Turn]:
        return [*self._waiting, *self._working.values()]
