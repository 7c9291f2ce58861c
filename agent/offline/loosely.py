"""Datasets told by a part of their name: `the Italian WikiNER set` where the catalogue has `wikiner-ita` only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from agent.offline.mentions import Mention
from catalog.languages import language_name
from catalog.names import name_words
from catalog.store import Catalog

_SHORTEST_PREFIX = 2


class LooseNames:
    """Finds the one dataset of a catalogue whose name has all the words told."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def resolved(self, text: str, unknown: Sequence[str], mentions: Sequence[Mention]) -> tuple[Mention, ...] | None:
        """The mentions with those that the unknown names stand for; None where none of them is clear.

        A language right before helps to choose, and is then a part of the name.
        """
        kept, changed = list(mentions), False
        for name in unknown:
            start = text.lower().find(name)
            if not any(char.isupper() or char.isdigit() for char in text[start : start + len(name)]):
                continue  # `tweets` is a word, not the name of the one dataset that has it in its name
            before = next((m for m in kept if m.kind == "language" and text[m.end : start].strip() in ("", "-")), None)
            ids = {id_ for id_ in self._called(name_words(name)) if _is_rest_told(id_, name, before)}
            narrowed = {id_ for id_ in ids if before and _in_language(id_, before.id)}
            if len(narrowed or ids) != 1:
                continue
            (id_,) = narrowed or ids
            found = Mention("dataset", (id_,), start, start + len(name), name)
            asset = self._catalog.asset("dataset", id_)
            kept = [m for m in kept if m is not before or not narrowed]
            kept.append(replace(found, carded=bool(asset and asset.has_card)))
            changed = True
        return tuple(sorted(kept, key=lambda m: m.start)) if changed else None

    def _called(self, words: Sequence[str]) -> set[str]:
        having = [self._ids_by_word.get(word, set()) for word in words]
        return set.intersection(*having) if having else set()

    @cached_property
    def _ids_by_word(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for alias in self._catalog.all_aliases("dataset"):
            for word in name_words(alias.id):
                found[word].add(alias.id)
        return found


def _is_rest_told(id_: str, name: str, language: Mention | None) -> bool:
    """What the name has besides is a version, or the language that the question says."""
    rest = set(name_words(id_)) - set(name_words(name))
    return all(
        word.isdigit() or len(word) == 1 or (language is not None and _says_language(word, language.id))
        for word in rest
    )


def _in_language(id_: str, code: str) -> bool:
    """The name says the language: `it`, `ita`, `italian`."""
    return any(_says_language(word, code) for word in name_words(id_))


def _says_language(word: str, code: str) -> bool:
    return word == code or (len(word) > _SHORTEST_PREFIX and language_name(code).lower().startswith(word))
