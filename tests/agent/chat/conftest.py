"""The real program on a terminal, over the sample catalogue, with a journal of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminals import Terminal

Opens = Callable[..., Terminal]


@pytest.fixture(autouse=True)
def _on_the_sample(sample_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_STORE", str(sample_store))
    monkeypatch.setenv("ALMANAC_JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.db'}")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opens() -> Iterator[Opens]:
    """Starts `almanac` with some arguments on a terminal of its own."""
    opened: list[Terminal] = []

    def start(*arguments: str, columns: int = 80, lines: int = 40, **environment: str) -> Terminal:
        opened.append(Terminal(*arguments, columns=columns, lines=lines, **environment))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()
