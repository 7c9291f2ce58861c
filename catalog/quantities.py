"""Numbers as cards print them → plain numbers: parameter counts and scores."""

import re
from collections.abc import Mapping

from catalog.vocabulary import vocabulary

_COUNT = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    r"(?P<scale>thousand|million|billion|trillion|mio|bn|[kmbgt])?(?![a-z0-9])",
    re.I,
)
_MACHINES = re.compile(r"\s*(\d[\d,]*)\s*(?:[x×*]\s*|\s)(?=[A-Za-z\d])")
_SCALES: Mapping[str, float] = {
    "": 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "g": 1e9,
    "billion": 1e9, "t": 1e12, "trillion": 1e12,
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")


def parse_count(text: str) -> float | None:
    """`110M`, `124.5 million`, `498,488,636` → a number; None where there is none."""
    match = _COUNT.search(text.replace("params", " ").replace("Params", " "))
    if not match:
        return None
    return float(match["number"].replace(",", "")) * _SCALES[(match["scale"] or "").lower()]


def parse_machines(text: str) -> float | None:
    """How many machines a statement of hardware begins with: `8 x V100`, `64 H100 GPUs`."""
    match = _MACHINES.match(text)
    return float(match[1].replace(",", "")) if match else None


def parse_number(text: str) -> float | None:
    """The number that a printed value begins with (`88.1`, `0.91 ± 0.2`, `78,4 %` is 78.4); None where it has none."""
    text = text.strip().lstrip("~≈<>*_ ").replace("−", "-")
    if re.fullmatch(r"\d{1,3},\d{1,2}\s*%?", text):
        text = text.replace(",", ".")
    match = _NUMBER.match(text)
    return float(match[0].replace(",", "")) if match else None


def comparable_score(metric: str | None, value: str, unit: str | None) -> float | None:
    """One scale per metric: a share printed as a fraction (at most 1.5) becomes a percentage; else as printed."""
    number = parse_number(value)
    if number is None:
        return None
    term = vocabulary("metrics").terms.get(metric or "")
    share = "percent" in str(term.extra.get("unit", "")) if term else unit == "%"
    return round(number * 100, 6) if share and abs(number) <= 1.5 and unit != "%" else number
