"""Results in `key: value` lines and printed dictionaries: `- Accuracy: 0.91`, `{"f1": 88.1}`, `eval_wer = 0.12`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.records import Evaluation
from ingest.document import Block
from ingest.extract.card_text import CardText
from ingest.extract.labels import Label, read_label
from ingest.extract.patterns import load, pattern
from ingest.extract.result_data import dataset_in, is_name
from ingest.extract.result_setting import Setting, is_of_language_model, is_part_of_objective
from ingest.extract.values import Value, as_value, is_plausible

_VALUE_AFTER = re.compile(
    r"""[:=→]\s{0,4}["'*_`=]{0,4}\s?(?P<value>%?\s?[-+]?\d{1,9}(?:[.,]\d{1,20})?(?:[eE]-?\d{1,2})?)\s?(?P<unit>%?)"""
    r"""(?![\w.]\d|\w)"""
)
_KEY_BEFORE = re.compile(
    r"""(?P<key>[A-Za-z][\w @%()/.²-]{0,60}?)["'*_`]{0,4}\s{0,4}(?P<remark>\([^()]{0,30}\))?["'*_`]{0,4}\s{0,4}\Z"""
)
#: `perplexity = exp(2.24)` before `= 9.39`
_COMPUTED = re.compile(r"\s*=\s*[\w.]{1,30}\([\w\s.,+*/-]{0,40}\)\s*\Z")
_LAST_PART = re.compile(r"[,;{}|]|[-–•]\s")
_BEHIND = re.compile(r"[\s*_`%]*(?P<place>\([^()]{2,60}\)|(?:on|for|auf|sur|en|su) [^,;:|=]{2,60})")
_NOTHING_ELSE = re.compile(r"[\s*_`%]*(?:\([^()]{0,40}\))?[\s*_`.]*\Z")
#: one to three words, with a capital or a digit, that are no manner of evaluation
_NAME = re.compile(r"(?=.*[A-Z])[A-Za-z][\w.-]{1,30}(?: [\w.-]{1,30}){0,2}")
_SETTING = pattern("results", "prose", "manner")
_DICTIONARY = re.compile(r"\s*\{.*[}\]]?\s*,?\s*\Z")
_PROGRAM = pattern("results", "prose", "program")
_PROGRAM_LANGUAGES = frozenset(load("results")["values"]["program_languages"])
_MAX_KEY = 80
_MAX_LINE = 2_000
_MAX_LINES = 400


@dataclass(frozen=True, slots=True)
class _Pair:
    """A label with its value; `place` is what stands behind the value in brackets or after `on`."""

    label: Label
    value: Value
    place: str

    @property
    def key(self) -> str:
        return f"{self.label.text.lower()}|{self.label.dataset}|{self.place}"


def in_lines(card: CardText, block: Block, setting: Setting) -> Iterator[Evaluation]:
    """The results in the lines of a block; of a repeated key the last value counts."""
    last: dict[str, tuple[_Pair, int]] = {}
    only_printed = block.kind == "code" and is_program(block)
    for number, line in enumerate(block.text.split("\n")[:_MAX_LINES], start=block.line_start):
        if only_printed and not _DICTIONARY.match(line[:_MAX_LINE]):
            continue
        for pair in _pairs(line[:_MAX_LINE]):
            last[pair.key] = (pair, number)
        alone = _alone(line[:_MAX_LINE], block, setting)
        if alone:
            last[alone.key] = (alone, number)
    if len(last) == 1 and any(len(pair.label.metric or "  ") == 1 for pair, _ in last.values()):
        return  # `F=4` alone is a setting; beside `P` and `R` it is the F-measure.
    of_objective = any(is_part_of_objective(pair.label.metric) for pair, _ in last.values())
    for pair, number in last.values():
        label = pair.label
        named = label.dataset or dataset_in(pair.place) or _bracketed(pair.place)
        is_of_pretraining = is_of_language_model(label.metric)
        yield Evaluation(
            dataset=named or (None if of_objective and not is_of_pretraining else setting.dataset_for(label.metric)),
            split=label.split or read_label(pair.place).split or setting.split,
            metric=label.metric,
            value=pair.value.text,
            unit=pair.value.unit or label.unit,
            evidence=card.line_evidence(number, "table" if block.kind == "code" else "prose"),
        )


def _bracketed(place: str) -> str | None:
    """The name in brackets behind a value, of a dataset that no vocabulary knows: `F1: 81.8 (KlexNER)`."""
    name = place[1:-1].strip() if place.startswith("(") else ""
    return name if _NAME.fullmatch(name) and not _SETTING.search(name) and is_name(name) else None


def is_program(block: Block) -> bool:
    """Whether a code block is a program, whose assignments are no results, and not what one printed."""
    lines = block.text.split("\n")[:_MAX_LINES]
    if any(_PROGRAM.match(line[:_MAX_LINE]) for line in lines):
        return True
    return block.info in _PROGRAM_LANGUAGES and not any(_DICTIONARY.match(line[:_MAX_LINE]) for line in lines)


def _pairs(line: str) -> Iterator[_Pair]:
    """The metrics of a line with their values: `acc: 0.9`, `{"f1": 88.1, "em": 80.2}`."""
    start = 0
    for match in _VALUE_AFTER.finditer(line):
        key = _key_before(line, start, match.start())
        start = match.end()
        label = read_label(key) if key else None
        if not label or not label.is_metric or label.is_statistic or label.split == "train":
            continue
        value = _value(match)
        if value and is_plausible(value, label.metric):
            behind = _BEHIND.match(line, match.end())
            yield _Pair(label, value, behind["place"] if behind else "")


def _key_before(line: str, start: int, end: int) -> str:
    before = _LAST_PART.split(line[max(start, end - _MAX_KEY) : end])[-1]
    key = _KEY_BEFORE.search(_COMPUTED.sub("", before))
    if not key:
        return ""
    whole = f"{key['key']} {key['remark'] or ''}".strip()
    return whole if read_label(whole).is_metric else key["key"].strip()


def _value(match: re.Match[str]) -> Value | None:
    return as_value(match["value"].strip("% "), match["unit"] or ("%" if "%" in match["value"] else ""))


def _alone(line: str, block: Block, setting: Setting) -> _Pair | None:
    """A line of nothing but a name and a number, whose metric the section or the metadata tells, or nobody.

    `- GSM8K (8-shot): 74.1` is a benchmark in a section on results, `**Test result**: 27.3 %` what the model reaches.
    """
    match = _VALUE_AFTER.search(line)
    if not match or not _NOTHING_ELSE.match(line, match.end()):
        return None
    label, value = read_label(line[: match.start()].lstrip("-*+• \t").strip("*_` ")), _value(match)
    if not value or label.rest or label.split == "train" or not is_plausible(value, None):
        return None
    is_benchmark = block.kind == "item" and label.is_dataset and setting.speaks_of_results
    is_result = label.is_result and setting.metric is not None and block.kind != "code"
    if not (is_benchmark or is_result):
        return None
    remark = read_label(line[match.end() :].strip(" *_`%.()"))
    metric = remark.metric if remark.is_metric else setting.metric
    return _Pair(Label(label.text, metric, label.dataset, label.split), value, "")
