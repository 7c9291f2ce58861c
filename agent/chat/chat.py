"""The chat itself: reads a line, runs a command or answers a question, until somebody leaves."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console

from agent.chat.reading import Reader
from agent.chat.screen import Screen
from agent.chat.session import Session
from agent.events import Stop
from agent.live import follow
from agent.tabling import Link
from agent.terminal import links_to, show_answer
from catalog.errors import AlmanacError, ToolError
from catalog.generations import StoreFolder
from catalog.settings import Settings

if TYPE_CHECKING:
    from catalog.snapshot import Snapshot
    from catalog.store import Catalog

LEAVE_HINT = "Ctrl-C again or Ctrl-D leaves."


@dataclass(frozen=True)
class Services:
    """What only the command line can do: read cards into the store; and where the sample catalogue is."""

    ingest: Callable[[Sequence[Path]], None]
    sample: tuple[Path, ...]


class Chat:
    """A conversation with its screen; not `interactive`, the first error ends it."""

    def __init__(self, session: Session, screen: Screen, services: Services, *, interactive: bool) -> None:
        self.session = session
        self.screen = screen
        self.services = services
        self.left = False
        self._interactive = interactive
        self._interrupted = self._warned = False

    @property
    def settings(self) -> Settings:
        return self.session.opening.settings

    @property
    def snapshot(self) -> "Snapshot":
        """The generation that is answered from. Raises StoreError where there is none."""
        return self.session.opening.almanac().snapshot

    @property
    def catalog(self) -> "Catalog":
        return self.snapshot.catalog

    def run(self, reader: Reader) -> None:
        """Answer and obey until there is nothing more to read, or somebody leaves."""
        proposed = self._welcome() if self._interactive else ""
        while not self.left:
            try:
                line = reader.read(proposed)
            except EOFError:
                break
            except KeyboardInterrupt:
                if self._interrupted or not self._interactive or not self._hinted():
                    break
                self._interrupted = True
                continue
            proposed = ""
            self._interrupted = False
            self._attend(line.strip())
        if self._interactive and self.session.turns and not self.session.not_kept:
            self.screen.say(f"almanac chat --resume {self.session.key}  goes on with this conversation.", "dim")

    def _hinted(self) -> bool:
        """Say how to leave; False where somebody leaves while that is printed."""
        try:
            self.screen.say(LEAVE_HINT, "dim")
        except KeyboardInterrupt:
            return False
        return True

    def complain(self, error: Exception) -> None:
        """One line about what a person can mend."""
        self.screen.say(str(error), "red")

    def _attend(self, line: str) -> None:
        if not line:
            if self.screen.has_more:
                self.screen.more()
            return
        try:
            self._obey(line) if line.startswith("/") else self._answer(line)
        except (AlmanacError, ToolError) as error:
            if not self._interactive:
                raise AlmanacError(str(error)) from error
            self.complain(error)
        except KeyboardInterrupt:
            if not self._interactive:
                raise
            self._interrupted = True
            self.screen.say(f"Stopped. {LEAVE_HINT}", "dim")

    def _obey(self, line: str) -> None:
        from agent.chat.commands import command_named

        name, _, argument = line[1:].partition(" ")
        command_named(name).run(self, argument.strip())

    def _answer(self, question: str) -> None:
        self.screen.forget()
        with self._stoppable() as stop:
            answer = follow(self.session.ask(question, stop), self.screen.console)
        link = self._link()
        self.screen.show(lambda console: show_answer(answer, console=console, link=link))
        if answer.stopped:
            self._interrupted = True
            self.screen.say(f"Stopped. {LEAVE_HINT}", "dim")
        if self.session.not_kept and not self._warned:
            self._warned = True
            self.screen.say(f"This conversation is not kept: {self.session.not_kept}", "yellow")

    @contextmanager
    def _stoppable(self) -> Iterator[Stop]:
        """Ctrl-C ends the answer with what there is; a second one does not wait for that."""
        stop = Stop()
        if not self._interactive:
            yield stop
            return

        def interrupted(_: int, __: FrameType | None) -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            stop.set()

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            yield stop
        finally:
            signal.signal(signal.SIGINT, before)

    def _link(self) -> Link:
        return links_to(self.snapshot.roots)

    def _welcome(self) -> str:
        """Say hello; returns what is proposed as the first input."""
        if self.session.turns:
            return ""
        if self._has_store():
            self.screen.say(f"Almanac · {self.session.model} · /help lists the commands, Ctrl-D leaves", "dim")
            return ""
        self.screen.show(self._first_steps)
        return "/ingest sample"

    def _has_store(self) -> bool:
        """Whether there is something to answer from; a database is looked at with the first question."""
        return bool(self.settings.database_url) or StoreFolder(self.settings.store).current() is not None

    def _first_steps(self, out: Console) -> None:
        say = Screen(out, paged=False).say
        say("Almanac answers questions about machine-learning models and datasets from their cards.", "bold")
        say(f"\nThere is no store at {self.settings.store} yet. Fill it in one of two ways:\n")
        say("  /ingest sample   reads the sample catalogue: 72 well-known models, 32 datasets (10 seconds)")
        say("  /ingest FOLDER   reads the model cards, dataset cards and documents below a folder of yours")
        say("\nThen ask, for instance:\n")
        say("  Which models were fine-tuned on SQuAD 2.0?")
        say("  What licence does facebook/bart-large-cnn have?")
        say("  /lineage roberta-base\n")
        say("No key and no network are needed; /model switches to a language model. Press Enter for the sample.")
