"""From what people and cards call an asset to its id: exact → normalised → fuzzy, with scores and near misses."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from catalog.records import AssetKind
from catalog.vocabulary import squash

How = Literal["exact", "normalised", "fuzzy", "ambiguous", "unknown"]

#: how surely a spelling means its asset; a weak one only where a context says that such a thing is meant
RANK_ID, RANK_CURATED, RANK_STATED, RANK_LAST_PART, RANK_OTHER_CATALOGUE, RANK_WEAK = range(6)

_ARTICLE = re.compile(r"^(?:the|our|a|an|this)\s+", re.I)
_NOUN = re.compile(r"\s+(?:data\s?sets?|data|corpus|corpora|benchmark|collection|models?|checkpoints?|cards?)$", re.I)
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_SUGGESTED, _ACCEPTED, _MARGIN, _SHORTEST = 72.0, 90.0, 4.0, 5


#: what has aliases: assets, and the values of facets (a code-mixed language has several codes)
NamedKind = AssetKind | Literal["language", "task", "license", "metric", "organization"]


class Alias(NamedTuple):
    """A spelling of an asset, a language, a task, a licence, a metric or an organisation."""

    squashed: str
    id: str
    spelling: str
    rank: int


class AliasSource(Protocol):
    """Where aliases stand: in the store, or in memory while a catalogue is being linked."""

    def aliases_of(self, kind: NamedKind, squashed: Sequence[str]) -> list[Alias]:
        """All aliases with one of these squashed spellings."""
        ...

    def all_aliases(self, kind: AssetKind) -> list[Alias]:
        """Every alias of a kind."""
        ...


@dataclass(frozen=True)
class Candidate:
    """An asset that a name may mean; `score` is 0 to 100."""

    id: str
    spelling: str
    score: float


@dataclass(frozen=True)
class Resolution:
    """What a name means: `id` is None where it is ambiguous or unknown; `candidates` are what it may have meant."""

    name: str
    id: str | None
    how: How
    candidates: tuple[Candidate, ...] = ()


class Names:
    """Resolves names of one catalogue."""

    def __init__(self, source: AliasSource) -> None:
        self._source = source
        self._all: dict[AssetKind, list[Alias]] = {}

    def resolve(self, kind: AssetKind, name: str, *, fuzzy: bool = True) -> Resolution:
        """The asset that `name` means."""
        spellings = variants(name)
        found = self._source.aliases_of(kind, [squash(spelling) for spelling in spellings])
        for spelling in spellings:
            key = squash(spelling)
            resolution = _decide(name, [alias for alias in found if alias.squashed == key])
            if resolution:
                return resolution
        return self._fuzzy(kind, name) if fuzzy else Resolution(name, None, "unknown")

    def similar(self, kind: AssetKind, name: str, limit: int = 5) -> tuple[Candidate, ...]:
        """The assets whose spellings come nearest to `name`, best first."""
        from rapidfuzz import process  # only where a name is not found as it is written

        key = squash(variants(name)[-1])
        if len(key) < 2:
            return ()
        aliases = self._aliases(kind)
        choices = [alias.squashed for alias in aliases]
        hits = process.extract(key, choices, scorer=_likeness, limit=limit * 6, score_cutoff=_SUGGESTED)
        best: dict[str, Candidate] = {}
        for _, score, index in hits:
            alias = aliases[index]
            if alias.id not in best or best[alias.id].score < score:
                best[alias.id] = Candidate(alias.id, alias.spelling, round(score, 1))
        return tuple(sorted(best.values(), key=lambda c: (-c.score, c.id))[:limit])

    def _fuzzy(self, kind: AssetKind, name: str) -> Resolution:
        near = self.similar(kind, name)
        key = squash(variants(name)[-1])
        if not near or len(key) < _SHORTEST:
            return Resolution(name, None, "unknown", near)
        best, rest = near[0], [c for c in near[1:] if c.score > near[0].score - _MARGIN]
        same_version = _DIGITS.findall(squash(best.spelling)) == _DIGITS.findall(key)
        if best.score >= _ACCEPTED and same_version and not rest:
            return Resolution(name, best.id, "fuzzy", near)
        return Resolution(name, None, "ambiguous" if rest and best.score >= _ACCEPTED else "unknown", near)

    def _aliases(self, kind: AssetKind) -> list[Alias]:
        if kind not in self._all:
            self._all[kind] = self._source.all_aliases(kind)
        return self._all[kind]


def variants(name: str) -> list[str]:
    """The name, then the name without article and trailing noun: `the SQuAD dataset` → `SQuAD`."""
    whole = name.strip().strip("\"'`“”‘’«»*_.,;:!?()[]").strip()
    if whole.count("(") == whole.count(")") + 1:
        whole += ")"
    bare = _NOUN.sub("", _ARTICLE.sub("", whole)).strip()
    return list(dict.fromkeys(spelling for spelling in (whole, _ARTICLE.sub("", whole), bare) if spelling)) or [name]


def name_words(name: str) -> list[str]:
    """The words of a name in lower case, letters and digits apart: `squadv2-tiny` → squad, v, 2, tiny."""
    folded = "".join(char if char.isascii() else squash(char) or " " for char in name.lower().replace("_", " "))
    return list(dict.fromkeys(word[:100] for word in _WORD.findall(folded)))


def edits(one: str, other: str) -> int:
    """Insertions, deletions, substitutions and swaps between two squashed names."""
    from rapidfuzz.distance import DamerauLevenshtein

    return int(DamerauLevenshtein.distance(one, other))


def _likeness(one: Any, other: Any, /, *, score_cutoff: float | None = None) -> float:
    """Similarity 0 to 100; a part of a longer name counts a little less than the whole."""
    from rapidfuzz import fuzz

    whole = fuzz.ratio(one, other, score_cutoff=score_cutoff)
    if len(one) < 4 or len(other) <= len(one):
        return whole
    return max(whole, 0.88 * fuzz.partial_ratio(one, other, score_cutoff=score_cutoff))


def _decide(name: str, found: Iterable[Alias]) -> Resolution | None:
    """The asset of the surest rank; several of one rank are ambiguous."""
    ranked = sorted(set(found), key=lambda alias: (alias.rank, alias.id))
    if not ranked:
        return None
    exact = next((alias for alias in ranked if alias.id == name), None)
    if exact:
        return Resolution(name, exact.id, "exact")
    ids = list(dict.fromkeys(alias.id for alias in ranked if alias.rank == ranked[0].rank))
    if len(ids) == 1:
        return Resolution(name, ids[0], "normalised")
    candidates = tuple(Candidate(alias.id, alias.spelling, 100.0) for alias in ranked if alias.id in ids)
    return Resolution(name, None, "ambiguous", candidates[:10])
