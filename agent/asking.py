"""What is asked, and who answers it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from agent.answer import Answer
from agent.events import Event, Stop


@dataclass(frozen=True)
class Asking:
    """A question with the conversation before it.

    `turns` are the questions so far, the last one is to be answered; `before` are the answers to the earlier ones, as
    far as whoever asks has them. With `streaming`, pieces of the answer's text are wanted as they come.
    """

    turns: tuple[str, ...]
    before: tuple[Answer, ...] = ()
    stop: Stop = field(default_factory=Stop)
    streaming: bool = False

    @property
    def question(self) -> str:
        return self.turns[-1]


class Answerer(Protocol):
    """Answers questions from one generation of a store."""

    def answer(self, asking: Asking) -> Iterator[Event]:
        """What happens until the answer is there; the last event is `Answered`."""
        ...
