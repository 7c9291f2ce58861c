"""The assets that a question sets side by side: named in full, told loosely, or by what they are to one another."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.offline.mentions import Mention
from agent.offline.phrases import phrases
from agent.offline.subject import Subject, SubjectFinder, Told
from agent.offline.unknown import names_by_looks
from catalog.execution import execute
from catalog.names import name_words
from catalog.query import CatalogQuery, DerivedFromAny
from catalog.records import AssetKind, Relation
from catalog.store import Catalog
from catalog.values import values_of

_PARTS = re.compile(r"\b(?:or|vs\.?|versus|and|between|against|than|compared (?:to|with))\b|[,:;?]", re.I)
_BETWEEN = re.compile(
    r"^\W*(?:(?:and|or|vs|versus|against|than|with|to|the|that|of|from|compared|does|is)\b\W*)*$", re.I
)
_MEASURED = ("metric", "language", "license")
_CHILDREN: tuple[Relation, ...] = ("distillation", "finetune")
_RELATIVES = ("its_parent", *(f"its_{relation}" for relation in _CHILDREN))


class Sides:
    """Finds what the questions to one catalogue compare."""

    def __init__(self, catalog: Catalog, subjects: SubjectFinder) -> None:
        self._catalog = catalog
        self._subjects = subjects

    def of(self, question: str, mentions: Sequence[Mention]) -> tuple[Subject, ...]:
        """The sides in the order of the question; fewer than two where it compares nothing."""
        text = question.lower()
        surely = phrases().says("compare_surely", text)
        if phrases().says("derived", text) or phrases().says("over_several", text):
            return ()
        models = [m for m in mentions if m.kind == "model" and m.carded and not m.weak]
        if not surely and not phrases().says("compare", text) and not _joined(text, models):
            return ()
        found = list(self._models(question, mentions, surely=surely))
        if not found:
            found = list(self._datasets(text, mentions))
        elif surely:
            found += self._relatives(text, found)
        return tuple({subject.id: subject for subject in found}.values())

    def _models(self, question: str, mentions: Sequence[Mention], *, surely: bool) -> Iterator[Subject]:
        """A model of each part of the question: the one named in full, with `vs` also one told loosely."""
        by_looks = names_by_looks(question, mentions) if phrases().says("compare_named", question.lower()) else []
        start = 0
        for end in [*(match.start() for match in _PARTS.finditer(question)), len(question)]:
            inside = [m for m in mentions if start <= m.start < end]
            named = [m for m in inside if m.kind == "model" and m.carded and not m.weak]
            yield from (_subject(m) for m in named)
            data = [m for m in inside if m.kind == "dataset" and not _measured_on(question, m)]
            related = any(phrases().says(name, question[start:end].lower()) for name in _RELATIVES)
            told_in = surely or any(name in question[start:end] for name in by_looks)
            if told_in and not named and not data and not related:
                told = self._subjects.one("model", Told(_without(question, start, end, inside)))
                if told:
                    yield Subject("model", told.id, told.words)
            start = end

    def _datasets(self, text: str, mentions: Sequence[Mention]) -> Iterator[Subject]:
        """Datasets side by side, unless models are asked for or were trained on them."""
        named = [m for m in mentions if m.kind == "dataset"]
        if len(named) < 2 or phrases().says("models_told", text):
            return
        yield from (_subject(m) for m in named)

    def _relatives(self, text: str, found: Sequence[Subject]) -> Iterator[Subject]:
        """`its distilled version`, `the model that it was built from`: told by what it is to the one that is named."""
        if len(found) != 1 or found[0].kind != "model":
            return
        known = found[0].id
        if phrases().says("its_parent", text):
            stated = [v for v in values_of(self._catalog, "model", [known], "base_models") if v.stated]
            ids = [value.value for value in stated]
        else:
            relation = next((name for name in _CHILDREN if phrases().says(f"its_{name}", text)), None)
            ids = self._children(known, relation) if relation else []
        if len(ids) == 1 and self._catalog.asset("model", ids[0]):
            yield Subject("model", ids[0], frozenset(name_words(ids[0])))

    def _children(self, model: str, relation: Relation) -> list[str]:
        derived = DerivedFromAny(any_of=(model,), relation=relation)
        return [item.id for item in execute(self._catalog, CatalogQuery(derived_from=derived)).items]


def _subject(mention: Mention) -> Subject:
    kind: AssetKind = "model" if mention.kind == "model" else "dataset"
    return Subject(kind, mention.id, frozenset(name_words(mention.words)))


def _joined(text: str, models: Sequence[Mention]) -> bool:
    """Whether names stand together: `A and B`."""
    pairs = pairwise(models)
    return len(models) > 1 and all(_BETWEEN.match(text[one.end : other.start]) for one, other in pairs)


def _measured_on(question: str, mention: Mention) -> bool:
    """`on GLUE`: where something was measured, not what is compared."""
    return phrases().says("measured_before", question[: mention.start].lower())


def _without(question: str, start: int, end: int, mentions: Sequence[Mention]) -> str:
    """A part of the question without the words that name what is measured."""
    part = question[start:end]
    for m in mentions:
        if m.kind in _MEASURED or m.kind == "dataset":
            part = part[: m.start - start] + " " * (m.end - m.start) + part[m.end - start :]
    return part
