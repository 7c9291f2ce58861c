"""Names and ids in a question that nothing in the catalogue has: they are said, never passed over."""

import re
from collections.abc import Sequence

from agent.offline.mentions import Mention
from agent.offline.phrases import phrases
from agent.offline.subject import explains
from catalog.names import name_words
from catalog.records import AssetKind
from catalog.store import Catalog
from catalog.vocabulary import squash

LOOKS_NAMED = re.compile(r"[a-z][A-Z]|\d|[A-Z]{2}.*[a-z]")

_NAME = re.compile(r"[A-Za-z][\w.]*(?:-[\w.]+)*")
_SHORTEST_NAME, _SHORTEST_PART = 4, 2
_HUB_ID = re.compile(r"(?<![\w/:.])[A-Za-z][\w-]*/[\w.]*(?:[-_]|[A-Za-z]\d)[\w.-]*\w(?![\w/])")
_LONG_NAME = re.compile(r"(?<![\w/:.-])(?=[\w.-]*\d|(?:\w+[-_.]){2})[A-Za-z]\w*(?:[-_.]\w+)+(?![\w/-])")
_NEAREST = 12
_MOST = 20  # looked up per question, whatever its length
_ASSETS: tuple[AssetKind, ...] = ("model", "dataset")


class UnknownNames:
    """Finds names that one catalogue does not know."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def names(self, question: str, mentions: Sequence[Mention]) -> list[str]:
        """Words that look like names, of which no asset has any part."""
        return [name for name in names_by_looks(question, mentions) if not self._any_known(name)]

    def ids(self, question: str, mentions: Sequence[Mention]) -> list[str]:
        """`org/some-model-2`, and `some-model-2` where it begins like a known name and is none."""
        found = list(dict.fromkeys(match[0] for match in _HUB_ID.finditer(question)))[:_MOST]
        unheard = [id_ for id_ in found if not any(self._catalog.aliases_of(kind, [squash(id_)]) for kind in _ASSETS)]
        return unheard or [name for name in _free(_LONG_NAME, question, mentions) if self._is_unheard(name)]

    def _any_known(self, name: str) -> bool:
        words = [word for word in name_words(name) if len(word) > _SHORTEST_PART and not word.isdigit()]
        return not words or any(self._catalog.named_like(kind, words) for kind in _ASSETS)

    def _is_unheard(self, name: str) -> bool:
        """A name of several parts, some of them parts of known names, that no known name has all of."""
        words = [word for word in name_words(name) if word not in phrases().talk | phrases().grammar]
        near = [id_ for kind in _ASSETS for id_, _ in self._catalog.named_like(kind, words, _NEAREST)]
        return bool(near) and not any(explains(id_, words) for id_ in near)


def names_by_looks(question: str, mentions: Sequence[Mention]) -> list[str]:
    """Words of the question that look like names and are no mention."""
    free = _free(_NAME, question, mentions)
    return [name for name in free if len(name) > _SHORTEST_NAME and LOOKS_NAMED.search(name)]


def _free(pattern: re.Pattern[str], question: str, mentions: Sequence[Mention]) -> list[str]:
    found = (
        match[0]
        for match in pattern.finditer(question)
        if all(match.end() <= m.start or match.start() >= m.end for m in mentions)
    )
    return list(dict.fromkeys(found))[:_MOST]
