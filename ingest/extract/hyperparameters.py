"""Hyper-parameters of training, wherever they stand: lists, tables, commands, configuration code, sentences."""

import re
from collections.abc import Iterator
from functools import lru_cache

from catalog.records import Attribute, Origin
from ingest.document import Block
from ingest.extract.card_text import CardText
from ingest.extract.patterns import load, pattern

_DATA = load("attributes")
_NAMES = {re.sub(r"[ _-]", "", spelling): name for name, spellings in _DATA["hyper"].items() for spelling in spellings}
_NUMBERS = _DATA["numbers"]
_EPOCHS = pattern("attributes", "hyper_words", "epochs")
_RATE = pattern("attributes", "hyper_words", "learning_rate")
_OPTIMIZER = pattern("attributes", "hyper_words", "optimizer")
_SCHEDULER = pattern("attributes", "hyper_words", "lr_scheduler_type")
_WORDS = (("epochs", _EPOCHS), ("learning_rate", _RATE), ("optimizer", _OPTIMIZER), ("lr_scheduler_type", _SCHEDULER))

_NUMBER = r"\d{1,3}(?:,\d{3}){1,3}(?!\d)|\d{1,12}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,3})?[kK]?|\.\d{1,12}"
_HAS_DIGIT = re.compile(r"\d")
_MAX_LINE = 1_000
_MAX_LINES = 2_000


def hyperparameters(card: CardText) -> Iterator[Attribute]:
    """`hyper.learning_rate` and its like, the first value of each that the card prints."""
    seen: set[str] = set()
    for block in card.document.blocks:
        for name, value, line in _in_block(block):
            if name not in seen:
                seen.add(name)
                origin: Origin = "prose" if block.kind in ("paragraph", "item", "heading") else "table"
                yield Attribute(name=f"hyper.{name}", value=value, evidence=card.line_evidence(line, origin))


def _in_block(block: Block) -> Iterator[tuple[str, str, int]]:
    if block.kind == "table":
        yield from _in_rows(block)
        return
    for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
        text = line[:_MAX_LINE]
        for match in _key_value().finditer(text) if _HAS_DIGIT.search(text) else ():
            name = _name(match["key"])
            if name and not _is_of_evaluation(text[: match.start()]):
                yield name, match["value"], number
        for name, words in _WORDS:
            match_ = words.search(text)
            if match_:
                yield name, _NUMBERS.get(match_[1].lower(), match_[1]), number


def _in_rows(block: Block) -> Iterator[tuple[str, str, int]]:
    """Tables of two columns, name and value."""
    for row, line in zip(block.rows, block.row_lines, strict=True):
        name = _name(re.sub(r"[^\w -]", "", row[0]).strip()) if len(row) == 2 else None
        value = re.fullmatch(rf"[\s*_`]*({_NUMBER})[\s*_`]*", row[1]) if name else None
        if name and value:
            yield name, value[1], line


def _name(key: str) -> str | None:
    return _NAMES.get(re.sub(r"[ _-]", "", key.lower()))


def _is_of_evaluation(before: str) -> bool:
    return before.rstrip(" _-").lower().endswith(("eval", "evaluation", "test", "predict"))


@lru_cache(maxsize=1)
def _key_value() -> re.Pattern[str]:
    """One pattern for every name with its value: `--lr 3e-5`, `"lr": 3e-5`, `lr=3e-5`, `a batch size of 32`."""
    spellings = sorted({s for names in _DATA["hyper"].values() for s in names}, key=len, reverse=True)
    keys = "|".join(re.escape(spelling).replace(r"\ ", "[ _-]?") for spelling in spellings)
    between = (
        r"""["'`*_]{0,4}\s?(?:\([^()]{0,20}\)\s?)?(?:[:=|]|\bof\b|\bis\b|\bwas\b|\bto\b|\bset to\b|(?<=\w) (?=\d))"""
    )
    return re.compile(
        rf"""(?i)(?<![\w.])(?:--)?["'`*_]{{0,4}}(?P<key>{keys}){between}\s?["'`*_~≈]{{0,4}}\s?(?P<value>{_NUMBER})(?![\w.]*\w)"""
    )
