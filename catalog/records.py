"""The nouns of Almanac: frozen records for assets, facts, evidence and passages.

Names inside facts (`TrainedOn.dataset`, `DerivedFrom.base`, ...) are as the card prints them; linking
(`catalog/linking.py`) turns them into asset ids.
"""

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict

AssetKind = Literal["model", "dataset"]
Origin = Literal["metadata", "table", "prose", "inferred", "llm"]
Role = Literal["pretrain", "finetune"]
Relation = Literal[
    "finetune",
    "continued-pretraining",
    "initialization",
    "distillation",
    "quantization",
    "adapter",
    "merge",
    "conversion",
    "vocabulary-reduction",
]

#: Single-valued and multi-valued attributes that a card may state, beside relations and results.
#: `hyper.*` and `split.*` take a suffix: `hyper.learning_rate`, `split.train`.
ATTRIBUTES = (
    "license",
    "language",
    "task",
    "tag",
    "params",
    "hardware",
    "training_time",
    "date",
    "paper",
    "arxiv",
    "organization",
    "architecture",
    "framework",
    "library",
    "co2",
    "flops",
    "pretty_name",
    "size",
    "source_dataset",
    "not_trained_on",
    "annotations",
    "paperswithcode_id",
    "metric",
    "hyper",
    "split",
)


class Record(BaseModel):
    """A frozen value; unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(Record):
    """Where a fact was read: lines are counted from 1 and inclusive; `quote` is an exact substring of the file.

    A document without lines (PDF, Word) is quoted as the text that was read from it, and by `page` where it has any.
    """

    path: str
    line_start: int
    line_end: int
    quote: str
    origin: Origin
    page: int | None = None

    @property
    def key(self) -> str:
        """Twelve hex digits of a content hash: the same lines of the same text always have the same key."""
        return content_key(self.path, self.line_start, self.line_end, self.quote)


class Attribute(Record):
    """One stated property; `name` is in ATTRIBUTES or has its prefix.

    `value` is canonical for `license` (hub licence key), `language` (ISO 639 code) and `task` (pipeline tag), and as
    printed for everything else.
    """

    name: str
    value: str
    evidence: Evidence


class TrainedOn(Record):
    """A dataset that went into a model's training; role None where the card does not say which phase."""

    dataset: str
    role: Role | None
    evidence: Evidence


class DerivedFrom(Record):
    """A direct parent of a model."""

    base: str
    relation: Relation
    evidence: Evidence


class Evaluation(Record):
    """A reported result of this asset: `value` as printed, `unit` as printed beside it (`%`), else None."""

    dataset: str | None
    split: str | None
    metric: str | None
    value: str
    unit: str | None = None
    task: str | None = None
    evidence: Evidence


Fact = Attribute | TrainedOn | DerivedFrom | Evaluation


class Passage(Record):
    """A chunk of a document: about 1,000 characters that belong under one heading path."""

    path: str
    asset: str | None
    kind: Literal["model", "dataset", "document"]
    headings: tuple[str, ...]
    line_start: int
    line_end: int
    text: str
    page: int | None = None

    @property
    def key(self) -> str:
        return content_key(self.path, self.line_start, self.line_end, self.text)


class AssetCard(Record):
    """What one file says about one asset."""

    id: str
    kind: AssetKind
    title: str
    path: str = ""
    summary: str = ""
    names: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


class Source(Record):
    """One ingested document: its text, the assets it describes and its passages.

    `path` is `<root folder name>/<path below it>`; `companions` are further files of the same card
    (model.yml beside README.md), path → text.
    """

    path: str
    reader: str
    text: str
    companions: dict[str, str] = {}
    assets: tuple[AssetCard, ...] = ()
    passages: tuple[Passage, ...] = ()
    warnings: tuple[str, ...] = ()


def content_key(*parts: object) -> str:
    """Twelve hex digits of SHA-1 over the parts; not for security."""
    joined = "\x1f".join(map(str, parts))
    return hashlib.sha1(joined.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:12]
