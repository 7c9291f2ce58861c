"""Rows and sources of an answer as lines of mrkdwn, each short enough for a section."""

from collections.abc import Sequence

from agent.answer import Answer, Row, marked
from agent.slack.limits import SECTION
from agent.slack.mrkdwn import code, escaped, fitting, shortened, source

SHORT_QUOTE, LONG_QUOTE = 700, 2_500
_LONGEST_NAME, _LONGEST_DETAIL = 200, 200
_LONGEST_SOURCE, _LONGEST_COLUMN = 110, 60
_MOST_MARKERS = 20
#: characters of a line that leave room for its markers
_ROOM = SECTION - 200
_NAME_WORDS = 8


def row_lines(answer: Answer, rows: Sequence[Row], longest: int = SHORT_QUOTE) -> list[str]:
    """One line a row, or the quoted text of cards, of each at most `longest` characters."""
    return [_quoted(row, longest) if _is_text(row) else _listed(answer, row) for row in rows]


def source_lines(answer: Answer, base: str | None, most: int) -> list[str]:
    """Numbered sources with file and line, and how the quote begins."""
    lines = []
    for citation in answer.citations[:most]:
        quote = escaped(shortened(" ".join(citation.quote.split()), _LONGEST_SOURCE))
        lines.append(f"{source(citation, base)}  {quote}")
    return lines


def is_cut(row: Row) -> bool:
    """Whether a row is longer than what is shown of it."""
    return _is_text(row) and len(_text(row)) > SHORT_QUOTE


def _is_text(row: Row) -> bool:
    """Whether a row is text of a card, and no name with what is said of it."""
    return any("\n" in cell for cell in (row.label, *row.details)) or len(row.label.split()) > _NAME_WORDS


def _text(row: Row) -> str:
    return "\n".join(cell for cell in (row.label, *row.details) if cell).strip()


def _quoted(row: Row, longest: int) -> str:
    quoted = ""
    for line in shortened(_text(row), longest).split("\n"):
        for piece in fitting(line, _ROOM // 2):
            if len(quoted) + len(piece) + 3 > _ROOM:
                return f"{quoted} …{_markers(row)}"
            quoted += f"\n> {piece}" if quoted else f"> {piece}"
    return f"{quoted or '…'}{_markers(row)}"


def _listed(answer: Answer, row: Row) -> str:
    names = [*answer.columns[1:], *[""] * len(row.details)]
    told = [_detail(name, cell, len(row.details)) for name, cell in zip(names, row.details, strict=False) if cell]
    label = f"• {code(shortened(row.label, _LONGEST_NAME)) or '…'}"
    while len(label) + sum(len(one) + 3 for one in told) > _ROOM:
        told = [*told[:-2], "…"]
    return f"{label}{' — ' * bool(told)}{' · '.join(told)}{_markers(row)}"


def _detail(name: str, cell: str, of: int) -> str:
    told = escaped(shortened(" ".join(cell.split()), _LONGEST_DETAIL))
    return f"{escaped(shortened(' '.join(name.split()), _LONGEST_COLUMN))}: {told}" if name and of > 1 else told


def _markers(row: Row) -> str:
    return marked(row.markers[:_MOST_MARKERS])
