"""The first describing sentences of a card: what it is about, without badges, tables of contents and code."""

import re

from ingest.document import Block, MarkdownDocument

_MAX_CHARACTERS = 500
_MIN_WORDS = 5
_NOT_DESCRIBING = re.compile(
    r"table of contents|more information needed|^\W*(?:homepage|repository|paper|leaderboard|point of contact)\b"
    r"|^\W*(?:disclaimer|note|warning|update|news)\b|^https?://\S+$|^\[?!?\[",
    re.I,
)
_SKIPPED_SECTION = re.compile(r"table of contents|how to use|usage|citation|bibtex|licen[sc]e|contact|install", re.I)
_PREFERRED_SECTION = re.compile(r"summary|description|overview|about|introduction|use case", re.I)


def summary(document: MarkdownDocument) -> str:
    """Up to about 500 characters; empty for a card without prose."""
    told = [block for block in document.blocks if block.kind == "paragraph" and _describes(block)]
    told.sort(key=lambda block: not (block.headings and _PREFERRED_SECTION.search(block.headings[-1])))
    sentences: list[str] = []
    length = 0
    for sentence in (sentence.plain for block in told[:4] for sentence in block.sentences):
        if sentences and length + len(sentence) > _MAX_CHARACTERS:
            break
        sentences.append(sentence[:_MAX_CHARACTERS])
        length += len(sentence)
    return " ".join(sentences)


def _describes(block: Block) -> bool:
    section = block.headings[-1] if block.headings else ""
    words = block.plain.split()
    return len(words) >= _MIN_WORDS and not _NOT_DESCRIBING.search(block.plain) and not _SKIPPED_SECTION.search(section)
