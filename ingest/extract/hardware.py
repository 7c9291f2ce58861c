"""What a model was trained on, in the sense of machines."""

import re
from collections.abc import Iterator

from catalog.records import Attribute
from ingest.document import Block
from ingest.extract.card_text import CardText
from ingest.extract.patterns import pattern

_DEVICE = pattern("attributes", "hardware", "device")
_TRAINED = pattern("attributes", "hardware", "trained")
_KEY = pattern("attributes", "hardware", "key")
_NOT_TRAINING = pattern("attributes", "hardware", "not_training")
_SECTION = pattern("attributes", "hardware", "section")
_DESIGNATION = re.compile(r"[A-Za-z]-?\d|\d{4}|[Tt]itan")
_MAX_SENTENCE = 1_000
_MAX_LINES = 200


def hardware(card: CardText) -> Iterator[Attribute]:
    """The machines of training: a line that declares them, else the first sentence about training with a device."""
    found = next(_declared(card), None)
    said = [] if found else [*_said(card)]
    found = found or next((fact for fact in said if _DESIGNATION.search(fact.value)), None) or next(iter(said), None)
    if found:
        yield found


def _declared(card: CardText) -> Iterator[Attribute]:
    for block in card.document.blocks:
        if block.kind == "table":
            continue
        for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
            match = _KEY.match(line[:300])
            value = match[1].strip(" *_`'\",") if match else ""
            if value and _DEVICE.search(value):
                yield Attribute(name="hardware", value=value, evidence=card.line_evidence(number, "prose"))


def _said(card: CardText) -> Iterator[Attribute]:
    for block in card.document.blocks:
        if block.kind not in ("paragraph", "item") or not _names_a_machine(block):
            continue
        for sentence in block.sentences:
            text = sentence.plain[:_MAX_SENTENCE]
            device = _longest_device(text)
            about = _TRAINED.search(text) or (block.headings and _SECTION.search(block.headings[-1]))
            if device and about and not _NOT_TRAINING.search(text):
                yield Attribute(name="hardware", value=device, evidence=card.evidence(sentence, "prose"))


def _names_a_machine(block: Block) -> bool:
    return any(
        word in block.text
        for word in ("GPU", "TPU", "gpu", "tpu", "00", "P4", "T4", "K80", "RTX", "GTX", "Titan", "TITAN")
    )


def _longest_device(text: str) -> str:
    return max((match[0].strip() for match in _DEVICE.finditer(text)), key=len, default="")
