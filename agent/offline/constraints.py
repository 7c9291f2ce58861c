"""The conditions of a question about several assets: each mention becomes a part of a `CatalogQuery`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agent.offline.lineage import Lineage
from agent.offline.mentions import Mention
from agent.offline.narrower import kind_of_task, machines
from agent.offline.phrases import Phrases
from agent.offline.thresholds import Numbers
from catalog.names import name_words
from catalog.query import DerivedFromAny, OneOf, Ranking, Threshold, TrainedOnAny
from catalog.records import Role
from catalog.vocabulary import squash, vocabulary

_ANY_VALUE = re.compile(r"\breport\w*\b|\bhave (?:an?|any)\b|\bstate\w*\b")
_SPLIT = re.compile(r"\b(dev|validation|test)\b(?: set| split| data)?")
_CLAUSE_BEFORE = 48
_CLAUSE = re.compile(r"[,;:.]\s|\s[-–—]\s|[()]|\b(?:and|but|or)\b")
_BUT_NOT = re.compile(r"\bbut (?:\w+ )?(?:not|without|never)\b|\b(?:any|every|no)(?:one|body|thing) but\b|\ball but\b")
_OR = re.compile(r"^\W*(?:or|nor|,)\W*(?:on |the |by |from |in )*\W*$")
_JUST_TRAINED = re.compile(r"(?:tuned|trained|tune|train)(?: \w+)? (?:on|with|using)\W+(?:\w+ ){0,2}$")
_LONG_NAME = 7
_BEGINNINGS = {"gpl": ("gpl", "agpl", "lgpl")}
_LOW = ("lowest", "smallest", "minimum")
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
            "hardware": self.hardware(),
        }
        return fields | self._licence_of_data(self.facets()) | self._organization_of_base()

    def _organization_of_base(self) -> dict[str, Any]:
        """`fine-tuned from dbmdz's BERT` says who made the base, not who made what was built on it."""
        said = self.phrases.named["derived"].search(self.text)
        derivation = self.derivation()
        if said is None or derivation is None:
            return {}
        owners = {id_.rpartition("/")[0] for id_ in derivation.any_of}
        kept = [m for m in self.of("organization") if m.start < said.start() or m.id not in owners]
        return {"organization": OneOf(any_of=tuple(dict.fromkeys(m.id for m in kept)))}

    def _licence_of_data(self, facets: dict[str, Any]) -> dict[str, Any]:
        """`trained on data that must not be sold` is about the licence of the data, not of the models."""
        if not self.phrases.says("licence_of_data", self.text):
            return facets
        return facets | {"license": OneOf(), "data_license": facets["license"]}

    def facets(self) -> dict[str, Any]:
        """Language, task, licence and organisation."""
        found: dict[str, Any] = {name: self._one_of(name) for name in ("language", "task", "organization")}
        found["about"] = self._about()
        if self.phrases.says("without_license", self.text) and not self._licences_said():
            return found | {"license": OneOf(), "has_license": False}
        found["license"] = self._licences()
        if self.phrases.says("with_license", self.text) and found["license"].empty:
            found["has_license"] = True
        return found

    def hardware(self) -> tuple[str, ...]:
        """The machines that models were trained on, where the question says so."""
        return machines(self.text)[0] if self.phrases.says("trained_on_machine", self.text) else ()

    def _about(self) -> tuple[str, ...]:
        """What a named task is about, where its words mean less than the task: `sentiment classifiers`."""
        tasks = [m for m in self.of("task") if not self.negated(m)]
        return kind_of_task(tasks[0].id, tasks[0].words) if len(tasks) == 1 else ()

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
        wanted = [m for m in wanted if m.id not in measured or self.trains_on(m)]
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

    def ranking(self, metric: str | None) -> Ranking:
        """The order that is asked for: `best` by the metric's better end, `highest` and `lowest` by number."""
        dataset = next(iter(self.datasets()), None)
        term = vocabulary("metrics").terms.get(metric or "")
        better_high = bool(term.extra.get("higher_is_better", True)) if term else True
        highest = {"best": None, "worst": not better_high, "high": True, "low": False}[self.first_end()]
        return Ranking(dataset=dataset.id if dataset else None, metric=metric, split=self.split(), highest=highest)

    def first_end(self) -> str:
        """Which end of an order comes first: `best` (to worst), `worst`, or by number `high` or `low`."""
        said = self.phrases.first("first_end", self.text)
        if said:
            return said
        by_number = self.phrases.named["by_number"].search(self.text)
        if by_number:
            return "low" if by_number[0] in _LOW else "high"
        worst_or_best = next((end for end in ("worst", "best") if self.phrases.says(end, self.text)), None)
        low = self.phrases.says("lowest", self.text) and not self.phrases.says("highest", self.text)
        return worst_or_best or ("low" if low else "high")

    def trained_besides(self, dataset: str | None) -> TrainedOnAny:
        """Training data of a ranking: other datasets than the one of the results, and that one where it is said."""
        named = [m for m in self.datasets() if not self._evaluated(m) or self.negated(m)]
        wanted = [m.id for m in named if self.trains_on(m) and not self.negated(m)]
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
        named, barred = self._licence_families(), self.phrases.says("not_commercial", self.text)
        if not barred and (not named.empty or not self.phrases.says("commercial", self.text)):
            return named
        allowed = not barred
        terms = vocabulary("licences").terms.values()
        return OneOf(any_of=tuple(t.id for t in terms if t.extra.get("commercial") is allowed))

    def _licence_families(self) -> OneOf:
        """The named licences, with those whose names end like one that is named in short: `OpenRAIL-M`."""
        named, terms = self._one_of("license"), vocabulary("licences").terms
        known, alike = {squash(id_) for id_ in terms}, dict[str, list[str]]()
        for mention in self.of("license"):
            key = squash(mention.words)
            if len(key) >= _LONG_NAME and key not in known:
                alike[mention.id] = [id_ for id_ in terms if squash(id_).endswith(key)]
        more = [one for id_ in named.any_of for one in (id_, *alike.get(id_, ()))]
        family = self.phrases.first("licence_family", self.text) if named.any_of else None
        more += [id_ for id_ in terms if family and id_.startswith(_BEGINNINGS.get(family, (family,)))]
        return named.model_copy(update={"any_of": tuple(dict.fromkeys(more))})

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

    def trains_on(self, mention: Mention) -> bool:
        """Whether the question says that models were trained on just this dataset."""
        if _JUST_TRAINED.search(self._before(mention)):
            return True
        earlier = [m for m in self.datasets() if m.end <= mention.start]
        joined = bool(earlier) and bool(_AGAIN.match(self.text[earlier[-1].end : mention.start]))
        return joined and self.trains_on(earlier[-1])

    def _asserted(self, name: str) -> bool:
        """Whether a phrasing stands in the question without a `not` before it."""
        for match in self.phrases.named[name].finditer(self.text):
            if not self.phrases.says("negation", self.text[max(0, match.start() - 8) : match.start()]):
                return True
        return False
