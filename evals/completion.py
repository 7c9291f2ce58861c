"""How long names take to complete in a large catalogue: `python -m evals.completion [ASSETS]`.

A made-up catalogue is written to a temporary folder; every beginning of some hundred names is completed as a person
would type it. Printed are milliseconds of processor time and of the clock per keystroke.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.chat.names import beginning
from catalog import tables
from catalog.names import RANK_ID, RANK_LAST_PART, name_words
from catalog.store import Rows, sqlite_catalog
from catalog.vocabulary import squash

ASSETS = 100_000
_TYPED = 300
_SHORTEST = 2
_PARTS = ("bert", "roberta", "gpt", "t5", "llama", "whisper", "vit", "squad", "glue", "wiki", "news", "code", "med")
_SIZES = ("tiny", "small", "base", "large", "xl", "7b", "v2")


@dataclass(frozen=True)
class Times:
    """Milliseconds per keystroke."""

    median: float
    late: float
    worst: float

    def __str__(self) -> str:
        return f"median {self.median:.2f} ms, 95 % below {self.late:.2f} ms, worst {self.worst:.2f} ms"


def names(assets: int, chance: random.Random) -> list[str]:
    """Ids as hubs have them: an organisation, and words that thousands of others share."""
    ids = []
    for number in range(assets):
        words = (chance.choice(_PARTS), chance.choice(_SIZES), chance.choice(_PARTS), f"{number}")
        ids.append(f"org{chance.randrange(assets // 20)}/{'-'.join(words)}")
    return ids


def rows(ids: list[str]) -> Rows:
    """The rows of a catalogue that completion looks at."""
    made = Rows()
    for id_ in ids:
        for spelling, rank in ((id_, RANK_ID), (id_.partition("/")[2], RANK_LAST_PART)):
            made.add(tables.aliases, kind="model", squashed=squash(spelling), id=id_, spelling=spelling, rank=rank)
        for word in name_words(id_.partition("/")[2]):
            made.add(tables.words, kind="model", word=word, id=id_, weight=1.0)
    return made


def keystrokes(ids: list[str], chance: random.Random) -> Iterator[str]:
    """Every beginning of some names, with and without their organisation."""
    for id_ in chance.sample(ids, _TYPED):
        typed = id_ if chance.random() < 0.5 else id_.partition("/")[2]
        yield from (typed[:end] for end in range(_SHORTEST, len(typed) + 1))


def measure(assets: int) -> tuple[int, Times, Times]:
    """(keystrokes, processor time, time of the clock) of completing in a catalogue of so many assets."""
    chance = random.Random(7)
    ids = names(assets, chance)
    with tempfile.TemporaryDirectory(prefix="almanac-completion-") as folder:
        file = Path(folder) / "catalog.sqlite"
        writer = sqlite_catalog(file, writable=True)
        writer.write(rows(ids), {})
        writer.close()
        catalog = sqlite_catalog(file)
        taken = []
        for typed in keystrokes(ids, chance):
            before = time.process_time(), time.perf_counter()
            if not beginning(catalog, typed):
                raise AssertionError(f"nothing begins with {typed!r}, but it was taken from a name")
            taken.append((time.process_time() - before[0], time.perf_counter() - before[1]))
        catalog.close()
    return len(taken), _times([one for one, _ in taken]), _times([one for _, one in taken])


def _times(seconds: list[float]) -> Times:
    ordered = sorted(second * 1_000 for second in seconds)
    return Times(ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1])


def main() -> None:
    assets = int(sys.argv[1]) if len(sys.argv) > 1 else ASSETS
    count, processor, clock = measure(assets)
    print(f"{count} keystrokes in a catalogue of {assets:,} assets")
    print(f"processor: {processor}")
    print(f"clock:     {clock}")


if __name__ == "__main__":
    main()
