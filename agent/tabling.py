"""Rows of an answer as a table, as a list where the terminal is too narrow for one, or as quoted text of cards."""

from collections.abc import Callable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.answer import Answer, Citation, marked
from agent.layout import CardText, Name, aligned, inert, linked

#: the address that a cited path is a link to, None for none
Link = Callable[[str], str | None]

_LONGEST_CELL = 4_000
_FEWEST_STACKED = 2
#: longer cells are sentences, which no column is wide enough for
_LONGEST_IN_TABLE = 160


def sourced(answer: Answer, out: Console) -> list[Citation]:
    """The citations that are told below an answer: where rows are text of cards, each stands below its source.

    A program gets all of them.
    """
    if not (out.is_terminal and _quoting(answer)):
        return list(answer.citations)
    told = {marker for row in answer.rows for marker in row.markers}
    return [citation for citation in answer.citations if citation.marker not in told]


def _quoting(answer: Answer) -> bool:
    return any(_is_text(cell) for row in answer.rows for cell in (row.label, *row.details))


def _is_text(cell: str) -> bool:
    return "\n" in cell or len(cell) > _LONGEST_IN_TABLE


def show_rows(answer: Answer, out: Console, link: Link) -> None:
    """Print the rows of an answer in the layout that suits them and the terminal."""
    cells = [[_cell(cell, out) for cell in (row.label, *row.details)] for row in answer.rows]
    if _quoting(answer):
        out.print(_quotes(answer, cells, link)) if out.is_terminal else _plain_quotes(answer, cells, out)
        return
    table = _table(answer, cells)
    needed = out.measure(table, options=out.options.update(width=100_000)).maximum
    stacked = needed > out.width and max(map(len, cells)) > _FEWEST_STACKED
    out.print(_stacked(answer, cells) if stacked else table)


def table_of(columns: Sequence[str], *, header: bool = True) -> Table:
    """An empty table without lines whose cells fold."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=header)
    for name in columns:
        table.add_column(inert(name), overflow="fold")
    return table


def _table(answer: Answer, cells: Sequence[Sequence[str]]) -> Table:
    width = max([len(answer.columns), *map(len, cells)])
    names = [*answer.columns, *[""] * width][:width]
    table = table_of(names, header=len(answer.columns) > 1)
    table.add_column("", justify="right", overflow="fold")
    padded = [[*row, *[""] * (width - len(row))] for row in cells]
    columns = [_column(column, first=number == 0) for number, column in enumerate(zip(*padded, strict=True))]
    for row, told in zip(answer.rows, zip(*columns, strict=True), strict=True):
        table.add_row(*told, Text(marked(row.markers).strip(), style="cyan"))
    return table


def _column(cells: Sequence[str], *, first: bool) -> list[RenderableType]:
    """The cells of one column: names fold at their separators, numbers have their points below each other."""
    if first:
        return [Name(cell) for cell in cells]
    numbers = aligned(cells)
    return [Text(cell) for cell in numbers] if numbers else [Name(cell) for cell in cells]


def _stacked(answer: Answer, cells: Sequence[Sequence[str]]) -> Group:
    """Each row as a few lines: its name, and below what is said of it."""
    parts: list[RenderableType] = []
    for row, told in zip(answer.rows, cells, strict=True):
        parts.append(Text.assemble((told[0], "bold"), (marked(row.markers), "cyan"), overflow="fold"))
        for name, cell in zip([*answer.columns[1:], *[""] * len(told)], told[1:], strict=False):
            if cell:
                label = f"{inert(name)}: " if name else ""
                parts.append(Padding(Text.assemble((label, "dim"), cell, overflow="fold"), (0, 0, 0, 2)))
    return Group(*parts)


def _quotes(answer: Answer, cells: Sequence[Sequence[str]], link: Link) -> Group:
    """Text of cards, each piece below what it is about and its place."""
    cited = {citation.marker: citation for citation in answer.citations}
    parts: list[RenderableType] = []
    for row, told in zip(answer.rows, cells, strict=True):
        text = [cell for cell in told if _is_text(cell)] or list(told[-1:])
        head = [Text(cell, "bold") for cell in told if cell and cell not in text]
        head += [_place(cited[marker], link) for marker in row.markers if marker in cited]
        parts.append(
            Text.assemble((f"{marked(row.markers).strip()} ", "cyan"), Text(" · ").join(head), overflow="fold")
        )
        parts.append(Padding(CardText("\n\n".join(text)), (0, 0, 1, 2)))
    return Group(*parts)


def _place(citation: Citation, link: Link) -> Text:
    return linked(inert(citation.place), "bold", link(citation.path))


def _plain_quotes(answer: Answer, cells: Sequence[Sequence[str]], out: Console) -> None:
    for row, told in zip(answer.rows, cells, strict=True):
        for line in "\n".join(told).split("\n"):
            out.print(line, markup=False, soft_wrap=True)
        out.print(marked(row.markers).strip(), markup=False)


def _cell(text: str, out: Console) -> str:
    """Inert; on a terminal cut where it would fill screens."""
    if len(text) <= _LONGEST_CELL or not out.is_terminal:
        return inert(text)
    return f"{inert(text[:_LONGEST_CELL])}… ({len(text) - _LONGEST_CELL:,} characters more)"
