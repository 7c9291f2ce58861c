"""Whether a document answers a question at all, and the honest no where none does.

The judgement is a logistic one over few features of the best piece: how much of what is asked it covers, how near it is
in meaning, whether it has the shape of an answer or stands under a heading that says what is asked, how much of the
thing asked for stands there at all, and names in the question that the document does not know. The weights are rounded
from a fit on questions with and without an answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.offline.asked import Part
from agent.offline.documents import Document
from agent.offline.mentions import Mention
from agent.offline.overlap import Scored, has_word, one_slip
from agent.offline.phrases import phrases
from agent.offline.reading import Reading
from agent.offline.words import meaning_same, stem, stems
from catalog.records import AssetKind
from catalog.values import values_of
from catalog.vocabulary import squash, vocabulary

_NAME = re.compile(r"[^\W_][\w.]*(?:-[\w.]+)*(?:#|\+\+)?")
_STRONG = re.compile(r"[a-z][A-Z]|\w(?:#|\+\+)$|(?=.*[A-Za-z]{2})(?=.*\d)|[A-Z]{2}.*[a-z]|[A-Z].*-[A-Z]")
_CAPITAL = re.compile(r"[A-Z][a-zA-Z]{2,}")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[-–—]\s+)$")
_SHORTEST, _ABBREVIATED = 2, 4
_PARTS_OF_PHRASE = 2
_SYMBOLS = ("#", "++")
_SEGMENT = re.compile(r"[-_/.]")
_QUANTITY = re.compile(
    r"(?:top|rank|acc|recall|precision|hits?|p|r|f)[-@]?\d+|\d[\d.,]*(?:st|nd|rd|th|k|m|b|gb|mb|d|x|px|ms|s|bit|dim|way|class)?s?",
    re.I,
)

_FACETS = ("metric", "task", "license", "organization")

_WEIGHTS = {
    "bias": -2.3, "coverage": 2.5, "alone": 1.4, "meaning": 3.6, "fits not": -0.2, "thing missing": -0.9,
    "nothing": -0.4, "name unknown": -3.0, "word unknown": -0.7, "unnamed": -1.9, "titled": 0.6,
}  # fmt: skip
_LEAST, _LEAST_FOR_FACT, _LEAST_EXPECTED = -0.9, -0.4, -1.9

_NOTHING = 0.1


@dataclass(frozen=True)
class Unexplained:
    """What a question names that a document does not have: `names` by their looks, `words` by a capital, `metrics`."""

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


def evidence(best: Scored, part: Part, strange: Unexplained, named: frozenset[str]) -> float:
    """How surely the best piece answers a part: log odds. `named` are the question's words that name the document."""
    values = features(best, part, strange, named)
    return sum(_WEIGHTS[name] * value for name, value in values.items())


def features(best: Scored, part: Part, strange: Unexplained, named: frozenset[str]) -> dict[str, float]:
    """What the judgement rests on, each 0 to about 1."""
    return {
        "bias": 1.0,
        "coverage": min(1.0, best.coverage),
        "alone": min(1.0, best.coverage_alone),
        "meaning": best.meaning,
        "fits not": float(not best.fits),
        "nothing": float(best.coverage < _NOTHING),
        "name unknown": float(bool(strange.names or strange.metrics)),
        "word unknown": float(min(2, len(strange.words))),
        "unnamed": float(not named),
        "titled": float(part.under(best.piece.headings)),
        "thing missing": _missing(best, part, named),
    }


def _missing(best: Scored, part: Part, named: frozenset[str]) -> float:
    """The share of the words for the thing that is asked for that a piece, with what stands around it, lacks."""
    head = [word for word in part.head if word not in named]
    told = stems(f"{best.piece.context} {best.piece.text}") if head else frozenset[str]()
    return sum(not has_word(word, told) for word in head) / (len(head) or 1)


def has_thing(best: Scored, part: Part, named: frozenset[str], *, itself: bool = False) -> bool:
    """Whether a piece, with what stands around it, has the thing that is asked for: the `rate` of a learning rate.

    With `itself` no other word will do.
    """
    head = [word for word in part.head if word not in named]
    told = stems(f"{best.piece.context} {best.piece.text}") if head else frozenset[str]()
    return not head or (stem(head[-1]) in told if itself else has_word(head[-1], told))


def answers(log_odds: float, *, for_fact: bool = False, expected: bool = False) -> bool:
    """Whether that is enough; a fact that the catalogue would know must be told surely.

    What is asked of several documents at once, or of one that another leads to, is `expected` to be there.
    """
    return log_odds >= (_LEAST_EXPECTED if expected else _LEAST_FOR_FACT if for_fact else _LEAST)


def unexplained(reading: Reading, document: Document, known: Callable[[str], bool]) -> Unexplained:
    """What a question names that the document does not know; `known` tells whether the store has a word at all."""
    names, words, question = [], [], reading.question
    for match in _NAME.finditer(question):
        name = match[0].rstrip(".")
        if (
            len(name) < _SHORTEST
            or name.lower() in phrases().grammar
            or _QUANTITY.fullmatch(name)
            or _explained(name, document)
        ):
            continue
        mention = next(
            (m for m in reading.mentions if m.start <= match.start() and m.end >= match.start() + len(name)), None
        )
        if (mention and _mentioned(mention, document)) or _of_languages(name, match.start(), reading, document):
            continue
        if _STRONG.search(name) or _is_compound(name):
            names.append(name)
        elif _is_proper(question, match.start(), name) or (name.islower() and not known(name)):
            words.append(name)
    metrics = tuple(m.words for m in reading.mentions if m.kind == "metric" and _is_unmeasured(m, document))
    return Unexplained(tuple(names), tuple(words), metrics)


def _of_languages(name: str, at: int, reading: Reading, document: Document) -> bool:
    """Whether a name is several languages that a document is for, joined: `English-German`."""
    inside = [m for m in reading.mentions if m.kind == "language" and at <= m.start and m.end <= at + len(name)]
    return len(inside) == len(_SEGMENT.split(name)) > 1 and all(_mentioned(m, document) for m in inside)


def _is_compound(name: str) -> bool:
    """Whether a word of three parts or more is a name (`yolo-world-l`), not a phrase (`end-to-end`)."""
    segments = name.split("-")
    return len(segments) > _PARTS_OF_PHRASE and not phrases().grammar & set(segments)


def _is_proper(question: str, at: int, name: str) -> bool:
    """Whether a word has a capital that does not come from the beginning of a sentence."""
    return bool(_CAPITAL.fullmatch(name)) and not _SENTENCE_START.search(question[:at])


def _is_unmeasured(mention: Mention, document: Document) -> bool:
    """Whether a metric, named by one of its own names, is nowhere in a document."""
    told = {squash(name) for name in (mention.id, *vocabulary("metrics").terms[mention.id].names)}
    said = (key in document.stems if len(key) <= _ABBREVIATED else key in document.squashed for key in told)
    return squash(mention.words) in told and not any(said) and not stems(mention.words) <= document.stems


def _mentioned(mention: Mention, document: Document) -> bool:
    """Whether a document has what a mention means, by any of its spellings; facets are looked up in the catalogue."""
    if mention.kind in _FACETS:
        return True
    if mention.kind == "language":
        catalog = document.snapshot.catalog
        stated = [v.value for a in document.assets for v in values_of(catalog, a.kind, [a.id], "language")]
        return bool({*stated} & {*mention.ids})
    kind: AssetKind = "model" if mention.kind == "model" else "dataset"
    spelt = {squash(spelling) for spelling in document.snapshot.catalog.spellings(kind, mention.id)}
    return any(len(key) >= _SHORTEST and key in document.squashed for key in spelt)


def _explained(name: str, document: Document) -> bool:
    """Whether a document has a name or word, however it is spelt, or another word for it."""
    if name.endswith(_SYMBOLS):
        return any(name.lower() in piece.text.lower() for piece in document.pieces)
    key, told = squash(name), document.stems | document.name_stems
    if key in document.squashed or any(key in own for own in document.names):
        return True
    segments = [segment for segment in _SEGMENT.split(name) if segment]
    if len(segments) > 1 and any(own.endswith(squash(segments[0])) for own in document.names):
        return False  # a sibling that is called after it
    if len(segments) > 1 and any(char.isdigit() for char in name):
        return all(any(squash(segment) in own for own in document.names) for segment in segments)
    if len(segments) > 1:
        return all(_explained(segment, document) for segment in segments)
    if stem(name.lower()) in told or meaning_same(name.lower()) & told or one_slip(name.lower(), told):
        return True
    parts = stems(name) - {stem(name.lower())}
    return bool(parts) and parts <= told


def named_names(question: str) -> Sequence[str]:
    """What looks like a name in a question: `TinyUNet`, `wav2vec2-base`."""
    found = (match[0].rstrip(".") for match in _NAME.finditer(question))
    return [name for name in found if len(name) >= _SHORTEST and _STRONG.search(name) and not _QUANTITY.fullmatch(name)]
