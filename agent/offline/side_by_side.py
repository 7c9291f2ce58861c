"""Comparisons of what is only told loosely: `vgg19 with batch norm vs mobilenet v2: top-1 on ImageNet?`.

Each thing that the question sets against others is looked up by itself, and what its document says to the rest of the
question stands in one row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.answer import Answer
from agent.offline.asked import content_words, prose_phrases
from agent.offline.documents import Document, DocumentFinder
from agent.offline.honest_no import named_names
from agent.offline.phrases import phrases
from agent.offline.prose import ProseAnswers
from agent.offline.reading import Reading

_PARTS = re.compile(
    r"\s*(?:[,:;?]|\bvs\.?(?=\s)|\b(?:versus|or|and|between|than|against|compared (?:to|with))\b)\s*", re.I
)
_LEADING = re.compile(r"^(?:of|compare|is|are|does|do|between|either|both)\s+", re.I)
_PLACE = re.compile(r"\b(?:in|from)\s+([^\W\d_][\w-]+)\s*$")
_TELLING = 0.5
_MOST = 5


@dataclass(frozen=True)
class _Side:
    """One of the things compared: the words that tell it, and its document."""

    words: str
    document: Document


class SideBySide:
    """Compares documents of one snapshot."""

    def __init__(self, finder: DocumentFinder, prose: ProseAnswers) -> None:
        self._finder = finder
        self._prose = prose

    def answer(self, reading: Reading) -> Answer | None:
        """A row for each thing compared; None where fewer than two are known, or where none says anything."""
        if reading.query or not phrases().says("compare", reading.question.lower()):
            return None
        texts = [text for text in _PARTS.split(reading.question) if text.strip()]
        bare = [_LEADING.sub("", text.strip()) for text in texts]
        place = next((match[1] for text in bare for match in _PLACE.finditer(text)), "")
        found = [side for text in bare for side in self._side(reading, text, place)]
        sides = list({side.words: side for side in found}.values())[:_MOST]
        if len(sides) < 2:
            return None
        rest = " ".join(text for text in texts if all(side.words not in text for side in sides))
        looked = [self._prose.look(_about(reading, side, rest), side.document, _variant(side)) for side in sides]
        return self._prose.side_by_side(list(zip((side.words for side in sides), looked, strict=True)))

    def _side(self, reading: Reading, text: str, place: str) -> Sequence[_Side]:
        """The thing that a part of the question tells; nothing where it asks, or tells where it is measured.

        `place` is where all of them are (`in mmpretrain`), though only one part says so.
        """
        datasets = {w for m in reading.mentions if m.kind == "dataset" for w in content_words(m.words)}
        names = set(content_words(" ".join(named_names(text)))) - datasets
        if prose_phrases().asks.match(text) or not (names or self._telling(text)):
            return ()
        found = self._finder.search(f"{text} {place}", kinds=("model", "document"), limit=1)
        if not found:
            return ()
        named = found[0].document.named_by(text) & {*content_words(text)} - datasets
        return (_Side(text, found[0].document),) if sum(map(self._finder.weights.of, named)) >= _TELLING else ()

    def _telling(self, text: str) -> bool:
        return sum(map(self._finder.weights.of, content_words(text))) >= _TELLING


def _variant(side: _Side) -> frozenset[str]:
    """The words with a number that tell which member of a family is meant (`s24`)."""
    named = side.document.named_by(side.words)
    words = [word for word in content_words(side.words) if word not in named]
    return frozenset(word for word in words if any(char.isdigit() for char in word))


def _about(reading: Reading, side: _Side, rest: str) -> Reading:
    """The question as it is asked of one side."""
    return replace(reading, question=f"{rest} {side.words}", mentions=(), subject=None, carried=True)
