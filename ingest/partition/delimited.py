"""Tables with a delimiter between the cells: their rows, on the lines of the file.

`unstructured` would need pandas for them (84 MB), and makes one run of words of all cells, without lines.
"""

import csv
import re
from io import StringIO

from unstructured.documents.elements import Table

from ingest.partition.elements import Elements
from ingest.partition.encoding import decoded

_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?\Z")
_SNIFFED_CHARACTERS, _WIDEST_CELL = 20_000, 120


def from_table(name: str, data: bytes) -> Elements:
    """The rows of a file under the names of their columns, where its first record is such names."""
    text = decoded(data)
    columns = _columns(text[:_SNIFFED_CHARACTERS].lstrip("\n"), "\t" if name.lower().endswith((".tsv", ".tab")) else "")
    return Elements((Table(text=text),), text, complete=True, title=", ".join(columns))


def _columns(text: str, delimiter: str) -> list[str]:
    """The cells of the first record, where they name columns."""
    try:
        cells = [cell.strip() for cell in next(csv.reader(StringIO(text), delimiter=delimiter or _delimiter(text)))]
    except (csv.Error, StopIteration):
        return []
    names_columns = len(cells) > 1 and len(set(cells)) == len(cells) and all(map(_names_column, cells))
    return cells if names_columns else []


def _delimiter(text: str) -> str:
    """The one of the usual delimiters that the first lines have most evenly."""
    lines = [line for line in text.split("\n")[:20] if line]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in ",;\t|"}
    return max(counts, key=lambda mark: (counts[mark][len(lines) // 2] if lines else 0, mark == ","))


def _names_column(cell: str) -> bool:
    return 0 < len(cell) <= _WIDEST_CELL and not _NUMBER.match(cell)
