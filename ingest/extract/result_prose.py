"""Results in sentences and in `key: value` lines: "reaches an F1 of 88.2 on the dev set", `- Accuracy: 0.91`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.records import Evaluation
from ingest.document import Block, Sentence
from ingest.extract.card_text import CardText
from ingest.extract.labels import Label, read_label
from ingest.extract.mentions import find_in
from ingest.extract.ownership import ownness
from ingest.extract.patterns import load, pattern
from ingest.extract.result_setting import Setting, dataset_in
from ingest.extract.terms import TermAt, terms
from ingest.extract.values import Value, as_value, is_plausible

_COMPARISON = pattern("results", "prose", "comparison")
_DIFFERENCE = pattern("results", "prose", "difference")
_METRIC_THEN_VALUE = pattern("results", "prose", "between_metric_value")
_VALUE_THEN_METRIC = pattern("results", "prose", "between_value_metric")
_BARE = pattern("results", "prose", "bare_percentage")
_OTHER_SUBJECT = pattern("results", "prose", "other_subject")
_SPLITS = {word: split for split, words in load("results")["splits"].items() for word in words}

_NUMBER = re.compile(r"(?<![\w.,/:-])%?[-+]?(?:\d{1,3}(?:[.,]\d{1,20})?|\.\d{1,20})\s?%?(?![\w/]|[.,:]\d)")
_ARTICLE = re.compile(r"(?i)\W{0,3}(?:the |a |an |plain |original )?")
_MAX_SUBJECT = 80
_LEVEL = re.compile(r"\b(word|token|character|subword)[- ]level\b", re.I)
_WORD = re.compile(r"[\w-]+")
_LAST_PART = re.compile(r"[,;{}|]|[-–•]\s")
_MAX_LINE = 2_000
_HAS_DIGIT = re.compile(r"\d")
_MAX_SENTENCE = 1_200
_MAX_GAP = 140


@dataclass(frozen=True, slots=True)
class _Found:
    metric: TermAt
    value: Value
    start: int
    end: int


def in_sentence(card: CardText, sentence: Sentence, setting: Setting) -> Iterator[Evaluation]:
    """The results of the card's asset in one sentence."""
    if not _HAS_DIGIT.search(sentence.plain[:_MAX_SENTENCE]):
        return
    metrics = terms(sentence.plain[:_MAX_SENTENCE], "metrics")
    if not metrics:
        yield from _bare_percentage(card, sentence, setting)
        return
    text = _about_this_model(card, sentence.plain[:_MAX_SENTENCE])
    metrics = [metric for metric in metrics if text[metric.start : metric.end].strip()]
    told: set[tuple[str | None, str | None]] = set()
    for found in _pairs(_masked(text) if metrics else "", metrics):
        label = read_label(_with_average(text, found.metric))
        # A loss in a sentence is as often that of the training as that of the evaluation.
        if not is_plausible(found.value, label.metric) or found.metric.id.endswith("loss"):
            continue
        split = _split_near(text, found)
        if split == "train" or (label.metric, split) in told:
            continue
        told.add((label.metric, split))
        yield Evaluation(
            dataset=dataset_in(text) or setting.dataset_for(label.metric),
            split=split,
            metric=_of_level(text, found.metric) or label.metric,
            value=found.value.text,
            unit=found.value.unit,
            evidence=card.evidence(sentence, "prose"),
        )


def _bare_percentage(card: CardText, sentence: Sentence, setting: Setting) -> Iterator[Evaluation]:
    """`achieves 97% on the test set`: a percentage of a classifier that names no metric is its accuracy."""
    match = _BARE.search(sentence.plain[:_MAX_SENTENCE])
    match = _BARE.search(_about_this_model(card, sentence.plain[:_MAX_SENTENCE])) if match else None
    value = as_value(match["value"], "%") if match else None
    if match and value and is_plausible(value, "accuracy"):
        yield Evaluation(
            dataset=setting.dataset_for("accuracy"),
            split=_SPLITS.get(match["split"].lower()),
            metric="accuracy",
            value=value.text,
            unit="%",
            evidence=card.evidence(sentence, "prose"),
        )


def _about_this_model(card: CardText, text: str) -> str:
    """The sentence without what it says about other models; empty where another model is its subject."""
    text = re.sub(r"\([^()]{0,200}\)", lambda m: " " * len(m[0]) if _COMPARISON.search(m[0]) else m[0], text)
    cut = _COMPARISON.search(text)
    text = text[: cut.start()] if cut else text
    if _OTHER_SUBJECT.match(text):
        return ""
    first = next((mention for mention in find_in(text[:_MAX_SUBJECT]) if mention.kind == "model"), None)
    is_subject = first is not None and _ARTICLE.fullmatch(text[: first.start])
    return "" if first and is_subject and not ownness(card, first.name) else text


def _masked(text: str) -> str:
    """The text with the names of datasets and models blanked out, in place."""
    for mention in find_in(text):
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def _pairs(text: str, metrics: list[TermAt]) -> Iterator[_Found]:
    """Each metric with the number that belongs to it: the next one that only small words keep apart from it."""
    numbers = [match for match in _NUMBER.finditer(text) if not _in_term(match, metrics)]
    taken: set[int] = set()
    for metric in metrics:
        for match in numbers:
            if match.start() in taken or not _belong(text, metric, match):
                continue
            value = as_value(match[0].strip("% "), "%" if "%" in match[0] else "")
            if value is not None and not _DIFFERENCE.search(text[max(0, match.start() - 24) : match.start()]):
                taken.add(match.start())
                yield _Found(metric, value, match.start(), match.end())
            break


def _in_term(match: re.Match[str], metrics: list[TermAt]) -> bool:
    return any(term.start <= match.start() < term.end for term in metrics)


def _belong(text: str, metric: TermAt, match: re.Match[str]) -> bool:
    if metric.end <= match.start() <= metric.end + _MAX_GAP:
        return bool(_METRIC_THEN_VALUE.match(text[metric.end : match.start()]))
    if match.end() <= metric.start <= match.end() + _MAX_GAP:
        return bool(_VALUE_THEN_METRIC.match(text[match.end() : metric.start]))
    return False


def _with_average(text: str, metric: TermAt) -> str:
    """The metric with `macro`, `micro`, `weighted` before or behind it and `@5` behind it."""
    before = _WORD.findall(text[max(0, metric.start - 20) : metric.start])[-1:]
    behind = re.match(r"@\s?\d{1,4}", text[metric.end :])
    average = before[0] if before and before[0].lower().rstrip("-") in ("macro", "micro", "weighted") else ""
    return f"{average} {text[metric.start : metric.end]}{behind[0] if behind else ''}".strip()


def _of_level(text: str, metric: TermAt) -> str | None:
    """`word_level_f1` where the sentence says that the metric counts words, tokens or characters."""
    told = _LEVEL.search(text[: metric.end])
    return f"{told[1].lower()}_level_{metric.id}" if told else None


def _split_near(text: str, found: _Found) -> str | None:
    """The split that the words around a result name, those behind it first."""
    start, end = min(found.metric.start, found.start), max(found.metric.end, found.end)
    inside = _WORD.findall(text[start:end].lower())
    behind = _WORD.findall(text[end : end + 60].lower())
    before = _WORD.findall(text[max(0, start - 60) : start].lower())
    return next((_SPLITS[word] for word in (*inside, *behind, *reversed(before)) if word in _SPLITS), None)


_VALUE_AFTER = re.compile(
    r"""[:=→]\s{0,4}["'*_`=]{0,4}\s?(?P<value>%?\s?[-+]?\d{1,9}(?:[.,]\d{1,20})?(?:[eE]-?\d{1,2})?)\s?(?P<unit>%?)"""
    r"""(?![\w.]\d|\w)"""
)
_KEY_BEFORE = re.compile(r"""(?P<key>[A-Za-z][\w @%()/.²-]{0,60}?)["'*_`]{0,4}\s{0,4}(?:\([^()]{0,30}\))?\s{0,4}\Z""")
_MAX_KEY = 80
_MAX_LINES = 400


def in_lines(card: CardText, block: Block, setting: Setting) -> Iterator[Evaluation]:
    """The results in `key: value` lines and printed dictionaries; of a repeated key the last value counts."""
    last: dict[str, tuple[Label, Value, int]] = {}
    for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
        for label, value in _pairs_of_line(line[:_MAX_LINE]):
            last[_key(label)] = (label, value, number)
    for label, value, number in last.values():
        yield Evaluation(
            dataset=label.dataset or setting.dataset_for(label.metric),
            split=label.split,
            metric=label.metric,
            value=value.text,
            unit=value.unit or label.unit,
            evidence=card.line_evidence(number, "table" if block.kind == "code" else "prose"),
        )


def _pairs_of_line(line: str) -> Iterator[tuple[Label, Value]]:
    """The metrics of a line with their values: `acc: 0.9`, `{"f1": 88.1, "em": 80.2}`."""
    start = 0
    for match in _VALUE_AFTER.finditer(line):
        before = line[max(start, match.start() - _MAX_KEY) : match.start()]
        key = _KEY_BEFORE.search(_LAST_PART.split(before)[-1])
        start = match.end()
        label = read_label(key["key"].strip()) if key else None
        value = as_value(match["value"].strip("% "), match["unit"] or ("%" if "%" in match["value"] else ""))
        if label and value and label.is_metric and label.split != "train" and is_plausible(value, label.metric):
            yield label, value


def _key(label: Label) -> str:
    return f"{label.text.lower()}|{label.dataset}"
