"""The names of assets and facet values: found while linking, and written as aliases for those who ask later."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log

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
from catalog.records import AssetCard, AssetKind
from catalog.store import Rows
from catalog.vocabulary import VocabularyKind, squash, vocabulary

_VOCABULARIES: dict[AssetKind, VocabularyKind] = {"model": "models", "dataset": "datasets"}
_FACET_VOCABULARIES: dict[NamedKind, VocabularyKind] = {"task": "tasks", "license": "licences", "metric": "metrics"}
_TYPO_LENGTH = 9
_TITLE_WEIGHT = 0.6


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
        known = vocabulary(_VOCABULARIES[card.kind])
        for name in stated[:1]:
            term = known.terms.get(known.find(name) or "")
            if not (term and term.parent and term.parent == known.find(card.id)):  # the name of a part of it
                self.add(card.kind, name, card.id, RANK_STATED)
        last_part = card.id.rpartition("/")[2]
        if any(char.isalpha() for char in last_part):  # the last part of a TF Hub id is its version
            self.add(card.kind, last_part, card.id, RANK_LAST_PART)
        for name in stated[1:]:
            # Another catalogue's id may be the well-known name of something else: squad_v2 is its `squad`.
            if known.find(name) in (None, card.id):
                self.add(card.kind, name, card.id, RANK_OTHER_CATALOGUE)

    def _curated_ids(self, kind: AssetKind) -> dict[str, str]:
        """Curated id → the id of its card here, which may stand under an organisation (`rajpurkar/squad`)."""
        by_last_part: dict[str, list[str]] = defaultdict(list)
        for id_ in self.ids[kind]:
            by_last_part[squash(id_.rpartition("/")[2])].append(id_)
        found = {}
        for curated in vocabulary(_VOCABULARIES[kind]).terms:
            candidates = by_last_part[squash(curated)] if "/" not in curated and kind == "dataset" else []
            listed = [name for name in vocabulary(_VOCABULARIES[kind]).terms[curated].names if name in self.ids[kind]]
            owned = [*listed, *candidates] if len(listed) == 1 or len(candidates) == 1 else []
            own = curated if curated in self.ids[kind] or not owned else owned[0]
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
        terms = vocabulary(_VOCABULARIES[kind])
        well_known = self._curated[kind].get(mention)
        if well_known and mention in terms.terms:  # an id, and no last part of the id of another organisation
            self._add_uncarded(kind, well_known)
            self._add_term(kind, mention, well_known)
            return well_known
        exact = self._names.resolve(kind, mention, fuzzy=False)
        if exact.id:
            return exact.id
        curated = next((terms.find(s, weak=True) for s in variants(mention) if terms.find(s, weak=True)), None)
        if curated:
            id_ = self._curated[kind][curated]
            self._add_uncarded(kind, id_)
            self._add_term(kind, curated, id_)
            return id_
        typo = self._one_edit_away(kind, mention) if kind == "dataset" else None
        if typo:
            return typo
        id_ = _closed(variants(mention)[-1])[:300]
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


def _closed(name: str) -> str:
    """A name whose last bracket was taken for punctuation around it gets it back."""
    return f"{name})" if name.count("(") > name.count(")") else name


def write_aliases(rows: Rows, cards: Sequence[AssetCard], book: AliasBook) -> None:
    """The aliases of assets and facet values, and the words of the assets' names."""
    for kind, aliases in book.aliases.items():
        for alias in sorted(aliases):
            rows.add(tables.aliases, kind=kind, **alias._asdict())
    _write_facet_names(rows, cards)
    _write_words(rows, cards, book)


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
