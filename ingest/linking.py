"""From what files say to rows of the catalogue: names become ids, equal facts become one with several evidences.

Linking always starts from everything that was read, so the catalogue is a function of the cards alone: whatever the
order of changes that led to them, the rows are the same.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from catalog import tables
from catalog.quantities import comparable_score, parse_count
from catalog.records import (
    AssetCard,
    AssetKind,
    Attribute,
    DerivedFrom,
    Evaluation,
    Evidence,
    Fact,
    Origin,
    Source,
    TrainedOn,
    content_key,
)
from catalog.store import Rows
from catalog.vocabulary import vocabulary
from ingest.aliases import AliasBook, write_aliases
from ingest.mentioned import AssetNames
from ingest.naming import dataset_name

_ORIGIN_ORDER: dict[Origin, int] = {"metadata": 0, "table": 1, "prose": 2, "llm": 3, "inferred": 4}
_SAYS_LITTLE = ("multilingual", "unknown", "other")


@dataclass(frozen=True)
class _Row:
    """A fact on its way: its table and columns, and where it was read."""

    table: Table
    columns: tuple[tuple[str, Any], ...]
    evidence: list[Evidence] = field(default_factory=list, compare=False)


def link(sources: Sequence[Source]) -> Rows:
    """All rows of the catalogue but those of the documents."""
    cards = _merged_cards(sources)
    book = AliasBook(cards)
    linker = _Linker(book)
    for card in cards:
        for fact in card.facts:
            linker.take(card, fact)
    rows = Rows()
    linker.write_facts(rows)
    _write_assets(rows, cards, book, linker)
    write_aliases(rows, cards, book)
    _write_mentions(rows, sources, book, cards)
    return rows


def _merged_cards(sources: Sequence[Source]) -> list[AssetCard]:
    """One card per asset: where two files describe one asset, the first names it and both give facts."""
    merged: dict[tuple[AssetKind, str], AssetCard] = {}
    for card in (card for source in sorted(sources, key=lambda s: s.path) for card in source.assets):
        first = merged.get((card.kind, card.id))
        merged[card.kind, card.id] = first.model_copy(update={"facts": first.facts + card.facts}) if first else card
    return [merged[key] for key in sorted(merged)]


class _Linker:
    """Turns facts into rows, one per distinct fact."""

    def __init__(self, book: AliasBook) -> None:
        self.book = book
        self.rows: dict[tuple[Any, ...], _Row] = {}

    def take(self, card: AssetCard, fact: Fact) -> None:
        if isinstance(fact, TrainedOn):
            dataset = self._dataset(fact.dataset)
            if dataset:
                self._add(tables.training, fact.evidence, model_id=card.id, dataset_id=dataset, role=fact.role)
        elif isinstance(fact, DerivedFrom):
            base = self.book.resolve_near(card.id, fact.base)
            if base != card.id:
                self._add(tables.derivation, fact.evidence, model_id=card.id, base_id=base, relation=fact.relation)
        elif isinstance(fact, Evaluation):
            self._evaluation(card, fact)
        else:
            self._attribute(card, fact)

    def _dataset(self, printed: str) -> str | None:
        """The id of the dataset that a card names; None for words that name none."""
        name = dataset_name(printed)
        return self.book.resolve("dataset", name) if name else None

    def _evaluation(self, card: AssetCard, fact: Evaluation) -> None:
        metric = canonical_metric(fact.metric)
        self._add(
            tables.evaluations,
            fact.evidence,
            model_id=card.id,
            dataset_id=self._dataset(fact.dataset) if fact.dataset else None,
            split=fact.split[:60] if fact.split else None,
            metric=metric,
            metric_printed=fact.metric,
            value=fact.value,
            unit=fact.unit[:20] if fact.unit else None,
            score=comparable_score(metric, fact.value, fact.unit),
            task=fact.task,
        )

    def _attribute(self, card: AssetCard, fact: Attribute) -> None:
        facet = tables.FACETS.get(fact.name)
        if facet is not None:
            self._add(facet, fact.evidence, kind=card.kind, asset_id=card.id, value=fact.value[:300])
        else:
            value = self._dataset(fact.value) if fact.name == "not_trained_on" else fact.value
            if value is None:
                return
            named = {"kind": card.kind, "asset_id": card.id, "name": fact.name[:100], "value": value}
            self._add(tables.attributes, fact.evidence, **named)

    def _add(self, table: Table, evidence: Evidence, **columns: Any) -> None:
        row = self.rows.setdefault((table.name, *columns.values()), _Row(table, tuple(columns.items())))
        if evidence not in row.evidence:
            row.evidence.append(evidence)

    def write_facts(self, rows: Rows) -> None:
        overruled = self._overruled()
        for row in self._with_roles_merged():
            columns = dict(row.columns)
            fact = content_key(row.table.name, *columns.values())
            inferable = row.table in (tables.tasks, tables.languages)
            stated = inferable or any(piece.origin != "inferred" for piece in row.evidence)
            stated = stated and row not in overruled
            rows.add(row.table, fact=fact, stated=int(stated), **columns)
            surest = sorted(row.evidence, key=lambda e: (_ORIGIN_ORDER[e.origin], e.path, e.line_start, e.quote))
            for position, piece in enumerate(surest):
                rows.add(tables.evidence, fact=fact, position=position, **piece.model_dump())

    def _overruled(self) -> set[_Row]:
        """Licences and languages of the prose where the metadata states others, and what says as good as nothing.

        They are kept with their evidence, but do not count as stated: `lint` shows them as contradictions.
        """
        stated: dict[tuple[str, Any, Any], list[_Row]] = defaultdict(list)
        for row in self.rows.values():
            if row.table in (tables.licences, tables.languages):
                columns = dict(row.columns)
                stated[row.table.name, columns["kind"], columns["asset_id"]].append(row)
        overruled: set[_Row] = set()
        for rows in stated.values():
            telling = [row for row in rows if dict(row.columns)["value"] not in _SAYS_LITTLE]
            overruled.update(row for row in rows if telling and row not in telling)
            sure = [row for row in telling if any(piece.origin == "metadata" for piece in row.evidence)]
            overruled.update(row for row in telling if sure and row not in sure)
        return overruled

    def _with_roles_merged(self) -> list[_Row]:
        """A dataset whose phase one place leaves open and another states is one fact."""
        known: dict[tuple[str, str], list[_Row]] = defaultdict(list)
        for row in self.rows.values():
            columns = dict(row.columns)
            if row.table is tables.training and columns["role"]:
                known[columns["model_id"], columns["dataset_id"]].append(row)
        kept = []
        for row in self.rows.values():
            columns = dict(row.columns)
            stated = known.get((columns.get("model_id", ""), columns.get("dataset_id", "")), [])
            if row.table is tables.training and not columns["role"] and stated:
                for other in stated:
                    other.evidence.extend(piece for piece in row.evidence if piece not in other.evidence)
            else:
                kept.append(row)
        return sorted(kept, key=lambda row: (row.table.name, [str(value) for _, value in row.columns]))


def canonical_metric(printed: str | None) -> str | None:
    """The canonical id of a metric, or its name in lower case."""
    if not printed or not printed.strip():
        return None
    return (vocabulary("metrics").find(printed, weak=True) or printed.strip().lower())[:200]


def _write_assets(rows: Rows, cards: Sequence[AssetCard], book: AliasBook, linker: _Linker) -> None:
    params = _parameter_counts(linker)
    paths = {(card.kind, card.id): card for card in cards}
    for kind in book.ids:
        parents = book.parents(kind)
        for id_ in sorted(book.ids[kind]):
            card = paths.get((kind, id_))
            rows.add(
                tables.assets,
                kind=kind,
                id=id_,
                has_card=int(card is not None),
                organization=id_.rpartition("/")[0] if id_.count("/") == 1 else "",
                title=card.title if card else id_,
                summary=card.summary if card else "",
                path=card.path if card else None,
                parent=parents.get(id_),
                params=params.get((kind, id_)),
            )


def _write_mentions(rows: Rows, sources: Sequence[Source], book: AliasBook, cards: Sequence[AssetCard]) -> None:
    """Where documents that are no cards name assets."""
    documents = [source for source in sources if not source.assets]
    names = AssetNames(book.aliases, [(card.kind, card.id) for card in cards]) if documents else None
    for source in documents:
        for mention in names.mentions(source.text) if names else ():
            rows.add(
                tables.mentions,
                path=source.path,
                kind=mention.kind,
                asset_id=mention.id,
                line_start=mention.line_start,
                line_end=mention.line_end,
            )


def _parameter_counts(linker: _Linker) -> dict[tuple[str, str], float]:
    """The stated parameter count of each asset, the first where a card states several."""
    counts: dict[tuple[str, str], float] = {}
    for row in linker.rows.values():
        columns = dict(row.columns)
        if row.table is tables.attributes and columns["name"] == "params":
            count = parse_count(columns["value"])
            if count is not None:
                counts.setdefault((columns["kind"], columns["asset_id"]), count)
    return counts
