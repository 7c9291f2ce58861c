"""Texts made comparable: names without punctuation, sentences without markers, numbers as they may be printed."""

import math
import re
import unicodedata
from collections.abc import Iterator

from agent.answer import Answer
from catalog.quantities import parse_count, parse_number

_MARKER = re.compile(r"\s*\[\d+\]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_QUANTITY = re.compile(r"[\d.,]+\s*(?:[kmbgt]|thousand|million|billion|trillion)?", re.I)
_NUMBER = re.compile(
    r"(?<![\w./-])[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?\s?(?:%|[kmbgt]\b|thousand|million|billion|trillion)?", re.I
)
_TYPOGRAPHY = str.maketrans("‘’“”–—−‑", "''\"\"----")


def squashed(name: str) -> str:
    """A name without case and punctuation; punctuation alone stays what it is."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum()) or folded


def readable(text: str) -> str:
    """A text as it is compared: one case, plain quotes and dashes, single spaces, no markers, `1,234` as `1234`."""
    folded = unicodedata.normalize("NFKC", _MARKER.sub("", text)).translate(_TYPOGRAPHY).casefold()
    return _THOUSANDS.sub("", " ".join(folded.split()))


def alternatives(told: str) -> list[str]:
    """`licence|license` is either."""
    return [part for part in (readable(part) for part in told.split("|")) if part]


def says(text: str, words: str) -> bool:
    """Whether a readable text has the words; a number must not be part of a longer one."""
    before = r"(?<![\d.])" if words[:1].isdigit() else ""
    after = r"(?!\d)" if words[-1:].isdigit() else ""
    return re.search(f"{before}{re.escape(words)}{after}", text) is not None


def says_exactly(text: str, words: str) -> bool:
    """Whether a readable text has the words as whole words."""
    return re.search(rf"(?<![\w.]){re.escape(words)}(?!\w|\.\d)", text) is not None


def readings(printed: str | float) -> Iterator[float]:
    """The numbers that a printed value may mean: `110M` is 110 and 110,000,000."""
    if not isinstance(printed, str):
        yield float(printed)
        return
    yield from (number for number in (parse_number(printed), parse_count(printed)) if number is not None)


def quantity(printed: str | float) -> float | None:
    """The number of a text that is nothing but one: `110M`, `498,488,636`, `0.91`."""
    if not isinstance(printed, str):
        return float(printed)
    return parse_count(printed) if _QUANTITY.fullmatch(printed.strip()) else None


def same_number(wanted: float, got: float) -> bool:
    """Equal; a share that is no whole number also as a percentage."""
    scales = (1.0,) if float(wanted).is_integer() else (1.0, 100.0, 0.01)
    return any(math.isclose(wanted, got * scale, rel_tol=1e-6, abs_tol=1e-9) for scale in scales)


def values(answer: Answer, *, briefly: bool = False) -> list[str | float]:
    """What is stated as value or number; else the numbers of the answer's text, `briefly` only of its headline."""
    stated = [item.value for item in answer.items if item.kind in ("value", "number") and item.value is not None]
    text = answer.headline if briefly else answer.text
    return [*stated] if stated else [match.strip() for match in _NUMBER.findall(readable(text))]
