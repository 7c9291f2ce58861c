"""The one asset that a question is about, when nobody writes its id: `the deepset roberta-base for squad 2`.

Every word of a name is weighed by how few names share it. An asset is likely when it explains the telling words of
the question and the question names the telling words of the asset; words need not be equal, `distilled Tagalog BERT`
explains `distilbert-tagalog`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.offline.phrases import phrases
from catalog.languages import language_name
from catalog.names import name_words
from catalog.records import AssetKind
from catalog.store import Catalog

_CANDIDATES = 60
_MOST_WORDS, _KEPT_NAMES, _REMEMBERED = 60, 20_000, 64
_EXPLAINED = 0.5
_ACCEPTED, _ACCEPTED_OF_OWNER, _MARGIN = 0.6, 0.3, 0.02
_QUESTION_SHARE = 0.75
_SHORTEST_PART, _SHORTEST_PREFIX = 3, 5


@dataclass(frozen=True)
class Subject:
    """The asset that a question is about, and the words of the question that name it."""

    kind: AssetKind
    id: str
    words: frozenset[str]


@dataclass(frozen=True)
class Told:
    """What a question tells of its subject: its words, the codes of languages and the organisations that it names."""

    question: str
    languages: tuple[str, ...] = ()
    organizations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Likely:
    """An asset that a question may be about; `score` is 0 to 1, `words` are the question's words that it explains."""

    kind: AssetKind
    id: str
    score: float
    words: frozenset[str]


class SubjectFinder:
    """Finds assets by loosely told names in one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names: dict[tuple[AssetKind, str], Mapping[str, float]] = {}
        self.likely = lru_cache(maxsize=_REMEMBERED)(self._likely)

    def _likely(self, kind: AssetKind, told: Told) -> list[Likely]:
        """Assets of a kind, likeliest first; only those of the named organisations, where there are any."""
        asked = _asked(told)
        shared = self._catalog.named_like(kind, asked, _CANDIDATES)
        names = self._named(kind, [id_ for id_, _ in shared])
        own = {id_: words for id_, words in names.items() if id_.rpartition("/")[0] in told.organizations}
        return _ranked(kind, asked, own or names)

    def _named(self, kind: AssetKind, ids: Sequence[str]) -> dict[str, Mapping[str, float]]:
        """Asset id → the telling words of its name with their weights; kept, as many questions look at the same."""
        missing = [id_ for id_ in ids if (kind, id_) not in self._names]
        if len(self._names) > _KEPT_NAMES:
            self._names.clear()
            missing = [*ids]
        for id_, words in self._catalog.name_words(kind, missing).items() if missing else ():
            self._names[kind, id_] = _telling(words)
        return {id_: self._names[kind, id_] for id_ in ids}

    def one(self, kind: AssetKind, told: Told) -> Likely | None:
        """The asset that the question is about, where one stands out; its named maker makes it likelier."""
        found = self.likely(kind, told)
        owned = bool(found) and found[0].id.rpartition("/")[0] in told.organizations
        if not found or found[0].score < (_ACCEPTED_OF_OWNER if owned else _ACCEPTED):
            return None
        close = [likely for likely in found if likely.score > found[0].score - _MARGIN]
        fits = sorted(((_fit(likely.id, told), likely) for likely in close), key=lambda pair: -pair[0])
        return None if len(fits) > 1 and fits[0][0] == fits[1][0] else fits[0][1]


def _telling(words: Mapping[str, float]) -> Mapping[str, float]:
    """The words of a name without sizes and the like, which are told apart last, unless it has no others."""
    return {word: weight for word, weight in words.items() if word not in phrases().common} or words


def _fit(id_: str, told: Told) -> int:
    """What tells names apart that are equally likely: sizes (`large`), and the order of languages (`en-ru`)."""
    named, asked = name_words(id_.rpartition("/")[2]), set(name_words(told.question))
    plain = [word for word in named if word in phrases().common or word.isdigit()]
    sizes = sum(1 if word in asked else -1 for word in plain)
    places = [named.index(code) for code in told.languages if code in named]
    return 2 * sizes + (1 if len(places) > 1 and places == sorted(places) else 0)


def _asked(told: Told) -> list[str]:
    """The words of the question that may stand in a name, with the codes of the languages it names."""
    common = phrases().common
    words = [word for word in name_words(told.question) if word not in common][:_MOST_WORDS]
    spoken = [word for code in told.languages for word in (code, language_name(code).lower())]
    return list(dict.fromkeys([*words, *spoken]))


def _ranked(kind: AssetKind, asked: Sequence[str], names: Mapping[str, Mapping[str, float]]) -> list[Likely]:
    explained = {id_: {q: _best(q, words) for q in asked} for id_, words in names.items()}
    weight: dict[str, float] = defaultdict(float)
    for matches in explained.values():
        for q, (likeness, matched) in matches.items():
            if likeness >= _EXPLAINED:
                weight[q] = max(weight[q], matched)
    whole = sum(weight.values())
    if not whole:
        return []
    found = []
    for id_, words in names.items():
        covered = sum(weight[q] * explained[id_][q][0] for q in weight)
        named = sum(value * _likeness_of_name(word, asked) for word, value in words.items())
        score = _QUESTION_SHARE * covered / whole + (1 - _QUESTION_SHARE) * named / (sum(words.values()) or 1)
        told = frozenset(q for q in weight if explained[id_][q][0] >= _EXPLAINED)
        found.append(Likely(kind, id_, round(score, 4), told))
    return sorted(found, key=lambda likely: (-likely.score, len(likely.id), likely.id))


def _best(asked: str, words: Mapping[str, float]) -> tuple[float, float]:
    """How well the best word of a name explains a word of the question, and that word's weight."""
    return max(((_likeness(asked, word), weight) for word, weight in words.items()), default=(0.0, 0.0))


def _likeness_of_name(word: str, asked: Sequence[str]) -> float:
    """How much of a name's word the question tells, its parts added up."""
    return min(1.0, max([_likeness(q, word) for q in asked], default=0.0) + _parts(word, asked))


def _parts(word: str, asked: Sequence[str]) -> float:
    inside = [len(q) for q in asked if len(q) >= _SHORTEST_PART and q != word and q in word]
    return sum(inside) / len(word) * 0.5 if inside else 0.0


def explains(id_: str, words: Sequence[str]) -> bool:
    """Whether a name has all the words in their order, but for slips of the pen."""
    rest = iter(name_words(id_))
    return all(
        any(word == other or (len(word) >= _SHORTEST_PREFIX and _one_slip(word, other)) for other in rest)
        for word in words
    )


@lru_cache(maxsize=100_000)
def _likeness(asked: str, word: str) -> float:
    """1 for equal words, less for a part, a common beginning or a slip of the pen, 0 for others."""
    if asked == word:
        return 1.0
    shorter, longer = sorted((asked, word), key=len)
    if len(shorter) < _SHORTEST_PART or shorter.isdigit():
        return 0.0
    if shorter in longer:
        return 0.55 + 0.4 * len(shorter) / len(longer)
    common = next((i for i, (a, b) in enumerate(zip(asked, word, strict=False)) if a != b), len(shorter))
    if common >= _SHORTEST_PREFIX:
        return 0.5 + 0.4 * common / len(longer)
    return 0.8 if len(shorter) >= _SHORTEST_PREFIX and _one_slip(asked, word) else 0.0


def _one_slip(one: str, other: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return abs(len(one) - len(other)) <= 1 and int(DamerauLevenshtein.distance(one, other, score_cutoff=1)) <= 1
