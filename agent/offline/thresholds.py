"""Numbers that a question compares with: `above 80 F1`, `under 100M parameters`, `between 1B and 7B`, `top 3`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.offline.mentions import Mention
from agent.offline.phrases import Phrases
from catalog.query import Between, Operator, Threshold

_WORDS: Mapping[str, float] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "half a": 0.5, "a": 1,
}  # fmt: skip
_SCALES: Mapping[str, float] = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
    "t": 1e12, "trillion": 1e12,
}  # fmt: skip
_SCALE = r"(?:thousand|million|billion|trillion|mio|bn|[kmbt])(?![a-z0-9])"
_FIGURE = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?:(?P<figure>{_FIGURE})\s*(?P<scale>{_SCALE})?"
    rf"|(?P<word>{'|'.join(_WORDS)})\s+(?P<worded>thousand|million|billion|trillion)\b)"
    r"(?![\w]|\.\d)\s*(?P<percent>%|per ?cent\b)?"
)
_TO = re.compile(r"\s*(?:and|to|[-–—]|up to|through)\s*$")
_OPS: tuple[Operator, ...] = (">=", "<=", ">", "<", "=")
_PARAMS: Mapping[Operator, str] = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
_AROUND = 32
_MOST_TOP = 1_000


@dataclass(frozen=True)
class Comparison:
    """A number of the question and how it is compared; `of_size`: it counts parameters."""

    op: Operator
    value: float
    start: int
    end: int
    of_size: bool


@dataclass(frozen=True)
class _Number:
    value: float
    scale: float
    start: int
    end: int

    @property
    def scaled(self) -> bool:
        """Whether a million, billion, ... was said with it."""
        return self.scale > 1


@dataclass(frozen=True)
class Numbers:
    """Reads the compared numbers out of one question in lower case; names in it are no numbers."""

    text: str
    mentions: tuple[Mention, ...]
    phrases: Phrases

    def comparisons(self) -> list[Comparison]:
        """All of them, in the order of the question."""
        found, rest = list[Comparison](), self._numbers()
        while rest:
            number, *rest = rest
            op = self._operator(number)
            if rest and self._is_range(number, rest[0]):
                found += self._range(number, rest.pop(0))
            elif op:
                found.append(Comparison(op, number.value, number.start, number.end, self._of_size(number)))
        return found

    def sizes(self) -> Between | None:
        """The range of parameter counts that is asked for."""
        bounds = {_PARAMS[one.op]: one.value for one in self.comparisons() if one.of_size and one.op in _PARAMS}
        exact = {one.value for one in self.comparisons() if one.of_size and one.op == "="}
        if len(exact) == 1:
            bounds |= {"at_least": min(exact), "at_most": max(exact)}
        return Between(**bounds) if bounds else None

    def thresholds(self, metrics: Sequence[Mention], dataset: str | None, split: str | None) -> list[Threshold]:
        """Results that must be above or below a number: each number belongs to the metric that stands nearest."""
        if not metrics:
            return []
        found = []
        for one in self.comparisons():
            if not one.of_size:
                metric = min(metrics, key=lambda m: min(abs(m.start - one.end), abs(one.start - m.end)))
                found.append(Threshold(dataset=dataset, metric=metric.id, split=split, op=one.op, value=one.value))
        return found

    def top(self) -> int | None:
        """How many are asked for: `top 3`, `the three best`; None where no number is said."""
        match = self.phrases.named["top"].search(self.text)
        told = next((group for group in match.groups() if group), None) if match else None
        if told is None:
            return None
        count = int(told) if told.isdigit() else int(_WORDS.get(told, 0))
        return min(count, _MOST_TOP) or None

    def spans(self) -> list[tuple[int, int]]:
        """Where the compared numbers stand."""
        return [(one.start, one.end) for one in self.comparisons()]

    def _numbers(self) -> list[_Number]:
        return [
            _number(match)
            for match in _NUMBER.finditer(self.text)
            if all(match.end() <= m.start or match.start() >= m.end for m in self.mentions)
        ]

    def _is_range(self, low: _Number, high: _Number) -> bool:
        """`between 1B and 7B`, `100M-400M`; two numbers without `between` must count parameters."""
        if not _TO.match(self.text[low.end : high.start]):
            return False
        between = self.phrases.says("range_before", self._before(low))
        return between or (high.scaled and self._of_size(high))

    def _range(self, low: _Number, high: _Number) -> list[Comparison]:
        of_size, shared = self._of_size(high), 1.0 if low.scaled else high.scale
        return [
            Comparison(">=", low.value * shared, low.start, low.end, of_size),
            Comparison("<=", high.value, high.start, high.end, of_size),
        ]

    def _operator(self, number: _Number) -> Operator | None:
        before, after = self._before(number), self._after(number)
        for op in _OPS:
            said_after = self.phrases.groups["operator_after"].get(op)
            if self.phrases.groups["operator"][op].search(before) or (said_after and said_after.search(after)):
                return op
        return None

    def _of_size(self, number: _Number) -> bool:
        """Whether it counts parameters: they are named beside it, or it is in millions of nothing else."""
        after = self.text[number.end : number.end + _AROUND]
        before = self.text[max(0, number.start - _AROUND) : number.start]
        if self.phrases.says("size_after", after) or self.phrases.says("size_before", before):
            return True
        return number.scaled and not self.phrases.says("other_amount", after)

    def _before(self, number: _Number) -> str:
        return self._blank(max(0, number.start - _AROUND), number.start)

    def _after(self, number: _Number) -> str:
        return self._blank(number.end, number.end + _AROUND)

    def _blank(self, start: int, end: int) -> str:
        """A part of the text without the names of metrics in it: `a minimum exact match of 75`."""
        text = self.text
        for m in self.mentions:
            if m.kind == "metric":
                text = text[: m.start] + " " * (m.end - m.start) + text[m.end :]
        return text[start:end]


def _number(match: re.Match[str]) -> _Number:
    scale = _SCALES.get(match["scale"] or match["worded"] or "", 1.0)
    value = float(match["figure"].replace(",", "")) if match["figure"] else _WORDS[match["word"]]
    return _Number(round(value * scale, 6), scale, match.start(), match.end())
