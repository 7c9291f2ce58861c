"""What the words of a question ask for: which query over several assets, or what of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from agent.offline.constraints import Constraints
from agent.offline.measures import measured
from agent.offline.mentions import Mention
from agent.offline.phrases import Phrases
from catalog.query import CatalogQuery, OneOf, TrainedOnAny
from catalog.records import AssetKind

Intent = Literal[
    "list", "count", "tally", "each", "ranking", "training_data", "base_models", "attribute", "score", "prose"
]

#: intents of questions about one asset, or about what a text says
SINGLE: tuple[Intent, ...] = ("attribute", "score", "prose")

#: intent and query of a question about several assets
Several = tuple[Intent, CatalogQuery]

_RELATIONAL = ("training_data", "base_models")
_FACETS = {"language", "task", "organization", "license"}
_NOT_LISTED = (None, *_RELATIONAL, "license", "language", "task", "size", "organization")
#: how many the best ones are, where no number is said
_SEVERAL = 5
_ALL = CatalogQuery()


@dataclass(frozen=True)
class Asked:
    """Reads the intent out of one question; `found` counts what fulfils a query."""

    constraints: Constraints
    phrases: Phrases
    found: Callable[[CatalogQuery], int]
    unread: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.constraints.text

    def about_several(self) -> Several | None:
        """The query of a question about several assets, or about whichever is best; None where it is about one."""
        if self._names_one():
            return None
        ordered = (self._by_size, self._ranking, self._by_measure)
        lists = (self._datasets, self._union, self._each, self._listed, self._facets_alone)
        readings = (self._tally, *ordered, *lists)
        return next((found for found in (read() for read in readings) if found), None)

    # -- kinds of questions, the more special first

    def _tally(self) -> Several | None:
        """`how many models per language`."""
        attribute = self.phrases.first("per", self.text)
        if attribute is None or not (self._says("plural") or self._says("count") or self._says("dataset_head")):
            return None
        if attribute == "license" and self.constraints.of("license"):
            return None  # `an ODC-By licence`
        return "tally", CatalogQuery(kind=self._kind(), select="attribute", attribute=attribute, **self.fields())

    def _by_size(self) -> Several | None:
        """`the three smallest English models`."""
        return self._sized() if self._several() or self._says("open_model") else None

    def _sized(self) -> Several | None:
        largest, smallest = self._says("largest"), self._says("smallest")
        measure = measured(self.text)
        if largest == smallest or self.constraints.of("metric"):
            return None
        if (measure and measure.name != "params") or self._kind() == "dataset":
            return None
        fields, count = self.fields(), self.constraints.numbers.top() or 1
        return "list", CatalogQuery(order="params", descending=largest, limit=count, **fields)

    def _ranking(self) -> Several | None:
        """`the best F1 on SQuAD`; without a metric, by the one that most results on the dataset are reported by."""
        if not (self._says("highest") or self._says("lowest")) or not (self._several() or self._says("open_model")):
            return None
        return self._by_result()

    def ordered(self) -> Several | None:
        """The models in the order that is asked for: by size, else by a result."""
        return self._sized() or self._by_result()

    def _by_result(self) -> Several | None:
        metric = next((m.id for m in self.constraints.of("metric")), None)
        sized = self._says("largest") or self._says("smallest")
        measured_on = [m for m in self.constraints.datasets() if not self.constraints.trains_on(m)]
        if metric is None and (sized or not measured_on or not self._has_results(measured_on[0].id)):
            return None
        if self.constraints.thresholds():
            return None
        ranking = self.constraints.ranking(metric)
        fields = self.fields() | {"trained_on": self.constraints.trained_besides(ranking.dataset), "metric": None}
        fields["evaluated_on"] = _ALL.evaluated_on
        return "ranking", CatalogQuery(select="ranking", ranking=ranking, limit=self._ranked(), **fields)

    def _by_measure(self) -> Several | None:
        """`the NLI datasets with the most training pairs`, `sort the embedders by maximum input length`."""
        measure, kind = measured(self.text), self._kind()
        several = self._several() or self._says("open_model") or kind == "dataset"
        ordered = self._says("ordered_by_number") or self.phrases.first("first_end", self.text)
        name = measure.name if measure else "size" if kind == "dataset" else None
        if name in (None, "params") or not ordered or not several or self.constraints.of("metric"):
            return None
        fields = self.constraints.facets() if kind == "dataset" else self.fields()
        high = self.constraints.first_end() != "low" and not self._says("least_of_measure")
        told: dict[str, Any] = {"kind": kind, "attribute": name, "descending": high, "limit": self._ranked()}
        return "each", CatalogQuery(select="attribute", order="value", **told, **fields)

    def _datasets(self) -> Several | None:
        """`which datasets are in Dutch`: datasets for themselves, not those that models were trained on."""
        if not self._says("dataset_head") or self._says("went_into_models") or self.constraints.datasets():
            return None
        fields, counted = self.constraints.facets(), self._says("count")
        if len(self.unread) == 1 and not fields["about"] and self._says("several_datasets"):
            fields["about"] = (f" {self.unread[0].rstrip('s')}",)
        query = CatalogQuery(kind="dataset", select="count" if counted else "assets", **fields)
        if self.unread and not (fields["about"] and len(self.unread) == 1 and self.found(query)):
            return None  # what a dataset is about is told in its card, not in a field
        if not counted and CatalogQuery(**fields) == _ALL:
            return None
        return ("count" if counted else "list"), query

    def _union(self) -> Several | None:
        """`what were German models trained on`, `which base models were used for NER models`."""
        attribute, fields = self.attribute(), self.fields()
        if self._says("count") or attribute not in _RELATIONAL or CatalogQuery(**fields) == _ALL:
            return None
        several = self._plural_besides()
        if attribute == "base_models" and several and not fields["derived_from"]:
            return "base_models", CatalogQuery(select="base_models", **fields)
        if attribute == "training_data" and self._asks_for_datasets() and (several or self._is_all_read()):
            fields |= {"trained_on": fields["trained_on"].model_copy(update={"role": None})}
            role = self.constraints.role()
            return "training_data", CatalogQuery(select="training_data", role=role, **fields)
        return None

    def _each(self) -> Several | None:
        """`which licences do models trained on SQuAD have`."""
        attribute = self.phrases.first("each", self.text)
        fields = self.fields()
        if attribute is None or not self._says("plural") or CatalogQuery(**fields) == _ALL:
            return None
        return "each", CatalogQuery(select="attribute", attribute=attribute, **fields)

    def _listed(self) -> Several | None:
        """A list or a count of the models that fulfil conditions; of all only where nothing else is said."""
        fields, attribute = self.fields(), self.attribute()
        counted, sized = self._says("count"), attribute == "params" and self.constraints.numbers.sizes() is not None
        one_of_many = self._says("open_model") and attribute is None and not self.constraints.of("metric")
        if not (self._several() or one_of_many):
            return None
        families = [word for word in self.unread if self.phrases.says("family", word)]
        if CatalogQuery(**fields) == _ALL and (len(self.unread) > len(families) or not (counted or families)):
            return None
        if not self._says("trained_said"):
            fields |= self._benchmarks(fields)
        if counted:
            return "count", CatalogQuery(select="count", **fields)
        return ("list", CatalogQuery(**fields)) if attribute in _NOT_LISTED or sized else None

    def _facets_alone(self) -> Several | None:
        """`Telugu: what is there?` names what models must have, and asks for nothing else."""
        query = CatalogQuery(**self.fields())
        told = set(query.model_dump(exclude_defaults=True))
        if not told or not told <= _FACETS or self.constraints.of("metric") or self.attribute():
            return None
        return ("list", query) if self._is_all_read() and self._says("what_is_there") else None

    def _is_all_read(self) -> bool:
        """Whether nothing of the question is left that may tell one model from others."""
        return not self.unread and not self._says("one_model")

    def _benchmarks(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Datasets that nothing is known to be trained on, but models were measured on, are benchmarks."""
        named: TrainedOnAny = fields["trained_on"]
        ids = named.any_of or named.all_of
        trained = CatalogQuery(trained_on=TrainedOnAny(any_of=ids))
        if not ids or named.none_of or self.found(trained) or not all(map(self._has_results, ids)):
            return {}
        return {"trained_on": _ALL.trained_on, "evaluated_on": OneOf(any_of=named.any_of, all_of=named.all_of)}

    def _has_results(self, dataset: str) -> bool:
        return self.found(CatalogQuery(evaluated_on=OneOf(any_of=(dataset,)), has_card=None)) > 0

    # -- what they share

    def plural(self) -> bool:
        """Whether the question speaks of several models or datasets."""
        return self._several() or self._says("several_datasets")

    def likens(self) -> bool:
        """Whether it asks for what is like something, and not for what comes from it."""
        return self._says("likened")

    def attribute(self) -> str | None:
        """The attribute that the question names, if any; a licence that is named is a condition beside another one."""
        first = self.phrases.attribute(self.text)
        if first != "license" or not self.constraints.of("license"):
            return first
        return next((name for name in self.phrases.all("attribute", self.text) if name != first), first)

    def about(self, kind: AssetKind) -> tuple[Intent, str | None]:
        """What is asked of one asset: its score, one of its attributes, or what its card says."""
        attribute = self.attribute()
        metric = self.constraints.of("metric")
        if kind == "model" and attribute in (None, *_RELATIONAL, "task"):
            scored = metric or (self.constraints.datasets() and self._says("score"))
            if scored and attribute != "base_models":
                return "score", None
        if kind == "model" and self._says("ancestors") and attribute in (None, "base_models", "paper"):
            return "attribute", "base_models"
        if kind == "dataset" and attribute in ("params", "size"):
            split = self.constraints.split()
            return "attribute", f"split.{split}" if split else "size"
        if kind == "dataset" and (attribute in _RELATIONAL or self._says("of_a_model")):
            return "prose", None
        return ("attribute", attribute) if attribute else ("prose", None)

    def of_each(self, kind: AssetKind) -> tuple[Intent, str | None]:
        """What is asked of each of several assets that are set side by side: `the training set of A or of B`."""
        intent, attribute = self.about(kind)
        sized = self._says("size_asked") or attribute in ("params", "size")
        measure = measured(self.text)
        if kind == "dataset" and measure and measure.name.startswith("split.") and sized:
            return "attribute", measure.name
        if attribute is None and intent == "prose" and self._says("sizes_asked"):
            return "attribute", "params" if kind == "model" else "size"
        if kind == "model" and attribute is None and self.constraints.datasets():
            return "score", None
        return intent, attribute

    def depth(self) -> int | None:
        """How many steps back the base models of one model are asked for."""
        return None if self._says("ancestors") else self.constraints.lineage.steps()

    def through(self, kind: AssetKind, attribute: str | None) -> str | None:
        """The relation to follow first: `the licence of the dataset that M was trained on`."""
        if kind != "model":
            return None
        said = self.phrases.first("through", self.text)
        return said if attribute not in _RELATIONAL else None

    def _ranked(self) -> int | None:
        """How many of a ranking are asked for; None is all."""
        told = self.constraints.numbers.top()
        if told is None and self._says("whole_ranking"):
            return None
        return told or (_SEVERAL if self._says("best_ones") else 1)

    def _says(self, name: str) -> bool:
        return self.phrases.says(name, self.text)

    def _several(self) -> bool:
        return self._says("plural") or self._says("count")

    def _plural_besides(self) -> bool:
        """Several models beside those that are asked for: `which base models` of `German models`."""
        head = self.phrases.named["models_asked"].search(self.text)
        rest = self.text[: head.start()] + self.text[head.end() :] if head else self.text
        return self.phrases.says("plural", rest)

    def _kind(self) -> AssetKind:
        measure = measured(self.text)
        by_split = measure is not None and measure.name.startswith("split.") and self._says("ordered_by_number")
        about_data = self._says("dataset_head") and (by_split or not self._says("went_into_models"))
        return "dataset" if about_data else "model"

    def fields(self) -> dict[str, Any]:
        return self.constraints.conditions(self.constraints.thresholds())

    def _names_one(self) -> bool:
        """Whether a model with a card is named in full, and not as the base of others."""
        bases = self.constraints.lineage.bases()
        barred = [m for m in self.constraints.of("model") if self.constraints.negated(m)]
        return any(_is_one(m) and m not in bases and m not in barred for m in self.constraints.of("model"))

    def _asks_for_datasets(self) -> bool:
        return self._says("datasets_asked") and not self._trained_on_named()

    def _trained_on_named(self) -> bool:
        """`models with Wikipedia in their training data` names the data; it does not ask for it."""
        return bool(self.constraints.datasets()) and not self._says("datasets_wanted")


def _is_one(mention: Mention) -> bool:
    return mention.carded and not mention.weak
