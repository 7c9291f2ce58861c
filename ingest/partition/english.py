"""The language pipeline by which `unstructured` tells headings from sentences: the installed one, else a blank one.

At first use it would fetch `en_core_web_sm` from the network. Its loader is replaced by one that never does: the model
is used where it is installed, and a blank English pipeline (words and sentence ends, no parts of speech) where it is
not. There is no setting for that; the loader is private, so the version of `unstructured` is bounded in pyproject.toml.
"""

from typing import TYPE_CHECKING

from unstructured.nlp import tokenize

if TYPE_CHECKING:
    from spacy.language import Language

MODEL = "en_core_web_sm"
_UNUSED = ["ner", "lemmatizer", "attribute_ruler"]


def stay_offline() -> None:
    """Make `unstructured` use what is installed; to be called before anything is partitioned."""
    tokenize._load_spacy_model = load


def load() -> "Language":
    """The English model, or a blank pipeline with sentence ends where it is not installed."""
    import spacy

    if spacy.util.is_package(MODEL):
        return spacy.load(MODEL, exclude=_UNUSED)
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    return blank
