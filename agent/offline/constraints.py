"""The conditions of a question about several assets: each mention becomes a part of a `CatalogQuery`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent.offline.mentions import Mention
from agent.offline.phrases import Phrases
from catalog.names import name_words
from catalog.query import DerivedFromAny, OneOf, Operator, Ranking, Threshold, TrainedOnAny
from catalog.records import Relation, Role
from catalog.vocabulary import vocabulary

_NUMBER = r"(\d+(?:\.\d+)?)\s*%?"
_MORE, _LESS = "more|better|above|higher", "less|lower|below"
_THRESHOLDS: tuple[tuple[Operator, re.Pattern[str]], ...] = (
    (">=", re.compile(rf"(?:at least|minimum of|no less than|>=|≥)\s*(?:an? )?{_NUMBER}|{_NUMBER} or (?:{_MORE})")),
    ("<=", re.compile(rf"(?:at most|maximum of|no more than|up to|<=|≤)\s*{_NUMBER}|{_NUMBER} or (?:{_LESS})")),
    (">", re.compile(rf"(?:(?:more|greater|higher|better) than|above|over|exceed\w*|beat\w*|>)\s*{_NUMBER}")),
    ("<", re.compile(rf"(?:(?:less|lower|worse|fewer) than|below|under|<)\s*{_NUMBER}")),
)
_ANY_VALUE = re.compile(r"\breport\w*\b|\bhave (?:an?|any)\b|\bstate\w*\b")
_TOP = re.compile(
    r"\btop[- ]?(\d{1,3})\b|\b(\d{1,3}) (?:best|worst|highest|lowest|top)\b|\bwhich (two|three|four|five|ten)\b"
)
_COUNTED = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_SPLIT = re.compile(r"\b(dev|validation|test)\b(?: set| split| data)?")
_CLAUSE_BEFORE = 48
_CLAUSE = re.compile(r"[,;:.]\s|\s[-–—]\s|[()]|\b(?:and|but|or)\b")
_BUT_NOT = re.compile(r"\bbut (?:not|without)\b")
_CAST = re.compile(r"\b(?:either|or)\b")


@dataclass(frozen=True)
class Constraints:
    """Reads the conditions out of one question."""

    text: str
    mentions: tuple[Mention, ...]
    phrases: Phrases

    def of(self, kind: str) -> list[Mention]:
        return [mention for mention in self.mentions if mention.kind == kind]

    def conditions(self, metric: Threshold | None = None) -> dict[str, Any]:
        """The fields of a `CatalogQuery` that the question sets."""
        fields = {
            "trained_on": self.training(metric),
            "evaluated_on": OneOf(any_of=tuple(m.id for m in self.datasets() if self._evaluated(m) and not metric)),
            "derived_from": self.derivation(),
            "metric": metric,
            "named": self._families(),
        }
        return fields | self.facets() | self._organization_of_base()

    def _organization_of_base(self) -> dict[str, Any]:
        """`fine-tuned from dbmdz's BERT` says who made the base, not who made what was built on it."""
        said = self.phrases.named["derived"].search(self.text)
        derivation = self.derivation()
        if said is None or derivation is None:
            return {}
        owners = {id_.rpartition("/")[0] for id_ in derivation.any_of}
        kept = [m for m in self.of("organization") if m.start < said.start() or m.id not in owners]
        return {"organization": OneOf(any_of=tuple(dict.fromkeys(m.id for m in kept)))}

    def facets(self) -> dict[str, Any]:
        """Language, task, licence and organisation."""
        found: dict[str, Any] = {name: self._one_of(name) for name in ("language", "task", "organization")}
        found["license"] = self._licences()
        if self.phrases.says("without_license", self.text):
            found["has_license"] = False
        elif self.phrases.says("with_license", self.text):
            found["has_license"] = True
        return found

    def datasets(self) -> list[Mention]:
        return self.of("dataset")

    def derivation(self) -> DerivedFromAny | None:
        """The base models of the question, where it says that something comes from them."""
        bases = [m for m in self.of("model") if not self._negated(m)]
        if not bases or not self.phrases.says("derived", self.text):
            return None
        relation = next((name for name, said in self.phrases.relations.items() if said.search(self.text)), None)
        transitive = self.phrases.says("transitive", self.text)
        ids = tuple(dict.fromkeys(m.id for m in bases))
        return DerivedFromAny(any_of=ids, relation=cast(Relation | None, relation), depth=None if transitive else 1)

    def training(self, metric: Threshold | None = None) -> TrainedOnAny:
        """Datasets of the question are training data unless a result is asked for on them."""
        named = [m for m in self.datasets() if metric or not self._evaluated(m)]
        wanted = [id_ for m in named if not self._negated(m) for id_ in m.ids[:1]]
        says_trained = self.phrases.says("finetune", self.text) or self.phrases.says("pretrain", self.text)
        if metric and not says_trained:
            wanted = [id_ for id_ in wanted if id_ != metric.dataset]
        barred = tuple(dict.fromkeys(m.id for m in named if self._negated(m)))
        ids = tuple(dict.fromkeys(wanted))
        role = self.role() if ids or barred else None
        if len(ids) > 1 and not _CAST.search(self.text):
            return TrainedOnAny(all_of=ids, none_of=barred, role=role)
        return TrainedOnAny(any_of=ids, none_of=barred, role=role)

    def role(self) -> Role | None:
        """The phase of training that the question is about, if one; a negated word does not count."""
        finetune, pretrain = (self._asserted(name) for name in ("finetune", "pretrain"))
        return "finetune" if finetune and not pretrain else "pretrain" if pretrain and not finetune else None

    def threshold(self, metric: Mention | None) -> Threshold | None:
        """A result that must be above or below a value, or merely be reported."""
        if metric is None:
            return None
        near = self.datasets()
        dataset = min(near, key=lambda m: abs(m.start - metric.start)).id if near else None
        for op, pattern in _THRESHOLDS:
            match = pattern.search(self.text)
            if match:
                value = float(next(group for group in match.groups() if group))
                return Threshold(dataset=dataset, metric=metric.id, split=self.split(), op=op, value=value)
        ranked = self.phrases.says("highest", self.text) or self.phrases.says("lowest", self.text)
        if dataset and not ranked and _ANY_VALUE.search(self.text):
            return Threshold(dataset=dataset, metric=metric.id, split=self.split())
        return None

    def ranking(self, metric: Mention) -> Ranking:
        """The order that is asked for: `best` by the metric's better end, `highest` and `lowest` by number."""
        dataset = next(iter(self.datasets()), None)
        says, text = self.phrases.says, self.text
        highest: bool | None = not (says("lowest", text) and not says("highest", text))
        if re.search(r"\b(?:highest|lowest)\b", text):
            highest = "highest" in text
        elif says("worst", text):
            term = vocabulary("metrics").terms.get(metric.id)
            highest = not (term.extra.get("higher_is_better", True) if term else True)
        elif says("best", text) or re.search(r"\btop\b", text):
            highest = None
        return Ranking(dataset=dataset.id if dataset else None, metric=metric.id, split=self.split(), highest=highest)

    def top(self) -> int:
        """How many are asked for by a ranking."""
        match = _TOP.search(self.text)
        return int(match[1] or match[2] or _COUNTED[match[3]]) if match else 1

    def split(self) -> str | None:
        match = _SPLIT.search(self.text)
        return match[1] if match else None

    def _licences(self) -> OneOf:
        """Named licences, or with `commercially` all whose terms allow that."""
        named = self._one_of("license")
        if not named.empty or not self.phrases.says("commercial", self.text):
            return named
        allowed = not self.phrases.says("not_commercial", self.text)
        terms = vocabulary("licences").terms.values()
        return OneOf(any_of=tuple(t.id for t in terms if t.extra.get("commercial") is allowed))

    def _one_of(self, kind: str) -> OneOf:
        sure = [m for m in self.of(kind) if not m.weak] or self.of(kind)
        wanted = [m for m in sure if not self._negated(m)]
        barred = [m for m in self.of(kind) if self._negated(m)]
        ids = tuple(dict.fromkeys(id_ for m in wanted for id_ in m.ids))
        none = tuple(dict.fromkeys(id_ for m in barred for id_ in m.ids))
        mixed = any(len(m.ids) > 1 for m in wanted)
        together = kind == "language" and (mixed or len(wanted) > 1) and not _CAST.search(self.text)
        return OneOf(all_of=ids, none_of=none) if together else OneOf(any_of=ids, none_of=none)

    def _families(self) -> tuple[str, ...]:
        """Words of model families (`BERTs`, `PoolFormer`) that the names must have."""
        if self.derivation():
            return ()
        weak: Sequence[Mention] = [m for m in self.of("model") if m.weak and not self._negated(m)]
        return tuple(dict.fromkeys(word for m in weak for word in name_words(m.id)))

    def _before(self, mention: Mention) -> str:
        return self.text[max(0, mention.start - _CLAUSE_BEFORE) : mention.start]

    def _negated(self, mention: Mention) -> bool:
        """`not`, `without`, ... stands before the mention in its own clause."""
        before = self._before(mention)
        return self.phrases.says("negation", before if _BUT_NOT.search(before) else _CLAUSE.split(before)[-1])

    def _evaluated(self, mention: Mention) -> bool:
        return self.phrases.says("evaluated", self._before(mention))

    def _asserted(self, name: str) -> bool:
        """Whether a phrasing stands in the question without a `not` before it."""
        for match in self.phrases.named[name].finditer(self.text):
            if not self.phrases.says("negation", self.text[max(0, match.start() - 8) : match.start()]):
                return True
        return False
