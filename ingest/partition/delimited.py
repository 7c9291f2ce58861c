"""Tables with a delimiter between the cells: their rows, on the lines of the file.

`unstructured` would need pandas for them (84 MB), and makes one run of words of all cells, without lines.
"""

import csv
import re
from io import StringIO

from unstructured.documents.elements import Element, Table

from ingest.partition.elements import Elements, heading
from ingest.partition.encoding import decoded

_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?\Z")
_SNIFFED_CHARACTERS, _WIDEST_CELL = 20_000, 120


def from_table(name: str, data: bytes) -> Elements:
    """The rows of a file under the names of their columns, where its first record is such names."""
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
