"""The names in a question: which words mean which model, dataset, task, language, licence, metric or organisation.

Every run of words is looked up at once (one SQL statement a kind); of overlapping finds the longest wins.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.offline.phrases import phrases
from catalog.names import RANK_WEAK, Alias, NamedKind
from catalog.store import Catalog
from catalog.vocabulary import squash

_ATOM = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_LONGEST = 14
_MAX_QUESTION = 4_000
_MAX_ATOMS = 160

#: where two kinds claim the same words, the earlier wins
_PRECEDENCE: tuple[NamedKind, ...] = ("model", "dataset", "license", "metric", "language", "task", "organization")


@dataclass(frozen=True)
class Mention:
    """Words of the question, from `start` to `end`, that mean `ids` of one kind (several: code-mixed languages).

    `weak`: the words are plain words, or the name of a whole family, as well.
    """

    kind: NamedKind
    ids: tuple[str, ...]
    start: int
    end: int
    words: str
    weak: bool = False

    @property
    def id(self) -> str:
        return self.ids[0]


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
        found = [mention for kind in _PRECEDENCE for mention in self._named(kind, runs)]
        found = [
            mention for mention in found if mention.kind != "dataset" or not mention.weak or _cued(question, mention)
        ]
        found.sort(key=lambda m: (m.start - m.end, _PRECEDENCE.index(m.kind)))
        taken: list[Mention] = []
        for mention in found:
            if all(mention.end <= other.start or mention.start >= other.end for other in taken):
                taken.append(mention)
        return tuple(sorted(taken, key=lambda m: m.start))

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
                yield Mention(kind, ids, run.start, run.end, run.words, weak=meant[0].rank == RANK_WEAK)


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


def _cued(question: str, mention: Mention) -> bool:
    """Whether the words around a plain word say that a dataset is meant: `trained on common crawl`, `the race dataset`."""
    text = question.lower()
    return phrases().says("dataset_before", text[: mention.start]) or phrases().says(
        "dataset_after", text[mention.end :]
    )
