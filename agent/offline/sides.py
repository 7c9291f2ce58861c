"""The assets that a question sets side by side: named in full, told loosely, or by what they are to one another."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.offline.mentions import Mention
from agent.offline.phrases import phrases
from agent.offline.siblings import sibling
from agent.offline.subject import Subject, SubjectFinder, Told
from agent.offline.unknown import LOOKS_NAMED
from catalog.execution import execute
from catalog.names import name_words
from catalog.query import CatalogQuery, DerivedFromAny
from catalog.records import AssetKind, Relation
from catalog.store import Catalog
from catalog.values import values_of

_PARTS = re.compile(
    r"\b(?:or|vs\.?|versus|and|between|against|than|compared (?:to|with)|differ\w* (?:from|to))\b|[,:;?]", re.I
)
_COMPARED = re.compile(_PARTS.pattern + r"|\b(?:with|to)\b", re.I)
_BETWEEN = re.compile(
    r"^\W*(?:[\w'’-]+\W+){0,4}?(?:and|or|vs|versus|against|than|with|to|beats?|\w*perform\w*)\b\W*(?:\w+\W+){0,4}$"
)
_LISTED = re.compile(r"^\s*,\s*(?:the\s+)?$|^\W*(?:\w+\W+){0,2}(?:and|or|vs|versus|than)\b\W*(?:\w+\W+){0,3}$")
_TO_COMPARE = re.compile(r"(?:\w+ ){0,3}compar\w+ ", re.I)
_FEWEST, _SHORTEST = 2, 3
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
        models = [m for m in mentions if _is_model(m)]
        named = models or [m for m in mentions if m.kind == "dataset" and m.carded]
        hinted = len(named) < _FEWEST and phrases().says("compare", text)
        if not (surely or hinted or _joined(text, named)):
            return ()
        found = list(self._models(question, mentions, surely=surely))
        if not found:
            found = list(self._datasets(text, mentions))
        elif surely:
            found += self._relatives(text, found)
        return tuple({subject.id: subject for subject in found}.values())

    def _models(self, question: str, mentions: Sequence[Mention], *, surely: bool) -> Iterator[Subject]:
        """A model of each part of the question: the one named in full, with `vs` also one told loosely."""
        before: Subject | None = None
        start, parts = 0, _COMPARED if _TO_COMPARE.match(question.strip()) else _PARTS
        for end in [*(match.start() for match in parts.finditer(question)), len(question)]:
            inside = [m for m in mentions if start <= m.start < end]
            named = [m for m in inside if _is_model(m)]
            makers = frozenset(m.id for m in inside if m.kind == "organization")
            if named and makers and all(m.id.rpartition("/")[0] not in makers for m in named):
                own = self._subjects.one("model", Told(question[start:end], organizations=makers))
                named = [] if own and own.id.rpartition("/")[0] in makers else named
                yield from (Subject("model", own.id, own.words),) if own and not named else ()
            yield from (_subject(m) for m in named)
            told_alone = before and not named and sibling(self._catalog, before, question[start:end])
            if told_alone:
                yield told_alone
            before = _subject(named[-1]) if named else before
            data = [m for m in inside if m.kind == "dataset" and not _measured_on(question, m)]
            related = any(phrases().says(name, question[start:end].lower()) for name in _RELATIVES)
            loosely = surely or any(LOOKS_NAMED.search(word) for word in question[start:end].split())
            if loosely and not named and not data and not related and not told_alone:
                told = self._subjects.one("model", Told(_without(question, start, end, inside)))
                if told and any(len(word) >= _SHORTEST and word.isalpha() for word in told.words):
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


def _is_model(mention: Mention) -> bool:
    """A model with a card, not a plain word for models that one is called by as well (`detector`)."""
    plain = phrases().says("model_word", mention.words.lower())
    return mention.kind == "model" and mention.carded and not mention.weak and not plain


def _joined(text: str, models: Sequence[Mention]) -> bool:
    """Whether names stand together: `A and B`."""
    between = [text[one.end : other.start] for one, other in pairwise(models)]
    return bool(between) and all(_BETWEEN.match(words) or _LISTED.match(words) for words in between)


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
