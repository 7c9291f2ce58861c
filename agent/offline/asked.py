"""What a question asks for, part by part: its content words and the shape that an answer must have.

`data/prose.toml` holds the phrasings: kinds of answers (a number, a date, a reason), where parts begin, words that mean
the same.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent.offline.phrases import Phrasing, phrases

_FILE = Path(__file__).parent / "data" / "prose.toml"
_WORD = re.compile(r"[^\W_]+")
_CLITIC = re.compile(r"n['’]t\b|['’](?:s|re|ve|ll|d|m)\b")
_COUNTED = re.compile(r"\bhow many ([^\W\d_]+)", re.I)
_MOST_PARTS = 4
_LONGEST_HEAD = 3


@dataclass(frozen=True)
class AnswerShape:
    """How a kind of answer is asked for, and what it looks like."""

    question: Phrasing
    answer: Phrasing
    implies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A kind of section of cards: how people ask for what stands there, and what its headings say."""

    asked: Phrasing
    headings: Phrasing


@dataclass(frozen=True)
class FollowPhrases:
    """How a question goes on from the one before; the fields are the keys of `[follow]`."""

    correction: Phrasing
    same_of: Phrasing
    version: Phrasing
    answered: Phrasing
    among: Phrasing
    pointing: Phrasing
    smallest: Phrasing
    largest: Phrasing
    family: Phrasing
    flavours: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class ProsePhrases:
    """The data of `prose.toml`: shapes by name, where parts begin, sets of words that mean the same, framing words."""

    shapes: Mapping[str, AnswerShape]
    asks: Phrasing
    breaks: Phrasing
    sections: tuple[Section, ...]
    heads: tuple[Phrasing, ...]
    senses: tuple[str, ...]
    framing: frozenset[str]
    through: Mapping[str, Phrasing]
    through_perhaps: Mapping[str, Phrasing]
    outside: Phrasing
    one_of_kind: Phrasing
    least: Phrasing
    most: Phrasing
    follow: FollowPhrases


@dataclass(frozen=True)
class Part:
    """One thing that a question asks: its content words in order, and the names of the shapes of an answer.

    `context` are content words of the rest of the question: they help, but less. `implied` are words that the shapes
    bring along, one of which is enough. `head` is the thing that is asked for: `batch size`, `hours`.
    """

    text: str
    words: tuple[str, ...]
    shapes: tuple[str, ...]
    context: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def under(self, headings: Sequence[str]) -> bool:
        """Whether what is asked stands under such headings: the lowest two count."""
        return any(section.headings.search(heading) for section in self.sections for heading in headings[-2:])

    def fits(self, text: str) -> bool:
        """Whether a text has a shape that is asked for; any text where none is."""
        known = prose_phrases().shapes
        return all(known[name].answer.search(text) for name in self.shapes)


@lru_cache(maxsize=1)
def prose_phrases() -> ProsePhrases:
    """Read once per process."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    parts_ = raw["parts"]
    return ProsePhrases(
        shapes={name: _shape(told) for name, told in raw["asked"].items()},
        asks=Phrasing(parts_["asks"], re.IGNORECASE),
        sections=tuple(_section(told) for told in raw["section"]),
        breaks=Phrasing("|".join(parts_["breaks"]), re.IGNORECASE),
        heads=tuple(Phrasing(pattern, re.IGNORECASE) for pattern in parts_["heads"]),
        senses=tuple(raw["senses"]),
        framing=frozenset(raw["framing"].split()),
        through={name: _alternatives(told) for name, told in raw["through"].items()},
        through_perhaps={name: _alternatives(told, "\\b") for name, told in raw["through_perhaps"].items()},
        outside=_alternatives(raw["outside"]["patterns"]),
        one_of_kind=Phrasing("|".join(raw["one_of_kind"]["patterns"]), re.IGNORECASE),
        least=Phrasing("|".join(raw["extremes"]["least"]), re.IGNORECASE),
        most=Phrasing("|".join(raw["extremes"]["most"]), re.IGNORECASE),
        follow=_follow(raw["follow"]),
    )


def _shape(told: Mapping[str, Any]) -> AnswerShape:
    implies = tuple(told.get("implies", "").split())
    return AnswerShape(_alternatives(told["question"], "\\b", "(?!\\w)"), _alternatives(told["answer"]), implies)


def _follow(raw: Mapping[str, list[str]]) -> FollowPhrases:
    told = {name: Phrasing("|".join(some), re.IGNORECASE) for name, some in raw.items() if name != "flavours"}
    return FollowPhrases(**told, flavours=tuple(frozenset(line.split()) for line in raw["flavours"]))


def follow_phrases() -> FollowPhrases:
    return prose_phrases().follow


def parts(question: str, background: str = "") -> tuple[Part, ...]:
    """The parts of a question in their order; what only leads up to them, and `background`, is their context."""
    known = prose_phrases()
    texts = [text.strip() for text in known.breaks.split(question) if text and text.strip()]
    found = [
        Part(text, tuple(content_words(text)), _shapes(text), head=_head(text), sections=_sections(text))
        for text in texts
    ]
    told = [part for part in found if part.words or part.shapes or background]
    asking = [part for part in told if known.asks.search(part.text)] or told
    before = content_words(background)
    return tuple(_in_context(part, told, before) for part in asking[:_MOST_PARTS])


def _head(text: str) -> tuple[str, ...]:
    """The content words of what a question asks for, if it names that."""
    for pattern in prose_phrases().heads:
        match = pattern.search(text)
        words = content_words(match[1]) if match else []
        if words:
            return tuple(words[-_LONGEST_HEAD:])
    return ()


def _in_context(part: Part, told: Sequence[Part], background: Sequence[str]) -> Part:
    implied = [word for name in part.shapes for word in prose_phrases().shapes[name].implies]
    around = [word for other in told if other is not part for word in other.words]
    context = tuple(word for word in dict.fromkeys([*around, *background]) if word not in part.words)
    return replace(part, context=context, implied=tuple(dict.fromkeys(implied)))


def content_words(text: str) -> list[str]:
    """The words that carry the content of a question, in their order; not its grammar, not what frames it."""
    idle = phrases().grammar | prose_phrases().framing
    words = [match[0].lower() for match in _WORD.finditer(_CLITIC.sub(" ", text))]
    counted = {match[1].lower() for match in _COUNTED.finditer(text)} - phrases().grammar
    return [w for w in dict.fromkeys(words) if (len(w) > 1 or w.isdigit()) and (w not in idle or w in counted)]


def _shapes(text: str) -> tuple[str, ...]:
    asked = text.lower()
    return tuple(name for name, shape in prose_phrases().shapes.items() if shape.question.search(asked))


def _sections(text: str) -> tuple[Section, ...]:
    asked = text.lower()
    return tuple(section for section in prose_phrases().sections if section.asked.search(asked))


def _section(told: Mapping[str, list[str]]) -> Section:
    headings = Phrasing("|".join(told["headings"]), re.IGNORECASE)
    return Section(_alternatives(told["asked"], "\\b(?:", ")"), headings)


def _alternatives(patterns: list[str], before: str = "", after: str = "") -> Phrasing:
    return Phrasing("|".join(f"{before}(?:{pattern}){after}" for pattern in patterns))
