"""CPU seconds of reading cards and of extracting facts from them, on one core: `python -m ingest.clock FOLDER…`.

Prints one JSON object: cards, seconds of the extraction when everything it needs is loaded, those of loading, cards a
second, and the share of the time under each function of the extractors, the most expensive first.
"""

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from catalog.settings import load_settings
from ingest.extract import extract
from ingest.extract.card_text import CardText
from ingest.formats import claim, readers
from ingest.sources import Skips, check_roots, walk

_TICK = 0.004
_STEPS = 12
_PACKAGE = f"{Path(__file__).parent / 'extract'}/"
#: functions that only pass on what others do
_PASS_ON = frozenset({"extract", "<genexpr>", "<listcomp>", "<dictcomp>", "<lambda>", "read", "provenance"})


def cards_below(roots: Sequence[Path]) -> list[CardText]:
    """Every card below some folders that facts are extracted from, read."""
    found: list[CardText] = []
    by_name, most = {reader.name: reader for reader in readers()}, int(load_settings().max_file_mb * 1e6)
    for name, root in check_roots(roots).items():
        for folder in walk(name, root, most, Skips()):
            for bundle in claim(folder, readers()):
                card = by_name[bundle.reader].read(bundle)
                if len(card.assets) == 1 and not card.about_family:
                    found += [CardText(document, card.assets[0]) for document in card.documents]
    return found


def measured(roots: Sequence[Path]) -> dict[str, Any]:
    """The figures of one run; each card is extracted from once before, so that loading does not count."""
    started = time.process_time()
    warm, cards = cards_below(roots), cards_below(roots)
    reading = (time.process_time() - started) / 2
    cold = _seconds(warm)
    seconds = _seconds(cards)
    return {
        "cards": len(cards),
        "reading_seconds": round(reading, 2),
        "extraction_seconds": round(seconds, 2),
        "loading_seconds": round(cold - seconds, 2),
        "cards_per_second": round(len(cards) / seconds, 1),
        "steps": _steps(cards_below(roots)),
    }


def _seconds(cards: Sequence[CardText]) -> float:
    started = time.process_time()
    for card in cards:
        for _ in extract(card):
            pass
    return time.process_time() - started


def _steps(cards: Sequence[CardText]) -> dict[str, float]:
    """Function → share of the CPU time under it, from looks at the stack every few milliseconds."""
    found: Counter[str] = Counter()
    looks = 0

    def look(_: int, frame: FrameType | None) -> None:
        nonlocal looks
        looks += 1
        below: set[str] = set()
        while frame is not None:
            code, frame = frame.f_code, frame.f_back
            if code.co_filename.startswith(_PACKAGE) and code.co_name not in _PASS_ON:
                below.add(f"{Path(code.co_filename).stem}.{code.co_name}")
        found.update(below)

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _TICK, _TICK)
    try:
        _seconds(cards)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return {name: round(count / max(looks, 1), 3) for name, count in found.most_common(_STEPS)}


if __name__ == "__main__":
    print(json.dumps(measured([Path(argument) for argument in sys.argv[1:]]), indent=1))
