"""One answer as a file: Markdown, CSV or JSON."""

import csv
import io
import json
import re
from collections.abc import Callable

from agent.answer import Answer, Row, marked
from agent.journal import Turn
from agent.layout import inert

_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*\s?%?")


def exported(turn: Turn, suffix: str) -> str:
    """The text of the file; `suffix` is one of FORMATS."""
    return FORMATS[suffix](turn)


def _json(turn: Turn) -> str:
    return json.dumps({"question": turn.question} | turn.answer.as_json(), ensure_ascii=False, indent=2) + "\n"


def _csv(turn: Turn) -> str:
    """One line a row of the answer, its sources last; an answer without rows is one line."""
    answer = turn.answer
    places = {citation.marker: citation.place for citation in answer.citations}
    rows = answer.rows or (Row(label=answer.headline, markers=tuple(places)),)
    width = max([1, len(answer.columns), *(1 + len(row.details) for row in rows)])
    names = [*answer.columns, *[""] * width][:width] if answer.rows else ["answer"]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*names, "sources"])
    for row in rows:
        cells = [row.label, *row.details]
        cells += [""] * (width - len(cells))
        writer.writerow([*map(_cell, cells), " ".join(places[marker] for marker in row.markers if marker in places)])
    return stream.getvalue()


def _cell(text: str) -> str:
    """No formula of a card is run by a spreadsheet."""
    safe = inert(text)
    return f"'{safe}" if safe[:1] in tuple("=+-@\t") and not _NUMBER.fullmatch(safe) else safe


def _markdown(turn: Turn) -> str:
    answer = turn.answer
    parts = [f"## {_escaped(turn.question)}", "", _escaped(answer.headline), ""]
    parts += _rows(answer)
    parts += [f"_{_escaped(note)}_\n" for note in answer.notes]
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        parts.append(f"{citation.marker}. `{inert(citation.place).replace('`', '')}` — {_escaped(quote)}")
    return "\n".join([*parts, "", f"Answered by {_escaped(answer.model)}.", ""])


def _rows(answer: Answer) -> list[str]:
    """The rows as a table, or one below the other where they are text of several lines."""
    if not answer.rows:
        return []
    if any("\n" in cell for row in answer.rows for cell in (row.label, *row.details)):
        return [f"> {_escaped(' · '.join((row.label, *row.details)))}{marked(row.markers)}\n" for row in answer.rows]
    width = max([len(answer.columns), *(1 + len(row.details) for row in answer.rows)])
    names = [*map(_escaped, answer.columns), *[""] * width][:width]
    lines = [f"| {' | '.join([*names, 'sources'])} |", f"|{'---|' * (width + 1)}"]
    for row in answer.rows:
        cells = [*map(_escaped, (row.label, *row.details)), *[""] * width][:width]
        lines.append(f"| {' | '.join([*cells, marked(row.markers).strip()])} |")
    return [*lines, ""]


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(inert(text).split()))


FORMATS: dict[str, Callable[[Turn], str]] = {".md": _markdown, ".csv": _csv, ".json": _json}
