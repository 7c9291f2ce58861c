"""How a model was made, from the commands, scripts and configuration files in a card's code blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from catalog.records import Evidence, Relation
from catalog.vocabulary import vocabulary
from ingest.document import Block
from ingest.extract.card_text import CardText
from ingest.extract.guarded import Guarded
from ingest.extract.lineage import is_own
from ingest.extract.patterns import load
from ingest.extract.statements import scope_of

_MAX_CODE = 20_000
_PATH = re.compile(
    r"^[./~$]|\.(?:json|txt|csv|bin|pt|py|tsv|ckpt|index|zip|gguf|jsonl)\Z|^(?:path|output|results?|model|data|your|my)\b",
    re.I,
)
_CONFIG = re.compile(r"^(?:base_model|merge_method|datasets|adapter|sequence_len):", re.M)


@dataclass(frozen=True, slots=True)
class CodeParent:
    """A parent model that a command or script names."""

    name: str
    relation: Relation
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CodeDataset:
    """A training dataset that a command or script names."""

    name: str
    evidence: Evidence


def parents(card: CardText) -> Iterator[CodeParent]:
    """The models that training commands and scripts start from, adapters lie on and merges are made of."""
    for block in _code(card):
        training, config = _trains(block), bool(_CONFIG.search(block.text))
        training = training and scope_of(block.headings).kind != "usage"
        merge = "merge_method:" in block.text
        for row in _words().parents:
            wanted = bool(row.beside.search(block.text)) if row.beside else row.always or (training and not row.config)
            if wanted or (row.config and config and not merge):
                for name, evidence in _names(card, block, row.pattern):
                    if not is_own(card, name):
                        yield CodeParent(name, row.relation, evidence)


def datasets(card: CardText) -> Iterator[CodeDataset]:
    """The datasets that training commands and scripts load."""
    for block in _code(card):
        scope = scope_of(block.headings).kind
        training, config = _trains(block), bool(_CONFIG.search(block.text))
        for row in _words().datasets:
            about_data = row.call and scope in ("data", "training")
            if config if row.config else (training and scope not in ("usage", "evaluation")) or about_data:
                for name, evidence in _names(card, block, row.pattern):
                    yield CodeDataset(name, evidence)


def _code(card: CardText) -> Iterator[Block]:
    for block in card.document.blocks:
        if block.kind == "code" or (block.kind in ("paragraph", "item") and "--model_name" in block.text):
            yield block


_SIGNS = ("train", "Train", "epoch", "learning_rate", "--lr", ".fit(", "lang_model", "accelerate", "run_")


def trains(block: Block) -> bool:
    """Whether a block of code trains a model: a command, a script or the configuration of one."""
    return _trains(block) or bool(_CONFIG.search(block.text[:_MAX_CODE]))


def _trains(block: Block) -> bool:
    text = block.text[:_MAX_CODE]
    if not any(sign in text for sign in _SIGNS):
        return False
    return bool(_words().training.search(text)) and not _words().running.search(text)


def _names(card: CardText, block: Block, pattern: re.Pattern[str]) -> Iterator[tuple[str, Evidence]]:
    text = block.text[:_MAX_CODE]
    for match in pattern.finditer(text):
        parts = [part for part in match.groups() if part]
        if not re.search(r"[A-Za-z]{2}", parts[0]):
            continue
        name = "/".join(parts)
        if _PATH.search(parts[0]):
            continue
        if len(parts) == 2 and not vocabulary("datasets").find(name):
            name = parts[0]  # the second argument is a configuration of the dataset
        yield (
            name,
            card.line_evidence(block.line_start + text.count("\n", 0, match.start(match.lastindex or 0)), "prose"),
        )


@dataclass(frozen=True, slots=True)
class _Row:
    pattern: re.Pattern[str]
    relation: Relation = "finetune"
    beside: re.Pattern[str] | None = None
    always: bool = False
    call: bool = False
    config: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    parents: tuple[_Row, ...]
    datasets: tuple[_Row, ...]
    training: Guarded
    running: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = load("commands")
    compiled = {table: tuple(_row(row) for row in raw[table]) for table in ("parent", "dataset")}
    return _Words(compiled["parent"], compiled["dataset"], Guarded(raw["training"]), re.compile(raw["running"]))


def _row(raw: dict[str, str]) -> _Row:
    values: dict[str, object] = dict(raw)
    for key in ("pattern", "beside"):
        if key in raw:
            values[key] = re.compile(raw[key], re.M)
    return _Row(**values)  # type: ignore[arg-type]
