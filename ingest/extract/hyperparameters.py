"""Hyper-parameters of training, wherever they stand: lists, tables, commands, configuration code, sentences."""

import re
from collections.abc import Iterator
from functools import lru_cache

from catalog.records import Attribute, Evidence, Origin
from ingest.document import Block, Sentence
from ingest.extract.card_text import CardText
from ingest.extract.commands import trains
from ingest.extract.guarded import Guarded, Guards
from ingest.extract.overviews import properties
from ingest.extract.patterns import load, pattern
from ingest.extract.statements import scope_of

_DATA = load("attributes")
_NAMES = {re.sub(r"[ _-]", "", spelling): name for name, spellings in _DATA["hyper"].items() for spelling in spellings}
_NUMBERS = _DATA["numbers"]
_WORDS = tuple(
    (name, Guarded(_DATA["hyper_words"][name]))
    for name in ("epochs", "learning_rate", "optimizer", "lr_scheduler_type", "max_steps")
)
_GUARDS = Guards([words for _, words in _WORDS])
_RUNS = pattern("attributes", "hyper_words", "runs")
#: sections that speak of how the model is used or of another model
_NOT_READ = ("base", "references")
_NOT_TRAINING = ("usage", "evaluation")

_NUMBER = r"\d{1,3}(?:,\d{3}){1,3}(?!\d)|\d{1,12}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,3})?[kK]?|\.\d{1,12}"
_HAS_DIGIT = re.compile(r"\d")
_CELL = re.compile(rf"[\s*_`]*({_NUMBER})[\s*_`]*")
_KEYED_LINES = re.compile(r"\n[ \t]*(?:[-*+] )?[\w *`]{2,40}[:=|]")
_MAX_CODE = 20_000
_MAX_LINE = 1_000
_MAX_LINES = 2_000


def hyperparameters(card: CardText) -> Iterator[Attribute]:
    """`hyper.learning_rate` and its like, the first value of each that the card prints."""
    seen: set[str] = set()
    for name, value, evidence in _printed(card):
        if name not in seen:
            seen.add(name)
            yield Attribute(name=f"hyper.{name}", value=value, evidence=evidence)


def _printed(card: CardText) -> Iterator[tuple[str, str, Evidence]]:
    for block in card.document.blocks:
        if block.kind == "table" or scope_of(block.headings).kind in _NOT_READ:
            continue
        origin: Origin = "prose" if block.kind in ("paragraph", "item", "heading") else "table"
        for name, value, line in _in_block(block):
            yield name, value, card.line_evidence(line, origin)
    for name, value, line in _in_tables(card):
        yield name, value, card.line_evidence(line, "table")
    for block in card.document.blocks:
        if block.kind in ("paragraph", "item") and scope_of(block.headings).kind not in _NOT_READ:
            for name, value, sentence in _in_sentences(block):
                yield name, value, card.evidence(sentence, "prose")


def _in_block(block: Block) -> Iterator[tuple[str, str, int]]:
    """What the lines of a block print; not those of code that only runs a model."""
    if block.kind == "code" and not trains(block):
        running = scope_of(block.headings).kind in _NOT_TRAINING
        if running or _RUNS.search(block.text[:_MAX_CODE]):
            return
    if not (_HAS_DIGIT.search(block.text) or _GUARDS.possible(block.text)):
        return
    for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
        for name, value in _in_text(line[:_MAX_LINE]):
            yield name, value, number


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    for match in _key_value().finditer(text) if _HAS_DIGIT.search(text) else ():
        name = _name(match["key"])
        if name and not _is_of_evaluation(text[: match.start()]):
            yield name, match["value"]
    for name, words in map(_WORDS.__getitem__, _GUARDS.possible(text)):
        match_ = words.pattern.search(text)
        if match_:
            value = next(group for group in match_.groups() if group)
            yield name, _NUMBERS.get(value.lower(), value)


def _in_tables(card: CardText) -> Iterator[tuple[str, str, int]]:
    """Tables that describe the model: one property a row, or a column."""
    for statement in properties(card):
        name = _name(re.sub(r"[^\w -]", "", statement.key).strip())
        value = _CELL.fullmatch(statement.sentence.plain[len(statement.key) + 1 :]) if name else None
        if name and value:
            yield name, value[1], statement.sentence.line_start


def _in_sentences(block: Block) -> Iterator[tuple[str, str, Sentence]]:
    """What sentences say that go over several lines."""
    for sentence in block.sentences:
        if sentence.line_end > sentence.line_start and not _KEYED_LINES.search(sentence.text):
            for name, value in _in_text(sentence.plain[:_MAX_LINE]):
                yield name, value, sentence


def _name(key: str) -> str | None:
    return _NAMES.get(re.sub(r"[ _-]", "", key.lower()))


def _is_of_evaluation(before: str) -> bool:
    return before.rstrip(" _-").lower().endswith(("eval", "evaluation", "test", "predict"))


@lru_cache(maxsize=1)
def _key_value() -> re.Pattern[str]:
    """One pattern for every name with its value: `--lr 3e-5`, `"lr": 3e-5`, `lr=3e-5`, `a batch size of 32`."""
    spellings = sorted({s for names in _DATA["hyper"].values() for s in names}, key=len, reverse=True)
    keys = "|".join(re.escape(spelling).replace(r"\ ", "[ _-]?") for spelling in spellings)
    verb = (
        r"\b(?:is|was|were)(?: (?:limited|set|fixed|restricted|capped|kept))? (?:to|at)\b|\b(?:of|is|was|to|set to)\b"
    )
    between = rf"""["'`*_]{{0,4}}\s?(?:\([^()]{{0,20}}\)\s?)?(?:[:=|]|{verb}|(?<=\w) (?=\d))"""
    return re.compile(
        rf"""(?i)(?<![\w.])(?:--)?["'`*_]{{0,4}}(?P<key>{keys}){between}\s?["'`*_~≈]{{0,4}}\s?(?P<value>{_NUMBER})(?![\w.]*\w)"""
    )
