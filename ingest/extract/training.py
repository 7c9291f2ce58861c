"""What a model was trained on, from the sentences, lists and tables of its card."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from catalog.records import DerivedFrom, Role
from catalog.vocabulary import squash
from ingest.extract.card_text import CardText
from ingest.extract.mentions import Marked, Mention, find_in
from ingest.extract.patterns import load
from ingest.extract.roles import roles
from ingest.extract.statements import Statement
from ingest.extract.triggers import MARK, Trigger, first_objects, is_tool, objects, reaches, words

__all__ = ["Named", "Reader", "named", "roles"]

_MAX_OPENING = 48
_SKIPPED = ("base", "references")
_STRICT = ("usage", "evaluation")


@dataclass(frozen=True, slots=True)
class Named:
    """A dataset that a statement names as training data; `sure` is false where a section only describes it."""

    mention: Mention
    role: Role | None
    statement: Statement
    sure: bool = True


def named(card: CardText, said: Sequence[Statement], bases: Sequence[DerivedFrom]) -> list[Named]:
    """Every dataset that the statements name; what is only described counts where nothing is said outright."""
    reader = Reader.of(card, bases)
    found = [hit for statement in said for hit in reader.read(statement)]
    sure = [hit for hit in found if hit.sure]
    return sure or found


@dataclass(frozen=True)
class Reader:
    """Reads the statements of one card; `bases` are the squashed names of its parents."""

    card: CardText
    bases: frozenset[str]
    backgrounds: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, card: CardText, bases: Sequence[DerivedFrom]) -> "Reader":
        """A reader that knows the parents of a card."""
        return cls(card, frozenset(squash(base.base.rpartition("/")[2]) for base in bases))

    def read(self, statement: Statement) -> Iterator[Named]:
        """The training data that a statement names."""
        scope = statement.scope.kind
        if self._background(statement.scope.heading):
            return
        in_data = scope == "data" or statement.lead is not None or bool(statement.key)
        if scope in _SKIPPED or not (in_data or _has_cue(statement.sentence.plain)):
            return
        key = _key_role(statement)
        if statement.kind == "table" and not (key and _OF_TRAINING.search(statement.key)):
            return
        if key:
            yield from _valued(statement, key[0])
            return
        hits = [*self._said(statement), *_used(statement)]
        if not hits and statement.lead is not None:
            hits = [*self._led(statement)]
        if not hits and scope == "data":
            hits = [*_christened(statement)] or [*_drawn(statement)] or [*_described(statement)]
        elif scope == "data":
            known = {hit.mention for hit in hits}
            hits += [hit for hit in _drawn(statement) if hit.mention not in known]
        yield from hits

    def _said(self, statement: Statement) -> Iterator[Named]:
        """The objects of each word of training in a sentence."""
        marked = statement.marked
        for trigger, stop in reaches(marked.text):
            if not self._factual(statement, trigger):
                continue
            link = _ANYWHERE if trigger.direct else words().copula if trigger.noun else words().link
            behind = marked.text[trigger.end : stop]
            for mention in () if _from_whom(trigger, behind) else objects(behind, marked, link):
                yield Named(mention, trigger.phase(behind, statement.scope.role), statement)

    def _led(self, statement: Statement) -> Iterator[Named]:
        """The objects of a list item whose lead sentence says what the list is."""
        lead = statement.lead
        key = _key_role(lead) if lead else None
        role = key[0] if key else None
        if lead and not key:
            triggers = [trigger for trigger, _ in reaches(lead.marked.text) if self._factual(lead, trigger)]
            if not triggers or words().breaker.search(lead.marked.text[triggers[-1].end :]):
                return
            role = triggers[-1].phase(lead.marked.text, lead.scope.role)
        for mention in first_objects(statement.value if statement.key else statement.marked):
            yield Named(mention, role, statement)

    def _factual(self, statement: Statement, trigger: Trigger) -> bool:
        """Whether a word of training states a fact about this model."""
        text = statement.marked.text
        before = text[max(0, trigger.start - 120) : trigger.start]
        if words().hypothetical.search(before) or self.foreign(statement, before) or _in_general(text, trigger):
            return False
        return statement.scope.kind not in _STRICT or bool(words().own.search(before))

    def foreign(self, statement: Statement, before: str) -> bool:
        """Whether the words before one of training say that it is another model's."""
        if words().foreign.search(before) and not _TOKENIZER.search(self.card.name + self.card.document.title):
            return True
        subject = _SUBJECT.search(before)
        if not subject:
            return False
        mention = statement.marked.mentions[int(subject["mark"])]
        governed = subject["governor"] or subject["verb"]
        together = _TOGETHER.search(before)
        version = (subject["version"] or "").strip()  # `T5 1.1` on the card of a T5
        other = version and version not in f"{self.card.name} {self.card.document.title}"
        return bool(governed) and not together and (bool(other) or not self._own(mention, statement))

    def _background(self, heading: str) -> bool:
        """Whether a heading announces the parent: `Details of BERT` on the card of a fine-tuned BERT."""
        if not self.bases or not heading or "tun" in heading:
            return False
        if heading not in self.backgrounds:
            self.backgrounds[heading] = self._names_parent(heading)
        return self.backgrounds[heading]

    def _names_parent(self, heading: str) -> bool:
        names = [squash(mention.name.rpartition("/")[2]) for mention in find_in(heading) if mention.kind == "model"]
        related = any(name in base or base in name for name in names for base in self.bases)
        return related and squash(heading) not in squash(self.card.document.title)

    def _own(self, mention: Mention, statement: Statement) -> bool:
        name = squash(mention.name.rpartition("/")[2])
        if name in self.card.own_names or (_part_of(name, self.card.document.title) and not self.bases):
            return True
        related = any(name in base or base in name for base in self.bases)
        in_own_name = _part_of(name, self.card.name)
        return not related and (in_own_name or (statement.scope.kind == "data" and not self.bases))


def _part_of(name: str, whole: str) -> bool:
    """Whether a squashed name begins with a word of another: `bert` of `german-bert-base`, not `t5` of `mt5-small`."""
    parts = [squash(part) for part in _PART.findall(whole)]
    return any("".join(parts[start:]).startswith(name) for start in range(len(parts)))


def _in_general(text: str, trigger: Trigger) -> bool:
    """Whether a word of training speaks of other models, or of tuning as such: `fine-tuning on X is unstable`."""
    before, behind = text[: trigger.start], text[trigger.end :]
    if words().others.search(before) and words().versions.match(behind):
        return True
    begins = not before.strip(" *_-") or before.rstrip().endswith((".", ":", ";", "("))
    gerund = text[: trigger.end].lower().endswith("ing") and not trigger.noun
    return gerund and begins and bool(words().in_general.match(behind))


def _from_whom(trigger: Trigger, behind: str) -> bool:
    """`fine-tuned from [X]`: a model or a person, not data."""
    return trigger.role == "finetune" and not trigger.noun and bool(_FROM.match(behind))


def _has_cue(text: str) -> bool:
    lowered = text.lower()
    return any(cue in lowered for cue in load("training")["cues"])


#: A column `dataset` may be about evaluation.
_OF_TRAINING = re.compile(r"train|tun", re.I)
_PART = re.compile(r"[^\W_]+")
_ANYWHERE = re.compile("")
_FROM = re.compile(r"\s*(?:directly )?from (?:the )?⟦U")
_TOKENIZER = re.compile(r"tokeni[sz]er|classifier|tagger|reward|embedding", re.I)
#: `BERT was (pre)trained on …`, `based on BERT trained on …`: the model before a word of training is its subject.
_SUBJECT = re.compile(
    r"(?P<governor>\b(?:of|from|on|with|to|like|than|by|using|uses?)\b (?:[\w-]+ ){0,3})?⟦M(?P<mark>\d+)⟧(?:'s|’s)?"
    r"(?: ?\([^()]{0,60}\))?(?P<version> \d\.\d)?(?: (?!and\b)[\w.-]+){0,3}?"
    r"(?:,(?= (?:which|that))|, [^,⟦⟧.]{2,40},)?\s?"
    r"(?P<verb>\b(?:which |that )?(?:was|is|were|are|has been|have been)\b (?:[\w-]+ ){0,3})?$"
)


_TOGETHER = re.compile(r"\b(?:jointly|together|subsequently|then|finally|afterwards)\s*$", re.I)


# ------------------------------------------------------------------------------------------------- keys and sections


def _key_role(statement: Statement) -> tuple[Role | None] | None:
    """The phase that the key of a `key: value` line tells, in a tuple; None where the line is none about data."""
    if statement.key:
        for role, pattern in words().keys:
            if pattern.search(statement.key):
                return (role or statement.scope.role,)
    return None


def _valued(statement: Statement, role: Role | None) -> Iterator[Named]:
    found = [*first_objects(statement.value)]
    value = statement.value.text.strip(" *_`.")
    if (
        not found
        and statement.kind != "table"
        and 2 < len(value) <= 60
        and "⟦" not in value
        and not words().not_names.search(value)
        and not words().described.search(statement.key)
    ):
        start = max(0, statement.sentence.plain.find(value))
        found = [Mention("candidate", value, start, start + len(value))]
    for mention in found:
        yield Named(mention, role, statement)


def _used(statement: Statement) -> Iterator[Named]:
    """`X was used for training`, `we used X to train`."""
    marked = statement.marked
    if statement.scope.kind in _STRICT:
        return
    for pattern in words().before:
        match = pattern.search(marked.text)
        told = match and not words().hypothetical.search(marked.text[: match.start()])
        if match and told and not words().unused.search(match[0]):
            how = match["how"].lower()
            role: Role | None = (
                "pretrain" if how.startswith("pre") else "finetune" if "tun" in how else statement.scope.role
            )
            for mark in MARK.finditer(match[0]):
                if mark[1] != "M" and not is_tool(marked.text[match.start() + mark.end() :]):
                    yield Named(marked.mentions[int(mark[2])], role, statement)


def _opens(before: str) -> bool:
    """Whether the words before a name are only what a list item may begin with: no clause of their own."""
    return len(before) <= _MAX_OPENING and not words().clause.search(before)


def _drawn(statement: Statement) -> Iterator[Named]:
    """Where the data of a section about it come from: `30k sentences came from X`, `I then added X`."""
    marked = statement.marked
    match = words().drawn.search(marked.text) if "⟦" in marked.text else None
    before = marked.text[: match.start()] if match else ""
    described = "⟦D" in before or "⟦U" in before  # where the data come from of which a dataset consists
    if match and not described and not words().hypothetical.search(before):
        for mention in objects(marked.text[match.start() :], marked, words().drawn):
            if mention.kind == "dataset":
                yield Named(mention, statement.scope.role, statement)


def _christened(statement: Statement) -> Iterator[Named]:
    """What data that a section describes are called: `the result was named X`."""
    marked = statement.marked
    match = words().christened.search(marked.text) if "⟦" in marked.text else None
    if match:
        for mention in first_objects(Marked(marked.text[match.end() :], marked.mentions)):
            yield Named(mention, statement.scope.role, statement)


def _described(statement: Statement) -> Iterator[Named]:
    """What a section about the data begins with: sure where it is a list item, else only a description."""
    listed = statement.kind == "item"
    if not (listed or statement.first):
        return
    match = MARK.search(statement.marked.text)
    if match and match[1] != "M" and _opens(statement.marked.text[: match.start()]):
        alone = not words().verb.search(statement.marked.text)
        for mention in first_objects(statement.marked):
            if mention.kind == "dataset" or alone:
                yield Named(mention, statement.scope.role, statement, sure=listed or alone)
