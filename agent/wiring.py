"""The one place where concrete parts meet: settings in, something that answers out. The evals use it too."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.answer import Answer
from catalog.errors import SettingError, StoreError
from catalog.settings import Settings
from catalog.snapshot import Snapshot, current_name, open_snapshot


class Answerer(Protocol):
    """Answers a question after the turns before it."""

    def answer(self, turns: tuple[str, ...]) -> Answer:
        """The answer to the last of `turns`; the earlier ones are the questions asked before."""
        ...


@dataclass
class Almanac:
    """An opened store and the model that answers from it; follows the store to its newest generation."""

    settings: Settings
    clock: Callable[[], float] = time.perf_counter
    _snapshot: Snapshot | None = None
    _answerer: Answerer | None = None

    def ask(self, *turns: str) -> Answer:
        """Answer the last question of a conversation. Raises AlmanacError where the store cannot be read."""
        started = self.clock()
        # Half a surrogate pair (from a terminal of another encoding, from JSON) is no text.
        answer = self._answered(tuple(turn.encode("utf-8", "replace").decode() for turn in turns))
        return answer.model_copy(update={"seconds": round(self.clock() - started, 4), "model": self.settings.model})

    def _answered(self, turns: tuple[str, ...]) -> Answer:
        """An answer from one generation, all of it, also where an ingest ends meanwhile."""
        for _ in range(3):
            with self.snapshot.held() as is_there:
                if is_there and self._answerer:
                    return self._answerer.answer(turns)
        raise StoreError(f"the store at {self.settings.store} changes too fast to be read. Ask again.")

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

    def _current(self) -> Answerer:
        if self._snapshot and self._answerer and current_name(self.settings) == self._snapshot.name:
            return self._answerer
        self.close()
        self._snapshot = open_snapshot(self.settings)
        self._answerer = make_answerer(self.settings, self._snapshot)
        return self._answerer


def make_answerer(settings: Settings, snapshot: Snapshot) -> Answerer:
    """The answerer that a model spec names."""
    if settings.model == "offline":
        from agent.offline.answering import OfflineAnswerer

        return OfflineAnswerer(snapshot)
    raise SettingError(f"no model {settings.model!r}. Known is: offline. Set --model or ALMANAC_MODEL.")
