"""The licence where only the text states it."""

from collections.abc import Iterator

from catalog.licences import licence_key
from catalog.records import Attribute
from ingest.document import Sentence
from ingest.extract.card_text import CardText
from ingest.extract.patterns import pattern
from ingest.extract.terms import terms

_SECTION = pattern("attributes", "license", "section")
_KEY = pattern("attributes", "license", "key")
_STATED = pattern("attributes", "license", "stated")
_OF_DATA = pattern("attributes", "license", "of_data")
_OF_MODELS = pattern("attributes", "license", "of_models")
_MAX_SENTENCE = 800


def licences(card: CardText) -> Iterator[Attribute]:
    """The licence of the asset from a `License:` line, a section of that name, or a sentence about the asset."""
    for block in card.document.blocks:
        section = bool(block.headings and _SECTION.search(block.headings[-1]))
        if block.kind in ("table", "code") or not (section or _SECTION.search(block.text[:5_000])):
            continue
        for number, line in enumerate(block.text.split("\n")[:100], start=block.line_start):
            match = _KEY.match(line[:300])
            named = _named(match[1]) if match else None
            if named:
                yield Attribute(name="license", value=named, evidence=card.line_evidence(number, "prose"))
        for sentence in block.sentences:
            named = _in_sentence(card, sentence, section)
            if named:
                yield Attribute(name="license", value=named, evidence=card.evidence(sentence, "prose"))


def _in_sentence(card: CardText, sentence: Sentence, section: bool) -> str | None:
    text = sentence.plain[:_MAX_SENTENCE]
    if card.kind == "model" and _OF_DATA.search(text) and not _OF_MODELS.search(text):
        return None
    return _named(text) if section or (_STATED.search(text) and _SECTION.search(text)) else None


def _named(text: str) -> str | None:
    """The only licence that a text names."""
    found = {term.id for term in terms(text, "licences")}
    if len(found) == 1:
        return found.pop()
    whole = text.strip(" .*_`\"'")
    return licence_key(whole) if not found and len(whole) < 40 else None
