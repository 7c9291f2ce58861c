"""What a card says that its model was not trained on: `not fine-tuned on X`, `trained on Y and on nothing else`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from catalog.records import DerivedFrom, Role, TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.guarded import Guarded
from ingest.extract.mentions import Mention
from ingest.extract.patterns import load
from ingest.extract.statements import Statement
from ingest.extract.training import Reader
from ingest.extract.triggers import MARK, listed

_SKIPPED = ("base", "references")
_MAX_SENTENCE = 1_500


@dataclass(frozen=True, slots=True)
class Denied:
    """A dataset that a statement says was not used; `phase` where it denies one phase of training only.

    `rest` tells that the statement names other data and rules this one out with everything else.
    """

    dataset: str
    phase: Role | None
    statement: Statement
    rest: bool = False

    def rules_out(self, fact: TrainedOn) -> bool:
        """Whether a fact about the same dataset cannot be right beside this."""
        same = identity(fact.dataset) == identity(self.dataset)
        return same and (self.phase is None or fact.role in (None, self.phase))


def denied(card: CardText, said: Sequence[Statement], bases: Sequence[DerivedFrom]) -> list[Denied]:
    """Every dataset that the statements deny; of what `nothing else` rules out, only what the metadata names."""
    given = [fact.dataset for fact in card.asset.facts if isinstance(fact, TrainedOn)]
    reader = Reader.of(card, bases)
    found = [hit for statement in said if _worth_reading(statement) for hit in _read(statement, reader, given)]
    return list({(identity(hit.dataset), hit.phase): hit for hit in reversed(found)}.values())[::-1]


def identity(name: str) -> str:
    """The canonical name of a dataset, for comparison."""
    return vocabulary("datasets").find(name, weak=True) or squash(name)


def _worth_reading(statement: Statement) -> bool:
    lowered = statement.sentence.plain[:_MAX_SENTENCE].lower()
    if statement.scope.kind in _SKIPPED or statement.kind == "table":
        return False
    told = any(word in lowered for word in _words().negations) and any(cue in lowered for cue in _words().cues)
    return told and "⟦" in statement.marked.text


def _read(statement: Statement, reader: Reader, given: Sequence[str]) -> Iterator[Denied]:
    text = statement.marked.text[:_MAX_SENTENCE]
    for data, pattern in _words().rows:
        for match in pattern.finditer(text):
            if reader.foreign(statement, text[max(0, match.start() - 120) : match.start()]):
                continue
            phase = _phase(next((how for name, how in match.groupdict().items() if name.startswith("how") and how), ""))
            if data == "others":
                only = [mention.name for mention in _inside(statement, match["only"])]
                rest = [name for name in given if not any(_related(name, other) for other in only)]
                yield from (Denied(name, phase, statement, rest=True) for name in rest)
                continue
            named = _inside(statement, match[0]) if data == "inside" else _behind(statement, text, match.end())
            yield from (Denied(mention.name, phase, statement) for mention in named)


def _inside(statement: Statement, text: str) -> Iterator[Mention]:
    for mark in MARK.finditer(text):
        if mark[1] != "M":
            yield statement.marked.mentions[int(mark[2])]


def _behind(statement: Statement, text: str, end: int) -> Iterator[Mention]:
    """The list of names behind a match, less those of which only a part or a split is meant."""
    for mention, before, behind in listed(text[end:], statement.marked):
        if not (_words().part.search(before) or _words().part_behind.match(behind)):
            yield mention


def _phase(how: str) -> Role | None:
    return "pretrain" if how.lower().startswith("pre") else "finetune" if how.lower().startswith("fin") else None


def _related(one: str, other: str) -> bool:
    """Whether two names may mean one thing, or one a part of the other."""
    first, second = identity(one), identity(other)
    short, long = sorted((squash(first.rpartition("/")[2]), squash(second.rpartition("/")[2])), key=len)
    return short in long or first.partition("/")[0] == second.partition("/")[0]


@dataclass(frozen=True, slots=True)
class _Words:
    rows: tuple[tuple[str, Guarded], ...]
    negations: tuple[str, ...]
    cues: tuple[str, ...]
    part: re.Pattern[str]
    part_behind: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw: dict[str, Any] = load("denials")
    patterns = {key: re.compile(pattern, re.I) for key, pattern in raw["words"].items()}
    rows = tuple((row["data"], Guarded(row["pattern"], re.I)) for row in raw["denial"])
    return _Words(rows, tuple(raw["negations"]), tuple(raw["cues"]), **patterns)


def without_denied(facts: Iterable[TrainedOn], ruled: Sequence[Denied]) -> list[TrainedOn]:
    """The facts of the text that no denial in it rules out."""
    outright = [denial for denial in ruled if not denial.rest]
    return [fact for fact in facts if not any(denial.rules_out(fact) for denial in outright)]
