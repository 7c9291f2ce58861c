"""The language pipeline by which `unstructured` tells headings from sentences: the installed one, else a plain one.

At first use it would fetch the spaCy model `en_core_web_sm` from the network. Its loader is replaced by one that never
does: the model is used where it is installed; where it is not, `PlainEnglish` cuts words and sentences at their signs
and knows auxiliary verbs only. There is no setting for that; the loader is private, so the versions of `unstructured`
are bounded in pyproject.toml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from unstructured.nlp import tokenize

from ingest.partition.words import words

if TYPE_CHECKING:
    from spacy.language import Language

MODEL = "en_core_web_sm"
_UNUSED = ["ner", "lemmatizer", "attribute_ruler"]

_WORD = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]")
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"')\]”’]*(?=\s|\Z)")


def stay_offline() -> None:
    """Make `unstructured` use what is installed; to be called before anything is partitioned."""
    setattr(tokenize, "_load_spacy_model", load)  # noqa: B010 - what plain English is, spaCy's types do not say


def load() -> Union["Language", "PlainEnglish"]:
    """The English model where it is installed, else plain English."""
    import spacy

    if spacy.util.is_package(MODEL):
        return spacy.load(MODEL, exclude=_UNUSED)
    return PlainEnglish()


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign; `tag_` is `VB` for an auxiliary verb and else empty."""

    text: str

    @property
    def tag_(self) -> str:
        return "VB" if self.text.lower() in words("auxiliary_verbs") else ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of text that ends as a sentence does."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text that was read: what `unstructured` asks of a spaCy `Doc`."""

    text: str

    def __iter__(self) -> Iterator[Word]:
        return (Word(match[0]) for match in _WORD.finditer(self.text))

    @property
    def sents(self) -> Iterator[Sentence]:
        start = 0
        for end in [*(match.end() for match in _SENTENCE_END.finditer(self.text)), len(self.text)]:
            sentence = self.text[start:end].strip()
            if sentence:
                yield Sentence(sentence)
            start = end


class PlainEnglish:
    """A pipeline that needs no model."""

    max_length = 1_000_000

    def __call__(self, text: str) -> Words:
        return Words(text)
