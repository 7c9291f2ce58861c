"""Text files, reStructuredText and tables: their lines are what is quoted."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import groupby

from unstructured.documents.elements import CodeSnippet, Element, ListItem, NarrativeText, Table
from unstructured.partition.text import partition_text

from ingest.partition.elements import Elements, heading, with_guessed_headings
from ingest.partition.encoding import decoded

_UNDECIDED_LANGUAGE = [""]

_ADORNMENT = re.compile(r"([^\w\s])\1{2,}\s*\Z")
_ITEM = re.compile(r"(?:[-*+•]|\(?(?:\w|\d{1,3}|#)[.)])\s")
_OPENS_CODE = re.compile(r"::\s*\Z|\.\.\s(?:code|code-block|sourcecode|parsed-literal|literalinclude|doctest)::", re.M)

_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?\Z")
_SNIFFED_CHARACTERS, _WIDEST_CELL = 20_000, 120


def from_text(name: str, data: bytes) -> Elements:
    """Paragraphs of a text file; lines on their own that look like headings are headings."""
    text = decoded(data)
    elements = partition_text(text=text, languages=_UNDECIDED_LANGUAGE) if text.strip() else []
    return Elements(with_guessed_headings(elements), text, complete=True)


def from_restructured(name: str, data: bytes) -> Elements:
    """Sections, lists and literal blocks of reStructuredText.

    Directives are not run, least of all those that read other files; their words are text.
    """
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


def from_table(name: str, data: bytes) -> Elements:
    """The rows of a delimited file under the names of their columns, where its first line has such names.

    `unstructured` would need pandas, and makes one run of words of all cells, without lines.
    """
    text = decoded(data)
    head = _head(text, "\t" if name.lower().endswith((".tsv", ".tab")) else "")
    elements: list[Element] = [heading(head, 0)] if head else []
    rows = text[text.index(head) + len(head) :] if head else text
    return Elements((*elements, Table(text=rows)), text, complete=True)


def _head(text: str, delimiter: str) -> str:
    """The first record as it stands in the text, where it names columns; else nothing."""
    sniffed = text[:_SNIFFED_CHARACTERS].lstrip("\n")
    delimiter = delimiter or _delimiter(sniffed)
    lines = StringIO(sniffed)
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        cells = [cell.strip() for cell in next(rows)]
    except (csv.Error, StopIteration):
        return ""
    names_columns = len(cells) > 1 and len(set(cells)) == len(cells) and all(map(_names_column, cells))
    return "\n".join(sniffed.split("\n")[: rows.line_num]) if names_columns else ""


def _delimiter(text: str) -> str:
    """The one of the usual delimiters that the first lines have most evenly."""
    lines = [line for line in text.split("\n")[:20] if line]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in ",;\t|"}
    return max(counts, key=lambda mark: (counts[mark][len(lines) // 2] if lines else 0, mark == ","))


def _names_column(cell: str) -> bool:
    return 0 < len(cell) <= _WIDEST_CELL and not _NUMBER.match(cell)
