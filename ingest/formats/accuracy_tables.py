"""Tables of results in cards that keep to a template: a row per metric, data set or class, a column per variant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from catalog.records import Evaluation
from catalog.vocabulary import vocabulary
from ingest.document import Block, MarkdownDocument, plain
from ingest.extract.terms import TermAt, terms
from ingest.formats.cited import CitedFile
from ingest.formats.words import words

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!@|~-])")
_NUMBER = re.compile(
    r"[~≈]?\s*(?P<value>[-+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+))\s*(?P<unit>%|[A-Za-z]{1,8})?\s*(?:\((?P<note>[^()]{1,200})\))?"
)
_METRIC_TOKEN = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z]+)*")
_BRACKETS = re.compile(r"\s*\(([^()]{1,200})\)")
_AFTER_ON = re.compile(r"(?P<metric>\S.*?)\s+(?:@|on|for)\s+(?:the\s+)?(?P<data>[^\s\[(].*)", re.I)
_LEADING_NAME = re.compile(r"(?P<data>[A-Z]{3,}|[A-Z]\w*[A-Z0-9]\w*(?:-\d+)?|[A-Z]\w+-\d+)\*?\s+(?P<metric>\S.*)")
_UNLISTED_NAME = re.compile(r"(?!(?:FP|INT|BF)\d)[A-Z][A-Za-z]*[A-Z0-9][\w-]+")
_PIPED = re.compile(r"[ \t]*\|[^\n]*\|[ \t]*")
_PERCENT = re.compile(r"\s*(?:,\s*%|\(%\)|\[%\])\s*\Z")
_STRAY = re.compile(r"(?:\A|(?<=\s))[@,;:*-]+(?=\s|\Z)|[\s,;:*]+\Z")

#: a split that stands further from the data than so many characters speaks of something else
_FAR = 30


@dataclass(frozen=True)
class Measure:
    """What a result is about: `metric` as printed without the data and the split that were named with it."""

    metric: str
    dataset: str | None = None
    split: str | None = None
    unit: str | None = None


def cell_text(cell: str) -> str:
    """The text of a cell without markup, escapes and brackets around the whole of it."""
    text = plain(_ESCAPED.sub(r"\1", cell))
    return text[1:-1].strip() if text.startswith("[") and text.endswith("]") else text


@lru_cache(maxsize=2048)
def is_metric(label: str) -> bool:
    """Whether a label names a metric: one that is curated, or by one of its words."""
    known = words("openmodelzoo")["metrics"]["words"]
    has_word = any(token in known for token in _METRIC_TOKEN.findall(label.lower()))
    return has_word or vocabulary("metrics").find(label) is not None


def results(document: MarkdownDocument) -> Iterator[Evaluation]:
    """Every number of every table of results, with the data it was measured on where the card names them."""
    file = CitedFile(document.path, document.lines)
    for table in tables(document):
        around = _Around(document, table)
        for index, measure, cell in _measures(table):
            match = _NUMBER.fullmatch(cell)
            if match is None:
                continue
            measure = around.completed(_with_note(measure, match["note"]))
            line = table.row_lines[index]
            yield Evaluation(
                dataset=measure.dataset,
                split=measure.split,
                metric=measure.metric,
                value=match["value"],
                unit=match["unit"] or measure.unit,
                evidence=file.evidence(line, line, "table"),
            )


def tables(document: MarkdownDocument) -> Iterator[Block]:
    """The tables with a body, those among them that lack the line of dashes below their header."""
    for block in document.blocks:
        lines = block.text.split("\n")
        if block.kind == "paragraph" and len(lines) > 1 and all(_PIPED.fullmatch(line) for line in lines):
            rows = tuple(tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines)
            numbers = tuple(range(block.line_start, block.line_end + 1))
            yield replace(block, kind="table", rows=rows, row_lines=numbers)
        elif block.kind == "table" and len(block.rows) > 1:
            yield block


def _measures(table: Block) -> Iterator[tuple[int, Measure, str]]:
    """(row, what is measured, cell) of every cell that may hold a result."""
    rows = [tuple(cell_text(cell) for cell in row) for row in table.rows]
    header, body = rows[0], rows[1:]
    if header and not header[0] and len(body) == len(header) - 1:
        yield from _confusions(table, body)
        return
    columns: dict[str, list[str]] = words("openmodelzoo")["columns"]
    told = bool(re.search(words("openmodelzoo")["columns"]["headings"], table.headings[-1] if table.headings else ""))
    for index, row in enumerate(body, start=1):
        if _is_property(row[0]) or not (told or is_metric(row[0]) or header[0].lower() in columns["datasets"]):
            continue
        for column, cell in list(zip(header, row, strict=False))[1:]:
            if column.lower() not in columns["skipped"]:
                yield index, _measure(header[0].lower(), row[0], column), cell


def _is_property(label: str) -> bool:
    """Whether a row states the size, the task or the like, which are attributes and no results."""
    return any(pattern.fullmatch(label) for _, pattern in properties())


@lru_cache
def properties() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(attribute, pattern of its label) of the rows of a specification."""
    rows: list[dict[str, str]] = words("openmodelzoo")["rows"]
    return tuple((row["attribute"], re.compile(row["pattern"], re.I)) for row in rows)


def _measure(first: str, label: str, column: str) -> Measure:
    """What a cell measures, by the kind of the first column: data, metrics, or classes and attributes."""
    columns: dict[str, list[str]] = words("openmodelzoo")["columns"]
    if first in columns["datasets"]:
        return replace(measure_of(column), dataset=label)
    if first in columns["metrics"] or column.lower() in columns["plain"]:
        measure = measure_of(label)
        variant = "" if column.lower() in columns["plain"] else f" ({column.lower()})"
        return replace(measure, metric=measure.metric + variant)
    if label.lower() in columns["overall"]:
        return Measure(f"{label} {column}")
    return Measure(f"{column} ({label})")


def _confusions(table: Block, body: list[tuple[str, ...]]) -> Iterator[tuple[int, Measure, str]]:
    """The diagonal of a confusion matrix: how often each class is told rightly."""
    title = table.headings[-1] if table.headings else "accuracy"
    metric, unit = _PERCENT.sub("", title), "%" if _PERCENT.search(title) else None
    for index, row in enumerate(body, start=1):
        if index < len(row):
            yield index, Measure(f"{metric} ({row[0]})", unit=unit), row[index]


@lru_cache(maxsize=2048)
def measure_of(label: str) -> Measure:
    """Split a label such as `WER @ LibriSpeech test-clean` or `COCO val2017 box AP` into metric, data and split."""
    unit = "%" if _PERCENT.search(label) else None
    label = _PERCENT.sub("", label).strip()
    measure = _data_in_brackets(label) or _data_after_on(label) or _known_data(label) or _data_in_front(label)
    return replace(measure or Measure(label), unit=unit)


def _data_in_brackets(label: str) -> Measure | None:
    for match in _BRACKETS.finditer(label):
        unlisted = _UNLISTED_NAME.fullmatch(match[1]) and not is_metric(match[1])
        named = Measure("", match[1]) if unlisted else _named_data(match[1])
        if named:
            return replace(named, metric=_cleaned(label[: match.start()] + label[match.end() :]))
    return None


def _data_after_on(label: str) -> Measure | None:
    match = _AFTER_ON.fullmatch(_BRACKETS.sub("", label))
    if match is None or not is_metric(match["metric"]):
        return None
    if not _known(match["data"]) and not (re.search(r"[A-Z0-9]", match["data"]) and " on " in f" {label.lower()} "):
        return None
    named = _named_data(match["data"]) or Measure("", match["data"])
    notes = "".join(found[0] for found in _BRACKETS.finditer(label))
    return replace(named, metric=_cleaned(match["metric"] + notes))


def _known_data(label: str) -> Measure | None:
    at = _known(label)
    if at is None:
        return None
    rest = f"{label[: at.start]} {label[at.end :]}"
    named = _of_term(label, at)
    if named.split and named.split in rest:
        rest = _split().sub("", rest, count=1)
    metric = _cleaned(rest)
    return replace(named, metric=metric) if is_metric(metric) else None


def _data_in_front(label: str) -> Measure | None:
    """An upper-case name that no list knows, before a metric: `LFW accuracy`."""
    match = _LEADING_NAME.fullmatch(label)
    if match is None or is_metric(match["data"]) or not is_metric(match["metric"]):
        return None
    return Measure(_cleaned(match["metric"]), match["data"])


def _known(text: str, *, prose: bool = False) -> TermAt | None:
    """The first curated data named in a text; in prose, an ordinary word that is also a name is none."""
    for at in terms(text, "datasets"):
        printed = text[at.start : at.end]
        capitals = sum(char.isupper() for char in printed)
        opens = at.start == 0 or text[: at.start].rstrip().endswith((".", ":", "!", "?"))
        if capitals + sum(char.isdigit() for char in printed) > 1 or (capitals == 1 and not (prose and opens)):
            return at
    return None


def _of_term(text: str, at: TermAt) -> Measure:
    """The data at a place of a text, apart from a split that is part of its spelling or follows it."""
    printed = text[at.start : at.end]
    inside = _split().search(printed)
    if inside and inside.start() and vocabulary("datasets").find(printed[: inside.start()]):
        return Measure("", printed[: inside.start()].rstrip(" -_"), inside["split"].lower())
    near = [(_distance(split, at), split["split"].lower()) for split in _split().finditer(text)]
    distance, split = min(near, default=(_FAR, None))
    return Measure("", printed, split if distance < _FAR else None)


def _distance(split: re.Match[str], at: TermAt) -> int:
    return max(split.start() - at.end, at.start - split.end(), 0)


def _named_data(text: str) -> Measure | None:
    """The data that a few words name, None where they name none; the metric is left empty."""
    at = _known(text)
    if at:
        return _of_term(text, at)
    if not re.search(words("openmodelzoo")["measured"]["data"], text):
        return None
    split = _split().search(text)
    rest = _cleaned(text[: split.start()] + text[split.end() :]) if split else text
    of = re.search(r"\bof\s+(?:the\s+)?(\S.*)", rest)
    name = of[1] if of else rest if re.match(r"[A-Z]", rest) and len(rest) > 1 else text
    return Measure("", name, split["split"].lower() if split else None)


def _with_note(measure: Measure, note: str | None) -> Measure:
    """A remark behind the number may name the data: `0.44 (internal test set)`."""
    named = _named_data(note) if note and not measure.dataset else None
    return replace(named, metric=measure.metric, unit=measure.unit) if named else measure


def _cleaned(text: str) -> str:
    return re.sub(r"\s+", " ", _STRAY.sub("", text)).strip()


@lru_cache
def _split() -> re.Pattern[str]:
    return re.compile(words("openmodelzoo")["measured"]["split"])


class _Around:
    """What the text around a table says about the data of its results."""

    def __init__(self, document: MarkdownDocument, table: Block) -> None:
        self.document, self.table = document, table
        self.rules: dict[str, Any] = words("openmodelzoo")["measured"]

    def completed(self, measure: Measure) -> Measure:
        """The measure with the data that the section names, or the card where it names one only."""
        styled = (measure.dataset or "").lower() in self.rules["styles"]
        if measure.dataset and not styled:
            return measure
        told = self.section or (None if measure.dataset else self.card)
        return replace(measure, dataset=told.dataset, split=measure.split or told.split) if told else measure

    @cached_property
    def section(self) -> Measure | None:
        """What the nearest sentence of the same section says; without data where it speaks of private data."""
        near = [block for block in self._prose() if block.headings == self.table.headings]
        near.sort(key=lambda block: abs(block.line_start - self.table.line_start))
        for text in (sentence.plain for block in near for sentence in block.sentences):
            if not re.search(self.rules["cue"], text) or re.search(self.rules["explained"], text):
                continue
            if re.search(self.rules["private"], text):
                return Measure("")
            at, unlisted = _known(text, prose=True), re.search(self.rules["unlisted"], text)
            if at or unlisted:
                split = _split().search(text)
                printed = split["split"].lower() if split else None
                return _of_term(text, at) if at else Measure("", unlisted["data"] if unlisted else None, printed)
        return None

    @cached_property
    def card(self) -> Measure | None:
        """The one set of data that the whole card names, if nothing speaks of private data."""
        texts = [block.plain for block in self.document.blocks if block.kind in ("heading", "paragraph", "item")]
        if any(re.search(self.rules["private"], text) and re.search(self.rules["data"], text) for text in texts):
            return None
        named: dict[str, str] = {}
        naming = [block for block in self._prose() if _known(block.plain, prose=True)]
        for text in (sentence.plain for block in naming for sentence in block.sentences):
            at = None if re.search(self.rules["part"], text) else _known(text, prose=True)
            if at:
                named.setdefault(at.id, text[at.start : at.end])
        return Measure("", next(iter(named.values()))) if len(named) == 1 else None

    def _prose(self) -> list[Block]:
        return [block for block in self.document.blocks if block.kind in ("paragraph", "item")]
