"""Whether what is printed where a dataset is expected names one: not `custom dataset`, `None`, `the training set`."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catalog.languages import language_code
from catalog.vocabulary import vocabulary
from ingest.extract.hub import dataset_of
from ingest.extract.patterns import load

_DATA = Path(__file__).parent / "data" / "naming.toml"
_WORD = re.compile(r"[^\W\d_]+[^\W_]*", re.UNICODE)
_MAX_NAME = 300


def dataset_name(printed: str) -> str | None:
    """The name to look up: that of a repository for its address; None where nothing is named."""
    printed = printed.strip()[:_MAX_NAME]
    if vocabulary("datasets").find(printed):
        return printed
    told = _told()
    id_ = dataset_of(printed)
    repository = told.repository.match(printed)
    if id_ or repository:
        return id_ or (repository and repository[1])
    if told.address.match(printed) or told.measure.search(printed):
        return None
    return None if told.words.issuperset(_words(printed)) else translation(printed) or printed


def translation(printed: str) -> str | None:
    """The one name of an English dataset in another language: `Korean SQuAD1.1` and `SQuAD v1 (Korean)` are one."""
    known = vocabulary("datasets")
    for match in filter(None, (pattern.match(printed) for pattern in _told().translations)):
        original, code = known.find(match["name"]), language_code(match["language"])
        if not original or not code or code == "en" or original not in _english_only():
            continue
        spellings = (f"{match['language']} {name}" for name in (original, *known.terms[original].names))
        curated = next(filter(None, map(known.find, spellings)), None)
        return curated or f"{original.rpartition('/')[2]}-{code}-translated"
    return None


@lru_cache(maxsize=1)
def _english_only() -> frozenset[str]:
    """What exists in other languages as a translation only."""
    return frozenset(load("mentions")["translations"]["english_only"]) - _told().in_several_languages


def names_data(printed: str) -> bool:
    """Whether a text may be the name of a dataset."""
    return dataset_name(printed) is not None


def _words(printed: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(printed)}


@dataclass(frozen=True, slots=True)
class _Told:
    words: frozenset[str]
    measure: re.Pattern[str]
    address: re.Pattern[str]
    repository: re.Pattern[str]
    translations: tuple[re.Pattern[str], ...]
    in_several_languages: frozenset[str]


@lru_cache(maxsize=1)
def _told() -> _Told:
    raw = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    patterns = {key: re.compile(raw[key]) for key in ("measure", "address", "repository")}
    translations = tuple(re.compile(pattern) for pattern in raw["translations"])
    several = frozenset(raw["in_several_languages"])
    return _Told(frozenset(raw["words"]), translations=translations, in_several_languages=several, **patterns)
