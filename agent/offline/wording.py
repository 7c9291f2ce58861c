"""A `CatalogQuery` in words, for the line that shows what was understood and for headlines."""

from collections.abc import Iterator

from catalog.languages import language_name
from catalog.query import Between, CatalogQuery, DerivedFromAny, OneOf, Ranking, Threshold
from catalog.records import Relation, Role
from catalog.vocabulary import vocabulary

_TRAINED: dict[Role | None, str] = {None: "trained on", "finetune": "fine-tuned on", "pretrain": "pretrained on"}
_FACETS = {"language": "language", "task": "task", "license": "licence", "organization": "by", "tag": "tagged"}
_ENDS = {True: "highest", False: "lowest", None: "best"}
_BUILT: dict[Relation | None, str] = {
    None: "derived from",
    "finetune": "fine-tuned from",
    "continued-pretraining": "pretrained further from",
    "initialization": "initialised from",
    "distillation": "distilled from",
    "quantization": "quantised from",
    "adapter": "adapters of",
    "merge": "merged from",
    "conversion": "converted from",
    "vocabulary-reduction": "with a reduced vocabulary of",
}
#: licences are listed by name up to here; a whole class of them is named instead
_FEW = 6
_CLASSES = {True: "that allows commercial use", False: "that does not allow commercial use"}

#: attribute → how it is called in a sentence
ATTRIBUTES = {
    "license": "licence",
    "language": "languages",
    "task": "task",
    "params": "number of parameters",
    "flops": "compute",
    "hardware": "training hardware",
    "training_time": "training time",
    "date": "date",
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
    "split.train": "training examples",
    "split.test": "test examples",
    "split.validation": "validation examples",
    "input_length": "maximum input length",
    "speed": "speed",
    "dimensions": "number of dimensions",
    "layers": "number of layers",
    "vocabulary": "size of the vocabulary",
}


def understood(query: CatalogQuery) -> str:
    """`models · fine-tuned on squad_v2 · language Spanish`; what is asked of them stands before."""
    subject = " · ".join((", ".join(query.ids) or f"{query.kind}s", *conditions(query)))
    asked = _asked(query)
    return f"{asked} {subject}" if asked else subject


def _asked(query: CatalogQuery) -> str:
    """What of the assets is asked for; nothing for the assets themselves."""
    if query.select == "training_data":
        return (
            f"datasets that {_TRAINED[query.role].removesuffix(' on')} models were trained on:"
            if query.role
            else ("training data of")
        )
    if query.select == "base_models":
        steps = {1: "base models of", None: "all ancestors of"}
        return steps.get(query.depth, f"ancestors, up to {query.depth} steps back, of")
    if query.select == "results":
        told = (query.results_by or "results", query.results_on and f"on {query.results_on}", query.results_split)
        return f"{' '.join(part for part in told if part)} of"
    if query.select == "attribute":
        return f"{ATTRIBUTES.get(query.attribute or '', query.attribute)} of"
    return "number of" if query.select == "count" else ""


def conditions(query: CatalogQuery) -> Iterator[str]:
    """The conditions of a query, one phrase each."""
    yield from _phrases(_TRAINED[query.trained_on.role], query.trained_on)
    yield from _phrases("evaluated on", query.evaluated_on)
    if query.derived_from:
        yield _derived(query.derived_from)
    for name, label in _FACETS.items():
        wanted: OneOf = getattr(query, name)
        yield from _phrases(label, _shown(wanted) if name == "language" else _classed(wanted))
    yield from _phrases("data with licence", _classed(query.data_license))
    if query.has_license is not None:
        yield "with a licence" if query.has_license else "without a licence"
    if query.about:
        yield f"about {query.about[0].strip()}"
    if query.hardware:
        yield f"trained on hardware like {' or '.join(query.hardware[:_FEW])}"
    if query.named:
        yield f"named {' '.join(query.named)}"
    yield from (_reached(threshold) for threshold in (*([query.metric] if query.metric else []), *query.metrics))
    if query.params:
        yield _sized(query.params)
    if query.order == "params":
        yield "largest first" if query.descending else "smallest first"
    if query.order == "value":
        yield f"highest {_called(query)} first" if query.descending else f"lowest {_called(query)} first"
    if query.ranking:
        yield _ranked(query.ranking)
    if query.limit and (query.ranking or query.order in ("params", "value")):
        yield f"the first {query.limit}" if query.limit > 1 else "the first"


def _called(query: CatalogQuery) -> str:
    name = query.attribute or ""
    return "number of machines" if name == "hardware" else ATTRIBUTES.get(name, name)


def _derived(wanted: DerivedFromAny) -> str:
    distance = {1: "", None: "directly or indirectly "}.get(wanted.depth, f"in up to {wanted.depth} steps ")
    return f"{distance}{_BUILT[wanted.relation]} {' or '.join(wanted.any_of)}"


def _reached(wanted: Threshold) -> str:
    on = f" on {wanted.dataset}" if wanted.dataset else ""
    split = f" ({wanted.split})" if wanted.split else ""
    than = "reported" if wanted.value == float("-inf") else f"{wanted.op} {wanted.value:g}"
    return f"{wanted.metric} {than}{on}{split}"


def _sized(wanted: Between) -> str:
    bounds = {
        "at least": wanted.at_least,
        "more than": wanted.more_than,
        "at most": wanted.at_most,
        "fewer than": wanted.less_than,
    }
    told = [f"{words} {bound:,.0f}" for words, bound in bounds.items() if bound is not None]
    return f"{' and '.join(told)} parameters"


def _ranked(wanted: Ranking) -> str:
    on = f" on {wanted.dataset}" if wanted.dataset else ""
    split = f" ({wanted.split})" if wanted.split else ""
    return f"{_ENDS[wanted.highest]} {wanted.metric or 'results'}{on}{split}"


def _shown(wanted: OneOf) -> OneOf:
    named = {name: tuple(map(language_name, values)) for name, values in wanted.model_dump().items()}
    return OneOf(**named)


def _classed(wanted: OneOf) -> OneOf:
    """A whole class of licences by the name of the class, of other long lists the first few."""
    if len(wanted.any_of) <= _FEW:
        return wanted
    terms = vocabulary("licences").terms.values()
    for allowed, told in _CLASSES.items():
        if set(wanted.any_of) >= {term.id for term in terms if term.extra.get("commercial") is allowed}:
            return wanted.model_copy(update={"any_of": (f"{told} ({', '.join(wanted.any_of[:_FEW])}, ...)",)})
    more = f"{wanted.any_of[_FEW - 1]} or {len(wanted.any_of) - _FEW} more like them"
    return wanted.model_copy(update={"any_of": (*wanted.any_of[: _FEW - 1], more)})


def _phrases(label: str, wanted: OneOf) -> Iterator[str]:
    if wanted.any_of:
        yield f"{label} {' or '.join(wanted.any_of)}"
    if wanted.all_of:
        yield f"{label} {' and '.join(wanted.all_of)}"
    if wanted.none_of:
        yield f"not {label} {' or '.join(wanted.none_of)}"
