"""Questions about several named assets: the same is asked of each, and the answers stand side by side."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.answer import Answer, AnswerItem, Citation, Row
from agent.offline.reading import Reading, Subject

_MOST = 6


def compared(
    reading: Reading, subjects: Sequence[Subject], answer_one: Callable[[Reading], Answer | None]
) -> Answer | None:
    """One answer over all subjects, each row led by its asset; None where nothing is stated of any."""
    rows: list[Row] = []
    citations: list[Citation] = []
    items: list[AnswerItem] = []
    silent: list[str] = []
    for subject in subjects[:_MOST]:
        one = answer_one(replace(reading, subject=subject, others=()))
        if one is None or one.abstained:
            silent.append(subject.id)
            continue
        renumbered, shift = _renumbered(one, len(citations))
        citations += renumbered
        rows += [_led(subject.id, row, shift) for row in one.rows or (_headline_row(one),)]
        items += one.items
    if not rows:
        return None
    return Answer(
        headline=f"Compared: {', '.join(subject.id for subject in subjects[:_MOST])}",
        columns=("asset", "says", ""),
        rows=tuple(rows),
        notes=tuple(f"{id_} does not state this." for id_ in silent),
        understood=f"compare {', '.join(subject.id for subject in subjects)}",
        items=tuple(items),
        total=len(rows),
        exhaustive=not silent,
        citations=tuple(citations),
    )


def _renumbered(answer: Answer, shift: int) -> tuple[list[Citation], int]:
    return [c.model_copy(update={"marker": c.marker + shift}) for c in answer.citations], shift


def _headline_row(answer: Answer) -> Row:
    said = answer.headline.split(": ", 1)[-1]
    return Row(label=said.split(" [")[0], markers=tuple(c.marker for c in answer.citations))


def _led(asset: str, row: Row, shift: int) -> Row:
    details = (row.label, *row.details)
    return Row(label=asset, details=details, markers=tuple(marker + shift for marker in row.markers))
