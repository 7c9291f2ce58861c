"""How questions about cards are worded: other spellings, words near what is asked, what is asked through a relation."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog.vocabulary import DATA

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


@dataclass(frozen=True)
class Wording:
    """`data/retrieval.toml`, read."""

    spellings: Mapping[str, str]
    near: Mapping[str, frozenset[str]]
    relations: Mapping[str, re.Pattern[str]]

    def spelled(self, question: str) -> str:
        """The question, and its words as cards spell them where that differs."""
        words = _words(question)
        return " ".join([question, *(self.spellings[word] for word in words if word in self.spellings)])

    def beside(self, question: str) -> str:
        """Words of cards that stand where what is asked is told: `labelled` → annotators, annotation, ..."""
        words = _words(question)
        found = {other: None for word in words for other in sorted(self.near.get(word, ()))}
        return " ".join(word for word in found if word not in words)

    def through(self, question: str) -> tuple[str, ...]:
        """The relations (`training_data`, `base_models`) that the question may go through."""
        return tuple(name for name, pattern in self.relations.items() if pattern.search(question))


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The one wording; read once per process."""
    raw = tomllib.loads((DATA / "retrieval.toml").read_text(encoding="utf-8"))
    near = {word: frozenset(group) for group in raw["near"].values() for word in group}
    relations = {name: re.compile(rf"\b(?:{'|'.join(said)})\b", re.I) for name, said in raw["through"].items()}
    return Wording(raw["spellings"], near, relations)


def _words(question: str) -> list[str]:
    return list(dict.fromkeys(match[0] for match in _WORD.finditer(question.lower())))
