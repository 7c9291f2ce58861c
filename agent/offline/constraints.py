"""The conditions of a question about several assets: each mention becomes a part of a `CatalogQuery`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agent.offline.lineage import Lineage
from agent.offline.mentions import Mention
from agent.offline.phrases import Phrases
from agent.offline.thresholds import Numbers
from catalog.names import name_words
from catalog.query import DerivedFromAny, OneOf, Ranking, Threshold, TrainedOnAny
from catalog.records import Role
from catalog.vocabulary import vocabulary

_ANY_VALUE = re.compile(r"\breport\w*\b|\bhave (?:an?|any)\b|\bstate\w*\b")
_SPLIT = re.compile(r"\b(dev|validation|test)\b(?: set| split| data)?")
_CLAUSE_BEFORE = 48
_CLAUSE = re.compile(r"[,;:.]\s|\s[-–—]\s|[()]|\b(?:and|but|or)\b")
_BUT_NOT = re.compile(r"\bbut (?:\w+ )?(?:not|without|never)\b|\b(?:any|every|no)(?:one|body|thing) but\b|\ball but\b")
_OR = re.compile(r"^\W*(?:or|nor|,)\W*(?:on |the |by |from |in )*\W*$")
_JUST_TRAINED = re.compile(r"(?:tuned|trained|tune|train)(?: \w+)? (?:on|with|using)\W+(?:\w+ ){0,2}$")
_AGAIN = re.compile(r"^\W*(?:and|or|nor|,)\W*(?:on |the |also )*\W*$")


@dataclass(frozen=True)
class Constraints:
    """Reads the conditions out of one question."""

    text: str
    mentions: tuple[Mention, ...]
    phrases: Phrases

    def of(self, kind: str) -> list[Mention]:
        return [mention for mention in self.mentions if mention.kind == kind]

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.text, self.mentions, self.phrases)

    @cached_property
    def lineage(self) -> Lineage:
        return Lineage(self.text, [m for m in self.of("model") if not self.negated(m)], self.phrases)

    def conditions(self, metrics: Sequence[Threshold] = ()) -> dict[str, Any]:
        """The fields of a `CatalogQuery` that the question sets."""
        evaluated = [m for m in self.datasets() if self._evaluated(m) and not metrics]
        fields = {
            "trained_on": self.training(metrics),
            "evaluated_on": OneOf(
                any_of=tuple(m.id for m in evaluated if not self.negated(m)),
                none_of=tuple(m.id for m in evaluated if self.negated(m)),
            ),
            "derived_from": self.derivation(),
            "metric": metrics[0] if metrics else None,
            "metrics": tuple(metrics[1:]),
            "params": self.numbers.sizes(),
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
        if self.phrases.says("without_license", self.text) and not self._licences_said():
            return found | {"license": OneOf(), "has_license": False}
        found["license"] = self._licences()
        if self.phrases.says("with_license", self.text) and found["license"].empty:
            found["has_license"] = True
        return found

    def datasets(self) -> list[Mention]:
        return self.of("dataset")

    def derivation(self) -> DerivedFromAny | None:
        """The base models of the question, where it says that something comes from them."""
        return self.lineage.derivation()

    def training(self, metrics: Sequence[Threshold] = ()) -> TrainedOnAny:
        """Datasets of the question are training data unless a result is asked for on them."""
        named = [m for m in self.datasets() if metrics or not self._evaluated(m)]
        wanted = [m for m in named if not self.negated(m)]
        measured = {threshold.dataset for threshold in metrics}
        wanted = [m for m in wanted if m.id not in measured or self._trained_on(m)]
        barred = tuple(dict.fromkeys(m.id for m in named if self.negated(m)))
        if not barred and self.phrases.says("not_trained_on_it", self.text):
            barred = tuple(dict.fromkeys(m.id for m in self.datasets() if m not in wanted))
        ids = tuple(dict.fromkeys(m.id for m in wanted))
        role = self.role() if ids or barred else None
        if len(ids) > 1 and not self.phrases.says("either", self.text):
            return TrainedOnAny(all_of=ids, none_of=barred, role=role)
        return TrainedOnAny(any_of=ids, none_of=barred, role=role)

    def role(self) -> Role | None:
        """The phase of training that the question is about, if one; a negated word does not count."""
        finetune, pretrain = (self._asserted(name) for name in ("finetune", "pretrain"))
        return "finetune" if finetune and not pretrain else "pretrain" if pretrain and not finetune else None

    def thresholds(self) -> list[Threshold]:
        """Results that must be above or below a value, or merely be reported."""
        metrics, near = self.of("metric"), self.datasets()
        if not metrics:
            return []
        dataset = min(near, key=lambda m: abs(m.start - metrics[0].start)).id if near else None
        found = self.numbers.thresholds(metrics, dataset, self.split())
        ranked = self.phrases.says("highest", self.text) or self.phrases.says("lowest", self.text)
        if not found and dataset and not ranked and _ANY_VALUE.search(self.text):
            return [Threshold(dataset=dataset, metric=metrics[0].id, split=self.split())]
        return found

    def ranking(self, metric: str) -> Ranking:
        """The order that is asked for: `best` by the metric's better end, `highest` and `lowest` by number."""
        dataset = next(iter(self.datasets()), None)
        says, text = self.phrases.says, self.text
        highest: bool | None = not (says("lowest", text) and not says("highest", text))
        by_number = self.phrases.named["by_number"].search(text)
        if by_number:
            highest = by_number[0] in ("highest", "largest", "biggest", "greatest", "maximum")
        elif says("worst", text):
            term = vocabulary("metrics").terms.get(metric)
            highest = not (term.extra.get("higher_is_better", True) if term else True)
        elif says("best", text):
            highest = None
        return Ranking(dataset=dataset.id if dataset else None, metric=metric, split=self.split(), highest=highest)

    def trained_besides(self, dataset: str | None) -> TrainedOnAny:
        """Training data of a ranking: other datasets than the one of the results, and that one where it is said."""
        named = [m for m in self.datasets() if not self._evaluated(m) or self.negated(m)]
        wanted = [m.id for m in named if self._trained_on(m) and not self.negated(m)]
        barred = tuple(m.id for m in named if self.negated(m) and m.id != dataset)
        ids = tuple(dict.fromkeys(wanted))
        role = self.role() if ids or barred else None
        return TrainedOnAny(any_of=ids, none_of=barred, role=role)

    def split(self) -> str | None:
        match = _SPLIT.search(self.text)
        return match[1] if match else None

    def _licences_said(self) -> bool:
        """Whether a licence is named, and not only by the word that says that there is none."""
        return any(not self.negated(m) and m.id not in ("unknown", "other") for m in self.of("license"))

    def _licences(self) -> OneOf:
        """Named licences, or with `commercially` all whose terms allow that."""
        named, barred = self._one_of("license"), self.phrases.says("not_commercial", self.text)
        if not barred and (not named.empty or not self.phrases.says("commercial", self.text)):
            return named
        allowed = not barred
        terms = vocabulary("licences").terms.values()
        return OneOf(any_of=tuple(t.id for t in terms if t.extra.get("commercial") is allowed))

    def _one_of(self, kind: str) -> OneOf:
        sure = [m for m in self.of(kind) if not m.weak] or self.of(kind)
        wanted = [m for m in sure if not self.negated(m)]
        barred = [m for m in self.of(kind) if self.negated(m)]
        ids = tuple(dict.fromkeys(id_ for m in wanted for id_ in m.ids))
        none = tuple(dict.fromkeys(id_ for m in barred for id_ in m.ids))
        mixed = any(len(m.ids) > 1 for m in wanted)
        if kind == "language" and len(ids) > 1 and self.phrases.says("as_well", self.text):
            ids = tuple(id_ for id_ in ids if id_ != "multilingual")  # `the multilingual one included`
        together = (
            kind == "language"
            and len(ids) > 1
            and (mixed or len(wanted) > 1)
            and not self.phrases.says("either", self.text)
        )
        return OneOf(all_of=ids, none_of=none) if together else OneOf(any_of=ids, none_of=none)

    def _families(self) -> tuple[str, ...]:
        """Words of model families (`BERTs`, `PoolFormer`) that the names must have."""
        if self.derivation():
            return ()
        weak: Sequence[Mention] = [m for m in self.of("model") if m.weak and not self.negated(m)]
        return tuple(dict.fromkeys(word for m in weak for word in name_words(m.id)))

    def _before(self, mention: Mention) -> str:
        return self.text[max(0, mention.start - _CLAUSE_BEFORE) : mention.start]

    def negated(self, mention: Mention) -> bool:
        """`not`, `without`, ... stands before the mention in its own clause."""
        before = self._before(mention)
        if self.phrases.says("negation", before if _BUT_NOT.search(before) else _CLAUSE.split(before)[-1]):
            return True
        earlier = [m for m in self.of(mention.kind) if m.end <= mention.start]
        joined = bool(earlier) and bool(_OR.match(self.text[earlier[-1].end : mention.start]))
        return joined and self.negated(earlier[-1])

    def _evaluated(self, mention: Mention) -> bool:
        return self.phrases.says("evaluated", self._before(mention))

    def _trained_on(self, mention: Mention) -> bool:
        """Whether the question says that models were trained on just this dataset."""
        if _JUST_TRAINED.search(self._before(mention)):
            return True
        earlier = [m for m in self.datasets() if m.end <= mention.start]
        joined = bool(earlier) and bool(_AGAIN.match(self.text[earlier[-1].end : mention.start]))
        return joined and self._trained_on(earlier[-1])

    def _asserted(self, name: str) -> bool:
        """Whether a phrasing stands in the question without a `not` before it."""
        for match in self.phrases.named[name].finditer(self.text):
            if not self.phrases.says("negation", self.text[max(0, match.start() - 8) : match.start()]):
                return True
        return False
