"""From which models a model was made, from the sentences and key–value lines of its card."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from catalog.records import Relation
from catalog.vocabulary import squash, vocabulary
from ingest.document import plain
from ingest.extract.card_text import CardText
from ingest.extract.families import has_size, sized
from ingest.extract.guarded import Guarded, Guards
from ingest.extract.mentions import Marked, Mention
from ingest.extract.patterns import load
from ingest.extract.statements import Statement

_MODEL_MARK = re.compile(r"⟦([MU])(\d+)⟧")
_IN_BRACKETS = re.compile(
    r"[\s,:*_-]{0,3}\(?(?:the |a )?(?:checkpoint |model |weights )?⟦M(\d+)⟧|[^⟦.;()]{0,40}\(⟦M(\d+)⟧\)"
)
_TO_ADDRESS = re.compile(r"[^⟦.;]{0,48}⟦M(\d+)⟧")
_GAP = r"(?:[\w'’`*(),/&+:-]{1,24} ){0,5}?(?:[:(] ?|[\"'“*_]){0,2}"
_ATTRIBUTES = (
    r"(?:(?!(?:on|for|with|using|to|by|in|and|via|over|as|at|during|through|than|upon|into|or|which|that|is|was|are|were|"
    r"but|against|after|before|be|not|like)\b)[\w'’*-]{1,24} ){0,5}(?:[\"'“*_`(]){0,2}"
)
_OWNER_PAGE = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]{1,60})/?\Z")
_BY = re.compile(r"[`\s*_'\"]{0,6}(?:model |checkpoint )?(?:by|from|of) \W{0,3}")
_MAKER = re.compile(r"([\w.& -]{2,40})['’]s [`*_'\"]{0,3}\Z")
#: a translation model is told from its siblings by its languages: `… transformer for de-en`
_PAIR = re.compile(r" (?:model )?(?:for|in) (?:the )?([a-z]{2,3}-[a-z]{2,3})\b")
_MAX_LIST_GAP = 60
_MAX_BEFORE = 60
_MAX_OPENING = 30
BARE_FAMILY = 4
_SKIPPED = ("base", "references", "usage", "evaluation")
_EVERYWHERE: frozenset[Relation] = frozenset({"quantization", "merge", "adapter", "conversion"})


@dataclass(frozen=True, slots=True)
class Parent:
    """A model that a statement names as a parent; `rank` orders by certainty, 0 is surest."""

    name: str
    relation: Relation
    rank: int
    statement: Statement


def parents(card: CardText, said: Sequence[Statement]) -> list[Parent]:
    """Every parent that the statements name, in file order."""
    found: list[Parent] = []
    for statement in said:
        if statement.scope.kind == "base":
            continue
        valued = [*_valued(statement)] if statement.key else []
        found += valued
        if not valued and statement.kind != "table" and _worth_reading(statement):
            found += [*_stated(statement)] or [*_linked(statement)] or [*_led(statement)]
    told = [parent for parent in found if not is_own(card, parent.name) and not _own_family(card, parent)]
    return [parent for parent in told if not _titles_itself(card, parent, told)]


def _worth_reading(statement: Statement) -> bool:
    lowered = statement.sentence.plain.lower()
    cues = load("lineage")["cues"]["aside" if statement.scope.kind in _SKIPPED else "anywhere"]
    return _heads(statement) or bool(_listed(statement)) or any(cue in lowered for cue in cues)


def _listed(statement: Statement) -> Relation | None:
    """The relation that the lead or the heading of a list gives its items: `Models merged:`, `Base models`."""
    if statement.kind != "item" or not statement.first:
        return None
    told = (statement.lead.sentence.plain if statement.lead else "", statement.scope.heading)
    return next((relation for relation, pattern in _words().led if any(map(pattern.search, told))), None)


def _own_family(card: CardText, parent: Parent) -> bool:
    """Whether the id is no more than the family with a size: the card of `bart-large` speaks of itself as BART."""
    return parent.rank >= BARE_FAMILY and squash(sized(parent.name, card.name) or "") == squash(card.name)


def _titles_itself(card: CardText, parent: Parent, told: Sequence[Parent]) -> bool:
    """Whether a title calls the model by its own name, `Owl-BERT-base for X`, while the text says `BERT-base`."""
    name = squash(parent.name)
    in_title = parent.statement.scope.kind == "title" and parent.statement.kind == "heading"
    if not in_title or not squash(card.name).startswith(name):
        return False
    sure = [squash(other.name.rpartition("/")[2]) for other in told if other.rank < BARE_FAMILY]
    return any(name.endswith(other) and name != other for other in sure)


def is_own(card: CardText, name: str) -> bool:
    """Whether a name means the card's own model; the same name under another organisation is another model."""
    organization, _, last = name.rpartition("/")
    return squash(last) in card.own_names and (not organization or organization.lower() == card.organization.lower())


def _valued(statement: Statement) -> Iterator[Parent]:
    rows = _words().keys if statement.kind != "table" else _words().keys[:-1]  # a column `model` lists models
    for relation, pattern in rows:
        if pattern.search(statement.key):
            for match in _MODEL_MARK.finditer(statement.value.text[:120]):
                mention = _closer(statement.value, match)
                if _names_model(mention) and not _words().design.match(statement.value.text[match.end() :]):
                    yield Parent(mention.name, relation, 0 if mention.exact else 2, statement)
                    return
            return


def _led(statement: Statement) -> Iterator[Parent]:
    """The model that an item of a list of parents begins with."""
    relation = _listed(statement)
    match = _MODEL_MARK.search(statement.marked.text[:_MAX_OPENING]) if relation else None
    if relation and match:
        mention = _closer(statement.marked, match)
        if _names_model(mention):
            yield Parent(mention.name, relation, _rank(mention, _LED), statement)


def _stated(statement: Statement) -> Iterator[Parent]:
    marked = statement.marked
    if "⟦M" not in marked.text and "⟦U" not in marked.text:
        return
    aside = statement.scope.kind in _SKIPPED and not _OWN.search(marked.text)
    rows = _words().statements
    for row in map(rows.__getitem__, _words().guards.possible(marked.text)):
        if (aside and row.relation not in _EVERYWHERE) or (row.heads and not _heads(statement)):
            continue
        for match in row.pattern.pattern.finditer(marked.text):
            before = marked.text[max(0, match.start() - _MAX_BEFORE) : match.start()]
            if _words().hypothetical.search(before) or _words().tool.search(before):
                continue
            for mark in _marks(row, match, marked.text):
                if _words().rival.search(marked.text[max(0, mark.start() - 48) : mark.start()]):
                    continue
                mention = _closer(marked, mark)
                name = _with_owner(statement, mention)
                rank = 1 if name != mention.name else _rank(mention, row)
                if rank > row.surest or (rank > BARE_FAMILY and "tun" not in marked.text):
                    continue
                named = mention is not marked.mentions[int(mark[2])]  # an id behind the words of a design names weights
                is_model = _names_model(mention) or name != mention.name
                if is_model and (named or not _words().design.match(marked.text[mark.end() :])):
                    pair = _PAIR.match(marked.text, mark.end()) if row.relation == "conversion" else None
                    yield Parent(f"{name}-{pair[1]}" if pair else name, row.relation, rank, statement)


def _linked(statement: Statement) -> Iterator[Parent]:
    """A linked name that no vocabulary knows, behind words that leave no doubt."""
    text = statement.sentence.text
    for relation, pattern in _words().linked if "](" in text else ():
        match = pattern.search(text)
        if match and statement.scope.kind not in _SKIPPED:
            name = _repository(text, match) or plain(match[1])
            pair = _PAIR.match(text, text.find(")", match.end()) + 1) if relation == "conversion" else None
            yield Parent(f"{name}-{pair[1]}" if pair else name, relation, BARE_FAMILY - 1, statement)
            return


_REPOSITORY = re.compile(r"(?:https?://)?github\.com/([\w.-]{1,60}/[\w.-]{1,90}?)/?[)#]")


def _repository(text: str, match: re.Match[str]) -> str | None:
    """The repository that a linked name stands for, where the link is to its root and so to nothing else."""
    found = _REPOSITORY.match(text, text.index("](", match.start(1)) + 2)
    return found[1] if found else None


def _marks(row: "_Row", match: re.Match[str], text: str) -> Iterator[re.Match[str]]:
    """The marks that a match names: the last one in it, or the list behind it."""
    if not row.list:
        group = next(index for index in range(1, (match.re.groups or 0) + 1) if match[index] is not None)
        mark = _MODEL_MARK.match(text, match.start(group))
        if mark:
            yield mark
        return
    position = match.end()
    for mark in _MODEL_MARK.finditer(text, match.end()):
        if mark.start() - position > _MAX_LIST_GAP or "." in text[position : mark.start()]:
            return
        position = mark.end()
        yield mark


def _closer(marked: Marked, mark: re.Match[str]) -> Mention:
    """The model of a mark; where an id follows in brackets, that id: `BERT (bert-large-cased)`."""
    mention = marked.mentions[int(mark[2])]
    behind = _IN_BRACKETS.match(marked.text, mark.end())
    if behind and not mention.exact:
        closer = marked.mentions[int(behind[1] or behind[2])]
        return closer if closer.exact else mention
    address = _TO_ADDRESS.match(marked.text, mark.end()) if not mention.exact else None
    if address and marked.mentions[int(address[1])].bare:
        return marked.mentions[int(address[1])]
    return mention


def _with_owner(statement: Statement, mention: Mention) -> str:
    """The id with its organisation: `x-base by [lab](…/lab)`, its hub page linked behind it, or `Lab's x-base`."""
    is_id = mention.exact or (mention.kind == "candidate" and _ID_LIKE.match(mention.name))
    if not is_id or "/" in mention.name:
        return mention.name
    maker = _MAKER.search(statement.sentence.plain[max(0, mention.start - 48) : mention.start])
    known = vocabulary("organisations")
    organization = next(filter(None, map(known.find, _endings(maker[1]))), None) if maker else None
    if organization and not vocabulary("models").find(mention.name):
        return f"{organization}/{mention.name}"
    behind = statement.sentence.plain[mention.end :]
    for shown, target in statement.sentence.links:
        owner = _OWNER_PAGE.match(target)
        if owner and shown and _BY.fullmatch(behind.partition(shown)[0]) and not vocabulary("models").find(owner[1]):
            return f"{owner[1]}/{mention.name}"
    return mention.name


def _endings(words: str) -> list[str]:
    """The last three, two and one of some words, and the same in the plural: `Transformer's` may be `Transformers'`."""
    parts = words.split()
    endings = [" ".join(parts[-count:]) for count in (3, 2, 1)]
    return endings + [f"{ending}s" for ending in endings]


def _names_model(mention: Mention) -> bool:
    return mention.kind == "model" or (mention.exact and "/" in mention.name)


def _heads(statement: Statement) -> bool:
    return statement.first and statement.scope.kind in ("title", "open")


_OWN = re.compile(
    r"\b(?:this|our) (?:\w+ )?model\b"
    r"|^(?:this|it) (?:was|is|has been) (?:\w+ )?(?:based|built|fine|train|init|deriv|distil|adapt)",
    re.I,
)
_ID_LIKE = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+){2,}\Z", re.I)


def _rank(mention: Mention, row: "_Row") -> int:
    """0 a key, 1 a hub id, 2 an id without organisation, 3 a name with its size, 4 a bare family, 5 `based on` one."""
    if mention.exact and ("/" in mention.name or mention.linked):
        return 1
    if mention.exact and (_ID_LIKE.match(mention.name) or vocabulary("models").find(mention.name)):
        return 2
    if row.based:
        return BARE_FAMILY + 1
    return 3 if has_size(mention.name) else BARE_FAMILY


@dataclass(frozen=True, slots=True)
class _Row:
    relation: Relation
    pattern: Guarded
    list: bool = False
    based: bool = False
    heads: bool = False
    surest: int = 9


_LED = _Row("merge", Guarded(""))


@dataclass(frozen=True, slots=True)
class _Words:
    statements: tuple[_Row, ...]
    guards: Guards
    linked: tuple[tuple[Relation, re.Pattern[str]], ...]
    keys: tuple[tuple[Relation, re.Pattern[str]], ...]
    led: tuple[tuple[Relation, re.Pattern[str]], ...]
    hypothetical: re.Pattern[str]
    tool: re.Pattern[str]
    rival: re.Pattern[str]
    design: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = load("lineage")
    rows = tuple(_row(row, raw["tasks"]["pattern"]) for row in raw["statement"])
    linked = tuple((row["relation"], re.compile(row["pattern"], re.I)) for row in raw["linked"])
    keys, led = (
        tuple((row["relation"], re.compile(row["pattern"], re.I)) for row in raw[table]) for table in ("key", "led")
    )
    words = {key: re.compile(pattern, re.I) for key, pattern in raw["words"].items()}
    return _Words(rows, Guards([row.pattern for row in rows]), linked, keys, led, **words)


def _row(raw: dict[str, Any], tasks: str) -> _Row:
    mark = r"(⟦[MU]\d+⟧)"
    pattern = raw["pattern"].replace("{M}", mark).replace("{G}", _GAP).replace("{A}", _ATTRIBUTES).replace("{T}", tasks)
    return _Row(**{**raw, "pattern": Guarded(pattern, re.I)})
