"""Nothing half-done: readers during an ingest, an ingest that is killed, one that is interrupted."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import Cards, contents

from catalog.settings import Settings
from catalog.snapshot import current_name
from ingest.pipeline import ingest_roots

ROOT = Path(__file__).parents[2]
QUESTION = "Which models were trained on SQuAD?"
RUN = "import sys; from agent.cli import run; sys.exit(run(sys.argv[1:]))"

#: asks until the file named last is there, and prints the different things that it was told, in the order met
ASKING = """
import json, sys, time
from pathlib import Path
from agent.wiring import Almanac
from catalog.settings import Settings

almanac, stop, told, asked, last = Almanac(Settings(store=sys.argv[1])), Path(sys.argv[2]), [], 0, False
while not last:
    last = stop.exists()
    answer = almanac.ask("Which models were trained on SQuAD?")
    found = almanac.snapshot.passages.lexical("plumage detector", limit=50)
    ids, assets = sorted(item.id for item in answer.items), sorted({hit.passage.asset for hit in found})
    seen = [ids, answer.total, len(answer.citations) > 0, assets]
    if seen not in told:
        told.append(seen)
    asked += 1
    print(json.dumps([told, asked]), flush=True)
    time.sleep(0.002)
"""


def card(text: str, *datasets: str) -> str:
    return f"---\nlicense: mit\ndatasets: {list(datasets)}\n---\n# A plumage detector\n\n{text}\n"


def start(*arguments: object, program: str = RUN) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, start_new_session=True)


def ingest(root: Path, store: Path, *options: str) -> None:
    process = start("ingest", root, "--store", store, *options)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err


def of_group(group: int) -> list[int]:
    """The processes that a process started, itself among them, by their process group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, its_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if int(its_group) == group and state != "Z":
                found.append(int(entry.name))
    return found


def ended(group: int, within: float = 10.0) -> bool:
    """Whether every process of a group ends by itself."""
    until = time.monotonic() + within
    while of_group(group) and time.monotonic() < until:
        time.sleep(0.05)
    return not of_group(group)


@pytest.fixture
def many(models: Cards) -> Cards:
    """Cards enough for worker processes."""
    for number in range(26):
        models.write(f"den/bird-{number}", card(f"It tells bird {number} from the others.", "squad", f"flock {number}"))
    return models


@pytest.fixture
def asking(store: Path, tmp_path: Path, models: Cards) -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes that ask in a loop; they end when the test has written `stop`."""
    models.write("den/owl", card("It was calibrated in a lighthouse.", "squad"))
    ingest_roots([models.root], Settings(store=store, jobs=1))
    processes = [start(store, tmp_path / "stop", program=ASKING) for _ in range(2)]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_readers_see_the_old_generation_or_the_new_one(
    asking: list[subprocess.Popen[str]], models: Cards, store: Path, tmp_path: Path
) -> None:
    for process in asking:
        assert process.stdout
        assert process.stdout.readline(), process.stderr and process.stderr.read()
    states = [["den/owl"]]
    for change in (lambda: models.write("den/lark", card("It was calibrated in a windmill.", "squad")),
                   lambda: models.write("den/wren", card("It was calibrated in a brewery.", "squad")),
                   lambda: models.remove("den/owl")):  # fmt: skip
        change()
        ingest_roots([models.root], Settings(store=store, jobs=1))
        states.append(sorted(path.parent.relative_to(models.root).as_posix() for path in models.root.rglob("*.md")))
    (tmp_path / "stop").touch()
    for process in asking:
        out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")
        told, asked = json.loads(out.splitlines()[-1])
        assert asked > 5
        assert told[-1][0] == states[-1]
        for ids, total, cited, found in told:
            assert ids in states
            assert (total, cited) == (len(ids), True)
            assert found in states, "the search comes after the question, perhaps from the next generation"


def test_a_killed_ingest_can_be_run_again(many: Cards, store: Path, tmp_path: Path) -> None:
    """Ten times at any moment, a first ingest, changes and rebuilds; readers never see anything half-done."""
    variants = {flock: card(f"It belongs to the {flock}.", "squad", flock) for flock in ("night flock", "day flock")}
    many.write("den/bird-0", variants["night flock"])
    started = time.monotonic()
    ingest(many.root, tmp_path / "undisturbed", "--jobs", "2")
    whole = time.monotonic() - started
    expected = {"night flock": contents(tmp_path / "undisturbed")}
    many.write("den/bird-0", variants["day flock"])
    ingest_roots([many.root], Settings(store=tmp_path / "undisturbed", jobs=1))
    expected["day flock"] = contents(tmp_path / "undisturbed")
    flocks, chance = list(variants), random.Random(7)
    for attempt in range(10):
        many.write("den/bird-0", variants[flocks[attempt % 2]])
        options = ["--rebuild"] if attempt % 4 > 1 else []
        process = start("ingest", many.root, "--store", store, "--jobs", "2", *options)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=chance.uniform(0.2, 0.9) * whole)
        process.kill()
        process.communicate()
        assert ended(process.pid), "worker processes end with the one that started them"
        if store.exists() and current_name(Settings(store=store)):
            assert contents(store) in expected.values(), "what readers see is whole"
    many.write("den/bird-0", variants["day flock"])
    ingest_roots([many.root], Settings(store=store, jobs=1))
    assert contents(store) == expected["day flock"]
    left = {path.name for path in (store / "generations").iterdir()}
    assert current_name(Settings(store=store)) in left
    assert len(left) <= 2


def test_an_interrupted_ingest_says_so_in_one_line(many: Cards, store: Path) -> None:
    process = start("ingest", many.root, "--store", store, "--jobs", "2")
    while len(of_group(process.pid)) < 4 and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to every process of the command
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, "almanac: interrupted")
    assert ended(process.pid)
    assert current_name(Settings(store=store)) is None
    assert not list((store / "generations").iterdir())
