"""`CatalogQuery`: the one typed query over models and datasets, whoever writes it. `execution.py` runs it as SQL.

Every name in a query is an asset id (names are resolved before, see `names.py`), a licence key, an ISO 639 code, a
pipeline tag or a hub organisation. Conditions hold together (and); inside `any_of` one is enough.
"""

from typing import Literal

from pydantic import Field, model_validator

from catalog.records import AssetKind, Record, Relation, Role

Operator = Literal[">", ">=", "<", "<=", "="]
Select = Literal["assets", "count", "attribute", "results", "ranking", "training_data", "base_models"]

#: attributes that can be selected beside those of `records.ATTRIBUTES`
RELATIONS = ("training_data", "base_models", "results")


class OneOf(Record):
    """A condition on a set of values."""

    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.any_of or self.all_of or self.none_of)


class TrainedOnAny(OneOf):
    """Datasets that went into a model; `role` limits which phase counts, also for `none_of`."""

    role: Role | None = None


class DerivedFromAny(Record):
    """Models built on one of `any_of`: `depth` 1 is directly, None is at any distance."""

    any_of: tuple[str, ...]
    relation: Relation | None = None
    depth: int | None = Field(1, ge=1)


class Threshold(Record):
    """A reported result compared with a value on the metric's scale (shares as percentages or fractions alike)."""

    dataset: str | None = None
    metric: str
    split: str | None = None
    op: Operator = ">="
    value: float = float("-inf")


class Ranking(Record):
    """The order of results: the same dataset and metric; `highest` None takes the metric's better end first.

    Without a metric it is that of the dataset: what most results on it are reported by, also where that is left unsaid.
    """

    dataset: str | None = None
    metric: str | None = None
    split: str | None = None
    highest: bool | None = None


class Between(Record):
    """A range; either end may be open, and belong to it (`at_least`, `at_most`) or not (`more_than`, `less_than`)."""

    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None


class CatalogQuery(Record):
    """Which assets, and what of them.

    `select` says what comes back: `assets`, a `count` of them, one `attribute` of each, their `results`, a `ranking`
    of them by a result, or the union of their `training_data` or `base_models`. `limit` None is all.
    """

    kind: AssetKind = "model"
    ids: tuple[str, ...] = ()
    named: tuple[str, ...] = Field((), description="words that the name has, all of them, in lower case")
    about: tuple[str, ...] = Field((), description="parts of words: the name, title, summary or a tag has one of them")
    hardware: tuple[str, ...] = Field((), description="parts of words: the stated training hardware has one of them")
    trained_on: TrainedOnAny = TrainedOnAny()
    evaluated_on: OneOf = OneOf()
    derived_from: DerivedFromAny | None = None
    language: OneOf = OneOf()
    task: OneOf = OneOf()
    license: OneOf = OneOf()
    data_license: OneOf = Field(OneOf(), description="licences of datasets that a model was trained on")
    tag: OneOf = OneOf()
    organization: OneOf = OneOf()
    has_license: bool | None = None
    has_card: bool | None = True
    metric: Threshold | None = None
    metrics: tuple[Threshold, ...] = Field((), description="further results that must hold as well")
    params: Between | None = None
    select: Select = "assets"
    attribute: str | None = None
    role: Role | None = Field(None, description="with `training_data`: only datasets of this phase")
    ranking: Ranking | None = None
    depth: int | None = Field(1, ge=1, description="with `base_models`: how many steps back; None is all the way")
    results_on: str | None = Field(None, description="with `results`: only results on this dataset")
    results_by: str | None = Field(None, description="with `results`: only results by this metric")
    results_split: str | None = Field(None, description="with `results`: only results on this split")
    order: Literal["id", "title", "params", "value"] = Field("id", description="`value`: of the selected attribute")
    descending: bool = False
    offset: int = Field(0, ge=0)
    limit: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _complete(self) -> "CatalogQuery":
        if self.select == "attribute" and not self.attribute:
            raise ValueError("select 'attribute' needs `attribute`, for example 'license'")
        if self.select == "ranking" and not self.ranking:
            raise ValueError("select 'ranking' needs `ranking` with a metric or a dataset, usually both")
        if self.ranking and not (self.ranking.metric or self.ranking.dataset):
            raise ValueError("`ranking` needs a metric, a dataset, or both")
        if self.order == "value" and self.select != "attribute":
            raise ValueError("order 'value' needs select 'attribute' and the attribute whose numbers give the order")
        if self.kind == "dataset" and self.select in ("training_data", "base_models", "ranking", "results"):
            raise ValueError(f"select {self.select!r} is for models; ask with kind 'model'")
        return self
