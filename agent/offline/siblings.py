"""Assets told by the part of a name in which they differ from a known one: `Lite2`, after `EfficientDet-Lite0`."""

import re
from collections.abc import Iterator, Sequence

from agent.offline.phrases import phrases
from agent.offline.subject import Subject
from catalog.names import name_words
from catalog.store import Catalog
from catalog.vocabulary import squash

_TOKEN = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
_PARTS = re.compile(r"([^\W_]+)")
_LETTERS = re.compile(r"[^\W\d_]+")


def sibling(catalog: Catalog, known: Subject, text: str) -> Subject | None:
    """The asset that is called like `known` but for one part that the text has; None where that is not clear."""
    candidates = dict(_candidates(known.id, text))
    found = catalog.aliases_of(known.kind, list(candidates))
    ids = list(dict.fromkeys(alias.id for alias in found if alias.id != known.id))
    carded = [asset.id for asset in catalog.assets(known.kind, ids) if asset.has_card]
    if len(carded) != 1:
        return None
    return Subject(known.kind, carded[0], frozenset(name_words(carded[0])))


def _candidates(id_: str, text: str) -> Iterator[tuple[str, str]]:
    """Squashed names with one part of the id replaced by a word of the text that is like it."""
    pieces: Sequence[str] = _PARTS.split(id_)
    for match in _TOKEN.finditer(text):
        word = squash(match[0])
        for at in range(1, len(pieces), 2):
            part = squash(pieces[at])
            if word != part and _alike(word, part):
                yield squash("".join([*pieces[:at], word, *pieces[at + 1 :]])), match[0]


def _alike(word: str, part: str) -> bool:
    """Whether a word may stand in the place of a part: both sizes, both numbers, or the same letters with others."""
    if not word or word in phrases().grammar:
        return False
    if {word, part} <= phrases().sizes:
        return True
    letters = [_LETTERS.findall(one)[:1] for one in (word, part)]
    return any(map(str.isdigit, word)) and any(map(str.isdigit, part)) and letters[0] == letters[1]
