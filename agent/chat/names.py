"""Names of assets that begin as somebody types: look-ups on indexed columns, however large the catalogue is."""

from typing import NamedTuple

from catalog.names import name_words
from catalog.records import AssetKind
from catalog.store import Catalog
from catalog.vocabulary import squash

_KINDS: tuple[AssetKind, ...] = ("model", "dataset")
_LOOKED_AT = 200
_SHORTEST = 2


class Known(NamedTuple):
    """An asset of the catalogue."""

    kind: AssetKind
    id: str


def beginning(catalog: Catalog, typed: str, limit: int = 20) -> list[Known]:
    """Assets of which a spelling begins so, then those whose name has such words in it."""
    key = squash(typed)
    if len(key) < _SHORTEST:
        return []
    found: dict[Known, None] = {}
    for kind in _KINDS:
        for id_ in catalog.ids_beginning(kind, key, _LOOKED_AT):
            found.setdefault(Known(kind, id_))
    words = name_words(typed)
    for kind in _KINDS if words and len(found) < limit else ():
        for id_ in catalog.ids_with_word(kind, words[-1], _LOOKED_AT):
            if all(word in squash(id_) for word in words):
                found.setdefault(Known(kind, id_))
    ordered = sorted(found, key=lambda known: not squash(known.id).startswith(key))
    return ordered[:limit]
