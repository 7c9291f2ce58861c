"""Who comes from whom in a question: what is built on the models that it names, or what these are built on.

`what is built on M` asks for children: the phrase stands before the name. `what is M built on` asks for parents.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from agent.offline.mentions import Mention, without
from agent.offline.phrases import Phrases
from catalog.query import DerivedFromAny
from catalog.records import Relation

_BETWEEN_BASES = re.compile(r"^\W*(?:or|and|nor|as well as|,|/|either|the)?\W*(?:from |on |of )?(?:the )?\W*$")
_REACH = 60
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


@dataclass(frozen=True)
class Lineage:
    """Reads lineage out of one question in lower case; `models` are those that it names and does not bar."""

    text: str
    models: Sequence[Mention]
    phrases: Phrases

    def derivation(self) -> DerivedFromAny | None:
        """What the models that are asked for come from."""
        bases = self.bases()
        if not bases:
            return None
        ids = tuple(dict.fromkeys(mention.id for mention in bases))
        return DerivedFromAny(any_of=ids, relation=self._relation(bases[0]), depth=self.steps())

    def bases(self) -> list[Mention]:
        """The named models that others are said to come from."""
        found: list[Mention] = []
        for mention in self.models:
            joined = found and _BETWEEN_BASES.match(self.text[found[-1].end : mention.start])
            if joined or self._is_base(mention):
                found.append(mention)
        return found or ([*self.models] if self._children_are_asked() else [])

    def derived(self, ids: tuple[str, ...]) -> DerivedFromAny:
        """What comes from these models, in the way that the question says anywhere."""
        relation = cast(Relation | None, self.phrases.first("relation", self.text))
        return DerivedFromAny(any_of=ids, relation=relation, depth=self.steps())

    def steps(self) -> int | None:
        """How far from each other: 1 is directly, None is at any distance."""
        match = self.phrases.named["steps"].search(self.text)
        if match:
            told = next(group for group in match.groups() if group)
            return min(40, max(1, int(told))) if told.isdigit() else _COUNTS[told]
        if self.phrases.says("grandchildren", self.text):
            return 2
        return None if self.phrases.says("transitive", self.text) else 1

    def _children_are_asked(self) -> bool:
        """Whether several models are asked for, one is named, and it is about what comes from what, however worded."""
        if len({mention.id for mention in self.models}) != 1 or any(mention.weak for mention in self.models):
            return False
        rest = without(self.text, self.models)
        if any(self.phrases.says("parent_asked", self.text[: mention.start]) for mention in self.models):
            return False
        asked = self.phrases.says("children_asked", rest) and self.phrases.says("origin", rest)
        return asked and not self.phrases.says("likened", rest)

    def _is_base(self, mention: Mention) -> bool:
        before = self.text[max(0, mention.start - _REACH) : mention.start]
        after = self.text[mention.end : mention.end + _REACH]
        if self.phrases.says("base_after", after):
            return True
        said = self.phrases.named["derived"].search(before)
        return bool(said) and not self.phrases.says("parent_asked", before)

    def _relation(self, base: Mention) -> Relation | None:
        """How they come from it, told on the side of the name where the derivation is."""
        before, after = self.text[max(0, base.start - _REACH) : base.start], self.text[base.end : base.end + _REACH]
        near = after if self.phrases.says("base_after", after) else before if self._is_base(base) else self.text
        return cast(Relation | None, self.phrases.first("relation", near))
