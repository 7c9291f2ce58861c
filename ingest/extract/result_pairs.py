"""Which number of a sentence is a value of which metric, alone or in lists: `EM and F1 of 79.1 and 82.4`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ingest.extract.mentions import Mention
from ingest.extract.patterns import load, pattern
from ingest.extract.terms import TermAt
from ingest.extract.values import Value, as_value

_DIFFERENCE = pattern("results", "prose", "difference")
_METRIC_THEN_VALUE = pattern("results", "prose", "between_metric_value")
_VALUE_THEN_METRIC = pattern("results", "prose", "between_value_metric")
_LISTED = pattern("results", "prose", "between_listed")
_GOES_ON = pattern("results", "prose", "goes_on")
THEN_PLACE = pattern("results", "prose", "between_value_place")
SPLITS = {word: split for split, words in load("results")["splits"].items() for word in words}

_BOTH = re.compile(r"[\s*_`]*(?:and|&|und|et|y)[\s*_`]*", re.I)
WORD = re.compile(r"[\w-]+")
_NUMBER = re.compile(r"(?<![\w.,/:-])%?[-+]?(?:\d{1,3}(?:[.,]\d{1,20})?|\.\d{1,20})\s?%?(?![\w/]|[.,:]\d)")
_MAX_GAP = 140


@dataclass(frozen=True, slots=True)
class Place:
    """What a value is on: a dataset or a split, and where a sentence names it."""

    start: int
    end: int
    dataset: str | None = None
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A metric with its value; `place` where a list of values goes with a list of places."""

    metric: TermAt
    value: Value
    start: int
    end: int
    place: Place | None = None


@dataclass(frozen=True)
class MeasuringText:
    """A sentence about the card's model: names of datasets and models are blanked out in `masked`."""

    plain: str
    masked: str
    metrics: list[TermAt]
    datasets: list[Mention]

    @property
    def places(self) -> list[Place]:
        """The datasets and splits of the sentence, from left to right."""
        found = [Place(mention.start, mention.end, dataset=mention.name) for mention in self.datasets]
        for match in WORD.finditer(self.masked):
            split = SPLITS.get(match[0].lower())
            if split:
                found.append(Place(match.start(), match.end(), split=split))
        return sorted(found, key=lambda place: place.start)


def found_in(text: MeasuringText) -> Iterator[Found]:
    """Each number with the metric that it is a value of, as `_matched` tells."""
    numbers = [match for match in _NUMBER.finditer(text.masked) if not _in_term(match, text.metrics)]
    taken: list[TermAt] = []
    for run in _runs(text.masked, numbers):
        for metric, match, place in _matched(text, run, taken):
            if not _DIFFERENCE.search(text.masked[max(0, match.start() - 24) : match.start()]):
                value = as_value(match[0].strip("% "), "%" if "%" in match[0] else "")
                taken.append(metric)
                if value is not None:
                    yield Found(metric, value, match.start(), match.end(), place)


_Match = tuple[TermAt, re.Match[str], Place | None]


def _matched(text: MeasuringText, run: list[re.Match[str]], taken: list[TermAt]) -> list[_Match]:
    """The numbers of a list with their metrics: `EM and F1 of 79 and 82`, `F1 of 95 and 91 on dev and test`."""
    metrics = _metrics_of(text, run, taken)
    if not metrics:
        goes_on = len(run) == 1 and taken and _goes_on(text, run[0])
        return [(taken[-1], run[0], None)] if goes_on else []
    if len(metrics) == len(run):
        return [(metric, match, None) for metric, match in zip(metrics, run, strict=True)]
    leads = metrics[-1].end <= run[0].start()
    if (
        len(run) == 1
        and len(metrics) == 2
        and leads
        and _BOTH.fullmatch(text.masked[metrics[0].end : metrics[1].start])
    ):
        return [(metric, run[0], None) for metric in metrics]  # `accuracy and F1 of 0.99`
    metric, match = (metrics[-1], run[0]) if leads else (metrics[0], run[-1])
    places = _places_of(text, run) if len(run) > 1 else []
    if places:
        return [(metric, match, place) for match, place in zip(run, places, strict=True)]
    is_unclear = len(run) > 1 and _says_respectively(text, run)
    return [] if is_unclear else [(metric, match, None)]


def _in_term(match: re.Match[str], metrics: list[TermAt]) -> bool:
    return any(term.start <= match.start() < term.end for term in metrics)


def _runs(text: str, numbers: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Numbers that nothing but `,` or `and` keeps apart, together."""
    runs: list[list[re.Match[str]]] = []
    for match in numbers:
        if runs and _LISTED.fullmatch(text[runs[-1][-1].end() : match.start()]):
            runs[-1].append(match)
        else:
            runs.append([match])
    return runs


def _metrics_of(text: MeasuringText, run: list[re.Match[str]], taken: list[TermAt]) -> list[TermAt]:
    """The metric beside a list of numbers, before it or else behind it, with those that it is listed with."""
    free = [metric for metric in text.metrics if metric not in taken]
    before = [metric for metric in free if metric.end <= run[0].start()]
    gap = text.masked[before[-1].end : run[0].start()] if before else ""
    if before and len(gap) <= _MAX_GAP and _METRIC_THEN_VALUE.match(gap):
        return _listed(text, before[::-1])[::-1]
    behind = [metric for metric in free if metric.start >= run[-1].end()]
    if behind and _VALUE_THEN_METRIC.match(text.masked[run[-1].end() : behind[0].start][:_MAX_GAP]):
        return _listed(text, behind)
    return []


def _listed(text: MeasuringText, metrics: list[TermAt]) -> list[TermAt]:
    """The first of some metrics, in either direction, and those that follow it in a list."""
    for count, (one, other) in enumerate(pairwise(metrics), start=1):
        between = text.masked[min(one.end, other.end) : max(one.start, other.start)]
        if not _LISTED.fullmatch(between):
            return metrics[:count]
    return metrics


def _places_of(text: MeasuringText, run: list[re.Match[str]]) -> list[Place]:
    """As many datasets or splits as there are numbers, listed behind them; before them where it says `respectively`."""
    behind = [place for place in text.places if place.start >= run[-1].end()][: len(run)]
    if behind and THEN_PLACE.fullmatch(text.plain[run[-1].end() : behind[0].start]) and _are_listed(text, behind):
        return behind if len(behind) == len(run) else []
    before = [place for place in text.places if place.end <= run[0].start()][-len(run) :]
    is_told = _says_respectively(text, run) and len(before) == len(run) and _are_listed(text, before)
    return before if is_told else []


def _are_listed(text: MeasuringText, places: list[Place]) -> bool:
    return all(_LISTED.fullmatch(text.plain[one.end : other.start]) for one, other in pairwise(places))


def _says_respectively(text: MeasuringText, run: list[re.Match[str]]) -> bool:
    return "respectively" in text.plain[run[-1].end() :].lower()


def _goes_on(text: MeasuringText, match: re.Match[str]) -> bool:
    """Whether a number goes on with the metric before it: `89.2 on SNLI and 82.3 on MultiNLI`."""
    place = next((place for place in text.places if place.start >= match.end()), None)
    if place is None or not THEN_PLACE.fullmatch(text.plain[match.end() : place.start]):
        return False
    return bool(_GOES_ON.search(text.plain[max(0, match.start() - 12) : match.start()]))
