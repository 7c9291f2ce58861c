"""Words of training in a sentence with marked names, and the datasets that they reach: their objects."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from catalog.records import Role
from ingest.extract.guarded import Guarded, Guards
from ingest.extract.mentions import Marked, Mention
from ingest.extract.patterns import load

MARK = re.compile(r"⟦([DMU])(\d+)⟧")
_MAX_REACH = 170
_MAX_LIST_GAP = 120
_MAX_LEAD = 90


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word of training: where it stands, the phase that it tells, and whether it is a noun (`training data`)."""

    start: int
    end: int
    role: Role | None
    noun: bool

    def phase(self, behind: str, default: Role | None) -> Role | None:
        """The phase told; fine-tuning a language model on text is pre-training, a bare `trained` is left open."""
        if self.role == "finetune" and words().mlm.search(behind[:80]):
            return "pretrain"
        return self.role or default


def reaches(text: str) -> list[tuple[Trigger, int]]:
    """Every trigger with where its reach ends: at the next one."""
    found: list[Trigger] = []
    for index in words().guards.possible(text):
        role, noun, pattern = words().triggers[index]
        found += [Trigger(match.start(), match.end(), role, noun) for match in pattern.pattern.finditer(text)]
    found.sort(key=lambda trigger: (trigger.start, -trigger.end))
    kept: list[Trigger] = []
    for trigger in found:
        if not kept or trigger.start >= kept[-1].end:
            kept.append(trigger)
    ends = [trigger.start for trigger in kept[1:]] + [len(text)]
    return list(zip(kept, ends, strict=False))


def objects(behind: str, marked: Marked, link: re.Pattern[str]) -> Iterator[Mention]:
    """The datasets that a trigger reaches: the first one behind a link word, and the rest of its list."""
    position, found = 0, False
    for match in MARK.finditer(behind):
        gap = behind[position : match.start()]
        mention = marked.mentions[int(match[2])]
        if not found:
            reach = behind[: match.start()]
            if len(reach) > _MAX_REACH or words().breaker.search(reach) or words().negated_object.search(gap):
                return
            if (
                match[1] == "M"
                or not link.search(reach)
                or words().told_in.search(gap)
                or not _fits(mention, gap, behind[match.end() :])
            ):
                continue
        elif match[1] == "M" or not _continues(gap):
            return
        elif mention.weak and not gap.strip():
            continue  # a remark on the name before it
        found, position = True, match.end()
        yield mention


def _fits(mention: Mention, gap: str, rest: str) -> bool:
    """A name that may be no dataset counts right behind the link word, or before a word such as `dataset`."""
    if mention.kind == "dataset" and not mention.weak:
        return True
    if is_tool(rest):
        return False
    return len(gap.split()) <= 6 or bool(re.match(r"\s*(?:data ?set|corp|data\b)", rest))


def is_tool(behind: str) -> bool:
    """Whether the words behind a name tell that it is a program, a repository or a maker."""
    return bool(_NOT_DATA_BEHIND.match(behind))


_NOT_DATA_BEHIND = re.compile(
    r"['\"’`*)]{0,3} (?:packages?|librar(?:y|ies)|toolkits?|frameworks?|repo(?:sitor(?:y|ies))?|scripts?|code|teams?|"
    r"universit(?:y|ies)|compan(?:y|ies)|institutes?|api|tools?|notebooks?|tokeni[sz]ers?|optimi[sz]ers?|platform)\b",
    re.I,
)


def _continues(gap: str) -> bool:
    """Whether the text between two names is the glue of a list."""
    outside = _ASIDE.sub("", gap)
    if len(gap) > _MAX_LIST_GAP or words().breaker.search(gap):
        return False
    glue = [*_CONJUNCTION.finditer(outside)]
    if not glue:
        return not outside.strip(" *_`'\"“”‘’:")
    before, behind = _REMARK.sub("", outside[: glue[-1].start()]), outside[glue[-1].end() :]
    apposition = glue[-1][0] == "," and words().apposition.search(behind)
    return not (apposition or words().list_breaker.search(before) or words().item_breaker.search(behind))


_ASIDE = re.compile(r"\([^()]{0,80}\)")
_REMARK = re.compile(r"^, (?:an?|the|which|that|containing|consisting|comprising|our|one|all|with)\b.*", re.S)
_CONJUNCTION = re.compile(r",|;|&|\+|/|\b(?:and|plus|or|as well as|together with|along with|und|et|y|e)\b")


def first_objects(marked: Marked) -> Iterator[Mention]:
    """The names at the beginning of a list item or value, and the list that they begin."""
    match = MARK.search(marked.text)
    if not match or match.start() > _MAX_LEAD or words().negated_object.search(marked.text[: match.start()]):
        return
    position, first = 0, True
    for match in MARK.finditer(marked.text):
        if not first and not _continues(marked.text[position : match.start()]):
            return
        first, position = False, match.end()
        if match[1] != "M":
            yield marked.mentions[int(match[2])]


@dataclass(frozen=True, slots=True)
class Words:
    """The patterns of data/training.toml, compiled."""

    triggers: tuple[tuple[Role | None, bool, Guarded], ...]
    guards: Guards
    before: tuple[Guarded, ...]
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
    told_in: re.Pattern[str]
    clause: re.Pattern[str]
    verb: re.Pattern[str]
    drawn: re.Pattern[str]
    labelled: re.Pattern[str]
    language_model: re.Pattern[str]
    not_names: re.Pattern[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """The patterns; read once per process."""
    raw = load("training")
    patterns = {key: re.compile(pattern, re.I) for key, pattern in raw["words"].items()}
    triggers = tuple((row.get("role"), row.get("noun", False), Guarded(row["pattern"], re.I)) for row in raw["trigger"])
    return Words(
        triggers=triggers,
        guards=Guards([pattern for _, _, pattern in triggers]),
        before=tuple(Guarded(row["pattern"], re.I) for row in raw["before"]),
        keys=tuple((row.get("role"), re.compile(row["pattern"], re.I)) for row in raw["key"]),
        not_names=re.compile(raw["key_value"]["not_names"], re.I),
        **patterns,
    )
