"""What answers: an Almanac for every thread and every model that a channel asks for."""

import contextlib
import threading

from agent.wiring import Almanac
from catalog.errors import AlmanacError
from catalog.settings import Settings


class Almanacs:
    """An Almanac for every thread and model; each thread has the store open for itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = threading.local()
        self._all: list[Almanac] = []

    def of(self, model: str | None) -> Almanac:
        spec = model or self._settings.model
        mine: dict[str, Almanac] = self._own.__dict__.setdefault("almanacs", {})
        if spec not in mine:
            mine[spec] = Almanac(self._settings.model_copy(update={"model": spec}))
            self._all.append(mine[spec])
        return mine[spec]

    def warm(self) -> None:
        """Open for this thread what takes long to open; what is wrong with it is said where somebody asks."""
        with contextlib.suppress(AlmanacError):
            self.of(None).snapshot.embedder.embed(["warm"])

    def close(self) -> None:
        for almanac in self._all:
            almanac.close()
