"""What a model was trained on, from the sentences, lists and tables of its card."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalog.records import Attribute, DerivedFrom, Fact, Role, TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.mentions import Marked, Mention, find_in
from ingest.extract.patterns import load
from ingest.extract.statements import Statement

_MARK = re.compile(r"⟦([DMU])(\d+)⟧")
_CUE = re.compile(
    r"train|tun(?:ed|ing|e)\b|data|corp|source|treina|entra[iî]n|entren|addestr|ajust|feinab|used|align|adapt|learn",
    re.I,
)
_MAX_REACH = 170
_MAX_LIST_GAP = 120
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
    reader = _Reader(card, frozenset(squash(base.base.rpartition("/")[2]) for base in bases))
    found = [hit for statement in said for hit in reader.read(statement)]
    sure = [hit for hit in found if hit.sure]
    return sure or found


@dataclass(frozen=True)
class _Reader:
    card: CardText
    bases: frozenset[str]

    def read(self, statement: Statement) -> Iterator[Named]:
        scope = statement.scope.kind
        if self._background(statement.scope.heading):
            return
        in_data = scope == "data" or statement.lead is not None or bool(statement.key)
        if scope in _SKIPPED or not (in_data or _CUE.search(statement.sentence.plain)):
            return
        key = _key_role(statement)
        if key:
            yield from _valued(statement, key[0])
            return
        hits = [*self._said(statement), *_used(statement)]
        if not hits and statement.lead is not None:
            hits = [*self._led(statement)]
        if not hits and scope == "data":
            hits = [*_described(statement)]
        yield from hits

    def _said(self, statement: Statement) -> Iterator[Named]:
        """The objects of each word of training in a sentence."""
        marked = statement.marked
        for trigger, stop in _reaches(marked.text):
            if not self._factual(statement, trigger.start):
                continue
            link = _words().copula if trigger.noun else _words().link
            behind = marked.text[trigger.end : stop]
            for mention in _objects(behind, marked, link):
                yield Named(mention, trigger.phase(behind, statement), statement)

    def _led(self, statement: Statement) -> Iterator[Named]:
        """The objects of a list item whose lead sentence says what the list is."""
        lead = statement.lead
        key = _key_role(lead) if lead else None
        role = key[0] if key else None
        if lead and not key:
            triggers = [trigger for trigger, _ in _reaches(lead.marked.text) if self._factual(lead, trigger.start)]
            if not triggers or _words().breaker.search(lead.marked.text[triggers[-1].end :]):
                return
            role = triggers[-1].phase(lead.marked.text, lead)
        for mention in _first_objects(statement.value if statement.key else statement.marked):
            yield Named(mention, role, statement)

    def _factual(self, statement: Statement, start: int) -> bool:
        """Whether a word of training at `start` states a fact about this model."""
        before = statement.marked.text[max(0, start - 120) : start]
        words = _words()
        if words.hypothetical.search(before) or self._foreign(statement, before):
            return False
        return statement.scope.kind not in _STRICT or bool(words.own.search(before))

    def _foreign(self, statement: Statement, before: str) -> bool:
        if _words().foreign.search(before) and not _TOKENIZER.search(self.card.name + self.card.document.title):
            return True
        subject = _SUBJECT.search(before)
        if not subject:
            return False
        mention = statement.marked.mentions[int(subject["mark"])]
        governed = subject["governor"] or subject["verb"]
        together = _TOGETHER.search(before)
        return bool(governed) and not together and not self._own(mention, statement)

    def _background(self, heading: str) -> bool:
        """Whether a heading announces the parent: `Details of BERT` on the card of a fine-tuned BERT."""
        if not self.bases or not heading or "tun" in heading:
            return False
        names = [squash(mention.name.rpartition("/")[2]) for mention in find_in(heading) if mention.kind == "model"]
        related = any(name in base or base in name for name in names for base in self.bases)
        return related and squash(heading) not in squash(self.card.document.title)

    def _own(self, mention: Mention, statement: Statement) -> bool:
        name = squash(mention.name.rpartition("/")[2])
        if name in self.card.own_names or (name in squash(self.card.document.title) and not self.bases):
            return True
        related = any(name in base or base in name for base in self.bases)
        in_own_name = name in squash(self.card.name)
        return not related and (in_own_name or (statement.scope.kind == "data" and not self.bases))


_TOKENIZER = re.compile(r"tokeni[sz]er|classifier|tagger|reward|embedding", re.I)
#: `BERT was (pre)trained on …`, `based on BERT trained on …`: the model before a word of training is its subject.
_SUBJECT = re.compile(
    r"(?P<governor>\b(?:of|from|on|with|to|like|than|by|using|uses?)\b (?:[\w-]+ ){0,3})?⟦M(?P<mark>\d+)⟧(?:'s|’s)?"
    r"(?: ?\([^()]{0,60}\))?(?: (?!and\b)[\w-]+){0,3}?(?:,(?= (?:which|that)))? ?"
    r"(?P<verb>\b(?:which |that )?(?:was|is|were|are|has been|have been)\b (?:[\w-]+ ){0,3})?$"
)


_TOGETHER = re.compile(r"\b(?:jointly|together|subsequently|then|finally|afterwards)\s*$", re.I)


# ---------------------------------------------------------------------------------------------- triggers and objects


@dataclass(frozen=True, slots=True)
class _Trigger:
    start: int
    end: int
    role: Role | None
    noun: bool

    def phase(self, behind: str, statement: Statement) -> Role | None:
        """The phase told; fine-tuning a language model on text is pre-training, a bare `trained` is left open."""
        if self.role == "finetune" and _words().mlm.search(behind[:80]):
            return "pretrain"
        return self.role or statement.scope.role


def _reaches(text: str) -> list[tuple[_Trigger, int]]:
    """Every trigger with where its reach ends: at the next one."""
    found: list[_Trigger] = []
    for role, noun, pattern in _words().triggers:
        found += [_Trigger(match.start(), match.end(), role, noun) for match in pattern.finditer(text)]
    found.sort(key=lambda trigger: (trigger.start, -trigger.end))
    kept: list[_Trigger] = []
    for trigger in found:
        if not kept or trigger.start >= kept[-1].end:
            kept.append(trigger)
    ends = [trigger.start for trigger in kept[1:]] + [len(text)]
    return list(zip(kept, ends, strict=False))


def _objects(behind: str, marked: Marked, link: re.Pattern[str]) -> Iterator[Mention]:
    """The datasets that a trigger reaches: the first one behind a link word, and the rest of its list."""
    position, found = 0, False
    for match in _MARK.finditer(behind):
        gap = behind[position : match.start()]
        mention = marked.mentions[int(match[2])]
        if not found:
            reach = behind[: match.start()]
            if len(reach) > _MAX_REACH or _words().breaker.search(reach) or _words().negated_object.search(gap):
                return
            if match[1] == "M" or not link.search(reach) or not _fits(mention, gap, behind[match.end() :]):
                continue
        elif match[1] == "M" or not _continues(gap):
            return
        found, position = True, match.end()
        yield mention


def _fits(mention: Mention, gap: str, rest: str) -> bool:
    """A name that may be no dataset counts right behind the link word, or before a word such as `dataset`."""
    if mention.kind == "dataset" and not mention.weak:
        return True
    return len(gap.split()) <= 6 or bool(re.match(r"\s*(?:data ?set|corp|data\b)", rest))


def _continues(gap: str) -> bool:
    """Whether the text between two names is the glue of a list."""
    outside = _ASIDE.sub("", gap)
    if len(gap) > _MAX_LIST_GAP or _words().breaker.search(gap):
        return False
    glue = [*_CONJUNCTION.finditer(outside)]
    if not glue:
        return not outside.strip(" *_`'\"“”‘’:")
    before, behind = _REMARK.sub("", outside[: glue[-1].start()]), outside[glue[-1].end() :]
    apposition = glue[-1][0] == "," and _words().apposition.search(behind)
    return not (apposition or _words().list_breaker.search(before) or _words().item_breaker.search(behind))


_ASIDE = re.compile(r"\([^()]{0,80}\)")
_REMARK = re.compile(r"^, (?:an?|the|which|that|containing|consisting|comprising|our|one|all|with)\b.*", re.S)
_CONJUNCTION = re.compile(r",|;|&|\+|/|\b(?:and|plus|or|as well as|together with|along with|und|et|y|e)\b")


def _first_objects(marked: Marked) -> Iterator[Mention]:
    """The names at the beginning of a list item or value, and the list that they begin."""
    match = _MARK.search(marked.text)
    if not match or match.start() > 90 or _words().negated_object.search(marked.text[: match.start()]):
        return
    position, first = 0, True
    for match in _MARK.finditer(marked.text):
        if not first and not _continues(marked.text[position : match.start()]):
            return
        first, position = False, match.end()
        if match[1] != "M":
            yield marked.mentions[int(match[2])]


# ------------------------------------------------------------------------------------------------- keys and sections


def _key_role(statement: Statement) -> tuple[Role | None] | None:
    """The phase that the key of a `key: value` line tells, in a tuple; None where the line is none about data."""
    if statement.key:
        for role, pattern in _words().keys:
            if pattern.search(statement.key):
                return (role or statement.scope.role,)
    return None


def _valued(statement: Statement, role: Role | None) -> Iterator[Named]:
    found = [*_first_objects(statement.value)]
    value = statement.value.text.strip(" *_`.")
    if not found and 2 < len(value) <= 60 and "⟦" not in value and not _words().not_names.search(value):
        start = max(0, statement.sentence.plain.find(value))
        found = [Mention("candidate", value, start, start + len(value))]
    for mention in found:
        yield Named(mention, role, statement)


def _used(statement: Statement) -> Iterator[Named]:
    """`X was used for training`, `we used X to train`."""
    marked = statement.marked
    if statement.scope.kind in _STRICT:
        return
    for pattern in _words().before:
        match = pattern.search(marked.text)
        if match and not _words().hypothetical.search(marked.text[: match.start()]):
            how = match["how"].lower()
            role: Role | None = (
                "pretrain" if how.startswith("pre") else "finetune" if "tun" in how else statement.scope.role
            )
            for mark in _MARK.finditer(match[0]):
                if mark[1] != "M":
                    yield Named(marked.mentions[int(mark[2])], role, statement)


def _opens(before: str) -> bool:
    """Whether the words before a name are only what a list item may begin with: no clause of their own."""
    return len(before) <= _MAX_OPENING and not _words().clause.search(before)


def _described(statement: Statement) -> Iterator[Named]:
    """What a section about the data begins with: sure where it is a list item, else only a description."""
    listed = statement.kind == "item"
    if not (listed or statement.first):
        return
    match = _MARK.search(statement.marked.text)
    if match and match[1] != "M" and _opens(statement.marked.text[: match.start()]):
        alone = not _words().verb.search(statement.marked.text)
        for mention in _first_objects(statement.marked):
            if mention.kind == "dataset" or alone:
                yield Named(mention, statement.scope.role, statement, sure=listed or alone)


# ------------------------------------------------------------------------------------------------------------- roles


def roles(card: CardText, facts: Iterable[Fact]) -> list[Fact]:
    """The facts with the phase of every training dataset that the card leaves open decided, where it can be."""
    given = list(facts)
    known = {squash(fact.dataset): fact.role for fact in given if isinstance(fact, TrainedOn) and fact.role}
    default = _default_role(card, given)
    raw = default != "finetune" or bool(_words().language_model.search(_gist(card, given)))
    decided: list[Fact] = []
    for fact in given:
        if isinstance(fact, TrainedOn) and fact.role is None:
            id_ = vocabulary("datasets").find(fact.dataset, weak=True) or fact.dataset
            stated = known.get(squash(fact.dataset)) or known.get(squash(id_))
            if default is None and id_ in vocabulary("datasets").terms and id_ not in _raw_text():
                stated = stated or "finetune"
            fact = fact.model_copy(update={"role": stated or ("pretrain" if raw and id_ in _raw_text() else default or "pretrain")})
        decided.append(fact)
    return decided


_FINE = frozenset({"finetune", "initialization", "adapter", "merge", "quantization"})
_LANGUAGE_MODELLING = frozenset({"fill-mask", "text-generation", "feature-extraction"})
_LABELLED = frozenset(
    [
        "text-classification",
        "token-classification",
        "question-answering",
        "sentence-similarity",
        "zero-shot-classification",
        "summarization",
        "text2text-generation",
        "table-question-answering",
        "multiple-choice",
    ]
)


def _default_role(card: CardText, facts: Sequence[Fact]) -> Role | None:
    """A model with a parent was fine-tuned; one without is fine-tuned where its task needs labelled data.

    None where the card tells neither: then the kind of the dataset decides.
    """
    relations = {fact.relation for fact in facts if isinstance(fact, DerivedFrom)}
    tasks = {fact.value for fact in facts if isinstance(fact, Attribute) and fact.name == "task"}
    if relations & _FINE:
        return "finetune"
    if relations and relations != {"distillation"}:
        return "pretrain"
    if tasks & _LANGUAGE_MODELLING:
        return "pretrain"
    said = f"{card.name} {card.document.title}"
    if tasks & _LABELLED or _words().labelled.search(said):
        return "finetune"
    return "pretrain" if _words().language_model.search(_gist(card, facts)) else None


def _gist(card: CardText, facts: Sequence[Fact]) -> str:
    told = [fact.value for fact in facts if isinstance(fact, Attribute) and fact.name in ("task", "tag")]
    return " ".join([card.document.title, card.asset.summary, *told])


@lru_cache(maxsize=1)
def _raw_text() -> frozenset[str]:
    return frozenset(load("corpora")["raw"])


# ------------------------------------------------------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class _Words:
    triggers: tuple[tuple[Role | None, bool, re.Pattern[str]], ...]
    before: tuple[re.Pattern[str], ...]
    keys: tuple[tuple[Role | None, re.Pattern[str]], ...]
    link: re.Pattern[str]
    copula: re.Pattern[str]
    breaker: re.Pattern[str]
    list_breaker: re.Pattern[str]
    item_breaker: re.Pattern[str]
    apposition: re.Pattern[str]
    hypothetical: re.Pattern[str]
    foreign: re.Pattern[str]
    own: re.Pattern[str]
    mlm: re.Pattern[str]
    negated_object: re.Pattern[str]
    clause: re.Pattern[str]
    verb: re.Pattern[str]
    labelled: re.Pattern[str]
    language_model: re.Pattern[str]
    not_names: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = load("training")
    words = {key: re.compile(pattern, re.I) for key, pattern in raw["words"].items()}
    return _Words(
        triggers=tuple(
            (row.get("role"), row.get("noun", False), re.compile(row["pattern"], re.I)) for row in raw["trigger"]
        ),
        before=tuple(re.compile(row["pattern"], re.I) for row in raw["before"]),
        keys=tuple((row.get("role"), re.compile(row["pattern"], re.I)) for row in raw["key"]),
        not_names=re.compile(raw["key_value"]["not_names"], re.I),
        **words,
    )
