"""Names of models told by their family: `bert`, `T5-base`, `GPT-2 (medium)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.extract.patterns import load


def families(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, first word) of every name that begins with a family, with the words of size around it."""
    for match in _words().family.finditer(text):
        word = match[0].rstrip(".-_/")
        if word.lower() in _words().capital_only and word[0].islower():
            continue
        yield *widen(text, match.start(), match.start() + len(word)), word


def begins_with_family(text: str) -> bool:
    """Whether a text begins with the name of a family."""
    return bool(_words().family.match(text))


def has_family(name: str) -> bool:
    return any(_words().family.match(part) for part in re.split(r"[/_-]", name))


def has_size(name: str) -> bool:
    """Whether a name of a model in words gives more than its family: a size, a casing, a version."""
    return bool(_words().sizes.search(name))


def sized(family: str, text: str) -> str | None:
    """The name of a model of a family where a title or id gives more than the family: `T5-base` for `T5`."""
    stem = r"[-_ ]?".join(re.escape(part) for part in re.split(r"[-_ ]", family) if part)
    match = re.search(rf"(?<![^\W_]){stem}(?![a-z])", text, re.I)
    behind = _words().sizes.match(text, match.end()) if match else None
    return tidy(text[match.start() : behind.end()]) if match and behind else None


_DROPPED = re.compile(r"[()\"'“”*]|(?i:\b(?:model|language model)\b)|(?<=[a-z\d])For[A-Z]\w{5,60}")


def tidy(printed: str) -> str:
    """`BERT base model (uncased)` → `BERT base uncased`."""
    return re.sub(r"\s+", " ", _DROPPED.sub(" ", printed)).strip()


def widen(text: str, start: int, end: int) -> tuple[int, int]:
    before = _words().before.search(text, max(0, start - 40), start)
    behind = _words().behind.match(text, end)
    return (before.start(1) if before else start), (behind.end() if behind else end)


@dataclass(frozen=True, slots=True)
class _Words:
    family: re.Pattern[str]
    before: re.Pattern[str]
    behind: re.Pattern[str]
    sizes: re.Pattern[str]
    capital_only: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = load("mentions")
    stems = "|".join(sorted(map(re.escape, raw["families"]), key=len, reverse=True))
    modifiers = "|".join(sorted(map(re.escape, raw["modifiers"]), key=len, reverse=True))
    size = r"v\d(?:\.\d)?|version \d(?:\.\d)?|\d{1,4}(?:\.\d)?[bmk]"
    ending = r"[a-z]\w{1,20}(?:bert|berta|electra|llama|gpt)"
    return _Words(
        family=re.compile(
            rf"(?<![\w/.-])(?:{stems}|{ending})(?:(?-i:For[A-Z]\w{{4,60}}?)(?=Model| model)|(?![a-z])[\w.+/-]{{0,90}})",
            re.I,
        ),
        before=re.compile(rf"(?<!\w)((?:(?:{'|'.join(raw['leading'])})[ -]){{1,2}})\Z", re.I),
        behind=re.compile(
            rf"(?:[ -]\(?(?:{modifiers}|{size}|model(?= \(?(?:{modifiers})\b))(?![\w-])\)?){{1,4}}", re.I
        ),
        sizes=re.compile(rf"(?:[-_ ]\(?(?:{modifiers}|{size})(?![^\W_])\)?){{1,5}}", re.I),
        capital_only=frozenset(raw["capital_only"]),
    )
