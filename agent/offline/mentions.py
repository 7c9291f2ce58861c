"""The names in a question: which words mean which model, dataset, task, language, licence, metric or organisation.

Every run of words is looked up at once (one SQL statement a kind); of overlapping finds the longest wins. Models and
datasets that nobody names in full are found by the words of their names, scored against the rest of the catalogue.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from agent.offline.phrases import phrases
from catalog.licences import licence_key
from catalog.names import Alias, NamedKind, name_words
from catalog.records import AssetKind
from catalog.store import Catalog
from catalog.vocabulary import VocabularyKind, squash, vocabulary

MentionKind = Literal["model", "dataset", "task", "language", "license", "metric", "organization"]

_ATOM = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_LONGEST = 14
_LONGEST_TERM = 6
_MAX_QUESTION = 4_000
_MAX_ATOMS = 160

#: where two kinds claim the same words, the earlier wins
_PRECEDENCE: tuple[MentionKind, ...] = ("model", "dataset", "license", "metric", "language", "task", "organization")


@dataclass(frozen=True)
class Mention:
    """Words of the question, from `start` to `end`, that mean `ids` of one kind (several: code-mixed languages)."""

    kind: MentionKind
    ids: tuple[str, ...]
    start: int
    end: int
    words: str

    @property
    def id(self) -> str:
        return self.ids[0]


@dataclass(frozen=True)
class Likely:
    """A model or dataset whose name shares words with the question; `share` of its name's weight is named, 0 to 1."""

    kind: AssetKind
    id: str
    score: float
    share: float


@dataclass(frozen=True)
class _Run:
    """A run of words."""

    start: int
    end: int
    words: str
    key: str
    atoms: int


class QuestionLinker:
    """Finds mentions; holds what of the catalogue is the same for every question."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def mentions(self, question: str) -> tuple[Mention, ...]:
        """All mentions that do not overlap, in the order of the question."""
        runs = _runs(question[:_MAX_QUESTION])
        found = [mention for kind in _PRECEDENCE for mention in self._of_kind(kind, runs)]
        found.sort(key=lambda m: (m.start - m.end, _PRECEDENCE.index(m.kind)))
        taken: list[Mention] = []
        for mention in found:
            if all(mention.end <= other.start or mention.start >= other.end for other in taken):
                taken.append(mention)
        return tuple(sorted(taken, key=lambda m: m.start))

    def likely(self, kind: AssetKind, question: str, limit: int = 5) -> list[Likely]:
        """Assets whose names share the most telling words with a question, best first."""
        asked = name_words(question[:_MAX_QUESTION])[:_MAX_ATOMS]
        shared = self._catalog.named_like(kind, asked, limit * 4)
        whole = {id_: self._weight(kind, id_) for id_, _ in shared}
        found = [Likely(kind, id_, score * score / whole[id_], score / whole[id_]) for id_, score in shared if whole[id_]]
        return sorted(found, key=lambda likely: (-likely.score, likely.id))[:limit]

    def _weight(self, kind: AssetKind, id_: str) -> float:
        return self._catalog.name_weight(kind, id_)

    def _of_kind(self, kind: MentionKind, runs: Sequence[_Run]) -> Iterator[Mention]:
        if kind == "model" or kind == "dataset" or kind == "language":
            yield from self._named(kind, runs)
            return
        find = self._finders[kind]
        for run in runs:
            if run.atoms <= _LONGEST_TERM:
                ids = find(run.words)
                if ids:
                    yield Mention(kind, ids, run.start, run.end, run.words)

    def _named(self, kind: NamedKind, runs: Sequence[_Run]) -> Iterator[Mention]:
        """What the aliases of the catalogue name; an asset by its surest alias, a code-mixed language by all codes."""
        keys = {run.key for run in runs if run.key not in phrases().common}
        found: dict[str, list[Alias]] = defaultdict(list)
        for alias in sorted(self._catalog.aliases_of(kind, sorted(keys)), key=lambda alias: (alias.rank, alias.id)):
            found[alias.squashed].append(alias)
        for run in runs:
            meant = found.get(run.key)
            # Codes and abbreviations of languages are words of the question: no, is, it.
            if meant and (kind != "language" or len(run.key) > 3):
                ids = tuple(alias.id for alias in (meant if kind == "language" else meant[:1]))
                yield Mention(kind, ids, run.start, run.end, run.words)

    @cached_property
    def _finders(self) -> Mapping[MentionKind, Callable[[str], tuple[str, ...]]]:
        organizations = {squash(name): name for name in self._catalog.organizations()}
        named = {squash(name): id_ for id_, t in vocabulary("organisations").terms.items() for name in t.names}
        known = {key: id_ for key, id_ in named.items() if squash(id_) in organizations} | organizations

        def organization(words: str) -> tuple[str, ...]:
            id_ = known.get(squash(words))
            return (organizations.get(squash(id_), id_),) if id_ else ()

        return {
            "license": _licence,
            "metric": _term("metrics"),
            "task": _term("tasks"),
            "organization": organization,
        }


def _runs(question: str) -> list[_Run]:
    text = _POSSESSIVE.sub(lambda match: " " * len(match[0]), question)
    atoms = list(_ATOM.finditer(text))[:_MAX_ATOMS]
    runs = []
    for first, start in enumerate(atoms):
        for last in range(first, min(first + _LONGEST, len(atoms))):
            words = text[start.start() : atoms[last].end()]
            if len(words) > 200 or "\n" in words:
                break
            key = squash(words)
            if len(key) > 1:
                runs.append(_Run(start.start(), atoms[last].end(), words, key, last - first + 1))
    return runs


def _term(kind: VocabularyKind) -> Callable[[str], tuple[str, ...]]:
    def find(words: str) -> tuple[str, ...]:
        id_ = vocabulary(kind).find(words)
        return (id_,) if id_ and squash(words) not in phrases().common else ()

    return find


def _licence(words: str) -> tuple[str, ...]:
    if squash(words) in phrases().common or squash(words) in ("unknown", "other"):
        return ()
    key = vocabulary("licences").find(words) or (licence_key(words) if any(c.isdigit() for c in words) else None)
    return (key,) if key else ()
