"""From what files say to rows of the catalogue: names become ids, equal facts become one with several evidences.

Linking always starts from everything that was read, so the catalogue is a function of the cards alone: whatever the
order of changes that led to them, the rows are the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

from sqlalchemy import Table

from catalog import tables
from catalog.languages import spoken_names
from catalog.names import (
    RANK_CURATED,
    RANK_ID,
    RANK_LAST_PART,
    RANK_OTHER_CATALOGUE,
    RANK_STATED,
    RANK_WEAK,
    Alias,
    NamedKind,
    Names,
    edits,
    name_words,
    variants,
)
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
from catalog.vocabulary import VocabularyKind, squash, vocabulary
from ingest.mentioned import AssetNames

_ORIGIN_ORDER: dict[Origin, int] = {"metadata": 0, "table": 1, "prose": 2, "llm": 3, "inferred": 4}
_VOCABULARIES: dict[AssetKind, VocabularyKind] = {"model": "models", "dataset": "datasets"}
_FACET_VOCABULARIES: dict[NamedKind, VocabularyKind] = {"task": "tasks", "license": "licences", "metric": "metrics"}
_SAYS_LITTLE = ("multilingual", "unknown", "other")
_TYPO_LENGTH = 9
_TITLE_WEIGHT = 0.6


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
    for kind, aliases in book.aliases.items():
        for alias in sorted(aliases):
            rows.add(tables.aliases, kind=kind, **alias._asdict())
    _write_facet_names(rows, cards)
    _write_words(rows, cards, book)
    _write_mentions(rows, sources, book, cards)
    return rows


def _merged_cards(sources: Sequence[Source]) -> list[AssetCard]:
    """One card per asset: where two files describe one asset, the first names it and both give facts."""
    merged: dict[tuple[AssetKind, str], AssetCard] = {}
    for card in (card for source in sorted(sources, key=lambda s: s.path) for card in source.assets):
        first = merged.get((card.kind, card.id))
        merged[card.kind, card.id] = first.model_copy(update={"facts": first.facts + card.facts}) if first else card
    return [merged[key] for key in sorted(merged)]


class AliasBook:
    """The aliases of a catalogue that is being linked; finds ids and makes assets of names without a card."""

    def __init__(self, cards: Iterable[AssetCard]) -> None:
        self.aliases: dict[AssetKind, set[Alias]] = {"model": set(), "dataset": set()}
        self.ids: dict[AssetKind, set[str]] = {"model": set(), "dataset": set()}
        self._by_spelling: dict[AssetKind, dict[str, list[Alias]]] = {"model": {}, "dataset": {}}
        for card in cards:
            self._add_card(card)
        self._curated = {kind: self._curated_ids(kind) for kind in self.ids}
        for kind, canonical in self._curated.items():
            self._add_curated(kind, canonical)
        self._names = Names(self)
        self._resolved: dict[tuple[AssetKind, str], str] = {}

    def aliases_of(self, kind: NamedKind, squashed: Sequence[str]) -> list[Alias]:
        known = self._by_spelling[kind] if kind == "model" or kind == "dataset" else {}
        return [alias for key in squashed for alias in known.get(key, ())]

    def all_aliases(self, kind: AssetKind) -> list[Alias]:
        return sorted(self.aliases[kind])

    def add(self, kind: AssetKind, spelling: str, id_: str, rank: int) -> None:
        key = squash(spelling)[:300]
        terms = vocabulary(_VOCABULARIES[kind])
        if key in terms.weak_spellings and key not in terms.spellings:
            rank = RANK_WEAK
        known = self._by_spelling[kind].setdefault(key, [])
        if key and all(alias.id != id_ for alias in known):
            alias = Alias(key, id_, spelling, rank)
            self.aliases[kind].add(alias)
            known.append(alias)

    def parents(self, kind: AssetKind) -> dict[str, str]:
        """Subset → what it is a part of, for all assets of a kind; a parent that nobody named becomes an asset."""
        terms = vocabulary(_VOCABULARIES[kind]).terms
        curated = {id_: curated for curated, id_ in self._curated[kind].items()}
        stated = {id_: terms[curated[id_]].parent for id_ in self.ids[kind] if id_ in curated}
        return {id_: self.resolve(kind, parent) for id_, parent in stated.items() if parent}

    def _add_card(self, card: AssetCard) -> None:
        self.ids[card.kind].add(card.id)
        self.add(card.kind, card.id, card.id, RANK_ID)
        stated = [name for name in card.names if name.strip()]
        for name in stated[:1]:
            self.add(card.kind, name, card.id, RANK_STATED)
        last_part = card.id.rpartition("/")[2]
        if any(char.isalpha() for char in last_part):  # the last part of a TF Hub id is its version
            self.add(card.kind, last_part, card.id, RANK_LAST_PART)
        for name in stated[1:]:
            # Another catalogue's id may be the well-known name of something else: squad_v2 is its `squad`.
            if vocabulary(_VOCABULARIES[card.kind]).find(name) in (None, card.id):
                self.add(card.kind, name, card.id, RANK_OTHER_CATALOGUE)

    def _curated_ids(self, kind: AssetKind) -> dict[str, str]:
        """Curated id → the id of its card here, which may stand under an organisation (`rajpurkar/squad`)."""
        by_last_part: dict[str, list[str]] = defaultdict(list)
        for id_ in self.ids[kind]:
            by_last_part[squash(id_.rpartition("/")[2])].append(id_)
        found = {}
        for curated in vocabulary(_VOCABULARIES[kind]).terms:
            candidates = by_last_part[squash(curated)] if "/" not in curated and kind == "dataset" else []
            own = curated if curated in self.ids[kind] else candidates[0] if len(candidates) == 1 else curated
            found[curated] = own
        return found

    def _add_curated(self, kind: AssetKind, canonical: dict[str, str]) -> None:
        """Curated spellings of assets that have a card; those of other assets when they are named."""
        for curated, id_ in canonical.items():
            if id_ in self.ids[kind]:
                self._add_term(kind, curated, id_)

    def _add_term(self, kind: AssetKind, curated: str, id_: str) -> None:
        term = vocabulary(_VOCABULARIES[kind]).terms[curated]
        for spelling in (curated, *term.names, *term.weak):
            self.add(kind, spelling, id_, RANK_CURATED)

    def resolve(self, kind: AssetKind, mention: str) -> str:
        """The id that a mention means; a new asset without a card where none is known."""
        if (kind, mention) not in self._resolved:
            self._resolved[kind, mention] = self._resolve(kind, mention)
        return self._resolved[kind, mention]

    def resolve_near(self, model: str, mention: str) -> str:
        """A model named in the card of another: a short name is first looked for under the same organisation."""
        organization = model.rpartition("/")[0]
        own = f"{organization}/{mention.strip()}"
        if organization and "/" not in mention and own in self.ids["model"]:
            return own
        return self.resolve("model", mention)

    def _resolve(self, kind: AssetKind, mention: str) -> str:
        exact = self._names.resolve(kind, mention, fuzzy=False)
        if exact.id:
            return exact.id
        terms = vocabulary(_VOCABULARIES[kind])
        curated = next((terms.find(s, weak=True) for s in variants(mention) if terms.find(s, weak=True)), None)
        if curated:
            id_ = self._curated[kind][curated]
            self._add_uncarded(kind, id_)
            self._add_term(kind, curated, id_)
            return id_
        typo = self._one_edit_away(kind, mention) if kind == "dataset" else None
        if typo:
            return typo
        id_ = variants(mention)[-1][:300]
        same = self._by_spelling[kind].get(squash(id_), [])
        if len({alias.id for alias in same}) == 1:
            return same[0].id
        self._add_uncarded(kind, id_)
        return id_

    def _add_uncarded(self, kind: AssetKind, id_: str) -> None:
        self.ids[kind].add(id_)
        self.add(kind, id_, id_, RANK_ID)

    def _one_edit_away(self, kind: AssetKind, mention: str) -> str | None:
        """A long name with one slip of the pen means the name it is nearest to, unless digits differ."""
        key = squash(variants(mention)[-1])
        if len(key) < _TYPO_LENGTH:
            return None
        digits = [char for char in key if char.isdigit()]
        near = {
            alias.id
            for spelling, aliases in self._by_spelling[kind].items()
            if abs(len(spelling) - len(key)) <= 1 and spelling[0] == key[0]
            if [char for char in spelling if char.isdigit()] == digits and edits(spelling, key) == 1
            for alias in aliases
        }
        return near.pop() if len(near) == 1 else None


class _Linker:
    """Turns facts into rows, one per distinct fact."""

    def __init__(self, book: AliasBook) -> None:
        self.book = book
        self.rows: dict[tuple[Any, ...], _Row] = {}

    def take(self, card: AssetCard, fact: Fact) -> None:
        if isinstance(fact, TrainedOn):
            dataset = self.book.resolve("dataset", fact.dataset)
            self._add(tables.training, fact.evidence, model_id=card.id, dataset_id=dataset, role=fact.role)
        elif isinstance(fact, DerivedFrom):
            base = self.book.resolve_near(card.id, fact.base)
            if base != card.id:
                self._add(tables.derivation, fact.evidence, model_id=card.id, base_id=base, relation=fact.relation)
        elif isinstance(fact, Evaluation):
            self._evaluation(card, fact)
        else:
            self._attribute(card, fact)

    def _evaluation(self, card: AssetCard, fact: Evaluation) -> None:
        metric = canonical_metric(fact.metric)
        self._add(
            tables.evaluations,
            fact.evidence,
            model_id=card.id,
            dataset_id=self.book.resolve("dataset", fact.dataset) if fact.dataset else None,
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
            named = {"kind": card.kind, "asset_id": card.id, "name": fact.name[:100], "value": fact.value}
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


def _write_facet_names(rows: Rows, cards: Sequence[AssetCard]) -> None:
    """The names of languages, tasks, licences, metrics and organisations are aliases of their ids."""
    used = {row["value"] for row in rows.of[tables.languages.name]}
    names: list[tuple[NamedKind, str, str, int]] = []
    names += [("language", name, code, RANK_CURATED) for name, code in spoken_names(used)]
    for kind, vocabulary_kind in _FACET_VOCABULARIES.items():
        for term in vocabulary(vocabulary_kind).terms.values():
            names += [(kind, name, term.id, RANK_CURATED) for name in (term.id, *term.names)]
            names += [(kind, name, term.id, RANK_WEAK) for name in term.weak]
    hub = {squash(id_): id_ for id_ in (card.id.rpartition("/")[0] for card in cards) if id_}
    names += [("organization", id_, id_, RANK_CURATED) for id_ in hub.values()]
    for term in vocabulary("organisations").terms.values():
        if squash(term.id) in hub:
            names += [("organization", name, hub[squash(term.id)], RANK_CURATED) for name in term.names]
    surest = sorted(names, key=lambda name: -name[3])
    known = {(kind, squash(name)[:300], id_): (name, rank) for kind, name, id_, rank in surest if squash(name)}
    for (kind, key, id_), (name, rank) in sorted(known.items()):
        rows.add(tables.aliases, kind=kind, squashed=key, id=id_, spelling=name, rank=rank)


def _write_words(rows: Rows, cards: Sequence[AssetCard], book: AliasBook) -> None:
    """The words of each name with their inverse document frequency; those of the id count more than the title's."""
    for kind in book.ids:
        told: dict[str, dict[str, float]] = {}
        for card in cards:
            if card.kind == kind:
                titled = dict.fromkeys(name_words(" ".join((card.title[:200], *card.names))), _TITLE_WEIGHT)
                told[card.id] = titled | dict.fromkeys(name_words(card.id), 1.0)
        frequency = Counter(word for weights in told.values() for word in weights)
        for id_, weights in told.items():
            for word, weight in weights.items():
                idf = log(1 + len(told) / frequency[word])
                rows.add(tables.words, kind=kind, word=word, id=id_, weight=round(weight * idf, 4))


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
