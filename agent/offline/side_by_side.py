"""Comparisons of what is only told loosely: `vgg19 with batch norm vs mobilenet v2: top-1 on ImageNet?`.

Each thing that the question sets against others is looked up by itself, and what its document says to the rest of the
question stands in one row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.answer import Answer
from agent.offline.asked import content_words, follow_phrases, prose_phrases
from agent.offline.documents import Document, DocumentFinder
from agent.offline.honest_no import named_names
from agent.offline.phrases import phrases
from agent.offline.prose import ProseAnswers
from agent.offline.reading import Reading, Subject
from agent.offline.subject import SubjectFinder, Told

_PARTS = re.compile(
    r"\s*(?:[,:;?]|\bvs\.?(?=\s)|\b(?:versus|or|and|between|than|against|compared (?:to|with))\b)\s*", re.I
)
_LEADING = re.compile(r"^(?:of|compare|is|are|does|do|between|either|both|which|what|who|has|have|the)\s+", re.I)
_PLACE = re.compile(r"\b(?:in|from)\s+([^\W\d_][\w-]+)\s*$")
_WORD = re.compile(r"[^\W_]+")
_TELLING = 0.5
_MOST, _LOOKED_AT = 5, 3


@dataclass(frozen=True)
class _Side:
    """One of the things compared: the words that tell it, and its document."""

    words: str
    document: Document


class SideBySide:
    """Compares documents of one snapshot."""

    def __init__(self, finder: DocumentFinder, prose: ProseAnswers, subjects: SubjectFinder) -> None:
        self._finder = finder
        self._prose = prose
        self._subjects = subjects

    def answer(self, reading: Reading) -> Answer | None:
        """A row for each thing compared; None where fewer than two are known, or where none says anything.

        A ranking may be meant among all models, and is left to the catalogue where the question does not name some.
        """
        listed = reading.query is not None and reading.intent != "ranking"
        if listed or not phrases().says("compare", reading.question.lower()):
            return None
        texts = [text for text in _PARTS.split(reading.question) if text.strip()]
        sides = self._sides(reading, texts)
        by_looks = [side for side in sides if named_names(side.words)]
        if len(sides) < 2 or (reading.query is not None and len(by_looks) < 2):
            return None
        rest = " ".join(text for text in texts if all(side.words not in text for side in sides))
        looked = [self._prose.look(_about(reading, side, rest), side.document, _variant(side)) for side in sides]
        return self._prose.side_by_side(list(zip((side.words for side in sides), looked, strict=True)))

    def _sides(self, reading: Reading, texts: Sequence[str]) -> list[_Side]:
        """The things that the parts of a question tell; one told by its size alone is called like the one beside it."""
        bare = [_LEADING.sub("", _LEADING.sub("", text.strip())) for text in texts]
        place = next((match[1] for text in bare for match in _PLACE.finditer(text)), "")
        found = {text: side for text in bare for side in self._side(reading, text, place)}
        for text in bare:
            whole = next((w for side in found.values() if (w := _called_alike(text, side.words))), None)
            others = self._side(reading, whole, place) if whole and text not in found else ()
            found |= dict.fromkeys([text], others[0]) if others else {}
        told = [found[text] for text in bare if text in found]
        return list({(side.document.paths, _variant(side)): side for side in reversed(told)}.values())[::-1][:_MOST]

    def _side(self, reading: Reading, text: str, place: str) -> Sequence[_Side]:
        """The thing that a part of the question tells; nothing where it asks, or tells where it is measured.

        `place` is where all of them are (`in mmpretrain`), though only one part says so.
        """
        datasets = {w for m in reading.mentions if m.kind == "dataset" for w in content_words(m.words)}
        names = set(content_words(" ".join(named_names(text)))) - datasets
        if prose_phrases().asks.match(text) or not (names or self._telling(text)):
            return ()
        best, most = None, 0.0
        for document in self._documents(text, place):
            called = document.named_by(text) | document.member_named_by(text)
            named = called & {*content_words(text)} - datasets
            stored = bool(place) and document.paths[0].startswith(f"{place}/")
            weight = sum(map(self._finder.weights.of, named))
            if weight >= _TELLING and (best is None or weight + stored > most):
                best, most = document, weight + stored
        return (_Side(text, best),) if best else ()

    def _documents(self, text: str, place: str) -> list[Document]:
        """The documents that some words may mean: the one whose asset's name they tell, those with these words."""
        found = self._finder.search(f"{text} {place}", kinds=("model", "document"), limit=_LOOKED_AT)
        likely = self._subjects.one("model", Told(f"{text} {place}"))
        card = self._finder.of(Subject(likely.kind, likely.id, likely.words)) if likely else None
        documents = [one.document for one in found]
        return [*documents, self._finder.at(card.paths[0])] if card else documents

    def _telling(self, text: str) -> bool:
        return sum(map(self._finder.weights.of, content_words(text))) >= _TELLING


def _called_alike(text: str, other: str) -> str | None:
    """`the cased` beside `the uncased roberta` is `the cased roberta`; None where a text tells more than a size."""
    words = [word for word in _WORD.findall(text.lower()) if word not in phrases().grammar]
    for flavours in follow_phrases().flavours:
        had = [word for word in _WORD.findall(other.lower()) if word in flavours]
        if len(words) == 1 and words[0] in flavours and had and had[0] != words[0]:
            return re.sub(rf"(?<![^\W_]){had[0]}(?![^\W_])", words[0], other, count=1, flags=re.I)
    return None


def _variant(side: _Side) -> frozenset[str]:
    """The words with a number, or for a size, that tell which member of a family is meant (`s24`, `small`)."""
    named = side.document.named_by(side.words)
    words = [word for word in content_words(side.words) if word not in named]
    sizes = {word for flavours in follow_phrases().flavours for word in flavours}
    return frozenset(word for word in words if word in sizes or any(char.isdigit() for char in word))


def _about(reading: Reading, side: _Side, rest: str) -> Reading:
    """The question as it is asked of one side."""
    return replace(reading, question=f"{rest} {side.words}", mentions=(), subject=None, query=None, carried=True)
