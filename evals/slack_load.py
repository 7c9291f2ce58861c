"""The Slack bot under load: `python -m evals.slack_load --store S`.

Many people ask, each in a thread of their own, over the Slack of the tests (Web API and Socket Mode on this machine).
Told are questions without an answer, with two, with one that the journal could not keep, and out of their thread's
order, how long acknowledgements and answers took, and the memory of the bot, which is a process of its own, after each
wave of questions. Every tenth question is
delivered twice, as Slack does where it is in doubt. It needs a checkout, because that Slack lives in `tests/`.
"""

import argparse
import contextlib
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.errors import UnavailableError
from catalog.query import CatalogQuery
from catalog.records import Record
from catalog.settings import Settings, load_settings
from catalog.snapshot import open_snapshot

_SLACK = Path(__file__).parents[1] / "tests" / "agent" / "slack"
_CONNECTING, _ANSWERING = 60.0, 300.0
_REPEATED_EVERY = 10


@dataclass(frozen=True)
class Plan:
    """`questions` from `users` within `seconds`, as many times as there are `waves`."""

    questions: int = 200
    users: int = 50
    seconds: float = 10.0
    waves: int = 2
    workers: int = 4


class Load(Record):
    """What came of it. Times are seconds, memory is MB after start and after each wave."""

    questions: int
    lost: int
    unkept: int
    twice: int
    out_of_order: int
    refused: tuple[str, ...]
    acknowledged_median: float
    acknowledged_p99: float
    acknowledged_longest: float
    answered_median: float
    answered_longest: float
    memory: tuple[float, ...]


@dataclass
class _Wave:
    """The threads of one wave: thread → names that were asked about, in their order."""

    asked: dict[str, list[str]] = field(default_factory=dict)
    sent: dict[str, float] = field(default_factory=dict)


def load(store: Path, plan: Plan) -> Load:
    """Run the plan. Raises UnavailableError where there is no checkout."""
    names = _names(store)
    server = _module("slack_server").SlackServer()
    try:
        with _bot(server, store, plan) as process:
            memory = [_megabytes(process.pid)]
            waves = []
            for number in range(plan.waves):
                waves.append(_play(server, plan, names, number))
                memory.append(_megabytes(process.pid))
        return _told(server, waves, memory)
    finally:
        server.close()


def _play(server: Any, plan: Plan, names: Sequence[str], number: int) -> _Wave:
    """Ask all questions of a wave, evenly in time, and wait for their answers."""
    people, wave = _module("people"), _Wave()
    threads = [people.Person(server, f"U{number}{user:03}").post("") for user in range(plan.users)]
    started = time.monotonic()
    for place in range(plan.questions):
        time.sleep(max(0.0, started + place * plan.seconds / plan.questions - time.monotonic()))
        first, name = threads[place % plan.users], names[place % len(names)]
        person = people.Person(server, first.user)
        asked = wave.asked.setdefault(first.ts, [])
        text = f"<@UBOT> What licence does {name} have?"
        ts = server.stamp() if asked else first.ts
        post = people.Post("C1", ts, first.user, text, first.ts if asked else "")
        for _ in range(2 if place % _REPEATED_EVERY == 0 else 1):
            person.deliver(post, "app_mention")
            person.deliver(post, "message")
        asked.append(name)
        wave.sent[f"{first.ts}/{len(asked) - 1}"] = time.monotonic()
    ends = time.monotonic() + _ANSWERING
    while time.monotonic() < ends and not _is_quiet(server, wave):
        time.sleep(0.05)
    time.sleep(1.0)  # for answers that should not come
    return wave


def _is_quiet(server: Any, wave: _Wave) -> bool:
    return all(len(_answers(server, thread)) >= len(asked) for thread, asked in wave.asked.items())


def _answers(server: Any, thread: str) -> list[dict[str, Any]]:
    """The answers in a thread; who only was told a place in the line has none yet."""
    return [one for one in server.thread("C1", thread) if "number" not in one["text"]]


def _told(server: Any, waves: Sequence[_Wave], memory: Sequence[float]) -> Load:
    lost = twice = unkept = out_of_order = 0
    waited: list[float] = []
    posted = {call.arguments.get("ts"): call.at for call in server.calls if call.method == "chat.update"}
    made = [call for call in server.calls if call.method == "chat.postMessage"]
    times = dict(zip([ts for _, ts in server.messages], [call.at for call in made], strict=False))
    for wave in waves:
        for thread, asked in wave.asked.items():
            answers = _answers(server, thread)
            lost += max(len(asked) - len(answers), 0)
            unkept += sum("feedback" not in str(answer.get("blocks")) for answer in answers)
            twice += max(len(answers) - len(asked), 0)
            ordered = [name in answer["text"] for name, answer in zip(asked, answers, strict=False)]
            out_of_order += ordered.count(False)
            for number, answer in enumerate(answers[: len(asked)]):
                at = posted.get(answer["ts"], times.get(answer["ts"]))
                waited += [at - wave.sent[f"{thread}/{number}"]] if at else []
    acknowledged = sorted(one.seconds if one.acknowledged else _ANSWERING for one in server.envelopes.values())
    return Load(
        questions=sum(len(asked) for wave in waves for asked in wave.asked.values()),
        lost=lost,
        twice=twice,
        unkept=unkept,
        out_of_order=out_of_order,
        refused=tuple(server.problems),
        acknowledged_median=_at(acknowledged, 0.5),
        acknowledged_p99=_at(acknowledged, 0.99),
        acknowledged_longest=acknowledged[-1],
        answered_median=_at(sorted(waited), 0.5),
        answered_longest=max(waited, default=0.0),
        memory=tuple(memory),
    )


def _at(values: Sequence[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def _names(store: Path) -> list[str]:
    """Models with a card, to be asked about."""
    from catalog.execution import execute

    snapshot = open_snapshot(Settings(store=store))
    try:
        return [item.id for item in execute(snapshot.catalog, CatalogQuery(kind="model")).items]
    finally:
        snapshot.close()


@contextlib.contextmanager
def _bot(server: Any, store: Path, plan: Plan) -> Iterator["subprocess.Popen[bytes]"]:
    """The bot as a process that is connected, with a journal of its own."""
    token = server.teams[0].token
    with tempfile.TemporaryDirectory(prefix="almanac-load-") as folder:
        variables = {
            "STORE": str(store),
            "JOURNAL_URL": f"sqlite:///{folder}/journal.db",
            "SLACK_API_URL": server.url,
            "SLACK_BOT_TOKEN": token,
            "SLACK_APP_TOKEN": server.app_token,
            "SLACK_WORKERS": str(plan.workers),
            "SLACK_PER_MINUTE": "1000",
        }
        own = {f"ALMANAC_{name}": value for name, value in variables.items()}
        program = "import sys; sys.argv = ['almanac', 'slack']; from agent.cli import main; main()"
        with subprocess.Popen(
            [sys.executable, "-c", program], env=dict(os.environ) | own, stderr=subprocess.DEVNULL
        ) as process:
            try:
                server.until(lambda: server.sockets, "connection of the bot", _CONNECTING)
                yield process
            finally:
                process.terminate()
                process.wait(60)


def _megabytes(pid: int) -> float:
    """Memory that a process holds; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _module(name: str) -> Any:
    """A module of the tests."""
    if not _SLACK.is_dir():
        raise UnavailableError(f"the load test needs {_SLACK}. Run it in a checkout of Almanac.")
    if str(_SLACK) not in sys.path:
        sys.path.insert(0, str(_SLACK))
    return importlib.import_module(name)


def main() -> int:
    plan = Plan()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    for name in ("questions", "users", "waves", "workers"):
        parser.add_argument(f"--{name}", type=int, default=getattr(plan, name))
    parser.add_argument("--seconds", type=float, default=plan.seconds)
    given = vars(parser.parse_args())
    found = load(load_settings(store=given.pop("store")).store, Plan(**given))
    for name, value in found:
        print(f"{name.replace('_', ' '):22} {value}")
    return 0 if not (found.lost or found.twice or found.unkept or found.out_of_order or found.refused) else 1


if __name__ == "__main__":
    sys.exit(main())
