"""Tables of a card as grids, whatever they are written in: Markdown, HTML, pipes or columns inside a code fence.

Every row keeps the line it stands on; cells are plain text, and `targets` says where those with a link lead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from ingest.document import Block, MarkdownDocument, links, plain

_MAX_ROWS = 400
_MAX_COLUMNS = 60
_MAX_HTML_LINES = 2_000
_MAX_ROW_LINES = 60

_RULE = re.compile(r"^[\s|+:=─—-]+$")
_PIPES = re.compile(r"(?<!\\)\|")
_GAP = re.compile(r"\t+|[ \t]{2,}")
_TABLE_OPEN = re.compile(r"<table\b", re.I)
_TABLE_CLOSE = re.compile(r"</table\s*>", re.I)


@dataclass(frozen=True)
class Row:
    """One row: its cells, the same length for all rows of a grid, and the lines it starts and, in HTML, ends on."""

    cells: tuple[str, ...]
    line: int
    targets: tuple[str, ...] = ()
    line_end: int = 0


@dataclass(frozen=True)
class Grid:
    """A table: `header` names the columns (empty strings where the card has none), `rows` are the body."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    headings: tuple[str, ...]
    line_start: int
    line_end: int
    in_code: bool = False


def grids(document: MarkdownDocument) -> Iterator[Grid]:
    """Every table of the document, in file order of each kind."""
    html_lines: set[int] = set()
    for grid in _html_grids(document):
        html_lines.update(range(grid.line_start, grid.line_end + 1))
        yield grid
    for block in document.blocks:
        if block.line_start in html_lines:
            continue
        if block.kind == "table":
            yield from _grid(_markdown_rows(block), block)
        elif block.kind == "code":
            yield from _code_grids(block)
        elif block.kind in ("paragraph", "item") and block.text.count("|") > 3:
            yield from _piped(list(enumerate(block.text.split("\n"), start=block.line_start)), block)


def _markdown_rows(block: Block) -> list[Row]:
    return [
        _row(list(cells), line) for cells, line in zip(block.rows[:_MAX_ROWS], block.row_lines[:_MAX_ROWS], strict=True)
    ]


def _row(cells: list[str], line: int) -> Row:
    cells = cells[:_MAX_COLUMNS]
    return Row(tuple(plain(cell[:500]) for cell in cells), line, tuple(_target(cell[:500]) for cell in cells))


def _target(cell: str) -> str:
    """Where the first link of a cell leads; empty where it has none."""
    found = links(cell) if "](" in cell or "<a" in cell else ()
    return found[0][1] if found else ""


def _grid(rows: list[Row], block: Block, *, in_code: bool = False) -> Iterator[Grid]:
    """A grid from rows whose first one is the header; rows of another width are padded or cut."""
    if len(rows) < 2:
        return
    width = max(len(row.cells) for row in rows)
    if width < 2:
        return
    padded = [_padded(row, width) for row in rows]
    body = tuple(row for row in padded[1:] if any(row.cells))
    yield Grid(padded[0].cells, body, block.headings, padded[0].line, padded[-1].line, in_code)


def _padded(row: Row, width: int) -> Row:
    missing = width - len(row.cells)
    return replace(row, cells=row.cells + ("",) * missing, targets=row.targets + ("",) * missing) if missing else row


def _code_grids(block: Block) -> Iterator[Grid]:
    """Tables in a fence: runs of lines with pipes, else runs of lines with columns set apart by blanks."""
    lines = list(enumerate(block.text.split("\n"), start=block.line_start))
    piped = [(number, line) for number, line in lines if "|" in line]
    if len(piped) > 2 and len(piped) * 2 >= len([line for _, line in lines if line.strip()]) - 2:
        yield from _piped(lines, block, in_code=True)
    else:
        yield from _spaced(lines, block)


def _piped(lines: list[tuple[int, str]], block: Block, *, in_code: bool = False) -> Iterator[Grid]:
    run: list[Row] = []
    for number, line in [*lines, (0, "")]:
        if line.count("|") >= 1 and not _RULE.match(line):
            inner = line.strip().strip("|")
            run.append(_row([cell.strip() for cell in _PIPES.split(inner)], number))
        elif not _RULE.match(line) or not line.strip():
            if _same_width(run):
                yield from _grid(_with_corner(run[:_MAX_ROWS]), block, in_code=in_code)
            run = []


def _with_corner(run: list[Row]) -> list[Row]:
    """A header that leaves out the empty cell above the row labels gets it back."""
    header, body = run[0], run[1:]
    if all(len(row.cells) == len(header.cells) + 1 for row in body):
        return [Row(("", *header.cells), header.line, ("", *header.targets)), *body]
    return run


def _same_width(run: list[Row]) -> bool:
    return len(run) >= 2 and max(len(row.cells) for row in run) - min(len(row.cells) for row in run) <= 1


def _spaced(lines: list[tuple[int, str]], block: Block) -> Iterator[Grid]:
    """Console tables such as a classification report: a header of words, then rows that end in numbers."""
    header: list[str] = []
    rows: list[Row] = []
    header_line = 0
    for number, line in [*lines, (0, "```")]:
        cells = [cell for cell in _GAP.split(line.strip()) if cell] if len(line) < 1_000 else []
        if not cells or _RULE.match(line):
            continue
        if header and len(cells) > 1 and _is_number(cells[-1]):
            rows.append(_aligned(cells, header, number))
            continue
        if rows:
            yield from _grid([Row(("", *header), header_line), *rows[:_MAX_ROWS]], block, in_code=True)
        header, rows, header_line = (cells, [], number) if _is_console_header(cells) else ([], [], 0)


def _is_console_header(cells: list[str]) -> bool:
    return len(cells) >= 2 and not any(_is_number(cell) or re.search(r"[={}()\"':,]", cell) for cell in cells)


def _aligned(cells: list[str], header: list[str], line: int) -> Row:
    """A console row under its header: a label, then numbers flush to the right (`accuracy … 0.87 7566`)."""
    numbers = [cell for cell in cells if _is_number(cell)]
    label = " ".join(cell for cell in cells if not _is_number(cell))
    numbers = numbers[-len(header) :]
    return Row((label, *[""] * (len(header) - len(numbers)), *numbers), line)


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+]?\d{1,12}(?:[.,]\d{1,20})?(?:[eE][-+]?\d{1,3})?%?", cell))


def _html_grids(document: MarkdownDocument) -> Iterator[Grid]:
    """HTML tables, found by lines because a blank line inside one splits it into several blocks."""
    start = 0
    for number, line in enumerate(document.lines, start=1):
        if not start and number > document.front_lines and _TABLE_OPEN.search(line[:2_000]):
            start = number
        if start and (_TABLE_CLOSE.search(line[:20_000]) or number - start > _MAX_HTML_LINES):
            block = _block_at(document, start)
            if block is not None and block.kind != "code":
                yield from _html_grid(document, block, start, number)
            start = 0


def _block_at(document: MarkdownDocument, line: int) -> Block | None:
    return next((block for block in document.blocks if block.line_start <= line <= block.line_end), None)


def _html_grid(document: MarkdownDocument, block: Block, start: int, end: int) -> Iterator[Grid]:
    reader = _HtmlRows(start)
    reader.feed("\n".join(line[:20_000] for line in document.lines[start - 1 : end]))
    reader.close()
    for grid in _grid(reader.rows[:_MAX_ROWS], block):
        yield replace(grid, line_start=start, line_end=end)


class _HtmlRows(HTMLParser):
    """Collects `tr` rows with their `td` and `th` cells; a cell is repeated over the columns and rows that it spans."""

    def __init__(self, first_line: int) -> None:
        super().__init__()
        self.first_line = first_line
        self.rows: list[Row] = []
        self._cells: list[str] = []
        self._text: list[str] | None = None
        self._spans = (1, 1)
        #: column → text and number of rows that it still reaches down to: from above into this row, from here below it
        self._above: dict[int, tuple[str, int]] = {}
        self._below: dict[int, tuple[str, int]] = {}
        self._line = self._last = first_line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            self._line = self.first_line + self.getpos()[0] - 1
        elif tag in ("td", "th"):
            self._end_cell()
            named = dict(attrs)
            self._spans = _span(named.get("colspan"), _MAX_COLUMNS), _span(named.get("rowspan"), _MAX_ROWS)
            self._text = []
        elif tag == "a" and self._text is not None:
            self._text.append(f"<a href='{dict(attrs).get('href') or ''}'>")
        elif tag == "br" and self._text is not None:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
        elif tag == "a" and self._text is not None:
            self._text.append("</a>")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._text is None:
            return
        self._last = self.first_line + self.getpos()[0] - 1
        self._repeat_from_above()
        text, (columns, rows) = "".join(self._text).strip(), self._spans
        for _ in range(columns if len(self._cells) < _MAX_COLUMNS else 0):
            if rows > 1:
                self._below[len(self._cells)] = (text, rows - 1)
            self._cells.append(text)
        self._text = None

    def _repeat_from_above(self) -> None:
        """The cells of the rows above that reach down to this place of the row."""
        while (place := len(self._cells)) in self._above:
            text, rows = self._above.pop(place)
            if rows > 1:
                self._below[place] = (text, rows - 1)
            self._cells.append(text)

    def _end_row(self) -> None:
        self._end_cell()
        if not self._cells:
            return
        self._repeat_from_above()
        if any(self._cells):
            end = min(self._last, self._line + _MAX_ROW_LINES)
            self.rows.append(replace(_row(self._cells, self._line), line_end=end))
        self._cells, self._above, self._below = [], self._below, {}


def _span(count: str | None, most: int) -> int:
    return max(1, min(int(count), most)) if count and count.isdecimal() and len(count) < 5 else 1
