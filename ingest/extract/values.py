"""Numbers as cards print results: `88.2`, `94%`, `%94`, `87,5`, `71.2 ± 0.3`, `84.6/83.4`."""

import re
from dataclasses import dataclass

from catalog.vocabulary import vocabulary
from ingest.extract.patterns import load

_NUMBER = r"[-+]?(?:\d{1,12}(?:[.,]\d{1,20}){0,4}|\.\d{1,20})(?:[eE][-+]?\d{1,3})?"
_CELL = re.compile(rf"^[~≈*\s]{{0,3}}(%?)\s?({_NUMBER})\s?(%?)\s?(?:(?:±|\+/-|\+-|\(|\[)[^/|]{{0,40}})?[*†‡↑↓]{{0,3}}$")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNBOUNDED = frozenset(load("results")["values"]["unbounded"])
_MAX_CELL = 80


@dataclass(frozen=True, slots=True)
class Value:
    """A number as printed, decimal comma turned into a point; `unit` is `%` where it stands beside it."""

    text: str
    unit: str | None

    @property
    def number(self) -> float:
        return float(self.text)


def read_value(text: str) -> Value | None:
    """The number that a cell or the right side of `key: value` consists of, or None."""
    match = _CELL.match(text.strip()) if len(text) <= _MAX_CELL else None
    return as_value(match[2], match[1] + match[3]) if match else None


def read_values(cell: str) -> list[Value]:
    """The numbers of a cell: one, or several set apart by slashes; empty where it holds anything else."""
    one = read_value(cell)
    if one:
        return [one]
    parts = [read_value(part) for part in cell.split("/")] if "/" in cell and len(cell) <= _MAX_CELL else []
    return [part for part in parts if part] if parts and all(parts) else []


def as_value(digits: str, unit: str = "") -> Value | None:
    """A number in any notation as a value; None where it is none (`1.2.3`, a date, a version)."""
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    digits = digits.replace(",", ".")
    if digits.count(".") > 1:
        return None
    digits = re.sub(r"^([-+]?)\.", r"\g<1>0.", digits)
    return Value(digits.lstrip("+"), "%" if unit else None)


def is_plausible(value: Value, metric: str | None) -> bool:
    """Whether a result can have this value: most metrics stay within 100, a count of examples does not."""
    id_ = (vocabulary("metrics").find(metric) or metric.lower()) if metric else ""
    return id_ in _UNBOUNDED or id_.endswith("loss") or -100 <= value.number <= 100
