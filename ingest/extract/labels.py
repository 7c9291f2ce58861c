"""What the label of a result says: which metric, on which dataset and split, of which model.

A label is a table header, the first cell of a row, or the key before a value: `Test F1 (%)`, `SQuAD 2.0 EM`,
`macro avg`, `rouge2 - mid - precision`.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from catalog.vocabulary import vocabulary
from ingest.extract.languages import language_of
from ingest.extract.patterns import load
from ingest.extract.terms import TermAt, terms

Axis = Literal["model", "dataset", "metric", "split", "class", "language"]

_DATA = load("results")
_SPLITS = {word: split for split, words in _DATA["splits"].items() for word in words}
_AVERAGES = {word: name for name, words in _DATA["averages"].items() for word in words}
_DECORATION = frozenset(_DATA["words"]["decoration"])
_VALUE = frozenset(_DATA["words"]["value"])
_TASK_HEADERS = frozenset(_DATA["words"]["task_header"])
_RESULT = frozenset(_DATA["words"]["result"])
_SUMMARY = frozenset(_DATA["words"]["summary"])
_AXES: dict[str, Axis] = {word: axis for axis, words in _DATA["axes"].items() for word in words}
_MANNERS = frozenset(_DATA["words"]["manners"])
_STATISTICS = frozenset(_DATA["statistics"]["names"])
_RESOURCES = frozenset(_DATA["statistics"]["metrics"])
_LOG = frozenset(_DATA["statistics"]["log"])
_SUBGROUP = tuple(_DATA["values"]["subgroup"])

_MAX_LABEL = 120
_JOINER = re.compile(r"[-_/]")
_WORD = re.compile(r"[^\W_]+")
_AT = re.compile(r"@\s?(\d{1,4})\b")
_COST = re.compile(r"\b(?:run-?\s?)?time|param|\bhours?\b")
#: units of time, size and speed behind a label
_OF_COST = re.compile(
    r"[(\[](?:m?s|secs?|seconds|min(?:utes)?|[kmgt]i?b|fps|[kmb]|it/s|tok(?:ens)?/s|pixels|\$)[)\]]", re.I
)
#: how a benchmark was run: `5-shot`, `0 shot`
_SETTING = re.compile(r"\d{1,2}|shots?|\d{1,2}shot")
_REMARK = re.compile(r"[(\[][^()\[\]]{1,60}[)\]]")
_UNIT = re.compile(r"%|\bpercent", re.I)
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
#: what evaluation scripts put before the name of a metric: `eval_f1`
_SCRIPT_KEY = re.compile(r"(eval|evaluation|test|val|valid|validation|dev|predict|train)_(?=[A-Za-z])", re.I)
_R_NUMBER = re.compile(r"R-?\s?([12])", re.I)
_JOINED = re.compile(r"\w\s?\+\s?\w")


@dataclass(frozen=True, slots=True)
class Label:
    """A label, read. `metric` and `dataset` are as printed where one spelling names them, else composed.

    `average` is macro, micro or weighted; `language` is the name of one that the label is about; `rest` are the words
    that nothing explains.
    """

    text: str
    metric: str | None = None
    dataset: str | None = None
    split: str | None = None
    average: str | None = None
    unit: str | None = None
    language: str | None = None
    rest: tuple[str, ...] = ()

    @property
    def subset(self) -> str | None:
        """The whole label where a remark behind a dataset tells a part of it, and not how a model was run on it."""
        is_told = self.dataset and self.rest and not self.metric and _REMARK.search(self.text)
        return self.text if is_told and _MANNERS.isdisjoint(self.rest) else None

    @property
    def is_metric(self) -> bool:
        return self.metric is not None and not self.rest

    @property
    def is_dataset(self) -> bool:
        return self.dataset is not None and self.metric is None

    @property
    def is_split(self) -> bool:
        return self.split is not None and self.metric is None and self.dataset is None and not self.rest

    @property
    def is_training_split(self) -> bool:
        return _SPLITS.get(simple(self.text)) == "train"

    @property
    def is_summary(self) -> bool:
        """Whether the row sums up those of the classes."""
        return simple(self.text) in _SUMMARY or (self.average is not None and not self.rest and not self.metric)

    @property
    def is_value(self) -> bool:
        return simple(self.text) in _VALUE

    @property
    def is_result(self) -> bool:
        """Whether a label says no more than that a number is a result: `Test result`."""
        names_nothing = not (self.metric or self.dataset or self.rest)
        return names_nothing and not _RESULT.isdisjoint(_WORD.findall(simple(self.text)))

    @property
    def is_statistic(self) -> bool:
        words = simple(self.text)
        is_cost = _COST.search(words) or _OF_COST.search(self.text)
        if words in _STATISTICS or is_cost:
            return True
        return bool(self.metric) and vocabulary("metrics").find(self.metric or "", weak=True) in _RESOURCES

    @property
    def is_log(self) -> bool:
        return not self.metric and not _LOG.isdisjoint(_WORD.findall(simple(self.text)))

    @property
    def names_tasks(self) -> bool:
        """Whether a column of this name lists tasks, and not the datasets that stand for them."""
        return simple(self.text) in _TASK_HEADERS

    @property
    def axis(self) -> Axis | None:
        """What a column of this name lists."""
        words = simple(self.text)
        return _AXES.get(words) or _AXES.get(words.rpartition(" ")[2])


def simple(label: str) -> str:
    """Lower case, outer punctuation and bracketed remarks off, `_` as a blank."""
    bare = re.sub(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]", " ", label) or label
    return " ".join(_EDGE.sub("", bare.replace("_", " ").lower()).split())


@lru_cache(maxsize=8192)
def read_label(text: str) -> Label:
    """Read one label; words that no vocabulary explains are left in `rest`."""
    text = text.strip()[:_MAX_LABEL]
    unit = "%" if _UNIT.search(text) else None
    whole = _trimmed(text)
    if whole.lower().startswith(_SUBGROUP):
        return Label(text, rest=(text,))
    key = _SCRIPT_KEY.match(whole)
    if key:
        inner = read_label(whole[key.end() :])
        return replace(inner, text=text, split=_SPLITS.get(key[1].lower()) or inner.split)
    if simple(text) in _STATISTICS:
        return Label(text, rest=(text,))
    spaced = _JOINER.sub(" ", text)
    if vocabulary("datasets").find(whole):
        return Label(text, dataset=whole)
    dataset_terms = terms(spaced, "datasets")
    if not dataset_terms and vocabulary("metrics").find(whole, weak=True):
        return Label(text, metric=whole, split=_explained(spaced)[1], unit=unit)
    left = _without(spaced, dataset_terms)
    metrics = [term for term in terms(left, "metrics", weak=True) if not _is_part_of_name(text, term)]
    rest, _, average = _explained(_without(left, metrics))
    split = _explained(left)[1]
    dataset = _dataset(dataset_terms, text, metrics)
    metric = _metric(metrics, text, average)
    if metric and rest and not dataset and vocabulary("datasets").find(left_over(text, rest), weak=True):
        dataset, rest = left_over(text, rest), ()
    if rest and vocabulary("metrics").find(metric or "", weak=True) == "average":
        metric = None
    languages = [word for word in rest if language_of([word])]
    language = languages[0].capitalize() if len(languages) == 1 else None
    rest = tuple(word for word in rest if word not in languages)
    remark = _REMARK.search(text)
    if metric and remark and rest and all(word in remark[0].lower() for word in rest):
        # `Accuracy (off-by-1)` is a metric of its own.
        return Label(text, text.rstrip("% "), dataset, split, average, unit, language)
    return Label(text, metric, dataset, split, average, unit, language, rest)


def _trimmed(text: str) -> str:
    """A label without the punctuation around it; a bracket at its end stays closed."""
    whole = _EDGE.sub("", text)
    return f"{whole})" if whole.count("(") > whole.count(")") else whole


def _is_part_of_name(text: str, term: TermAt) -> bool:
    """Whether a single letter is joined to a word, as in `XLM-R`: no recall."""
    is_letter = term.end - term.start == 1 and term.start > 1
    return is_letter and text[term.start - 1] in "-_" and text[term.start - 2].isalnum()


def left_over(text: str, rest: tuple[str, ...]) -> str:
    """The words of a label that nothing explains, as printed."""
    return " ".join(word for word in text.split() if not set(_WORD.findall(word.lower())).isdisjoint(rest))


def as_rouge(labels: list[str]) -> list[str]:
    """Labels with `R1` and `R-2` written out where `RL` beside them tells that they are ROUGE."""
    if not any(vocabulary("metrics").find(label, weak=True) == "rougeL" for label in labels):
        return labels
    return [f"rouge{told[1]}" if (told := _R_NUMBER.fullmatch(label.strip(" *"))) else label for label in labels]


def _dataset(found: list[TermAt], text: str, metrics: list[TermAt]) -> str | None:
    """The dataset of a label; several that were joined (`ARMAN + PEYMA`) are one."""
    if not found:
        return None
    return text if not metrics and _JOINED.search(text) else _inner(found[0], text)


def _without(text: str, found: list[TermAt]) -> str:
    """The text with the terms blanked out, so that what follows keeps its place."""
    for term in found:
        text = text[: term.start] + " " * (term.end - term.start) + text[term.end :]
    return text


def _inner(term: TermAt, text: str) -> str:
    return text[term.start : term.end]


def _explained(text: str) -> tuple[tuple[str, ...], str | None, str | None]:
    """Unexplained words, the split and the kind of average that the other words name."""
    rest: list[str] = []
    split = average = None
    for word in _WORD.findall(_AT.sub(" ", text).lower()):
        if word in _SPLITS:
            split = split or _SPLITS[word]
        elif word in _AVERAGES:
            average = average or _AVERAGES[word]
        elif word not in _DECORATION and not _SETTING.fullmatch(word):
            rest.append(word)
    return tuple(rest), split, average


def _metric(found: list[TermAt], text: str, average: str | None) -> str | None:
    """The metric of a label: as printed, or composed (`rouge2` + `precision`, `f1` + macro, `accuracy` + @5).

    Several metrics that are no family and its part (`UAS/LAS`) stay together as printed.
    """
    remark = _REMARK.search(text)
    told = [term for term in found if not (remark and remark.start() <= term.start < remark.end())] or found
    distinct = list(dict.fromkeys(term.id for term in told))
    if (average or len(distinct) > 1) and "average" in distinct:
        distinct.remove("average")
    if not distinct:
        return None
    if len(distinct) > 1:
        composed = _composed(distinct)
        return composed or text[found[0].start : found[-1].end]
    at = _AT.search(text)
    if average:
        return f"{distinct[0]}_{average}"
    return f"{distinct[0]}@{at[1]}" if at and "@" not in distinct[0] else _inner(told[0], text)


def _composed(ids: list[str]) -> str | None:
    """One name for a metric and the part that is meant (`rouge2`, `recall`); its F-measure is the metric itself."""
    families = [id_ for id_ in ids if id_.startswith(_FAMILIES)]
    parts = [id_ for id_ in ids if id_ in _PARTS]
    if len(families) != 1 or len(parts) != 1 or len(ids) != 2:
        return None
    return families[0] if parts[0] == "f1" else f"{families[0]}_{parts[0]}"


_FAMILIES = ("rouge", "bertscore")
_PARTS = ("precision", "recall", "f1")


def compose(of_row: str | None, of_column: str | None, average: str | None) -> str | None:
    """The metric of a cell from those of its row and its column: `rouge1` × `precision`, `f1` × macro."""
    known = vocabulary("metrics")
    row, column = known.find(of_row or ""), known.find(of_column or "")
    metric = of_row or of_column
    if row and column and row != column:
        metric = _composed([row, column]) or metric
    if metric and average and not metric.endswith(average):
        metric = f"{known.find(metric) or metric}_{average}"
    return metric
