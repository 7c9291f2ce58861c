"""The conditions that a model may set, with names as people write them; `resolving.py` turns them into a query."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from catalog.query import Between, Operator
from catalog.records import Record, Relation, Role


def _as_list(given: Any) -> Any:
    """A single name where a list is wanted."""
    return (given,) if isinstance(given, str) else given


def _as_condition(given: Any) -> Any:
    """A name or a list of names where an object is wanted: any of them."""
    return {"any_of": given} if isinstance(given, str | list | tuple) else given


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class OneOf(Record):
    """any_of: at least one; all_of: every one; none_of: not one of them."""

    any_of: Names = ()
    all_of: Names = ()
    none_of: Names = ()


class TrainedOn(OneOf):
    """role limits which phase of training counts."""

    role: Role | None = None


class DerivedFrom(Record):
    """depth 1: directly; 0: at any distance."""

    any_of: Names
    relation: Relation | None = None
    depth: int = Field(1, ge=0)


class Reported(Record):
    """A result the card reports; without value: any."""

    metric: str
    dataset: str | None = None
    split: str | None = None
    op: Operator = ">="
    value: float | None = None


Condition = Annotated[OneOf, BeforeValidator(_as_condition)]


class Filter(Record):
    """Conditions on models or datasets."""

    ids: Names = ()
    named: Names = Field((), description="words of the name, all of them")
    language: Condition = OneOf()
    task: Condition = Field(OneOf(), description="hub task, e.g. question-answering")
    license: Condition = OneOf()
    organization: Condition = OneOf()
    tag: Condition = OneOf()
    commercial_use: bool | None = Field(None, description="licence allows it (true) or not (false)")
    has_license: bool | None = None
    also_named: bool = Field(False, description="also those without a card, that other cards only name")


class ModelFilter(Filter):
    """Which models; all conditions hold together. Names as people write them."""

    trained_on: Annotated[TrainedOn, BeforeValidator(_as_condition)] = TrainedOn()
    evaluated_on: Condition = OneOf()
    derived_from: Annotated[DerivedFrom | None, BeforeValidator(_as_condition)] = None
    metric: Reported | None = None
    params: Between | None = Field(None, description="number of parameters, e.g. 1e9")


class DatasetFilter(Filter):
    """Which datasets; all conditions hold together. Names as people write them."""


class Order(Record):
    """Which results are ranked: of one metric on one dataset, best first."""

    metric: str
    dataset: str | None = None
    split: str | None = None
    highest: bool | None = Field(None, description="largest number first, or smallest; leave out: best first")
    top: int | None = Field(None, ge=1)
    where: ModelFilter = ModelFilter()


Kind = Literal["model", "dataset"]
