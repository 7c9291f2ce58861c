"""A `CatalogQuery` in words, for the line that shows what was understood and for headlines."""

from collections.abc import Iterator

from catalog.languages import language_name
from catalog.query import CatalogQuery, OneOf
from catalog.records import Role

_TRAINED: dict[Role | None, str] = {None: "trained on", "finetune": "fine-tuned on", "pretrain": "pretrained on"}
_FACETS = {"language": "language", "task": "task", "license": "licence", "organization": "by", "tag": "tagged"}

#: attribute → how it is called in a sentence
ATTRIBUTES = {
    "license": "licence",
    "language": "languages",
    "task": "task",
    "params": "number of parameters",
    "flops": "compute",
    "hardware": "training hardware",
    "paper": "paper",
    "arxiv": "arXiv id",
    "organization": "makers",
    "training_data": "training data",
    "base_models": "base model",
    "size": "size",
    "hyper.epochs": "number of epochs",
    "hyper.learning_rate": "learning rate",
    "hyper.batch_size": "batch size",
    "hyper.max_seq_length": "maximum sequence length",
}


def understood(query: CatalogQuery) -> str:
    """`models · fine-tuned on squad_v2 · language Spanish`."""
    return " · ".join((f"{query.kind}s", *conditions(query)))


def conditions(query: CatalogQuery) -> Iterator[str]:
    """The conditions of a query, one phrase each."""
    trained = _TRAINED[query.trained_on.role]
    yield from _phrases(trained, query.trained_on)
    yield from _phrases("evaluated on", query.evaluated_on)
    if query.derived_from:
        distance = "directly or indirectly " if query.derived_from.depth != 1 else ""
        yield f"{distance}derived from {' or '.join(query.derived_from.any_of)}"
    for name, label in _FACETS.items():
        wanted: OneOf = getattr(query, name)
        yield from _phrases(label, _shown(wanted) if name == "language" else wanted)
    if query.has_license is not None:
        yield "with a licence" if query.has_license else "without a licence"
    if query.metric:
        on = f" on {query.metric.dataset}" if query.metric.dataset else ""
        split = f" ({query.metric.split})" if query.metric.split else ""
        yield f"{query.metric.metric} {query.metric.op} {query.metric.value:g}{on}{split}"
    if query.ranking:
        on = f" on {query.ranking.dataset}" if query.ranking.dataset else ""
        split = f" ({query.ranking.split})" if query.ranking.split else ""
        end = {True: "highest", False: "lowest", None: "best"}[query.ranking.highest]
        yield f"{end} {query.ranking.metric}{on}{split}"


def _shown(wanted: OneOf) -> OneOf:
    named = {name: tuple(map(language_name, values)) for name, values in wanted.model_dump().items()}
    return OneOf(**named)


def _phrases(label: str, wanted: OneOf) -> Iterator[str]:
    if wanted.any_of:
        yield f"{label} {' or '.join(wanted.any_of)}"
    if wanted.all_of:
        yield f"{label} {' and '.join(wanted.all_of)}"
    if wanted.none_of:
        yield f"not {label} {' or '.join(wanted.none_of)}"
