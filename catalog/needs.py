"""A need told in people's own words, read into what cards would call it and the facets that would fit.

The words are data: `data/needs.toml` has what people say and what cards say for it, `data/places.toml` where languages
are spoken. What people say is also indexed beside the asset profiles, so that a need which says it in other words again
is heard by its meaning (`profiles.py`).
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from catalog.profiles import Need
from catalog.records import AssetKind, Passage
from catalog.vocabulary import DATA

_NEEDS, _PLACES = "needs.toml", "places.toml"
#: a stem of fewer letters must be the whole word
_SHORTEST_STEM = 4
_SMALL = 100e6
#: a text of so many words says enough to look for it, also where it tells of nothing known
_AT_LENGTH = 8


@dataclass(frozen=True)
class Concept:
    """Something that people ask for: what they say, what cards call it, the hub tasks that do it."""

    said: re.Pattern[str]
    means: str
    tasks: frozenset[str]


@dataclass(frozen=True)
class Places:
    """`data/places.toml`, read: where which languages are spoken."""

    named: re.Pattern[str]
    languages: Mapping[str, frozenset[str]]

    def spoken_at(self, text: str) -> frozenset[str]:
        """The codes of the languages of the places that a text names."""
        return frozenset(code for match in self.named.finditer(text) for code in self.languages[match[0].lower()])


@dataclass(frozen=True)
class NeedReader:
    """`data/needs.toml`, read."""

    concepts: tuple[Concept, ...]
    places: Places
    facts: re.Pattern[str]
    ours: re.Pattern[str]
    wishes: re.Pattern[str]
    data: re.Pattern[str]
    models: re.Pattern[str]
    commercial: re.Pattern[str]
    small: re.Pattern[str]

    def read(self, text: str, languages: Sequence[str] = ()) -> Need:
        """The need; `languages` are the codes of those that it names."""
        concepts = [concept for concept in self.concepts if concept.said.search(text)]
        return Need(
            text=text,
            meanings=tuple(dict.fromkeys(concept.means for concept in concepts)),
            tasks=frozenset(task for concept in concepts for task in concept.tasks),
            languages=frozenset(languages) | self.places.spoken_at(text),
            kind=self._kind(text),
            commercial=bool(self.commercial.search(text)),
            most_params=_SMALL if self.small.search(text) else None,
        )

    def told_in(self, text: str) -> bool:
        """Whether the text tells a need, and not a question about something: what is known, or at some length."""
        if self.facts.search(text) and not (self.ours.search(text) and self.wishes.search(text)):
            return False
        known = any(concept.said.search(text) for concept in self.concepts)
        return known or len(text.split()) >= _AT_LENGTH

    def _kind(self, text: str) -> AssetKind | None:
        """What is wanted, where that is said: something to learn from, or something that does it."""
        data, models = self.data.search(text), self.models.search(text)
        return "dataset" if data and not models else "model" if models and not data else None


@lru_cache(maxsize=1)
def need_reader() -> NeedReader:
    """The one reader; read once per process."""
    raw = _raw()
    concepts = tuple(Concept(_stems(c["said"]), c["means"], frozenset(c["tasks"])) for c in raw["concept"])
    words = {name: _words(raw[name]) for name in ("facts", "ours", "wishes", "data", "models", "commercial", "small")}
    return NeedReader(concepts, _places(), **words)


def phrases() -> list[Passage]:
    """What people say, each phrase with what cards call it as its heading, to be indexed beside the profiles."""
    pairs = dict.fromkeys((said, concept["means"]) for concept in _raw()["concept"] for said in concept["said"])
    return [
        Passage(
            path=f"{_NEEDS}/{means}",
            asset=None,
            kind="document",
            headings=(means,),
            line_start=1,
            line_end=1,
            text=said,
        )
        for said, means in pairs
    ]


def _raw() -> dict[str, Any]:
    return tomllib.loads((DATA / _NEEDS).read_text(encoding="utf-8"))


def _places() -> Places:
    raw: dict[str, list[str]] = tomllib.loads((DATA / _PLACES).read_text(encoding="utf-8"))["languages"]
    languages: dict[str, set[str]] = defaultdict(set)
    for code, names in raw.items():
        for name in names:
            languages[name.lower()].add(code)
    return Places(_whole(languages), {name: frozenset(codes) for name, codes in languages.items()})


def _whole(names: Iterable[str]) -> re.Pattern[str]:
    """Any of some names, the longest first, as whole words."""
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.I)


def _stems(said: Sequence[str]) -> re.Pattern[str]:
    """Words that begin with any of the stems."""
    alternatives = [re.escape(one) + (r"\b" if len(one) < _SHORTEST_STEM else "") for one in said]
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})", re.I)


def _words(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})", re.I)
