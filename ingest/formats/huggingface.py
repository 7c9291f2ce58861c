"""Hugging Face model and dataset cards: `<org>/<name>/README.md` or `<name>/README.md` with YAML front matter."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from catalog.languages import language_codes
from catalog.licences import licence_key
from catalog.records import (
    AssetCard,
    AssetKind,
    Attribute,
    DerivedFrom,
    Evaluation,
    Evidence,
    Fact,
    Relation,
    TrainedOn,
)
from catalog.vocabulary import vocabulary
from ingest.document import MarkdownDocument, read_markdown
from ingest.formats import Card
from ingest.front_matter import Leaf
from ingest.sources import Bundle, Folder
from ingest.summary import summary

_DATASET_KEYS = {
    "annotations_creators", "configs", "dataset_info", "language_creators", "languages", "licenses", "multilinguality",
    "paperswithcode_id", "pretty_name", "size_categories", "source_datasets", "task_categories", "task_ids",
    "train-eval-index", "viewer",
}  # fmt: skip
_MODEL_KEYS = {
    "base_model", "base_model_relation", "co2_eq_emissions", "datasets", "inference", "library_name", "metrics",
    "model-index", "model_name", "pipeline_tag", "quantized_by", "widget",
}  # fmt: skip
_DATASET_TITLE = re.compile(r"\bdata\s?(?:set|card)", re.I)
#: what cards write where a result has no dataset that they can name
_NO_DATASET = frozenset(
    ["unknown", "none", "null", "custom", "generator", "imagefolder", "audiofolder", "csv", "json", "text"]
)
_RELATIONS: dict[str, Relation] = {
    "finetune": "finetune",
    "quantized": "quantization",
    "adapter": "adapter",
    "merge": "merge",
    "distillation": "distillation",
}


class HuggingFaceReader:
    """Cards of the Hugging Face hub."""

    name = "huggingface"

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        """A README.md one or two folders below the root."""
        depth = len(folder.relative.split("/")) if folder.relative else 0
        readme = folder.files.get("README.md")
        if readme and depth in (1, 2):
            yield Bundle(self.name, readme)

    def read(self, bundle: Bundle) -> Card:
        document = read_markdown(bundle.path, bundle.primary.text)
        asset = bundle.primary.folder
        kind = card_kind(document)
        facts = tuple(_facts(_Metadata(document, asset, kind)))
        pretty = next((fact.value for fact in facts if isinstance(fact, Attribute) and fact.name == "pretty_name"), "")
        title = pretty or document.title or asset
        card = AssetCard(
            id=asset, kind=kind, title=title, summary=summary(document), names=_names(document), facts=facts
        )
        return Card((document,), (card,), document.front.warnings)


def card_kind(document: MarkdownDocument) -> AssetKind:
    """Model or dataset, by the keys of the front matter, then the title, then the name of the root folder."""
    keys = set(document.front.keys())
    votes = len(keys & _MODEL_KEYS) - len(keys & _DATASET_KEYS)
    if votes:
        return "model" if votes > 0 else "dataset"
    if document.title.lower().startswith(("dataset card", "data card", "datasheet")):
        return "dataset"
    root = document.path.partition("/")[0].lower()
    if "dataset" in root or "corpora" in root:
        return "dataset"
    if "model" in root or not _DATASET_TITLE.search(document.title):
        return "model"
    return "dataset" if document.title.lower().endswith(("dataset", "data set", "corpus")) else "model"


@dataclass(frozen=True)
class _Metadata:
    document: MarkdownDocument
    asset: str
    kind: AssetKind

    def evidence(self, *leaves: Leaf) -> Evidence:
        start, end = min(leaf.line_start for leaf in leaves), max(leaf.line_end for leaf in leaves)
        quote = self.document.quote(start, end)
        return Evidence(path=self.document.path, line_start=start, line_end=end, quote=quote, origin="metadata")


def _names(document: MarkdownDocument) -> tuple[str, ...]:
    """Further names that the metadata gives the asset."""
    leaves = document.front.values("pretty_name", "model_name", "paperswithcode_id")
    return tuple(dict.fromkeys(leaf.value for leaf in leaves if leaf.value and len(leaf.path) == 1))


def _facts(metadata: _Metadata) -> Iterator[Fact]:
    for leaf in metadata.document.front.leaves:
        read = _READ.get(str(leaf.path[0]))
        if read and leaf.value not in (None, ""):
            yield from read(metadata, leaf)
    yield from _results(metadata)
    yield from _splits(metadata)


def _attribute(name: str, canonical: Callable[[str], Iterable[str]]) -> Callable[[_Metadata, Leaf], Iterator[Fact]]:
    def read(metadata: _Metadata, leaf: Leaf) -> Iterator[Fact]:
        for value in canonical(leaf.value or ""):
            yield Attribute(name=name, value=value, evidence=metadata.evidence(leaf))

    return read


def _printed(value: str) -> tuple[str, ...]:
    return (value.strip(),)


def _language(value: str) -> tuple[str, ...]:
    """Every language of a value such as `en`, `German` or `en, fr`; one that no list knows stays as printed."""
    whole = language_codes(value)
    if whole:
        return whole
    codes: list[str] = []
    for part in re.split(r"[,;/|]", value):
        codes += language_codes(part) or ((part.strip().lower(),) if part.strip() else ())
    return tuple(codes)


def _licence(value: str) -> tuple[str, ...]:
    return (licence_key(value) or value.strip().lower(),)


def _task(value: str) -> tuple[str, ...]:
    return (vocabulary("tasks").find(value) or value.strip().lower(),)


def _tag(metadata: _Metadata, leaf: Leaf) -> Iterator[Fact]:
    """A tag; tags such as `license:mit`, `dataset:squad` or `arxiv:1810.04805` state that fact as well."""
    value = (leaf.value or "").strip()
    yield Attribute(name="tag", value=value, evidence=metadata.evidence(leaf))
    prefix, colon, rest = value.partition(":")
    read = _READ.get({"license": "license", "dataset": "datasets", "base_model": "base_model"}.get(prefix, ""))
    if colon and rest and prefix == "arxiv":
        yield Attribute(name="arxiv", value=rest, evidence=metadata.evidence(leaf))
    elif colon and rest and read:
        yield from read(metadata, Leaf((prefix,), rest.rpartition(":")[2], leaf.line_start, leaf.line_end))


def _dataset(metadata: _Metadata, leaf: Leaf) -> Iterator[Fact]:
    if metadata.kind == "model":
        yield TrainedOn(dataset=(leaf.value or "").strip(), role=None, evidence=metadata.evidence(leaf))


def _base_model(metadata: _Metadata, leaf: Leaf) -> Iterator[Fact]:
    stated = metadata.document.front.values("base_model_relation")
    relation = _RELATIONS.get(stated[0].value or "", "finetune") if stated else _relation_by_tags(metadata)
    yield DerivedFrom(base=(leaf.value or "").strip(), relation=relation, evidence=metadata.evidence(leaf))


def _relation_by_tags(metadata: _Metadata) -> Relation:
    """The relation as the hub infers it where the card does not name it."""
    front = metadata.document.front
    words = {(leaf.value or "").lower() for leaf in front.values("tags", "library_name", "quantized_by")}
    if words & {"peft", "lora", "adapter"}:
        return "adapter"
    if len(front.values("base_model")) > 1 or words & {"merge", "mergekit"}:
        return "merge"
    quantized = {"gguf", "awq", "gptq", "exl2", "mlx-4bit", "bitsandbytes", "quantized"}
    return "quantization" if words & quantized or front.values("quantized_by") else "finetune"


def _emissions(metadata: _Metadata, leaf: Leaf) -> Iterator[Fact]:
    names = {"emissions": "co2", "hardware_used": "hardware", "co2_eq_emissions": "co2"}
    name = names.get(str(leaf.path[-1]))
    if name:
        yield Attribute(name=name, value=leaf.value or "", evidence=metadata.evidence(leaf))


_READ: dict[str, Callable[[_Metadata, Leaf], Iterator[Fact]]] = {
    "license": _attribute("license", _licence),
    "licenses": _attribute("license", _licence),
    "language": _attribute("language", _language),
    "languages": _attribute("language", _language),
    "pipeline_tag": _attribute("task", _task),
    "task_categories": _attribute("task", _task),
    "task_ids": _attribute("tag", _printed),
    "tags": _tag,
    "datasets": _dataset,
    "base_model": _base_model,
    "co2_eq_emissions": _emissions,
    "library_name": _attribute("library", _printed),
    "metrics": _attribute("metric", _printed),
    "pretty_name": _attribute("pretty_name", _printed),
    "size_categories": _attribute("size", _printed),
    "source_datasets": _attribute("source_dataset", _printed),
    "annotations_creators": _attribute("annotations", _printed),
    "multilinguality": _attribute("tag", _printed),
    "paperswithcode_id": _attribute("paperswithcode_id", _printed),
}


def _results(metadata: _Metadata) -> Iterator[Evaluation]:
    """The results of a `model-index`, one per metric."""
    by_metric: dict[tuple[str | int, ...], dict[str, Leaf]] = {}
    results: dict[tuple[str | int, ...], dict[str, Leaf]] = {}
    for leaf in metadata.document.front.under("model-index"):
        steps = leaf.path
        if "metrics" in steps:
            at = steps.index("metrics")
            by_metric.setdefault(steps[: at + 2], {})[".".join(map(str, steps[at + 2 :]))] = leaf
        elif "results" in steps:
            at = steps.index("results")
            results.setdefault(steps[: at + 2], {})[".".join(map(str, steps[at + 2 :]))] = leaf
    for steps, metric in by_metric.items():
        evaluation = _result(metadata, results.get(steps[: steps.index("metrics")], {}), metric)
        if evaluation:
            yield evaluation


def _result(metadata: _Metadata, about: dict[str, Leaf], metric: dict[str, Leaf]) -> Evaluation | None:
    value, kind = metric.get("value"), metric.get("type") or metric.get("name")
    if value is None or not value.value:
        return None
    return Evaluation(
        dataset=_evaluated(about),
        split=_value(about, "dataset.split", "dataset.args.split"),
        metric=kind.value if kind else None,
        value=value.value.strip().rstrip("%").strip(),
        unit="%" if value.value.strip().endswith("%") else None,
        task=_value(about, "task.type", "task.name"),
        evidence=metadata.evidence(*(leaf for leaf in (value, kind) if leaf)),
    )


def _evaluated(about: dict[str, Leaf]) -> str | None:
    """The dataset of a result: its id with the subset where that is known (`glue/sst2`), else its name."""
    type_ = _value(about, "dataset.type")
    dataset = type_ if type_ and type_.lower() not in _NO_DATASET else _value(about, "dataset.name")
    subset = _value(about, "dataset.config", "dataset.args")
    whole = f"{dataset}/{subset}"
    if dataset and dataset.lower() not in _NO_DATASET:
        return whole if subset and vocabulary("datasets").find(whole) else dataset
    return None


def _value(leaves: dict[str, Leaf], *names: str) -> str | None:
    return next((leaves[name].value for name in names if name in leaves and leaves[name].value), None)


def _splits(metadata: _Metadata) -> Iterator[Attribute]:
    """The splits of `dataset_info` with their number of examples."""
    splits: dict[tuple[str | int, ...], dict[str, Leaf]] = {}
    configs: dict[tuple[str | int, ...], str] = {}
    for leaf in metadata.document.front.under("dataset_info"):
        if "splits" in leaf.path:
            at = leaf.path.index("splits")
            splits.setdefault(leaf.path[: at + 2], {})[str(leaf.path[-1])] = leaf
        elif leaf.path[-1] == "config_name" and leaf.value:
            configs[leaf.path[:-1]] = leaf.value
    for steps, split in splits.items():
        name, count = split.get("name"), split.get("num_examples")
        if name and name.value and count and count.value:
            config = configs.get(steps[: steps.index("splits")])
            label = f"split.{config}/{name.value}" if config and len(configs) > 1 else f"split.{name.value}"
            yield Attribute(name=label, value=count.value, evidence=metadata.evidence(name, count))
