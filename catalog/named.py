"""Which assets a question names, in full or by an alias: spans of its words are looked up, the longest first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.names import RANK_WEAK, Alias, name_words
from catalog.records import AssetKind
from catalog.store import Asset, Catalog
from catalog.vocabulary import squash

_TOKEN = re.compile(r"[^\s,;:?!()\"“”]+")
_ENDING = re.compile(r"(?:'s|’s|\.+)$")
#: `SciFact`, `ETHOS`, `squad_v2` are names by their looks
_LOOKS_NAMED = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d|_")
_KINDS: tuple[AssetKind, ...] = ("model", "dataset")
_LONGEST, _MOST_WORDS, _SHORTEST = 7, 80, 3
#: how much the words of a name must tell: 1 is a word that stands in one name of the catalogue only; a word that
#: stands in no name tells by its length
_TELLING, _TELLING_BY_LOOKS, _UNKNOWN_LONG, _UNKNOWN_SHORT, _LONG = 0.82, 0.4, 0.97, 0.4, 4


@dataclass(frozen=True)
class Named:
    """Words of a question that name something, and the assets that they may mean, surest first."""

    words: str
    assets: tuple[Asset, ...]


def named_assets(catalog: Catalog, question: str) -> list[Named]:
    """The names in a question, in its order."""
    tokens = [_ENDING.sub("", match[0]) for match in _TOKEN.finditer(question)][:_MOST_WORDS]
    spans = {(start, length): " ".join(tokens[start : start + length]) for start, length in _spans(len(tokens))}
    aliases = _aliases(catalog, list({squash(text) for text in spans.values()}))
    telling = _telling(catalog, name_words(question))
    found, start = [], 0
    while start < len(tokens):
        lengths = [n for n in range(min(_LONGEST, len(tokens) - start), 0, -1) if squash(spans[start, n]) in aliases]
        length = next((n for n in lengths if _tells(spans[start, n], telling)), None)
        if length is not None:
            assets = _meant(catalog, aliases[squash(spans[start, length])])
            found += [Named(spans[start, length], assets)] if assets else []
        start += length or 1
    return found


def _spans(count: int) -> Iterator[tuple[int, int]]:
    for start in range(count):
        for length in range(1, min(_LONGEST, count - start) + 1):
            yield start, length


def _aliases(catalog: Catalog, squashed: Sequence[str]) -> dict[str, list[tuple[AssetKind, Alias]]]:
    asked = [spelling for spelling in squashed if len(spelling) >= _SHORTEST]
    found: dict[str, list[tuple[AssetKind, Alias]]] = {}
    for kind in _KINDS:
        for alias in catalog.aliases_of(kind, asked):
            if alias.rank < RANK_WEAK:
                found.setdefault(alias.squashed, []).append((kind, alias))
    return found


def explained(catalog: Catalog, question: str, names: Sequence[str], other: frozenset[str]) -> float:
    """How much the words tell that the question shares with the best of some names, but `other` words.

    1 is a word that stands in one name of the catalogue only. One word alone must look like a name: `friends` may be
    the name of a dataset, and need not be in a question. `other` words tell nothing, but may stand beside one that
    does.
    """
    words = {word for word in name_words(question) if len(word) > 1}
    telling, looks = _telling(catalog, sorted(words - other)), _looking_named(question)
    best = 0.0
    for name in names:
        shared = words.intersection(name_words(name))
        if len(shared) > 1 or any(len(word) >= _SHORTEST for word in looks.intersection(shared)):
            best = max(best, sum(telling.get(word, 0.0) for word in shared))
    return best


def looks_named(words: str) -> bool:
    """Whether some words are a name by their looks: several, joined, with a digit or a capital within."""
    return len(name_words(words)) > 1 or bool(_LOOKS_NAMED.search(words))


def _looking_named(question: str) -> set[str]:
    """The words of a question that are, or are part of, names by their looks; also those with a capital within it."""
    tokens = [match[0] for match in _TOKEN.finditer(question)]
    named = [token for token in tokens if _LOOKS_NAMED.search(token)]
    named += [token for token in tokens[1:] if token[:1].isupper()]
    return {word for token in named for word in name_words(token)}


def _telling(catalog: Catalog, words: Sequence[str]) -> dict[str, float]:
    """How much each word of a name tells; in a catalogue of one name every word tells all."""
    most = catalog.most_telling()
    return {word: weight / most if most else 1.0 for word, weight in catalog.word_weights(words).items()}


def _tells(text: str, telling: dict[str, float]) -> bool:
    return _weight(text, telling) >= (_TELLING_BY_LOOKS if _LOOKS_NAMED.search(text) else _TELLING)


def _weight(text: str, telling: dict[str, float]) -> float:
    unknown = {word: _UNKNOWN_LONG if len(word) > _LONG else _UNKNOWN_SHORT for word in name_words(text)}
    return sum(telling.get(word, weight) for word, weight in unknown.items())


def _meant(catalog: Catalog, aliases: list[tuple[AssetKind, Alias]]) -> tuple[Asset, ...]:
    ranked = sorted(aliases, key=lambda pair: (pair[1].rank, pair[1].id))
    found = {kind: {a.id: a for a in catalog.assets(kind, [al.id for k, al in ranked if k == kind])} for kind in _KINDS}
    assets = [found[kind][alias.id] for kind, alias in ranked if alias.id in found[kind]]
    return tuple(asset for asset in assets if asset.has_card and asset.path)
