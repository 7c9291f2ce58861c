"""A corpus made larger: every card again under other names, and passages of any number, for benchmarks."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog.records import Passage

_CARDS = "README.md"


def cards(roots: Sequence[Path], most: int | None = None) -> list[Path]:
    """The README files below some folders, in a stable order."""
    found = sorted(path for root in roots for path in root.rglob(_CARDS))
    return found[:most]


def replicate(found: Sequence[Path], times: int, target: Path) -> int:
    """Write each card `times` times, in folders of their own and with names of their own; returns their number."""
    for copy in range(times):
        for number, card in enumerate(found):
            name = card.parent.name
            folder = target / f"org{copy}" / f"{name}-{number}-v{copy}"
            folder.mkdir(parents=True)
            text = card.read_text(encoding="utf-8", errors="replace")
            (folder / _CARDS).write_text(text.replace(name, f"{name}-v{copy}"), encoding="utf-8")
    return times * len(found)


def generated(passages: Sequence[Passage], count: int, seed: int = 0) -> Iterator[Passage]:
    """`count` passages made of the words of real ones, shuffled, each of an asset of its own twenty passages."""
    chance = random.Random(seed)
    words = [word for passage in passages[:2_000] for word in passage.text.split()]
    for number in range(count):
        start = chance.randrange(len(words))
        told = [words[(start + step) % len(words)] for step in range(60)] + chance.choices(words, k=40)
        asset = f"org/made-{number // 20}"
        line = number % 20 + 1
        yield Passage(
            path=f"made/{asset}/{_CARDS}", asset=asset, kind="model", headings=("Made",), line_start=line,
            line_end=line, text=" ".join(told),
        )  # fmt: skip
