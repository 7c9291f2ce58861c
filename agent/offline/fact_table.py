"""A comparison that names nothing to compare by: what the catalogue states of each asset, fact by fact in one table."""

from collections.abc import Iterator, Sequence

from agent.answer import Answer, Row
from agent.citations import Citations
from agent.offline.extracts import Piece
from agent.offline.reading import Subject
from agent.offline.values import shown_value
from agent.offline.wording import ATTRIBUTES
from catalog.store import Catalog
from catalog.values import values_of

#: what is told first of assets that are set side by side
_FACTS = ("task", "language", "license", "params", "size", "base_models", "training_data", "hardware", "paper")
_MOST_ASSETS, _MOST_VALUES = 6, 4
_SILENT = "–"


def fact_table(
    catalog: Catalog, subjects: Sequence[Subject], remarks: Sequence[tuple[str, Piece]] = ()
) -> Answer | None:
    """A row for each fact that one of the cards states, a column for each asset; None where no card states any.

    `remarks` are (asset, what its card says of another): they stand last.
    """
    shown = subjects[:_MOST_ASSETS]
    citations = Citations(catalog)
    rows = (*_rows(catalog, shown, citations), *_remarks(shown, remarks, citations))
    if not rows:
        return None
    names = [subject.id for subject in shown]
    return Answer(
        headline=f"Compared: {', '.join(names)}",
        columns=("", *names),
        rows=rows,
        understood=f"compare {', '.join(names)}",
        total=len(rows),
        citations=citations.all(),
    )


def _rows(catalog: Catalog, subjects: Sequence[Subject], citations: Citations) -> Iterator[Row]:
    for name in _FACTS:
        cells = [_cell(catalog, subject, name, citations) for subject in subjects]
        markers = tuple(dict.fromkeys(marker for _, own in cells for marker in own))
        if markers:
            yield Row(label=ATTRIBUTES[name], details=tuple(told for told, _ in cells), markers=markers)


def _remarks(subjects: Sequence[Subject], remarks: Sequence[tuple[str, Piece]], citations: Citations) -> Iterator[Row]:
    for asset, piece in remarks:
        markers = citations.cite(asset, [piece.evidence])
        if markers:
            cells = tuple(piece.shown if subject.id == asset else _SILENT for subject in subjects)
            yield Row(label="of one another", details=cells, markers=markers)


def _cell(catalog: Catalog, subject: Subject, name: str, citations: Citations) -> tuple[str, tuple[int, ...]]:
    """The stated values of one asset, each once, and the markers of their evidence."""
    stated = {v.value: v for v in values_of(catalog, subject.kind, [subject.id], name) if v.stated}
    kept = list(stated.values())[:_MOST_VALUES]
    evidence = catalog.evidence([value.fact for value in kept])
    cited = [(value, citations.cite(subject.id, evidence.get(value.fact, ()), most=1)) for value in kept]
    told = [shown_value(name, value.value) for value, markers in cited if markers]
    more = len(stated) - len(kept)
    told += [f"and {more} more"] if more else []
    return ", ".join(told) or _SILENT, tuple(marker for _, markers in cited for marker in markers)
