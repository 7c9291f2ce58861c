"""The paper behind an asset, its arXiv id, and who made it."""

import re
from collections.abc import Iterator

from catalog.records import Attribute
from catalog.vocabulary import squash
from ingest.document import Block
from ingest.extract.card_text import CardText
from ingest.extract.patterns import pattern

_ARXIV = pattern("attributes", "paper", "arxiv")
_EPRINT = pattern("attributes", "paper", "eprint")
_TITLE = pattern("attributes", "paper", "title")
_AUTHOR = pattern("attributes", "paper", "author")
_QUOTED = pattern("attributes", "paper", "quoted")
_OWN = pattern("attributes", "paper", "own")
_OTHER_SECTIONS = pattern("attributes", "paper", "other_sections")
_LINKED = pattern("attributes", "paper", "linked")
_PAPER_KEY = pattern("attributes", "paper", "key")
_PROPOSED = pattern("attributes", "organization", "proposed")
_KEY = pattern("attributes", "organization", "key")
_SENTENCE = pattern("attributes", "organization", "sentence")
_SIGNATURE = pattern("attributes", "organization", "signature")
_PLACEHOLDER = pattern("attributes", "organization", "placeholder")

_MAX_TEXT = 8_000
_MAX_LINES = 200
_MAX_NAME = 160
_TITLE_WORDS = 5
_SHORTEST_NAME = 5
_BRACES = re.compile(r"[{}\\]|\s+")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()]{0,400}\)")


def papers(card: CardText) -> Iterator[Attribute]:
    """`paper`: titles, `arxiv`: ids of the papers that the card presents as its own or asks to cite."""
    for block in card.document.blocks:
        section = block.headings[-1] if block.headings else ""
        if _OTHER_SECTIONS.search(section) or block.kind == "table":
            continue
        if "@" in block.text:
            yield from _in_bibtex(card, block)
        if block.kind != "code":
            yield from _in_prose(card, block)
            yield from _linked(card, block)


def _in_bibtex(card: CardText, block: Block) -> Iterator[Attribute]:
    text = block.text[:_MAX_TEXT]
    for name, stated in (("paper", _TITLE), ("arxiv", _EPRINT), ("arxiv", _ARXIV)):
        match = stated.search(text)
        if match and "@" in text[: match.end()]:
            line = block.line_start + text.count("\n", 0, match.start(1))
            value = _BRACES.sub(" ", match[1])
            yield Attribute(name=name, value=" ".join(value.split()), evidence=card.line_evidence(line, "prose"))


def _in_prose(card: CardText, block: Block) -> Iterator[Attribute]:
    for sentence in block.sentences if "rxiv" in block.text or "aper" in block.text or "hf.co" in block.text else ():
        if not _OWN.search(sentence.plain):
            continue
        quoted = _QUOTED.search(sentence.text[:1_000])
        if quoted:
            yield Attribute(name="paper", value=" ".join(quoted[1].split()), evidence=card.evidence(sentence, "prose"))
        for match in _ARXIV.finditer(sentence.text[:2_000]):
            yield Attribute(name="arxiv", value=match[1], evidence=card.evidence(sentence, "prose"))


def _linked(card: CardText, block: Block) -> Iterator[Attribute]:
    """A link to arXiv from the name of the model or from a title, and a key that gives the title."""
    for sentence in block.sentences if "rxiv.org" in block.text or "/papers/" in block.text else ():
        for shown, target in sentence.links:
            match = _LINKED.search(target)
            titled = len(shown.split()) >= _TITLE_WORDS and sentence.plain.startswith(shown)
            if match and (titled or _names_own(card, shown)):
                if titled:
                    yield Attribute(name="paper", value=shown, evidence=card.evidence(sentence, "prose"))
                yield Attribute(name="arxiv", value=match[1], evidence=card.evidence(sentence, "prose"))
    for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
        match = _PAPER_KEY.match(line[:300]) if "ub" in line[:30] or "aper" in line[:30] else None
        if match and "://" not in line:
            yield Attribute(name="paper", value=match[1], evidence=card.line_evidence(number, "prose"))


def _names_own(card: CardText, shown: str) -> bool:
    """Whether a text is the name of the model or of its family: `OwlBERT` on the card of `owlbert-base`."""
    name = squash(shown)
    return len(name) >= _SHORTEST_NAME and (name in squash(card.name) or name == squash(card.document.title))


def people(card: CardText) -> Iterator[Attribute]:
    """`organization`: who the card says made the asset; else the authors of the entry that it asks to cite."""
    for read in (_declared, _said, _authors):
        found = next(read(card), None)
        if found:
            yield found
            return


def _declared(card: CardText) -> Iterator[Attribute]:
    for block in card.document.blocks:
        if block.kind in ("code", "table"):
            continue
        for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
            match = _KEY.match(_LINK.sub(r"\1", line[:600]))
            value = match[1].strip(" *_`'\"") if match else ""
            if value and not _PLACEHOLDER.search(value):
                yield Attribute(
                    name="organization", value=value[:_MAX_NAME], evidence=card.line_evidence(number, "prose")
                )


def _said(card: CardText) -> Iterator[Attribute]:
    for block in card.document.blocks:
        for sentence in block.sentences if " by " in block.text else ():
            text = sentence.plain[:600]
            match = _SIGNATURE.match(text) or _SENTENCE.search(text) or _PROPOSED.search(text)
            if match:
                value = match[1].strip(" ,")[:_MAX_NAME]
                yield Attribute(name="organization", value=value, evidence=card.evidence(sentence, "prose"))


def _authors(card: CardText) -> Iterator[Attribute]:
    for block in card.document.blocks:
        match = _AUTHOR.search(block.text[:_MAX_TEXT]) if "author" in block.text and "@" in block.text else None
        if match:
            line = block.line_start + block.text.count("\n", 0, match.start(1))
            names = " ".join(_BRACES.sub(" ", match[1]).split())[:600]
            yield Attribute(name="organization", value=names, evidence=card.line_evidence(line, "prose"))
