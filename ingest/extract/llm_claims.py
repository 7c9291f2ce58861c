"""Which claims of a language model become facts.

A claim becomes a fact where its quote stands in the document (white space aside), the quote prints the value and the
value means something. Everything else is dropped and counted under the reason.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from catalog.records import AssetCard, DerivedFrom, Evidence, Fact
from catalog.vocabulary import squash
from ingest.extract.llm_schema import read_claim
from ingest.extract.patterns import load

_LONGEST_QUOTE: int = load("llm")["limits"]["quote_characters"]


class Drop(StrEnum):
    """Why a claim is no fact."""

    FORM = "not in the form asked for"
    QUOTE = "quote not in the card"
    VALUE = "value not in its quote"
    MEANING = "value without a known meaning"


@dataclass(frozen=True)
class Page:
    """A file about one asset, as a model is given it."""

    asset: AssetCard
    path: str
    text: str

    def evidence(self, quote: str) -> Evidence | None:
        """The first place where a quote stands, white space aside, with the file's own text; None where it does not."""
        words = quote.split()
        if not words or len(quote) > _LONGEST_QUOTE:
            return None
        spread = _whole(r"\s+".join(map(re.escape, words)), words[0][0], words[-1][-1])
        match = re.search(spread, self.text)
        if not match:
            return None
        first = self.text.count("\n", 0, match.start()) + 1
        last = first + match[0].count("\n")
        return Evidence(path=self.path, line_start=first, line_end=last, quote=match[0], origin="llm")

    def is_own(self, name: str) -> bool:
        """Whether a name is the asset itself."""
        own = (self.asset.id, self.asset.id.rpartition("/")[2], self.asset.title, *self.asset.names)
        return squash(name) in {squash(one) for one in own if one}


@dataclass(frozen=True)
class Checked:
    """The facts of an answer, and how many claims were dropped for which reason."""

    facts: tuple[Fact, ...]
    dropped: Mapping[Drop, int]


def checked(claims: Sequence[object], page: Page) -> Checked:
    """The facts that the document bears out."""
    facts: list[Fact] = []
    dropped: Counter[Drop] = Counter()
    for raw in claims:
        found = _borne_out(raw, page)
        if isinstance(found, Drop):
            dropped[found] += 1
        else:
            facts += found
    return Checked(tuple(dict.fromkeys(facts)), dropped)


def _borne_out(raw: object, page: Page) -> list[Fact] | Drop:
    try:
        claim = read_claim(page.asset.kind, raw)
    except ValidationError:
        return Drop.FORM
    evidence = page.evidence(claim.quote)
    if evidence is None:
        return Drop.QUOTE
    printed = all(_prints(evidence.quote, value) for value in claim.in_quote())
    if not (printed and all(_prints(page.text, value) for value in claim.in_card())):
        return Drop.VALUE
    facts = [fact for fact in claim.facts(evidence) if not (isinstance(fact, DerivedFrom) and page.is_own(fact.base))]
    return facts or Drop.MEANING


def _prints(text: str, value: str) -> bool:
    """Whether a text prints a value as words of its own, whatever their case and what stands between them."""
    if len(value) > _LONGEST_QUOTE:
        return False
    if re.fullmatch(r"[-+]?[\d.,]*\d[\d.,]*", value.strip()):
        return bool(re.search(rf"(?<![\d.,]){re.escape(value.strip())}(?!\d|[.,]\d)", text))
    parts = re.findall(r"[^\W_]+", value)
    if not parts:
        return False
    return bool(re.search(_whole(r"[\W_]*".join(parts), parts[0][0], parts[-1][-1]), text, re.I))


def _whole(pattern: str, first: str, last: str) -> str:
    """A pattern that does not begin or end within a word; in scripts without spaces there is no telling."""
    before = r"(?<![A-Za-z0-9])" if _is_plain(first) else ""
    return before + pattern + (r"(?![A-Za-z0-9])" if _is_plain(last) else "")


def _is_plain(char: str) -> bool:
    return char.isascii() and char.isalnum()
