"""Rows and sources of an answer as lines of mrkdwn, each short enough for a section."""

from collections.abc import Sequence

from agent.answer import Answer, Row, marked
from agent.slack.limits import SECTION
from agent.slack.mrkdwn import code, escaped, fitting, shortened, source

_LONGEST_NAME, _LONGEST_DETAIL, _LONGEST_QUOTE = 200, 200, 700
_LONGEST_SOURCE = 110
_NAME_WORDS = 8


def row_lines(answer: Answer, rows: Sequence[Row]) -> list[str]:
    """One line a row, or the quoted text of cards."""
    return [_quoted(row) if _is_text(row) else _listed(answer, row) for row in rows]


def source_lines(answer: Answer, base: str | None, most: int) -> list[str]:
    """Numbered sources with file and line, and how the quote begins."""
    lines = []
    for citation in answer.citations[:most]:
        quote = escaped(shortened(" ".join(citation.quote.split()), _LONGEST_SOURCE))
        line = source(citation, base)
        lines.append(f"{line}  {quote}" if len(line) + len(quote) < SECTION - 2 else shortened(line, SECTION))
    return lines


def is_cut(row: Row) -> bool:
    """Whether a row is longer than what is shown of it."""
    return _is_text(row) and len(_text(row)) > _LONGEST_QUOTE


def _is_text(row: Row) -> bool:
    """Whether a row is text of a card, and no name with what is said of it."""
    return any("\n" in cell for cell in (row.label, *row.details)) or len(row.label.split()) > _NAME_WORDS


def _text(row: Row) -> str:
    return "\n".join(cell for cell in (row.label, *row.details) if cell).strip()


def _quoted(row: Row) -> str:
    text = shortened(_text(row), _LONGEST_QUOTE)
    lines = [f"> {escaped(line)}" for line in text.split("\n") if line.strip()]
    return "\n".join([*lines[:-1], f"{lines[-1]}{marked(row.markers)}"]) if lines else marked(row.markers)


def _listed(answer: Answer, row: Row) -> str:
    names = [*answer.columns[1:], *[""] * len(row.details)]
    told = [_detail(name, cell, len(row.details)) for name, cell in zip(names, row.details, strict=False) if cell]
    details = f" — {' · '.join(told)}" if told else ""
    line = f"• {code(shortened(row.label, _LONGEST_NAME))}{details}"
    return f"{fitting_line(line)}{marked(row.markers[:20])}"


def _detail(name: str, cell: str, of: int) -> str:
    told = escaped(shortened(" ".join(cell.split()), _LONGEST_DETAIL))
    return f"{escaped(name)}: {told}" if name and of > 1 else told


def fitting_line(line: str) -> str:
    """A line of mrkdwn that leaves room for markers; what is cut off is whole details."""
    while len(line) > SECTION - 200:
        kept, between, _ = line.rpartition(" · ")
        line = f"{kept} · …" if between and not kept.endswith(" · …") else fitting(line, SECTION - 300)[0]
    return line
