"""reStructuredText: sections, lists and literal blocks by their marks, on the lines of the file.

Directives are not run, least of all those that read other files; their words are text.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from unstructured.documents.elements import CodeSnippet, Element, ListItem, NarrativeText

from ingest.partition.elements import Elements, heading
from ingest.partition.encoding import decoded

_ADORNMENT = re.compile(r"([^\w\s])\1{2,}\s*\Z")
_ITEM = re.compile(r"(?:[-*+•]|\(?(?:\w|\d{1,3}|#)[.)])\s")
_OPENS_CODE = re.compile(r"::\s*\Z|\.\.\s(?:code|code-block|sourcecode|parsed-literal|literalinclude|doctest)::", re.M)


def from_restructured(name: str, data: bytes) -> Elements:
    """The sections of a file; the marks of titles rank as they first appear."""
    text = decoded(data)
    return Elements(tuple(_restructured(text.split("\n"))), text, complete=True)


def _restructured(lines: list[str]) -> Iterator[Element]:
    styles: list[tuple[str, bool]] = []
    opened_code = False
    for block in _blocks(lines):
        title = _title(block)
        if title:
            style, block = title
            if style not in styles:
                styles.append(style)
            yield heading(block[0].strip(), styles.index(style))
            block = block[2:]
        text = "\n".join(block)
        if not text:
            continue
        indented = block[0][:1] in (" ", "\t")
        if opened_code and indented:
            yield CodeSnippet(text=text)
            continue
        opened_code = bool(_OPENS_CODE.search(text))
        yield ListItem(text=text) if _ITEM.match(text) else NarrativeText(text=text)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Runs of lines that are not blank."""
    for blank, run in groupby(lines, key=lambda line: not line.strip()):
        if not blank:
            yield list(run)


def _title(block: list[str]) -> tuple[tuple[str, bool], list[str]] | None:
    """((its mark, whether it is over the title too), the block from the title on) where a block begins with a title."""
    over = len(block) > 2 and bool(_ADORNMENT.match(block[0])) and block[0].rstrip() == block[2].rstrip()
    told = block[1:] if over else block
    if len(told) < 2 or not _ADORNMENT.match(told[1]) or _ADORNMENT.match(told[0]):
        return None
    wide_enough = len(told[1].rstrip()) >= min(len(told[0].rstrip()), 4)
    return ((told[1][0], over), told) if wide_enough and (over or not told[0][0].isspace()) else None
