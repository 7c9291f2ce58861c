"""Results in sentences: "reaches an F1 of 88.2 on the dev set"."""

import re
from collections.abc import Iterator

from catalog.records import Evaluation
from catalog.vocabulary import vocabulary
from ingest.document import Sentence
from ingest.extract.card_text import CardText
from ingest.extract.labels import read_label
from ingest.extract.mentions import find_in
from ingest.extract.ownership import ownness
from ingest.extract.patterns import load, pattern
from ingest.extract.result_data import dataset_in, datasets_in
from ingest.extract.result_pairs import SPLITS, THEN_PLACE, WORD, Found, MeasuringText, found_in
from ingest.extract.result_setting import Setting
from ingest.extract.terms import TermAt, terms
from ingest.extract.values import as_value, is_plausible

_COMPARISON = pattern("results", "prose", "comparison")
_BARE = pattern("results", "prose", "bare_percentage")
_OTHER_SUBJECT = pattern("results", "prose", "other_subject")
_WEAK_METRICS = frozenset(load("results")["values"]["weak_in_sentences"])

_ARTICLE = re.compile(r"(?i)\W{0,3}(?:the |a |an |plain |original )?")
_MAX_SUBJECT = 80
_LEVEL = re.compile(r"\b(word|token|character|subword)[- ]level\b", re.I)
_HAS_DIGIT = re.compile(r"\d")
_MAX_SENTENCE = 1_200
_NEAR = 60


def in_sentence(card: CardText, sentence: Sentence, setting: Setting) -> Iterator[Evaluation]:
    """The results of the card's asset in one sentence."""
    plain = sentence.plain[:_MAX_SENTENCE]
    if not _HAS_DIGIT.search(plain):
        return
    if not _metrics(plain):
        yield from _bare_percentage(card, sentence, setting)
        return
    text = _read(_about_this_model(card, plain))
    told: set[tuple[str | None, str | None, str | None]] = set()
    for found, start, end in _with_reach(sorted(found_in(text), key=lambda found: found.start), len(text.plain)):
        label = read_label(_with_average(text.plain, found.metric))
        # A loss in a sentence is as often that of the training as that of the evaluation.
        if not is_plausible(found.value, label.metric) or found.metric.id.endswith("loss") or label.is_statistic:
            continue
        split = (found.place.split if found.place else None) or _split_near(text.plain, found, start, end)
        named = _dataset_of(text, found, start, end)
        if split == "train" or named is None or (label.metric, split, named) in told:
            continue
        told.add((label.metric, split, named))
        yield Evaluation(
            dataset=named or setting.dataset_for(label.metric),
            split=split or setting.split,
            metric=_of_level(text.plain, found.metric) or label.metric,
            value=found.value.text,
            unit=found.value.unit,
            evidence=card.evidence(sentence, "prose"),
        )


def _read(text: str) -> MeasuringText:
    """Blank out, in place, the names in a text and find what it measures."""
    metrics = [metric for metric in _metrics(text) if text[metric.start : metric.end].strip()]
    masked = text
    for mention in find_in(text) if metrics else ():
        masked = masked[: mention.start] + " " * (mention.end - mention.start) + masked[mention.end :]
    return MeasuringText(text, masked if metrics else "", metrics, datasets_in(text) if metrics else [])


def _metrics(text: str) -> list[TermAt]:
    return [
        term
        for term in terms(text, "metrics", weak=True)
        if text[term.start : term.end].lower() in _WEAK_METRICS or terms(text[term.start : term.end], "metrics")
    ]


def _bare_percentage(card: CardText, sentence: Sentence, setting: Setting) -> Iterator[Evaluation]:
    """`achieves 97% on the test set`: a percentage of a classifier that names no metric is its accuracy."""
    match = _BARE.search(sentence.plain[:_MAX_SENTENCE])
    match = _BARE.search(_about_this_model(card, sentence.plain[:_MAX_SENTENCE])) if match else None
    value = as_value(match["value"], "%") if match else None
    if match and value and is_plausible(value, "accuracy"):
        yield Evaluation(
            dataset=setting.dataset_for("accuracy"),
            split=SPLITS.get(match["split"].lower()),
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


def _with_reach(found: list[Found], length: int) -> Iterator[tuple[Found, int, int]]:
    """Each result with the end of the number before it and the start of the number behind it."""
    for index, one in enumerate(found):
        start = found[index - 1].end if index else 0
        end = found[index + 1].start if index + 1 < len(found) else length
        yield one, start, end


def _dataset_of(text: MeasuringText, found: Found, start: int, end: int) -> str | None:
    """The dataset that a result is on; empty where the sentence names none, None where it is not clear which."""
    if found.place and found.place.dataset:
        return found.place.dataset
    named = text.datasets
    if len({vocabulary("datasets").find(mention.name) or mention.name for mention in named}) < 2:
        return named[0].name if named else ""
    value_end = found.metric.end if found.end < found.metric.start < end else found.end
    behind = next((mention for mention in named if value_end <= mention.start < end), None)
    if behind and THEN_PLACE.fullmatch(text.plain[value_end : behind.start]):
        return behind.name
    before = [mention for mention in named if start <= mention.start < found.start]
    if before and not behind:
        return before[-1].name
    return dataset_in(text.plain)


def _split_near(text: str, found: Found, first: int, last: int) -> str | None:
    """The split that the words around a result name, those behind it first; else the only one of the sentence."""
    start, end = min(found.metric.start, found.start), max(found.metric.end, found.end)
    inside = WORD.findall(text[max(start, first) : end].lower())
    behind = WORD.findall(text[end : min(end + _NEAR, max(last, end))].lower())
    before = WORD.findall(text[max(0, start - _NEAR, min(first, start)) : start].lower())
    near = next((SPLITS[word] for word in (*inside, *behind, *reversed(before)) if word in SPLITS), None)
    named = {SPLITS[word] for word in WORD.findall(text.lower()) if word in SPLITS} - {"train"}
    return near or (named.pop() if len(named) == 1 else None)


def _with_average(text: str, metric: TermAt) -> str:
    """The metric with `macro`, `micro`, `weighted` before or behind it and `@5` behind it."""
    before = WORD.findall(text[max(0, metric.start - 20) : metric.start])[-1:]
    behind = re.match(r"@\s?\d{1,4}", text[metric.end :])
    average = before[0] if before and before[0].lower().rstrip("-") in ("macro", "micro", "weighted") else ""
    return f"{average} {text[metric.start : metric.end]}{behind[0] if behind else ''}".strip()


def _of_level(text: str, metric: TermAt) -> str | None:
    """`word_level_f1` where the sentence says that the metric counts words, tokens or characters."""
    told = _LEVEL.search(text[: metric.end])
    return f"{told[1].lower()}_level_{metric.id}" if told else None
