"""The bot as a whole: put together, started, kept going, and ended so that nobody waits for an answer in vain."""

import contextlib
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Protocol

from slack_sdk.errors import SlackApiError

from agent.journal import journal_of, url_of
from agent.slack.answering import Answering
from agent.slack.app import Listeners
from agent.slack.clicks import Clicks
from agent.slack.desk import Desk
from agent.slack.line import Line
from agent.slack.memory import LEASE, Memory
from agent.slack.permission import Permission
from agent.slack.reception import HttpMode
from agent.slack.sockets import SocketMode, app_token_of
from agent.slack.trouble import code_of, refused
from agent.slack.workspaces import APP_TOKEN, BOT_TOKEN, Workspaces, tokens_of
from agent.wiring import Almanac
from catalog.errors import AlmanacError, UnavailableError
from catalog.settings import Settings

log = logging.getLogger("almanac.slack")

_AT_ONCE_ASIDE = 4
_LAST_SECONDS = 5.0
_LOOKS_APART = 1.0
_MOMENT = 0.0005
#: how long listening waits for workers that are slow to open what they need
_WARM_SECONDS = 20.0


class Delivery(Protocol):
    """How Slack's events come in: a socket or a server."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Bot:
    """Made of settings; `start`, `wait`, `stop`. What ends it early is raised by `wait`."""

    def __init__(self, settings: Settings, lease: float = LEASE) -> None:
        tokens_of(settings)
        if settings.slack_mode == "socket":
            app_token_of(settings)
        self.settings = settings
        self._lease = lease
        self._ended = threading.Event()
        self._warm = threading.Semaphore(0)
        self._failure: AlmanacError | None = None
        self._workers: list[threading.Thread] = []
        self._side = ThreadPoolExecutor(_AT_ONCE_ASIDE, thread_name_prefix="side")
        self.journal = journal_of(settings)
        self.memory = Memory(url_of(settings), lease=lease)
        self.workspaces = Workspaces(settings)
        self.line = Line(settings.slack_queue, time.monotonic)
        self.answering = Answering(settings, self.workspaces, self.memory, self.journal, self._lost)
        permission = Permission(settings, self.workspaces)
        self.desk = Desk(self.memory, self.line, permission, self.answering, self._side)
        self.delivery: Delivery | None = None

    def start(self) -> None:
        """Raises AlmanacError where the store, the journal or a token is not good."""
        Almanac(self.settings).snapshot.close()
        self.memory.open()
        self.workspaces.open()
        clicks = Clicks(self.journal, self.desk, self.workspaces, self.settings.slack_source_url)
        app = Listeners(self.settings, self.workspaces, self.desk, clicks, self._removed).app()
        http = self.settings.slack_mode == "http"
        self.delivery = HttpMode(app, self.settings) if http else SocketMode(app, self.settings, self._socket_lost)
        for number in range(self.settings.slack_workers):
            self._begin(self._work, f"worker {number}")
        for _ in range(self.settings.slack_workers):
            self._warm.acquire(timeout=_WARM_SECONDS)
        self._begin(self._keep, "keeper")
        self._begin(self._tell_places, "teller")
        try:
            self.delivery.start()
        except SlackApiError as error:
            raise refused("app token", APP_TOKEN, code_of(error)) from error
        names = ", ".join(workspace.name for workspace in self.workspaces.all)
        log.info("listening to %s", names)

    def wait(self) -> None:
        """Until the bot is ended. Raises UnavailableError where Slack ended it."""
        while not self._ended.wait(_LOOKS_APART):
            pass
        if self._failure:
            raise self._failure

    def end(self) -> None:
        """Let `wait` return; to be called from anywhere."""
        self._ended.set()

    def stop(self) -> None:
        """Take nothing more, finish what can be finished in the time of grace, and say so where it cannot."""
        self._ended.set()
        if self.delivery:
            self.delivery.stop()
        self.desk.close()
        if not self._failure:
            self.line.idle(self.settings.slack_grace)
        for turn in self.line.close():
            self.answering.leave(turn)
        for worker in self._workers:
            worker.join(_LAST_SECONDS)
        self._side.shutdown(cancel_futures=True)
        self.answering.almanacs.close()
        self.memory.close()
        self.journal.close()

    # -- what goes on meanwhile

    def _begin(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._workers.append(thread)
        thread.start()

    def _work(self) -> None:
        """Answer the questions of the line, one after the other."""
        self.answering.almanacs.warm()
        self._warm.release()
        while (turn := self.line.take()) is not None:
            with turn.telling:  # its place in the line may just be being told
                pass
            while True:
                question, stop = self.line.begin(turn)
                self.answering.answer(turn, question, stop)
                if self.line.done(turn):
                    break

    def _keep(self) -> None:
        """Renew what this process owns, adopt what others left."""
        while not self._ended.wait(self._lease / 3):
            try:
                self.memory.renew()
                self.desk.adopt()
            except AlmanacError as error:
                log.error("%s", error)

    def _tell_places(self) -> None:
        while not self._ended.wait(_LOOKS_APART):
            self.desk.tell_places()

    # -- what ends it

    def _lost(self, team: str, error: Exception) -> None:
        """A workspace's token is no longer good."""
        self._leave(team, refused("bot token", BOT_TOKEN, code_of(error)))

    def _removed(self, team: str) -> None:
        self._leave(team, refused("bot token", BOT_TOKEN, "app_uninstalled"))

    def _leave(self, team: str, failure: UnavailableError) -> None:
        log.error("workspace %s is left: %s", team, failure)
        if not self.workspaces.drop(team):
            self._failure = failure
            self._ended.set()

    def _socket_lost(self, error: Exception) -> None:
        self._failure = refused("app token", APP_TOKEN, code_of(error))
        self._ended.set()


@contextlib.contextmanager
def running(settings: Settings, lease: float = LEASE) -> Iterator[Bot]:
    """A bot that is started, and stopped at the end."""
    bot = Bot(settings, lease)
    try:
        bot.start()
        yield bot
    finally:
        bot.stop()


def serve(settings: Settings) -> signal.Signals:
    """Run until SIGTERM or Ctrl-C, which is returned. Raises AlmanacError where the bot cannot run or Slack ends it."""
    told = [signal.SIGTERM]
    # Answers compute; acknowledgements must not wait for them longer than a moment each time they need the interpreter.
    sys.setswitchinterval(_MOMENT)
    with running(settings) as bot:

        def end(number: int, _: FrameType | None) -> None:
            told[0] = signal.Signals(number)
            bot.end()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        bot.wait()
        log.info("ending: questions that are being answered get %g s", settings.slack_grace)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
    return told[0]
