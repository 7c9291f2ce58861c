"""Models one after the other: where one cannot be had the next one answers, and the answer says why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from agent.asking import Answerer, Asking
from agent.events import Answered, Event, Restarted
from agent.models import OFFLINE
from agent.offline.answering import OfflineAnswerer
from catalog.errors import SettingError, UnavailableError
from catalog.snapshot import Snapshot


@dataclass
class WithoutModel:
    """`offline`: the rules answer, at once."""

    snapshot: Snapshot

    def __post_init__(self) -> None:
        self._rules = OfflineAnswerer(self.snapshot)

    def answer(self, asking: Asking) -> Iterator[Event]:
        answer = self._rules.answer(asking.turns)
        yield Answered(answer=answer.model_copy(update={"model": OFFLINE}))


@dataclass
class Link:
    """One model of a chain, made when it is first needed."""

    spec: str
    make: Callable[[], Answerer]
    _made: Answerer | None = field(default=None, init=False)

    def answer(self, asking: Asking) -> Iterator[Event]:
        if self._made is None:
            self._made = self.make()
        return self._made.answer(asking)


@dataclass
class Chain:
    """Asks the first model, and the next one where that is not there, unusable or not set up."""

    links: Sequence[Link]

    def answer(self, asking: Asking) -> Iterator[Event]:
        """Raises what the last one raised where none could answer."""
        reasons: list[str] = []
        for position, link in enumerate(self.links, start=1):
            try:
                for event in link.answer(asking):
                    yield _with_reasons(event, reasons, link.spec) if isinstance(event, Answered) else event
                return
            except (UnavailableError, SettingError) as error:
                if position == len(self.links):
                    raise
                reasons.append(f"{link.spec} could not answer: {error}")
                yield Restarted(reason=reasons[-1])


def _with_reasons(event: Answered, reasons: Sequence[str], spec: str) -> Event:
    """The answer with why others did not give it."""
    if not reasons:
        return event
    notes = (*event.answer.notes, *reasons, f"Answered by {spec}.")
    return Answered(answer=event.answer.model_copy(update={"notes": notes}))
