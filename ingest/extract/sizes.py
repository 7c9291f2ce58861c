"""How many parameters a model has: `110M parameters`, a `#params` column, `GPT-2 (774M)`."""

import re
from collections.abc import Iterator

from catalog.records import Attribute, Evidence
from catalog.vocabulary import squash
from ingest.document import Sentence
from ingest.extract.card_text import CardText
from ingest.extract.mentions import find_in
from ingest.extract.ownership import own_labels, ownness
from ingest.extract.patterns import pattern
from ingest.extract.tables import Grid

_NUMBER_FIRST = pattern("attributes", "params", "number_first")
_NAME_FIRST = pattern("attributes", "params", "name_first")
_FAMILY = pattern("attributes", "params", "family")
_COLUMN = pattern("attributes", "params", "column")
_PARTIAL = pattern("attributes", "params", "partial_column")
_SAME = pattern("attributes", "params", "same")
_MILLIONS = pattern("attributes", "params", "column_millions")
_OTHER_MODEL = pattern("attributes", "params", "other_model")
_SIZE = re.compile(r"(?i)~?\s?(\d{1,4}(?:[.,]\d{1,4})?)\s?(k|m|b|bn|million|billion|mio)?\b|(\d{1,3}(?:,\d{3}){1,4})")
_NAMES_SIZE = re.compile(r"(?i)par[aáâ]m|weights|size")
_UNITS = r"\s?(?:k|m|b|bn|mio|million|billion)(?:[ -]param\w*)?"
#: sizes of other models right before a number: `135M, 360M and`, `from 125M to`
_LISTED = rf"\b\d{{1,4}}(?:\.\d{{1,3}})?{_UNITS}"
_LIST_BEFORE = re.compile(rf"(?i)(?:{_LISTED}\s?(?:,? (?:and|or|to|up to|through)|[,–/-])\s?){{1,12}}$")
_SIZE_IN_LIST = re.compile(rf"(?i){_LISTED}")
_SIZE_IN_ID = re.compile(r"(?i)(?<![\d.])\d{1,4}(?:\.\d{1,3})?[mb](?![a-z])")
_HAS_DIGIT = re.compile(r"\d")
_MAX_SENTENCE = 1_500


def parameters(card: CardText) -> Iterator[Attribute]:
    """The size of the model: from a table, else the first sentence that states it, else a size in its name."""
    for read in (_in_tables, _in_sentences, _in_names):
        found = next(read(card), None)
        if found:
            yield found
            return


def _params(value: str, evidence: Evidence) -> Attribute:
    return Attribute(name="params", value=" ".join(value.split()), evidence=evidence)


def _in_tables(card: CardText) -> Iterator[Attribute]:
    for grid in card.grids:
        for index, header in enumerate(grid.header):
            if index and _COLUMN.search(header) and not _PARTIAL.search(header):
                yield from _in_column(card, grid, index)
        for row in grid.rows:
            match = _NAME_FIRST.match(f"{row.cells[0]}: {row.cells[1]}") if len(row.cells) == 2 else None
            if match:
                yield _params(match[1], card.line_evidence(row.line, "table"))


def _in_column(card: CardText, grid: Grid, index: int) -> Iterator[Attribute]:
    """The cell of the card's own row; of the only row where the table has one."""
    labels = [row.cells[0] for row in grid.rows]
    own = set(labels) if len(labels) == 1 else own_labels(card, labels) or _of_size(card, labels)
    for row in grid.rows:
        size = _SIZE.fullmatch(row.cells[index].strip()) if row.cells[0] in own else None
        if size:
            unit = "M" if _MILLIONS.search(grid.header[index]) and not size[2] else ""
            yield _params(f"{size[0]}{unit}", card.line_evidence(row.line, "table"))


def _of_size(card: CardText, labels: list[str]) -> set[str]:
    """The row of a size (`BASE`, `med-small`) that the card's name has; the longest of several."""
    fitting = [label for label in labels if squash(label) and squash(label) in squash(card.name)]
    return {max(fitting, key=len)} if fitting else set()


def _in_sentences(card: CardText) -> Iterator[Attribute]:
    for block in card.document.blocks:
        if block.kind in ("table", "code") or not _HAS_DIGIT.search(block.text):
            continue
        for sentence in block.sentences:
            yield from _in_sentence(card, sentence)


def _in_sentence(card: CardText, sentence: Sentence) -> Iterator[Attribute]:
    text = sentence.plain[:_MAX_SENTENCE]
    for stated in (_NUMBER_FIRST, _NAME_FIRST):
        for match in stated.finditer(text) if _NAMES_SIZE.search(text) else ():
            before = text[: match.start()]
            if _OTHER_MODEL.search(before) or _of_another(card, before):
                continue
            size = _of_several(card, before, match[1])
            if size:
                yield _params(size, card.evidence(sentence, "prose"))


def _of_several(card: CardText, before: str, size: str) -> str | None:
    """The size itself; of a list or range that ends with it the one that the id names: `135M, 360M and 1.7B`."""
    listed = _LIST_BEFORE.search(before)
    if not listed:
        return size
    named = {squash(match[0]) for match in _SIZE_IN_ID.finditer(card.name)}
    sizes = [*(match[0] for match in _SIZE_IN_LIST.finditer(listed[0])), size]
    return next((one for one in sizes if squash(one) in named), None)


def _of_another(card: CardText, before: str) -> bool:
    """Whether the nearest model named before a number is neither this one nor a family that it may belong to."""
    near = before[-200:]
    named = [mention for mention in find_in(near) if mention.kind == "model" and mention.exact]
    return bool(named) and not ownness(card, named[-1].name) and not _SAME.search(near[named[-1].end :])


def _in_names(card: CardText) -> Iterator[Attribute]:
    """A size beside the family: stated by a heading or the first sentence, only suggested by the id."""
    blocks = card.document.blocks[:6]
    for block in blocks:
        for sentence in block.sentences[:2] if block.kind in ("heading", "paragraph") else ():
            match = _FAMILY.search(sentence.plain[:300])
            if match and not _OTHER_MODEL.search(sentence.plain[: match.start()]):
                yield _params(match[1], card.evidence(sentence, "prose"))
    match = _FAMILY.search(card.name)
    if match and blocks:
        yield _params(match[1].upper(), card.evidence(blocks[0], "inferred"))
