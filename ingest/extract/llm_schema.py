"""What a language model may answer about an asset: claims, each with its quote, and the facts that they amount to."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from catalog.languages import language_codes
from catalog.licences import licence_key
from catalog.records import AssetKind, Attribute, DerivedFrom, Evaluation, Evidence, Fact, Relation, Role, TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.extract.patterns import load
from ingest.extract.values import is_plausible, read_value

_LONGEST_NAME: int = load("llm")["limits"]["name_characters"]


class Claim(BaseModel):
    """A quote and what it states. Fields without defaults, because strict modes of APIs want every field answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quote: str = Field(description="The sentence, list item, table row or line that states it, copied exactly")

    def in_quote(self) -> tuple[str, ...]:
        """The values that the quote must print."""
        raise NotImplementedError

    def in_card(self) -> tuple[str, ...]:
        """The values that may stand elsewhere in the document: in a heading, in the head of a table."""
        return ()

    def facts(self, evidence: Evidence) -> Iterator[Fact]:
        """The facts that it amounts to; none where a value means nothing."""
        raise NotImplementedError


class TrainedOnClaim(Claim):
    """The model was trained on a dataset."""

    kind: Literal["trained_on"]
    dataset: str = Field(description="Name of the dataset as printed in the quote")
    role: Role | None = Field(description="finetune, pretrain, or null where the document does not say which")

    def in_quote(self) -> tuple[str, ...]:
        return (self.dataset,)

    def facts(self, evidence: Evidence) -> Iterator[Fact]:
        if _is_name(self.dataset, "datasets"):
            yield TrainedOn(dataset=self.dataset.strip(), role=self.role, evidence=evidence)


class DerivedFromClaim(Claim):
    """The model was made from another model."""

    kind: Literal["derived_from"]
    base: str = Field(description="Name of the parent model as printed in the quote")
    relation: Relation

    def in_quote(self) -> tuple[str, ...]:
        return (self.base,)

    def facts(self, evidence: Evidence) -> Iterator[Fact]:
        if _is_name(self.base, "models"):
            yield DerivedFrom(base=self.base.strip(), relation=self.relation, evidence=evidence)


class EvaluationClaim(Claim):
    """A result that the model reached."""

    kind: Literal["evaluation"]
    dataset: str | None = Field(description="Dataset of the evaluation as printed, or null")
    split: str | None = Field(description="Split of the dataset as printed, or null")
    metric: str | None = Field(description="Metric as printed, or null")
    value: str = Field(description="The number as printed in the quote, with % where that is printed")

    def in_quote(self) -> tuple[str, ...]:
        return (self.value.strip().strip("% "),)

    def in_card(self) -> tuple[str, ...]:
        return tuple(value for value in (self.dataset, self.split, self.metric) if value)

    def facts(self, evidence: Evidence) -> Iterator[Fact]:
        value = read_value(self.value)
        if value and (self.dataset or self.metric) and is_plausible(value, self.metric):
            setting = {"dataset": self.dataset or None, "split": self.split or None, "metric": self.metric or None}
            yield Evaluation(**setting, value=value.text, unit=value.unit, evidence=evidence)


ModelAttribute = Literal[
    "license", "language", "task", "params", "hardware", "paper", "arxiv", "organization", "architecture", "framework",
    "co2", "flops", "hyper.learning_rate", "hyper.batch_size", "hyper.epochs", "hyper.max_seq_length",
    "hyper.max_steps", "hyper.warmup_steps", "hyper.weight_decay", "hyper.optimizer",
]  # fmt: skip
DatasetAttribute = Literal[
    "license", "language", "task", "size", "paper", "arxiv", "organization", "annotations", "source_dataset"
]


class _AttributeClaim(Claim):
    """A single property of the asset."""

    kind: Literal["attribute"]

    def in_quote(self) -> tuple[str, ...]:
        return (self._stated()[1],)

    def facts(self, evidence: Evidence) -> Iterator[Fact]:
        name, printed = self._stated()
        for value in _CANONICAL.get(name, _as_printed)(printed.strip()):
            yield Attribute(name=name, value=value, evidence=evidence)

    def _stated(self) -> tuple[str, str]:
        raise NotImplementedError


class ModelAttributeClaim(_AttributeClaim):
    """A single property of the model: `paper` is a title, `params` the number of parameters."""

    name: ModelAttribute
    value: str = Field(description="The value as printed in the quote")

    def _stated(self) -> tuple[str, str]:
        return self.name, self.value


class DatasetAttributeClaim(_AttributeClaim):
    """A single property of the dataset: `size` is a number of examples, `annotations` who or what labelled it."""

    name: DatasetAttribute
    value: str = Field(description="The value as printed in the quote")

    def _stated(self) -> tuple[str, str]:
        return self.name, self.value


class ModelFacts(BaseModel):
    """The facts that a document states about a model."""

    model_config = ConfigDict(extra="forbid")
    facts: list[TrainedOnClaim | DerivedFromClaim | EvaluationClaim | ModelAttributeClaim]


class DatasetFacts(BaseModel):
    """The facts that a document states about a dataset."""

    model_config = ConfigDict(extra="forbid")
    facts: list[DatasetAttributeClaim]


_ANSWERS: dict[AssetKind, type[BaseModel]] = {"model": ModelFacts, "dataset": DatasetFacts}
_CLAIMS: dict[AssetKind, TypeAdapter[Any]] = {
    "model": TypeAdapter(TrainedOnClaim | DerivedFromClaim | EvaluationClaim | ModelAttributeClaim),
    "dataset": TypeAdapter(DatasetAttributeClaim),
}


def read_claim(kind: AssetKind, raw: object) -> Claim:
    """One claim of an answer; raises ValidationError where it does not have the form of the schema."""
    claim: Claim = _CLAIMS[kind].validate_python(raw)
    return claim


@lru_cache
def answer_schema(kind: AssetKind) -> dict[str, Any]:
    """The JSON schema of an answer about an asset of a kind, in the subset that strict modes and grammars know."""
    portable: dict[str, Any] = _portable(_ANSWERS[kind].model_json_schema())
    return portable | {"title": _ANSWERS[kind].__name__}


def _portable(node: Any) -> Any:
    """Without titles, and with one-valued enums for `const`, which not every server knows."""
    if isinstance(node, list):
        return [_portable(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _portable(value) for key, value in node.items() if key not in ("title", "const")}
    return kept | ({"enum": [node["const"]]} if "const" in node else {})


def _is_name(value: str, kind: Literal["datasets", "models"]) -> bool:
    """Whether a value looks like a name: curated, or with a capital, a digit, a joint, or of a script without case."""
    value = value.strip()
    if not squash(value) or len(value) > _LONGEST_NAME:
        return False
    if vocabulary(kind).find(value, weak=True):
        return True
    caseless = any(char.isalpha() and char.lower() == char.upper() for char in value)
    return caseless or value != value.lower() or bool(re.search(r"[\d/_]|\w-\w", value))


def _as_printed(value: str) -> Iterable[str]:
    return (value,) if value and len(value) <= _LONGEST_NAME else ()


def _numeric(value: str) -> Iterable[str]:
    return _as_printed(value) if any(map(str.isdigit, value)) else ()


def _licence(value: str) -> Iterable[str]:
    key = licence_key(value)
    return (key,) if key else ()


def _task(value: str) -> Iterable[str]:
    task = vocabulary("tasks").find(value)
    return (task,) if task else ()


def _arxiv(value: str) -> Iterable[str]:
    return re.findall(r"\d{4}\.\d{4,5}", value)[:1]


_NUMERIC = (
    "params", "co2", "flops", "size", "hyper.learning_rate", "hyper.batch_size", "hyper.epochs",
    "hyper.max_seq_length", "hyper.max_steps", "hyper.warmup_steps", "hyper.weight_decay",
)  # fmt: skip
_CANONICAL: dict[str, Callable[[str], Iterable[str]]] = {
    **dict.fromkeys(_NUMERIC, _numeric),
    "license": _licence,
    "language": language_codes,
    "task": _task,
    "arxiv": _arxiv,
}
