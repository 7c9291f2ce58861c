"""What the id and the title of a card suggest without stating it: parent and training data, origin `inferred`."""

import re
from collections.abc import Iterator

from catalog.records import DerivedFrom, Fact, Relation, TrainedOn
from catalog.vocabulary import vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.mentions import find_in
from ingest.extract.patterns import load

_PART = re.compile(r"[-_.]")
_MAX_PARTS = 4


def suggested(card: CardText) -> Iterator[Fact]:
    """Facts that the name of the model or its title suggests."""
    evidence = card.line_evidence(_title_line(card), "inferred")
    if not evidence.quote:
        return
    for row in load("titles")["name"]:
        match = re.match(row["pattern"], card.name, re.I)
        if not match:
            continue
        relation: Relation = row["relation"]
        base = (match["base"] or "").strip("-_.")
        if len(base) > 2:
            yield DerivedFrom(base=base, relation=relation, evidence=evidence)
        rest = match.groupdict().get("data") or ""
        for dataset in _datasets(rest):
            yield TrainedOn(dataset=dataset, role="finetune", evidence=evidence)
        return
    if re.search(load("titles")["joined"], card.document.title):
        for mention in find_in(card.document.title):
            if mention.kind == "dataset":
                yield TrainedOn(dataset=mention.name, role="finetune", evidence=evidence)


def _title_line(card: CardText) -> int:
    headings = (block.line_start for block in card.document.blocks if block.kind == "heading")
    filled = (number for number, line in enumerate(card.document.lines, start=1) if line.strip())
    return next(headings, next(filled, 1))


def _datasets(rest: str) -> Iterator[str]:
    """The known datasets that a part of an id names, the longest first: `spa-squad2-es`."""
    parts = [part for part in _PART.split(rest) if part]
    start = 0
    while start < len(parts):
        for end in range(min(len(parts), start + _MAX_PARTS), start, -1):
            name = "-".join(parts[start:end])
            if vocabulary("datasets").find(name):
                yield name
                start = end
                break
        else:
            start += 1
