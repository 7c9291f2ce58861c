"""How well a piece of a card answers a part of a question: shared words, weighed, and likeness of meaning.

A word weighs by how rare it is in the whole store and among the pieces looked at. It counts fully where it stands in
the piece itself, less where the heading, the table's header or the sentence before has it, or another word for it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from operator import mul

from agent.offline.asked import Part
from agent.offline.extracts import OPEN, Piece
from agent.offline.orders import is_order
from agent.offline.words import meaning_same, stem, stems
from catalog.embedding import Embedder
from catalog.passages import PassageIndex
from catalog.points import bm25

_OTHER_WORD, _CONTEXT, _NEIGHBOUR = 0.75, 0.7, 0.35
_ASKED_AROUND, _ASKED_AROUND_ONE, _IMPLIED = 0.3, 0.7, 0.3
_RARENESS_HERE = 0.5
_MEANING, _SHAPE, _SECTION = 0.3, 0.2, 0.1
_COUNTED_IN = {"row": 0.15, "field": 0.1, "item": 0.05}
_MEANING_OF_KIND = {"row": 0.5, "code": 0.5, "field": 0.7}
_WITHOUT_STRICT, _WITHOUT_SHAPE = 0.6, 0.9
_ASIDE, _ORDER = 0.5, 0.1
_SAID = ("sentence", "item")
_COMPARED_BY_MEANING = 60
_SLIP_FROM = 6
_PREFIX_FROM, _PREFIX_MORE, _GOES_ON = 6, 3, 0.9
_OWN_ROW = 0.3
_OURS = re.compile(r"\b(?:this (?:model|work|one)|ours?)\b|\(this\b", re.I)
_KEPT_WORDS, _KEPT_TEXTS = 20_000, 64
_LEAST = 0.1
_ASIDE_HEADINGS = frozenset(("citation", "citing", "contribut", "bibtex", "acknowledg"))
_STRICT_SHAPES = frozenset(("number", "duration", "date", "limits", "hardware"))


@dataclass(frozen=True)
class Scored:
    """A piece with how much of a part's content it covers (0 to 1), its likeness of meaning, and its place."""

    piece: Piece
    coverage: float
    coverage_alone: float
    meaning: float
    fits: bool
    score: float
    covered: frozenset[str]


class WordWeights:
    """How telling a word is in one store: its best BM25 score as a query of its own, at most 1; kept once known."""

    def __init__(self, passages: PassageIndex) -> None:
        self._passages = passages
        self._whole = log(2 + passages.count()) * 2.5
        self.of = lru_cache(maxsize=_KEPT_WORDS)(self._weight)

    def _weight(self, word: str) -> float:
        if not bm25().embed_query(word).indices:
            return _LEAST  # a word that the index leaves out
        hits = self._passages.lexical(word, limit=1)
        return min(1.0, max(_LEAST, hits[0].score / self._whole)) if hits else 1.0

    def known(self, word: str) -> bool:
        """Whether any passage has the word, or the index leaves it out as too common."""
        return self.of(word.lower()) < 1.0


@dataclass(frozen=True)
class Overlap:
    """Scores the pieces of one document, or of few, against parts of a question."""

    pieces: Sequence[Piece]
    weight: Callable[[str], float]
    embedder: Embedder

    def ranked(self, part: Part, names: frozenset[str] = frozenset()) -> list[Scored]:
        """All pieces, best first; words that are `names` of the document do not count, but for what is asked for."""
        words = [w for w in part.words if w not in names or w in part.head] or list(part.words or part.implied)
        if not words:
            words, part = list(part.context), replace(part, context=())
        around = [w for w in part.context if w not in names and w not in words]
        table = _Table(self.pieces, [*words, *around])
        weights = [self.weight(word) * _rareness(table.column(n)) for n, word in enumerate(table.words)]
        shares = _shares(weights, len(words))
        coverage = [sum(map(mul, shares, row)) for row in table.matches]
        first = sorted(range(len(self.pieces)), key=lambda i: -coverage[i])[:_COMPARED_BY_MEANING]
        meaning = self._meaning([part.text, " ".join(words) or part.text], [self.pieces[i] for i in first])
        telling = max(names, key=self.weight, default="")
        found = []
        for i, alike in zip(first, meaning, strict=True):
            by_itself = sum(map(mul, shares, table.alone[i]))
            one = _scored(self.pieces[i], part, (coverage[i], by_itself, *alike), table.covered(i))
            found.append(replace(one, score=one.score + _OWN_ROW) if _is_own(one, part, telling) else one)
        return sorted((one for one in found if not _is_open(one.piece, words)), key=lambda one: -one.score)

    def _meaning(self, asked: Sequence[str], pieces: Sequence[Piece]) -> list[tuple[float, ...]]:
        """Cosines of each piece with each of the texts, 0 where they are negative."""
        if not pieces:
            return []
        import numpy as np

        vectors = np.asarray(self.embedder.embed([*asked, *(piece.shown[:400] for piece in pieces)]), dtype=float)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
        cosines = np.maximum(0.0, vectors[len(asked) :] @ vectors[: len(asked)].T)
        return [tuple(map(float, row)) for row in cosines]


class _Table:
    """How much of each word each piece has, 0 to 1: with what stands around the piece, and alone."""

    def __init__(self, pieces: Sequence[Piece], words: Sequence[str]) -> None:
        self.words = words
        own = [stems(piece.text) for piece in pieces]
        around = [stems(piece.context) for piece in pieces]
        likeness = [_likeness(word, frozenset().union(*own, *around)) for word in words]
        self.alone = [[_best(like, told) for like in likeness] for told in own]
        self.matches = [
            [max(a, _CONTEXT * _best(like, told)) if a < 1.0 else a for like, a in zip(likeness, alone, strict=True)]
            for alone, told in zip(self.alone, around, strict=True)
        ]
        for at, near in _neighbours(pieces):
            pairs = zip(self.matches[at], self.alone[near], strict=True)
            self.matches[at] = [max(match, _NEIGHBOUR * beside) for match, beside in pairs]

    def column(self, number: int) -> list[float]:
        return [row[number] for row in self.matches]

    def covered(self, at: int) -> frozenset[str]:
        return frozenset(w for w, match in zip(self.words, self.matches[at], strict=True) if match >= _NEIGHBOUR)


def _shares(weights: Sequence[float], own: int) -> list[float]:
    """Weights as shares: the first `own` make up 1, those of the context a part of that."""
    first, rest = sum(weights[:own]) or 1.0, sum(weights[own:]) or 1.0
    share = _ASKED_AROUND if own > 1 else _ASKED_AROUND_ONE
    return [w / first for w in weights[:own]] + [share * w / rest for w in weights[own:]]


def _neighbours(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Indexes of sentences next to each other in a paragraph, both ways."""
    for at in range(1, len(pieces)):
        if pieces[at].kind == "sentence" and pieces[at].block == pieces[at - 1].block:
            yield from ((at, at - 1), (at - 1, at))


def _rareness(matches: Sequence[float]) -> float:
    """1 for a word of one piece, towards a half for one that stands in all."""
    having = sum(match > 0 for match in matches)
    rare = log(1 + len(matches) / (1 + having)) / log(1 + len(matches)) if len(matches) > 1 else 1.0
    return _RARENESS_HERE + (1 - _RARENESS_HERE) * min(1.0, rare)


def _scored(piece: Piece, part: Part, found: tuple[float, ...], covered: frozenset[str]) -> Scored:
    coverage, alone, whole, meaning = found
    fits = part.fits(f"{piece.lead} {piece.shown}")
    alike = _MEANING_OF_KIND.get(piece.kind, 1.0) * whole
    coverage += _IMPLIED * _implied(part, piece)
    score = coverage + _MEANING * alike + _SHAPE * (fits and bool(part.shapes))
    score += _SECTION * part.under(piece.headings)
    if fits and "number" in part.shapes:
        score += _COUNTED_IN.get(piece.kind, 0.0)
    if not fits:
        score *= _WITHOUT_STRICT if _STRICT_SHAPES & set(part.shapes) else _WITHOUT_SHAPE
    if (piece.kind == "code" and "code" not in part.shapes) or stems(" ".join(piece.headings[-1:])) & _ASIDE_HEADINGS:
        score *= _ASIDE
    if piece.kind in _SAID and is_order(piece.shown):
        score *= _ORDER
    return Scored(piece, coverage, alone, meaning, fits, score, covered)


def _is_open(piece: Piece, words: Sequence[str]) -> bool:
    """Whether a piece is a place left open, or a row with nothing in the columns that the words ask for."""
    columns, cells = piece.columns, piece.cells if piece.columns else []
    if piece.empty or len(columns) != len(cells):
        return piece.empty
    asked = [
        cell for name, cell in zip(columns[1:], cells[1:], strict=True) if any(_in(word, stems(name)) for word in words)
    ]
    return bool(asked) and all(OPEN.fullmatch(cell) for cell in asked)


def _is_own(one: Scored, part: Part, name: str) -> bool:
    """Whether a number is asked for, and the piece is the asset's own row in a table of several: it has its `name`."""
    if one.piece.kind != "row" or "number" not in part.shapes or not one.piece.header or not name:
        return False
    first = " ".join(one.piece.cells[:1])
    return bool(_OURS.search(first)) or stem(name) in stems(first)


def _implied(part: Part, piece: Piece) -> bool:
    told = stems(f"{piece.context} {piece.text}") if part.implied else frozenset[str]()
    return any(_in(word, told) for word in part.implied)


@dataclass(frozen=True)
class _Likeness:
    """Which stems stand for a word, and how well; `parts`, where given, do together."""

    stems: Mapping[str, float]
    parts: frozenset[str] = frozenset()


def _likeness(word: str, known: frozenset[str]) -> _Likeness:
    """The likeness of a word with the stems that are known."""
    found = dict.fromkeys(meaning_same(word) & known, _OTHER_WORD)
    if len(word) >= _PREFIX_FROM:
        begun = _beginning(word[:_PREFIX_FROM], known)
        found |= {other: _GOES_ON for other in begun if _goes_on(word, other)}
    parts = stems(word) - {stem(word)}
    return _Likeness(
        found | ({stem(word): 1.0} if stem(word) in known else {}), parts if parts <= known else frozenset()
    )


def _beginning(head: str, known: frozenset[str]) -> Iterator[str]:
    """The stems that begin so; found in one text of all stems, which is several times faster than one by one."""
    text = _in_one_text(known)
    at = text.find(f" {head}")
    while at >= 0:
        end = text.find(" ", at + 1)
        yield text[at + 1 : end]
        at = text.find(f" {head}", end)


@lru_cache(maxsize=_KEPT_TEXTS)
def _in_one_text(known: frozenset[str]) -> str:
    return f" {' '.join(known)} "


def _best(like: _Likeness, told: frozenset[str]) -> float:
    if like.parts and like.parts <= told:
        return 1.0
    return max((like.stems[one] for one in like.stems.keys() & told), default=0.0)


def _in(word: str, told: frozenset[str]) -> float:
    return _best(_likeness(word, told), told)


def _goes_on(word: str, other: str) -> bool:
    """Whether one goes on from the other by few letters: `Kinyarwandai`."""
    return (other.startswith(word) or word.startswith(other)) and abs(len(word) - len(other)) <= _PREFIX_MORE


def has_word(word: str, told: frozenset[str]) -> bool:
    """Whether a text with these stems has the word, or another for it."""
    return _in(word, told) > 0


def one_slip(word: str, known: Mapping[str, object] | frozenset[str]) -> str | None:
    """The stem that a misspelt word (`probabiltiy`) means, of those that are known."""
    from rapidfuzz.distance import DamerauLevenshtein

    own = stem(word)
    if len(own) < _SLIP_FROM or own in known:
        return None
    near = (k for k in known if abs(len(k) - len(own)) <= 1 and k[0] == own[0])
    return next((k for k in near if DamerauLevenshtein.distance(own, k, score_cutoff=1) <= 1), None)
