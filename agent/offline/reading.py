"""What a question asks for: a `CatalogQuery`, an attribute of one asset, or a search in passages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agent.offline.mentions import Mention, QuestionLinker
from agent.offline.phrases import Phrases, phrases
from catalog.query import CatalogQuery, DerivedFromAny, OneOf, Operator, Ranking, Threshold, TrainedOnAny
from catalog.records import AssetKind, Role
from catalog.vocabulary import vocabulary

Intent = Literal["list", "count", "ranking", "training_data", "attribute", "score", "prose"]

_NUMBER = r"(\d+(?:\.\d+)?)\s*%?"
_THRESHOLDS: tuple[tuple[Operator, re.Pattern[str]], ...] = (
    (
        ">=",
        re.compile(
            rf"(?:at least|minimum of|no less than|>=|≥)\s*(?:an? )?{_NUMBER}|{_NUMBER} or (?:more|better|above|higher)"
        ),
    ),
    (
        "<=",
        re.compile(rf"(?:at most|maximum of|no more than|up to|<=|≤)\s*{_NUMBER}|{_NUMBER} or (?:less|lower|below)"),
    ),
    (
        ">",
        re.compile(rf"(?:above|over|more than|greater than|higher than|better than|exceed\w*|beat\w*|>)\s*{_NUMBER}"),
    ),
    ("<", re.compile(rf"(?:below|under|less than|lower than|worse than|fewer than|<)\s*{_NUMBER}")),
)
_TOP = re.compile(
    r"\btop[- ]?(\d{1,3})\b|\b(\d{1,3}) (?:best|worst|highest|lowest|top)\b|\bwhich (two|three|four|five|ten)\b"
)
_COUNTED = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_SPLIT = re.compile(r"\b(dev|validation|test|train)\b(?: set| split| data)?")
_CLAUSE_BEFORE = 48
_CLAUSE = re.compile(r"[,;:.]\s|\b(?:and|but|or)\b")


@dataclass(frozen=True)
class Reading:
    """A question read: `query` for the catalogue, or the `subject` that is asked about, else only `search`."""

    intent: Intent
    question: str
    mentions: tuple[Mention, ...]
    query: CatalogQuery | None = None
    subject: Mention | None = None
    attribute: str | None = None
    split: str | None = None


def read(question: str, linker: QuestionLinker) -> Reading:
    """Read one question."""
    return _Reader(question, linker.mentions(question)).read()


class _Reader:
    def __init__(self, question: str, mentions: tuple[Mention, ...]) -> None:
        self.question = question
        self.text = question.lower()
        self.mentions = mentions
        self.phrases: Phrases = phrases()

    def read(self) -> Reading:
        says, text = self.phrases.says, self.text
        asked = self.phrases.attribute(text)
        models, datasets = self._of("model"), self._of("dataset")
        counted = says("count", text)
        lists_models = says("list_models", text) or counted
        derived = says("derived", text) and bool(models)
        metric = next(iter(self._of("metric")), None)
        threshold = self._threshold(metric)
        ranked = (says("highest", text) or says("lowest", text)) and metric is not None
        subject = models[0] if models else None
        if subject and asked == "base_models":
            return self._about(subject, "attribute", asked)
        if ranked and not threshold and metric and not self._names_one_model(models, lists_models):
            return self._made("ranking", self._ranking(metric))
        if lists_models and (not subject or derived or counted) and self._constrained():
            return self._made("count" if counted else "list", self._query("count" if counted else "assets"))
        if not subject and asked == "training_data" and self._constrained(but="dataset"):
            return self._made("training_data", self._query("training_data"))
        if subject and metric and asked in (None, "training_data"):
            return self._about(subject, "score", None)
        if subject and asked:
            return self._about(subject, "attribute", asked)
        if datasets and asked and asked not in ("training_data", "base_models"):
            return self._about(datasets[0], "attribute", asked)
        return Reading("prose", self.question, self.mentions, subject=subject or next(iter(datasets), None))

    def _about(self, subject: Mention, intent: Intent, attribute: str | None) -> Reading:
        return Reading(
            intent, self.question, self.mentions, subject=subject, attribute=attribute, split=self._split(), query=None
        )

    def _made(self, intent: Intent, query: CatalogQuery) -> Reading:
        return Reading(intent, self.question, self.mentions, query=query, split=self._split())

    def _names_one_model(self, models: Sequence[Mention], lists_models: bool) -> bool:
        return bool(models) and not lists_models

    def _of(self, kind: str) -> list[Mention]:
        return [mention for mention in self.mentions if mention.kind == kind]

    def _constrained(self, but: str = "") -> bool:
        """Whether anything in the question narrows the catalogue down."""
        return any(m.kind != but for m in self.mentions)

    # -- the query

    def _query(self, select: Literal["assets", "count", "training_data"]) -> CatalogQuery:
        metric = next(iter(self._of("metric")), None)
        threshold = self._threshold(metric)
        on_metric = {threshold.dataset} if threshold else set()
        return CatalogQuery(
            trained_on=self._training(on_metric),
            evaluated_on=OneOf(any_of=tuple(m.id for m in self._of("dataset") if self._evaluated(m, threshold))),
            derived_from=self._derivation(),
            language=self._one_of("language"),
            task=self._one_of("task"),
            license=self._one_of("license"),
            organization=self._one_of("organization"),
            metric=threshold,
            select=select,
            role=self._role(self.text) if select == "training_data" else None,
        )

    def _one_of(self, kind: str) -> OneOf:
        wanted = [m for m in self._of(kind) if not self._negated(m)]
        barred = [m for m in self._of(kind) if self._negated(m)]
        single = [id_ for m in wanted for id_ in m.ids]
        several = kind == "language" and len(wanted) > 1 and " or " not in self.text
        chosen = {"all_of": tuple(dict.fromkeys(single))} if several else {"any_of": tuple(dict.fromkeys(single))}
        return OneOf(**chosen, none_of=tuple(id_ for m in barred for id_ in m.ids))

    def _training(self, on_metric: set[str | None]) -> TrainedOnAny:
        """Datasets of the question are training data unless a result is asked for on them."""
        named = [m for m in self._of("dataset") if not self._evaluated(m, None)]
        wanted = [m.id for m in named if not self._negated(m)]
        if on_metric and not self.phrases.says("finetune", self.text) and not self.phrases.says("pretrain", self.text):
            wanted = [id_ for id_ in wanted if id_ not in on_metric]
        barred = tuple(m.id for m in named if self._negated(m))
        role = self._role(self.text)
        either = len(wanted) > 1 and re.search(r"\b(?:either|or)\b", self.text)
        if len(wanted) > 1 and not either:
            return TrainedOnAny(all_of=tuple(dict.fromkeys(wanted)), none_of=barred, role=role)
        return TrainedOnAny(any_of=tuple(dict.fromkeys(wanted)), none_of=barred, role=role)

    def _role(self, text: str) -> Role | None:
        finetune, pretrain = self.phrases.says("finetune", text), self.phrases.says("pretrain", text)
        return "finetune" if finetune and not pretrain else "pretrain" if pretrain and not finetune else None

    def _derivation(self) -> DerivedFromAny | None:
        bases = [m.id for m in self._of("model") if not self._negated(m)]
        if not bases:
            return None
        transitive = re.search(r"downstream|descend|transitive|directly or indirectly|lineage", self.text)
        return DerivedFromAny(any_of=tuple(bases), depth=None if transitive else 1)

    def _ranking(self, metric: Mention) -> CatalogQuery:
        dataset = next(iter(self._of("dataset")), None)
        lowest = self.phrases.says("lowest", self.text) and not self.phrases.says("highest", self.text)
        highest: bool | None = not lowest
        if self.phrases.says("worse", self.text):
            term = vocabulary("metrics").terms.get(metric.id)
            highest = not (term.extra.get("higher_is_better", True) if term else True)
            highest = True if re.search(r"\bhighest\b", self.text) else highest
        elif re.search(r"\b(?:best|leading|strongest)\b", self.text):
            highest = None
        split = self._split()
        return CatalogQuery(
            language=self._one_of("language"),
            task=self._one_of("task"),
            license=self._one_of("license"),
            organization=self._one_of("organization"),
            select="ranking",
            ranking=Ranking(dataset=dataset.id if dataset else None, metric=metric.id, split=split, highest=highest),
            limit=self._top(),
        )

    def _top(self) -> int:
        match = _TOP.search(self.text)
        if not match:
            return 1
        return int(match[1] or match[2] or _COUNTED[match[3]])

    def _threshold(self, metric: Mention | None) -> Threshold | None:
        if metric is None:
            return None
        for op, pattern in _THRESHOLDS:
            match = pattern.search(self.text)
            if match:
                value = float(next(group for group in match.groups() if group))
                near = self._of("dataset")
                dataset = min(near, key=lambda m: abs(m.start - metric.start)).id if near else None
                return Threshold(dataset=dataset, metric=metric.id, split=self._split(), op=op, value=value)
        return None

    # -- what stands around a mention

    def _split(self) -> str | None:
        match = _SPLIT.search(self.text)
        return match[1] if match and match[1] != "train" else None

    def _before(self, mention: Mention) -> str:
        return self.text[max(0, mention.start - _CLAUSE_BEFORE) : mention.start]

    def _negated(self, mention: Mention) -> bool:
        """`not`, `without`, ... stands before the mention in its own clause."""
        clause = _CLAUSE.split(self._before(mention))[-1]
        whole = self._before(mention) if re.search(r"\bbut (?:not|without)\b", self._before(mention)) else clause
        return self.phrases.says("negation", whole)

    def _evaluated(self, mention: Mention, threshold: Threshold | None) -> bool:
        if threshold and threshold.dataset == mention.id:
            return False
        return self.phrases.says("evaluated", self._before(mention))


def kind_of(mention: Mention) -> AssetKind:
    """The kind of asset that a mention names."""
    return "dataset" if mention.kind == "dataset" else "model"
