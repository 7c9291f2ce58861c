"""The store, opened in the background while a person types the first question."""

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from catalog.errors import AlmanacError
from catalog.settings import Settings

if TYPE_CHECKING:
    from agent.wiring import Almanac
    from catalog.snapshot import Snapshot


class Opening:
    """An `Almanac` that is there when it is needed; what went wrong in the background is raised where it is used."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._almanac: Almanac | None = None
        self._one_at_a_time = threading.Lock()
        #: the generation that names are completed from; None until it is open
        self.known: Snapshot | None = None

    def begin(self) -> None:
        """Open the store in a thread of its own."""
        threading.Thread(target=self._warm, name="opening", daemon=True).start()

    def almanac(self) -> "Almanac":
        """Waits where it is being opened. Raises AlmanacError where the store cannot be read."""
        with self._one_at_a_time:
            if self._almanac is None:
                from agent.wiring import Almanac

                self._almanac = Almanac(self.settings)
            self.known = self._almanac.snapshot
            return self._almanac

    def use(self, model: str) -> None:
        """Answer with another model. Raises SettingError where there is no such model."""
        from agent.models import chain

        chain(model)
        with self._one_at_a_time:
            self.settings = self.settings.model_copy(update={"model": model})
            if self._almanac:
                self._almanac.use(model)

    def _warm(self) -> None:
        with suppress(AlmanacError):
            self.almanac()
