"""Whether a label in a comparison means the card's own asset."""

import re
from collections.abc import Iterable

from catalog.vocabulary import squash
from ingest.extract.card_text import CardText
from ingest.extract.labels import simple
from ingest.extract.patterns import load

_WORDS = load("results")["words"]
_SELF = frozenset(_WORDS["self"])
_SELF_PREFIX = tuple(_WORDS["self_prefix"])
_OTHER_PREFIX = tuple(_WORDS["other_prefix"])
_GENERIC = frozenset(_WORDS["generic_name"])
_PART = re.compile(r"[^\W_]+")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]")
_VERSION = re.compile(r"\s*[(\[]?\bv(?:ersion)?[ .]?(\d{1,2}(?:\.[1-9]\d?)?)(?:\.0){0,2}\b[)\]]?", re.I)
_HEAD = re.compile(r"[:(–—|]| - ")
_MAX_TITLE_WORDS = 6
_ENOUGH = 0.5
_MIN_LETTERS = 4


def own_labels(card: CardText, labels: Iterable[str]) -> set[str]:
    """Those of the labels that mean the card's asset: the best matches, empty where none is good enough."""
    scored = {label: ownness(card, label) for label in labels}
    best = max(scored.values(), default=0.0)
    return {label for label, score in scored.items() if best > 0 and score >= best - 1e-9}


def ownness(card: CardText, label: str) -> float:
    """1.0 for the asset's own name or 'this model', less for a part of its name, 0 for another model."""
    words = simple(label)
    if words in _SELF or is_marked_own(label) or squash(label) in card.own_names:
        return 1.0
    if is_of_another(label):
        return 0.0
    if squash(words) in card.own_names:
        return 0.95
    return max(_likeness(label, name) for name in _names(card)) or 0.3 * words.startswith(_SELF_PREFIX)


def is_of_another(label: str) -> bool:
    """Whether a label says that it is about another model: `baseline`, `# Original`."""
    return simple(label).startswith(_OTHER_PREFIX)


def is_marked_own(text: str) -> bool:
    """Whether a bracketed remark says `this model`, `ours`."""
    return any(simple(remark) in _SELF for remark in _BRACKETED.findall(text))


def _names(card: CardText) -> list[str]:
    """The id, and the title up to its first remark, with its version, where it is short enough to be a name."""
    title = _VERSION.sub(r" v\1", card.document.title, count=1)
    title = _HEAD.split(title, maxsplit=1)[0]
    return [card.name, title] if len(title.split()) <= _MAX_TITLE_WORDS else [card.name]


def _likeness(label: str, name: str) -> float:
    """How much of the telling part of a name a label covers; 0 where the label says more than the name."""
    parts = [part.lower() for part in _PART.findall(label.rpartition("/")[2] or label)]
    whole = squash(name)
    if not parts or any(squash(part) not in whole for part in parts):
        return 0.0
    core = [part.lower() for part in _PART.findall(name.rpartition("/")[2]) if part.lower() not in _GENERIC]
    told = squash("".join(part for part in parts if part not in _GENERIC))
    share = len(told) / max(1, len(squash("".join(core))))
    if len(told) < _MIN_LETTERS or share < _ENOUGH:
        return 0.0
    return min(0.9, 0.4 + 0.5 * share) - 0.001 * abs(len(whole) - len(squash("".join(parts))))
