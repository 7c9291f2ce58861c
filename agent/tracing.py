"""A trace: every model call, look-up and answer as one line of JSON each. No secrets are in it.

`Trace.write` takes the key of the server out of whatever a server said; where no file is named nothing is written.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.errors import SettingError


@dataclass
class Trace:
    """Appends to a file; safe to be written by several threads. `hide` takes secrets out of a line."""

    path: Path | None = None
    hide: Callable[[str], str] = str
    clock: Callable[[], float] = time.time
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def write(self, event: str, **what: Any) -> None:
        """One line: what happened, when (seconds of the epoch), and its details."""
        if self.path is None:
            return
        line = json.dumps({"event": event, "at": round(self.clock(), 3)} | what, ensure_ascii=False, default=str)
        try:
            with self._one_at_a_time, self.path.open("a", encoding="utf-8") as stream:
                stream.write(self.hide(line) + "\n")
        except OSError as error:
            raise SettingError(
                f"the trace {self.path} cannot be written ({error.strerror}). Name another file with --trace."
            ) from error
