"""The names in a question: which words mean which model, dataset, task, language, licence, metric or organisation.

Every run of words is looked up at once, in one SQL statement; of overlapping finds the longest wins.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.offline.phrases import phrases
from catalog.names import RANK_WEAK, Alias, NamedKind
from catalog.records import AssetKind
from catalog.store import Catalog
from catalog.vocabulary import squash

_ATOM = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_JOINED_BEFORE = re.compile(r"((?:[^\W_]+[-_/.])+)$")
_JOINED_AFTER = re.compile(r"^((?:[-_/.][^\W_]+)+)")
_LONGEST, _MOST_WORDS = 14, 8
_MAX_QUESTION = 4_000
_MAX_ATOMS = 160
_SHORTEST_MISSPELT = 6
_MISSPELT_KINDS: tuple[NamedKind, ...] = ("language", "task")

#: what a tool is called → what it does
_TOOLS = {"classifier": "classification", "detector": "detection", "recognizer": "recognition", "tagger": "tagging"}

#: where two kinds claim the same words, the earlier wins
_PRECEDENCE: tuple[NamedKind, ...] = ("model", "dataset", "license", "metric", "language", "task", "organization")


@dataclass(frozen=True)
class Mention:
    """Words of the question, from `start` to `end`, that mean `ids` of one kind (several: code-mixed languages).

    `weak`: the words are plain words, or the name of a whole family, as well; `carded`: the asset has a card.
    """

    kind: NamedKind
    ids: tuple[str, ...]
    start: int
    end: int
    words: str
    weak: bool = False
    carded: bool = False

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
    """Finds the mentions of questions in one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._all: dict[NamedKind, dict[str, list[Alias]]] = {}

    def mentions(self, question: str) -> tuple[Mention, ...]:
        """All mentions that do not overlap, in the order of the question."""
        text = question[:_MAX_QUESTION]
        runs = _runs(text)
        keys = sorted({key for run in runs for key in _singular(run.key) if key not in phrases().common})
        aliases = self._catalog.aliases_by_kind(_PRECEDENCE, keys)
        found = [mention for kind in _PRECEDENCE for mention in _named(kind, runs, aliases.get(kind, ()))]
        carded = self._with_cards(_makers_first(text, [mention for mention in found if _meant(text, mention)]))
        taken = _longest([mention for mention in carded if not _plain(mention) and not _in_longer_name(text, mention)])
        taken = _longest([*taken, *self._misspelt(runs, taken), *_done(text)])
        return tuple(sorted(taken, key=lambda m: m.start))

    def _with_cards(self, mentions: Sequence[Mention]) -> list[Mention]:
        """The mentions, those of assets with a card marked."""
        kinds: tuple[AssetKind, ...] = ("model", "dataset")
        ids = {kind: [m.id for m in mentions if m.kind == kind] for kind in kinds}
        carded = {(kind, a.id) for kind in kinds for a in self._catalog.assets(kind, ids[kind]) if a.has_card}
        return [replace(mention, carded=(mention.kind, mention.id) in carded) for mention in mentions]

    def _misspelt(self, runs: Sequence[_Run], taken: Sequence[Mention]) -> Iterator[Mention]:
        """Long words with one slip of the pen that are the name of a language or task."""
        asked = phrases().common | phrases().talk
        for run in runs:
            free = run.atoms == 1 and all(run.end <= m.start or run.start >= m.end for m in taken)
            if free and len(run.key) >= _SHORTEST_MISSPELT and run.key not in asked:
                for kind in _MISSPELT_KINDS:
                    near = {a.id for a in self._beginning(kind, run.key[0]) if _one_slip(run.key, a.squashed)}
                    if len(near) == 1:
                        yield Mention(kind, tuple(near), run.start, run.end, run.words)

    def _beginning(self, kind: NamedKind, letter: str) -> list[Alias]:
        """The sure aliases of a kind that begin with a letter."""
        if kind not in self._all:
            self._all[kind] = defaultdict(list)
            for alias in self._catalog.all_aliases(kind):
                if alias.rank != RANK_WEAK:
                    self._all[kind][alias.squashed[:1]].append(alias)
        return self._all[kind][letter]


def _named(kind: NamedKind, runs: Sequence[_Run], aliases: Iterable[Alias]) -> Iterator[Mention]:
    """What the aliases of the catalogue name; an asset by its surest alias, a code-mixed language by all codes."""
    found: dict[str, list[Alias]] = defaultdict(list)
    for alias in sorted(aliases, key=lambda alias: (alias.rank, alias.id)):
        found[alias.squashed].append(alias)
    for run in runs:
        meant = next((found[key] for key in _singular(run.key) if key in found), None)
        # Codes and abbreviations of languages are words of the question: no, is, it.
        if meant and (kind != "language" or len(run.key) > 3):
            first = next((alias for alias in meant if alias.id.lower() == run.words.lower()), meant[0])
            ids = tuple(alias.id for alias in (meant if kind == "language" else [first]))
            yield Mention(kind, ids, run.start, run.end, run.words, weak=first.rank == RANK_WEAK)


def without(text: str, mentions: Iterable[Mention]) -> str:
    """The text of the same length, with blanks for the words of some mentions."""
    for mention in mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def _plain(mention: Mention) -> bool:
    """Words that people ask with (`pretraining corpus`) and that some card took for the name of an asset."""
    asked = phrases().talk | phrases().grammar
    named = mention.kind in ("model", "dataset") and not mention.carded
    return named and all(word.lower() in asked for word in _ATOM.findall(mention.words))


def _makers_first(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """`models by sentence-transformers` names the maker, though a task is called the same."""
    said = {(m.start, m.end) for m in mentions if m.kind == "organization" and _says_maker(text.lower(), m)}
    return [m for m in mentions if m.kind == "organization" or (m.start, m.end) not in said]


def _says_maker(text: str, mention: Mention) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    return phrases().says("maker_said_before", before) or phrases().says("maker_said_after", after)


def _in_longer_name(text: str, mention: Mention) -> bool:
    """The words are a part of a longer name that is not known: `roberta-base` in `xlm-roberta-base-tydi`."""
    if mention.kind not in ("model", "dataset"):
        return False
    before, after = _JOINED_BEFORE.search(text[: mention.start]), _JOINED_AFTER.match(text[mention.end :])
    asked = phrases().talk | phrases().grammar
    return any(word.lower() not in asked for joined in (before, after) if joined for word in _ATOM.findall(joined[1]))


def _done(text: str) -> Iterator[Mention]:
    """Tasks told by what a model does: `translates German`."""
    for task, phrasing in phrases().groups["does"].items():
        for match in phrasing.finditer(text.lower()):
            yield Mention("task", (task,), match.start(), match.end(), match[0])


def _longest(mentions: Sequence[Mention]) -> list[Mention]:
    """Of overlapping mentions the longest; of equal ones an asset with a card, then by kind."""
    taken: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.weak, not m.carded, _rank(m))):
        if all(mention.end <= other.start or mention.start >= other.end for other in taken):
            taken.append(mention)
    return taken


def _rank(mention: Mention) -> int:
    """Plain words that name an asset nobody has a card for are rather a task, a metric or a language."""
    uncarded = mention.kind in ("model", "dataset") and not mention.carded and mention.words.isalpha()
    return _PRECEDENCE.index(mention.kind) + (len(_PRECEDENCE) if uncarded else 0)


@lru_cache(maxsize=20_000)
def _singular(key: str) -> tuple[str, ...]:
    """The key, without a plural's ending, and what a tool does: `spamdetectors`, `spamdetector`, `spamdetection`."""
    one = key[:-1] if len(key) > 4 and key.endswith("s") else key
    tools = (tool for tool in _TOOLS if one.endswith(tool) and one != tool)
    done = next((one.removesuffix(tool) + _TOOLS[tool] for tool in tools), key)
    return tuple(dict.fromkeys((key, one, done)))


def _one_slip(one: str, other: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return (
        abs(len(one) - len(other)) <= 1
        and one != other
        and int(DamerauLevenshtein.distance(one, other, score_cutoff=1)) <= 1
    )


def _runs(question: str) -> list[_Run]:
    text = _POSSESSIVE.sub(lambda match: " " * len(match[0]), question)
    atoms = list(_ATOM.finditer(text))[:_MAX_ATOMS]
    runs = []
    for first, start in enumerate(atoms):
        for last in range(first, min(first + _LONGEST, len(atoms))):
            words = text[start.start() : atoms[last].end()]
            if len(words) > 200 or "\n" in words or words.count(" ") >= _MOST_WORDS:
                break
            key = squash(words)
            if len(key) > 1:
                runs.append(_Run(start.start(), atoms[last].end(), words, key, last - first + 1))
    return runs


def _asked_for(text: str, mention: Mention) -> bool:
    """`anything for Dutch sentiment`, `sentiment models`."""
    return phrases().says("task_before", text[: mention.start]) or phrases().says("task_after", text[mention.end :])


def _meant(question: str, mention: Mention) -> bool:
    """Whether words that are plain words as well mean what they name here.

    Of tasks' plain words only plurals of tools count (`taggers`), and those that stand for a task. A weak dataset
    needs a word for it before or after (`trained on common crawl`, `the race dataset`), a metric must not begin with
    the superlative of a ranking, nor be a plain word or another property of a model.
    """
    text = question.lower()
    if mention.kind == "metric":
        small = mention.words.lower()
        plainly = small in phrases().talk and not mention.words.isupper()
        return not plainly and not phrases().says("superlative_first", small) and not phrases().says("no_metric", small)
    if mention.kind == "license" and mention.weak:
        return phrases().says("licence_said", text)
    if mention.kind == "task" and mention.weak and _asked_for(text, mention):
        return True
    if mention.kind != "dataset" or not mention.weak:
        tools = mention.kind == "task" and mention.words.isalpha() and mention.words.endswith("s")
        return not mention.weak or mention.kind in ("model", "dataset") or tools
    return phrases().says("dataset_before", text[: mention.start]) or phrases().says(
        "dataset_after", text[mention.end :]
    )
