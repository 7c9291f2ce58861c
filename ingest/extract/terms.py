"""Where the words of a curated vocabulary stand in a text."""

from dataclasses import dataclass
from functools import lru_cache

from catalog.vocabulary import VocabularyKind, vocabulary
from ingest.extract.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class TermAt:
    """A spelling of a curated term in a text: `id` is the canonical one, `text[start:end]` what is printed."""

    id: str
    start: int
    end: int


def terms(text: str, kind: VocabularyKind, *, weak: bool = False) -> list[TermAt]:
    """The terms of one vocabulary in reading order, without overlaps; `weak` spellings as well where asked for."""
    return list(_scanned(text, kind, weak))


#: Several extractors look at the same sentence, most of them one after the other.
@lru_cache(maxsize=2048)
def _scanned(text: str, kind: VocabularyKind, weak: bool) -> tuple[TermAt, ...]:
    return tuple(TermAt(id_, start, end) for start, end, id_ in _gazetteer(kind, weak).scan(text))


@lru_cache
def _gazetteer(kind: VocabularyKind, weak: bool) -> Gazetteer:
    curated = vocabulary(kind)
    return Gazetteer({**curated.weak_spellings, **curated.spellings} if weak else curated.spellings)
