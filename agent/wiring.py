"""The one place where concrete parts meet: settings in, something that answers out. The evals use it too."""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.answer import Answer
from agent.asking import Answerer, Asking
from agent.chain import Chain, Link, WithoutModel
from agent.events import Answered, Event, Stop
from agent.models import OFFLINE, chain
from catalog.errors import StoreError
from catalog.settings import Settings
from catalog.snapshot import Snapshot, current_name, open_snapshot

_SECOND = 2


@dataclass
class Almanac:
    """An opened store and the model that answers from it; follows the store to its newest generation."""

    settings: Settings
    clock: Callable[[], float] = time.perf_counter
    _snapshot: Snapshot | None = None
    _answerer: Answerer | None = None
    _asked: int = 0

    def ask(self, *turns: str, before: tuple[Answer, ...] = ()) -> Answer:
        """Answer the last question of a conversation; `before` are the answers to the earlier ones.

        Raises AlmanacError where the store cannot be read, or the model cannot be had.
        """
        for event in self._events(Asking(_texts(turns), before)):
            if isinstance(event, Answered):
                return event.answer
        raise TypeError("an answerer ended without an answer")

    def stream(self, *turns: str, before: tuple[Answer, ...] = (), stop: Stop | None = None) -> Iterator[Event]:
        """What happens while a question is answered; the last event is `Answered`. `stop` ends it early."""
        yield from self._events(Asking(_texts(turns), before, stop or Stop(), streaming=True))

    def use(self, model: str) -> None:
        """Answer with another model from now on. Raises SettingError where there is no such model."""
        chain(model)
        self.settings = self.settings.model_copy(update={"model": model})
        self._answerer = None

    @property
    def snapshot(self) -> Snapshot:
        """The generation that is answered from."""
        self._current()
        assert self._snapshot is not None  # _current has opened it or raised
        return self._snapshot

    def close(self) -> None:
        if self._snapshot:
            self._snapshot.close()
        self._snapshot = self._answerer = None

    def _events(self, asking: Asking) -> Iterator[Event]:
        """Events from one generation, all of them, also where an ingest ends meanwhile."""
        started = self.clock()
        self._settle()
        for _ in range(3):
            with self.snapshot.held() as is_there:
                if is_there and self._answerer:
                    for event in self._answerer.answer(asking):
                        yield self._timed(event, started)
                    return
        raise StoreError(f"the store at {self.settings.store} changes too fast to be read. Ask again.")

    def _settle(self) -> None:
        """Before the second question: what the first one loaded stays, so no garbage collection looks at it again.

        One of all that is loaded takes a tenth of a second, in the middle of an answer.
        """
        self._asked += 1
        if self._asked == _SECOND:
            gc.collect()
            gc.freeze()

    def _timed(self, event: Event, started: float) -> Event:
        if not isinstance(event, Answered):
            return event
        return Answered(answer=event.answer.model_copy(update={"seconds": round(self.clock() - started, 4)}))

    def _current(self) -> Answerer:
        if self._snapshot is None or current_name(self.settings) != self._snapshot.name:
            self.close()
            self._snapshot = open_snapshot(self.settings)
        if self._answerer is None:
            self._answerer = make_answerer(self.settings, self._snapshot)
        return self._answerer


def make_answerer(settings: Settings, snapshot: Snapshot) -> Answerer:
    """The answerer that a model spec names. Raises SettingError where it names none."""
    links = [Link(spec, _maker(settings, snapshot, spec)) for spec in chain(settings.model)]
    return Chain(links)


def _maker(settings: Settings, snapshot: Snapshot, spec: str) -> Callable[[], Answerer]:
    """Makes the answerer of one model when it is first needed: importing what a model needs takes a second."""

    def make() -> Answerer:
        from agent.models import make_chat

        chat = make_chat(settings, spec)
        if chat.small:
            from agent.small import SmallAnswerer  # type: ignore[import-not-found,unused-ignore]

            small: Answerer = SmallAnswerer(snapshot, chat, settings)
            return small
        from agent.loop import ToolLoop
        from agent.tracing import Trace

        hide = chat.told.without_key if chat.told else str
        return ToolLoop(snapshot, chat, settings, Trace(settings.trace, hide))

    return make if spec != OFFLINE else lambda: WithoutModel(snapshot)


def _texts(turns: tuple[str, ...]) -> tuple[str, ...]:
    """Half a surrogate pair (from a terminal of another encoding, from JSON) is no text."""
    return tuple(turn.encode("utf-8", "replace").decode() for turn in turns)
