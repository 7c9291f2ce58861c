"""The document that a question is about: the card of a named asset, else the one whose passages tell its words best.

A question that names nothing in full is searched as it stands; the passage with its rare words is nearly always of
the right document, also where an asset is told only by what it is (`the Italian tweet sentiment classifier`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from agent.offline.asked import content_words, follow_phrases, prose_phrases
from agent.offline.extracts import Piece, pieces
from agent.offline.mentions import Mention
from agent.offline.overlap import WordWeights, has_word
from agent.offline.phrases import phrases
from agent.offline.reading import Reading, Subject
from agent.offline.words import stem, stems
from catalog.names import name_words
from catalog.passages import Filters
from catalog.query import CatalogQuery
from catalog.records import AssetKind, Passage
from catalog.snapshot import Snapshot
from catalog.store import Asset
from catalog.vocabulary import squash

_ATOM = re.compile(r"[^\W_]+")
_SEARCHED, _RERANKED, _MOST_PASSAGES = 30, 4, 80
_REPEATED = 0.15
_TELLING = 0.7
_FEWEST, _WORDS_LEFT = 2, 1
_REMEMBERED = 64
_KINDS: dict[AssetKind, frozenset[str]] = {
    "model": frozenset(map(stem, ("models", "checkpoints"))),
    "dataset": frozenset(map(stem, ("datasets", "data", "sets", "corpora", "corpus"))),
}
_LONGEST_NAME, _SHORTEST_NAME = 6, 3
_WORDS_BEFORE = re.compile(r"(?<=\bthe )(?:[\w'’-]+\s+){1,5}$", re.I)
_VERSION = re.compile(r"/v?\d+$")


@dataclass(frozen=True)
class Document:
    """A card or another document: its files, the assets that it describes, and its pieces."""

    snapshot: Snapshot
    paths: tuple[str, ...]
    assets: tuple[Asset, ...]

    @property
    def subject(self) -> Subject | None:
        """Its asset, where it is the card of just one."""
        if len(self.assets) != 1:
            return None
        asset = self.assets[0]
        return Subject(asset.kind, asset.id, frozenset(name_words(asset.id)))

    @property
    def label(self) -> str:
        """What it is called: its asset's id, else the folder or file that it stands in."""
        if len(self.assets) == 1:
            return self.assets[0].id
        parts = self.paths[0].split("/")
        return "/".join(parts[:-1]) if len(parts) > 2 and self.assets else self.paths[0]

    @cached_property
    def _passages(self) -> list[Passage]:
        index = self.snapshot.passages
        found = [passage for path in self.paths for passage in index.passages_of(path=path)]
        return found[:_MOST_PASSAGES]

    @cached_property
    def pieces(self) -> list[Piece]:
        cut = pieces(self._passages)
        siblings = {a.id for a in self.snapshot.catalog.described_in(self.paths)} if len(self.assets) == 1 else set()
        return _own(cut, self.assets[0].id, siblings) if len(siblings) > 1 else cut

    @cached_property
    def names(self) -> tuple[str, ...]:
        """How it is called, squashed: id, title and other spellings of a single asset, the folder of a family."""
        told = [self.label]
        if len(self.assets) == 1:
            asset = self.assets[0]
            told += [_VERSION.sub("", asset.id), asset.title]
            told += self.snapshot.catalog.spellings(asset.kind, asset.id)
        else:
            told += [self.paths[0].split("/")[-2]] if "/" in self.paths[0] else []
            told += [heading for passage in self._passages[:1] for heading in passage.headings[:1]]
        return tuple(dict.fromkeys(squash(name) for name in told if squash(name)))

    @cached_property
    def name_stems(self) -> frozenset[str]:
        told = [self.label, *(asset.title for asset in self.assets if len(self.assets) == 1)]
        return frozenset().union(*map(stems, told))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Every stem of its text."""
        return frozenset().union(*(stems(passage.text) for passage in self._passages), *map(stems, self._headings))

    @cached_property
    def squashed(self) -> str:
        """Its whole text, squashed: where a name is looked for however it is spelt."""
        return squash(" ".join([*self._headings, *(passage.text for passage in self._passages)]))

    @property
    def _headings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(heading for passage in self._passages for heading in passage.headings))

    @cached_property
    def member_names(self) -> tuple[str, ...]:
        """How the members of a family are called, squashed."""
        return tuple(squash(asset.id) for asset in self.assets) if len(self.assets) > 1 else ()

    def named_by(self, question: str) -> frozenset[str]:
        """The words of a question, in lower case, that are part of its name."""
        atoms = [match[0].lower() for match in _ATOM.finditer(question)]
        found = {word for word in atoms if stems(word) <= self.name_stems}
        return frozenset(found) | _spelt(question, self.names)

    def member_named_by(self, question: str) -> frozenset[str]:
        """The words of a question, in lower case, that are part of the name of a member of the family."""
        return _spelt(question, self.member_names)


@dataclass(frozen=True)
class Found:
    """A document that a search came to; scores compare within one search, 2 is the most."""

    document: Document
    score: float


class DocumentFinder:
    """Finds the documents that questions are about."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.weights = WordWeights(snapshot.passages)
        self.at = lru_cache(maxsize=_REMEMBERED)(self._at)
        self._of = lru_cache(maxsize=_REMEMBERED)(self._card)
        self.search = lru_cache(maxsize=_REMEMBERED)(self._search)

    def of(self, subject: Subject) -> Document | None:
        """The card of an asset, with its companions; None where it has no card."""
        return self._of(subject.kind, subject.id)

    def _card(self, kind: AssetKind, id_: str) -> Document | None:
        asset = self._snapshot.catalog.asset(kind, id_)
        if asset is None or asset.path is None or not asset.has_card:
            return None
        return Document(self._snapshot, tuple(self._snapshot.catalog.files_with(asset.path)), (asset,))

    def _at(self, path: str) -> Document:
        """The document that a file belongs to."""
        paths = tuple(self._snapshot.catalog.files_with(path))
        return Document(self._snapshot, paths, tuple(self._snapshot.catalog.described_in(paths)))

    def _search(self, text: str, kinds: tuple[str, ...] | None = None, limit: int = 3) -> list[Found]:
        """The documents with the best passages, best first; further passages of one count little."""
        scores: dict[str, float] = {}
        for hit in self._snapshot.passages.lexical(text, Filters(kinds=kinds), limit=_SEARCHED):
            path = hit.passage.path
            scores[path] = scores.get(path, 0.0) + hit.score * (_REPEATED if path in scores else 1.0)
        found: dict[str, Found] = {}
        for path, score in sorted(scores.items(), key=lambda pair: -pair[1])[:_RERANKED]:
            document = self.at(path)
            share = score / max(scores.values()) + self._covered(text, document)
            found.setdefault(document.paths[0], Found(document, share))
        return sorted(found.values(), key=lambda one: -one.score)[:limit]

    def speaks_of(self, name: str) -> bool:
        """Whether a passage has this name."""
        hits = self._snapshot.passages.lexical(name, limit=_SEARCHED)
        return any(squash(name) in squash(hit.passage.text) for hit in hits)

    def _covered(self, text: str, document: Document) -> float:
        """The share of a question's content that a document has anywhere, its name included."""
        words = content_words(text)
        whole = sum(map(self.weights.of, words)) or 1.0
        told = document.stems | document.name_stems
        return sum(self.weights.of(word) for word in words if has_word(word, told)) / whole

    def settled(self, reading: Reading) -> Reading:
        """The reading with the subject that the passages bear out, where the question names none in full."""
        subject = reading.subject
        if reading.query or reading.others or reading.carried or reading.within:
            return reading
        if subject and self._in_full(reading, subject):
            return self._described(reading, subject)
        found = self.search(reading.question)
        if not found:
            return reading
        first = found[0].document
        other_maker = first.subject is None or (subject and not _of_one_maker(subject, first.subject))
        if subject and other_maker and _with_maker(reading, subject):
            return reading
        if subject and first.subject and _of_one_maker(subject, first.subject):
            card = self.of(subject)
            if card and self._named(card, reading) > self._named(first, reading):
                return reading
        for one in found:
            told = subject and any(
                asset.id == subject.id and asset.kind == subject.kind for asset in one.document.assets
            )
            if told and self._named(one.document, reading) >= self._named(first, reading):
                return reading
        return replace(reading, subject=first.subject)

    def _described(self, reading: Reading, subject: Subject) -> Reading:
        """Another of the kind that is named, where words with the name tell what its card does not have.

        `the horoscope GPT-2` is no question about GPT-2 itself.
        """
        named = _mention(reading, subject)
        words = _describing(reading.question, named) if named else []
        card = self.of(subject) if words else None
        if card is None or named is None:
            return reading
        told = card.stems | card.name_stems
        words = [word for word in words if not has_word(word, told) and self.weights.known(word)]
        for one in self.search(f"{named.words} {' '.join(words)}", limit=_RERANKED) if words else ():
            other = one.document.stems | one.document.name_stems
            known = squash(named.words) in one.document.squashed or any(
                squash(named.words) in name for name in one.document.names
            )
            if one.document.paths != card.paths and known and all(has_word(word, other) for word in words):
                return replace(reading, subject=one.document.subject) if one.document.subject else reading
        return reading

    def family(self, reading: Reading) -> CatalogQuery | None:
        """The models of the document that a question for the members of a family names (`which PoolFormers ...`)."""
        if reading.query or reading.subject or not follow_phrases().family.search(reading.question):
            return None
        found = self.search(reading.question, limit=1)
        if not found or len(found[0].document.assets) < _FEWEST or content_words(reading.question) == []:
            return None
        document = found[0].document
        named = document.named_by(reading.question) & {*content_words(reading.question)}
        left = [w for w in content_words(reading.question) if w not in named and w not in _stored_under(document)]
        if not named or len(left) > _WORDS_LEFT:
            return None
        return CatalogQuery(ids=tuple(asset.id for asset in document.assets), order="params")

    def _in_full(self, reading: Reading, subject: Subject) -> bool:
        """Whether the question names the subject in full; a plain word (`English`, `heavy`) that it is called by may
        mean something else."""
        named = [m for m in reading.mentions if m.kind == subject.kind and m.id == subject.id and not m.weak]
        return any(
            not m.words.isalpha()
            or (reading.attribute == "size" and m.carded and squash(m.words) == squash(m.id))
            or self.weights.of(m.words.lower()) >= _TELLING
            for m in named
        )

    def _named(self, document: Document, reading: Reading) -> float:
        """How much of a document's name the question tells."""
        return sum(map(self.weights.of, document.named_by(reading.question) & {*content_words(reading.question)}))


def _of_one_maker(one: Subject, other: Subject) -> bool:
    maker = one.id.rpartition("/")[0]
    return bool(maker) and maker == other.id.rpartition("/")[0]


def _with_maker(reading: Reading, subject: Subject) -> bool:
    """Whether the question tells both the maker and a part of the name: `Sarah Lintang's IndoBERT`."""
    maker = subject.id.rpartition("/")[0]
    told = {word for word in subject.words if len(word) >= _SHORTEST_NAME}
    return maker in reading.mentioned("organization") and bool(told - {*name_words(maker)} - phrases().talk)


def _mention(reading: Reading, subject: Subject) -> Mention | None:
    """The words that name the subject, where they are not its whole id with its maker."""
    named = (m for m in reading.mentions if m.kind == subject.kind and m.id == subject.id and "/" not in m.words)
    return next(named, None)


def _describing(question: str, named: Mention) -> list[str]:
    """The content words right before a name; where one of a kind is asked for (`is there a ...`), those around it."""
    if prose_phrases().one_of_kind.search(question):
        return content_words(f"{question[: named.start]} {question[named.end :]}")
    before = _WORDS_BEFORE.search(question[: named.start])
    return content_words(before[0]) if before else []


def _spelt(question: str, names: Sequence[str]) -> frozenset[str]:
    """The words of a question that are, alone or run together, a part of one of some squashed names."""
    atoms = [match[0].lower() for match in _ATOM.finditer(question)]
    found: set[str] = set()
    for first in range(len(atoms)):
        for last in range(first + 1, min(len(atoms), first + _LONGEST_NAME) + 1):
            key = squash("".join(atoms[first:last]))
            if len(key) >= _SHORTEST_NAME and any(key in name for name in names):
                found.update(atoms[first:last])
    return frozenset(found)


def everything(reading: Reading) -> CatalogQuery | None:
    """Every model or dataset, where a question asks for them and says nothing else (`which models are there?`)."""
    words = {stem(word) for word in content_words(reading.question)}
    kinds = [kind for kind, told in _KINDS.items() if words and words <= told]
    if reading.query or reading.subject or reading.carried or not kinds:
        return None
    return CatalogQuery(kind=kinds[0])


def _stored_under(document: Document) -> frozenset[str]:
    """Words of the folders that a document stands in."""
    return frozenset(word.lower() for part in document.paths[0].split("/")[:-1] for word in _ATOM.findall(part))


def _own(cut: Sequence[Piece], id_: str, siblings: set[str]) -> list[Piece]:
    """The pieces of a card of several assets that are not about another of them."""
    keys = sorted((squash(sibling) for sibling in siblings), key=len, reverse=True)
    own = squash(id_)

    def about(piece: Piece) -> str | None:
        told = squash(f"{piece.lead} {' '.join(piece.headings)} {piece.text}" if piece.kind != "sentence" else "")
        return next((key for key in keys if key in told), None)

    return [piece for piece in cut if about(piece) in (None, own)]
