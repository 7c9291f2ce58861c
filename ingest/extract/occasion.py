"""How long the training took, and when a model was made or released."""

import re
from collections.abc import Iterator

from catalog.records import Attribute
from ingest.extract.card_text import CardText
from ingest.extract.guarded import Guarded
from ingest.extract.patterns import pattern
from ingest.extract.statements import scope_of

_TOOK = pattern("attributes", "time", "took")
_TIME_KEY = pattern("attributes", "time", "key")
_DATE_KEY = pattern("attributes", "date", "key")
_RELEASED = pattern("attributes", "date", "released")
_NOT_READ = ("base", "references", "usage")
_HAS_DIGIT = re.compile(r"\d")
_MAX_LINES = 200
_MAX_SENTENCE = 1_000


def occasions(card: CardText) -> Iterator[Attribute]:
    """`training_time` and `date`, the first of each that the card states."""
    for name, key, said in (("training_time", _TIME_KEY, _TOOK), ("date", _DATE_KEY, _RELEASED)):
        found = next(_declared(card, name, key), None) or next(_said(card, name, said), None)
        if found:
            yield found


def _declared(card: CardText, name: str, key: Guarded) -> Iterator[Attribute]:
    for block in card.document.blocks:
        if block.kind in ("code", "table"):
            continue
        for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
            match = key.match(line[:300]) if ":" in line[:80] else None
            if match:
                yield Attribute(name=name, value=match[1].strip(" *_`"), evidence=card.line_evidence(number, "prose"))


def _said(card: CardText, name: str, stated: Guarded) -> Iterator[Attribute]:
    for block in card.document.blocks:
        if block.kind not in ("paragraph", "item") or scope_of(block.headings).kind in _NOT_READ:
            continue
        for sentence in block.sentences if _HAS_DIGIT.search(block.text) else ():
            match = stated.search(sentence.plain[:_MAX_SENTENCE])
            if match:
                value = next(group for group in match.groups() if group)
                yield Attribute(name=name, value=value.strip(" ,"), evidence=card.evidence(sentence, "prose"))
