"""Orders by what only tables hold: `the fastest of the sentence-transformers models`.

Numbers of different tables need not compare: of all tables the one counts that tells of the most assets.
"""

from collections import defaultdict
from collections.abc import Sequence

from agent.answer import Answer, AnswerItem, Row
from agent.citations import Citations
from agent.offline.cells import Cell, Named, Wanted, all_cells
from agent.offline.documents import DocumentFinder
from agent.offline.measures import measures
from agent.offline.reading import Subject
from agent.offline.wording import conditions, understood
from catalog.execution import execute
from catalog.names import name_words
from catalog.quantities import parse_count
from catalog.query import CatalogQuery
from catalog.snapshot import Snapshot

_MOST_CARDS, _FEWEST = 40, 2


class Measuring:
    """Orders assets of one snapshot by a measure of `data/measures.toml`."""

    def __init__(self, snapshot: Snapshot, finder: DocumentFinder) -> None:
        self._catalog = snapshot.catalog
        self._finder = finder

    def answer(self, query: CatalogQuery) -> Answer | None:
        """The assets that one table tells of, in order; None where no table tells of two of them."""
        measure = measures().get(query.attribute or "")
        if measure is None or query.order != "value":
            return None
        plain = query.model_copy(update={"select": "assets", "attribute": None, "order": "id", "limit": None})
        found = execute(self._catalog, plain).items[:_MOST_CARDS]
        assets = [Named(item.id, frozenset(name_words(item.id.rpartition("/")[2]))) for item in found]
        subjects = [Subject(item.kind, item.id, frozenset()) for item in found]
        cards = [(subject.id, card) for subject in subjects if (card := self._finder.of(subject))]
        wanted = Wanted((), self._finder.weights.of, measure)
        column = _fullest(list(all_cells(assets, cards, wanted)))
        if len(column) < _FEWEST:
            return None
        high = query.descending != measure.is_reversed(column[0].label)
        ordered = sorted(column, key=lambda cell: (-_number(cell) if high else _number(cell), cell.asset))
        return self._composed(query, ordered, len(found))

    def _composed(self, query: CatalogQuery, ordered: Sequence[Cell], of: int) -> Answer:
        citations, shown = Citations(self._catalog), ordered[: query.limit]
        rows = tuple(
            Row(
                label=cell.asset,
                details=(f"{cell.label}: {cell.value}",),
                markers=citations.cite(cell.piece.passage.asset, [cell.piece.evidence]),
            )
            for cell in shown
        )
        told = " · ".join(conditions(query))
        return Answer(
            headline=f"{told[:1].upper()}{told[1:]}, {len(ordered)} of {of} in one table:",
            columns=(query.kind, ordered[0].label),
            rows=rows,
            understood=understood(query),
            items=tuple(AnswerItem(kind=query.kind, id=cell.asset, value=cell.value) for cell in shown),
            total=len(ordered),
            exhaustive=False,
            citations=citations.all(),
        )


def _fullest(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of the column that tells of the most assets, one for each."""
    columns: dict[tuple[str, str, str], dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        if parse_count(cell.value) is not None:
            columns[cell.column].setdefault(cell.asset, cell)
    return list(max(columns.values(), key=len, default={}).values())


def _number(cell: Cell) -> float:
    return parse_count(cell.value) or 0.0
