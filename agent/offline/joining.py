"""Several answers as one: the first leads, the others follow as rows, citations numbered on."""

import re
from collections.abc import Sequence

from agent.answer import Answer, AnswerItem, Citation, Row

_MARKER = re.compile(r" \[\d+\]")


def joined(answers: Sequence[Answer]) -> Answer:
    """One answer that says all of `answers`, composed from the catalogue; a single one stays as it is."""
    first, *others = answers
    rows, items = list(first.rows), list(first.items)
    citations = list(first.citations)
    for other in others:
        shift = len(citations)
        citations += [_shifted(citation, shift) for citation in other.citations]
        rows += [_row(row, shift) for row in _said(other)]
        items += [item for item in other.items if item not in items]
    return (
        first.model_copy(
            update={
                "rows": tuple(rows),
                "items": _unique(items),
                "total": len(items),
                "citations": tuple(citations),
                "understood": " · ".join(dict.fromkeys(one.understood for one in answers)),
                "exhaustive": all(one.exhaustive for one in answers),
            }
        )
        if others
        else first
    )


def _said(answer: Answer) -> list[Row]:
    """An answer as rows: its headline, with the markers that stand in it, then its own rows."""
    if not answer.rows:
        markers = tuple(citation.marker for citation in answer.citations)
        return [Row(label=_MARKER.sub("", answer.headline), markers=markers)]
    return [Row(label=answer.headline), *answer.rows]


def _row(row: Row, shift: int) -> Row:
    return row.model_copy(update={"markers": tuple(marker + shift for marker in row.markers)})


def _shifted(citation: Citation, shift: int) -> Citation:
    return citation.model_copy(update={"marker": citation.marker + shift})


def _unique(items: Sequence[AnswerItem]) -> tuple[AnswerItem, ...]:
    return tuple(dict.fromkeys(items))
