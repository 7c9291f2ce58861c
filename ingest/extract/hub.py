"""What a link target names: a dataset or a model of a model hub, or neither."""

import re

from catalog.vocabulary import vocabulary

_DATASET = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?:datasets/|nlp/viewer/?\?dataset=|datasets/viewer/?\?dataset=)"
    r"([\w.-]{1,90}(?:/[\w.-]{1,90})?)",
    re.I,
)
_MODEL = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]{1,90}(?:/[\w.-]{1,90})?)(?:[/?#]|\Z)", re.I
)
_TFHUB = re.compile(r"https?://tfhub\.dev/([\w.-]{1,60}/[\w.-]{1,90}?)(?:/\d+)?/?\Z", re.I)
_RELATIVE = re.compile(r"/?([A-Za-z0-9][\w.-]{0,60}/)?([A-Za-z0-9]\w*(?:[-_]\w[\w.]*){1,12})\Z")
_FILE = re.compile(r"\.(?:md|py|png|jpe?g|gif|svg|txt|json|csv|html?|pdf|ipynb|zip|gz|ya?ml)\Z", re.I)
#: First path segments of the hub that are no organisation and no model.
_SECTIONS = frozenset(
    [
        "datasets",
        "models",
        "spaces",
        "docs",
        "papers",
        "blog",
        "transformers",
        "nlp",
        "exbert",
        "zero-shot",
        "learn",
        "join",
        "course",
        "tasks",
        "metrics",
        "collections",
        "chat",
        "login",
        "pricing",
        "front",
        "resolve",
        "organizations",
        "languages",
        "posts",
    ]
)


def dataset_of(target: str) -> str | None:
    """The dataset id that a link target names."""
    match = _DATASET.match(target)
    return match[1] if match else None


def model_of(target: str, shown: str) -> str | None:
    """The model id that a link target names; a relative target counts where the shown text is not the target's file."""
    match = _MODEL.match(target)
    if match:
        first = match[1].split("/")[0].lower()
        is_organisation = "/" not in match[1] and not vocabulary("models").find(match[1], weak=True)
        if is_organisation and shown:
            is_organisation = not re.search(r"[-_]\w+[-_]|\d", match[1])
        return None if first in _SECTIONS or is_organisation else match[1]
    match = _TFHUB.match(target)
    if match:
        return match[1]
    match = _RELATIVE.match(target) if not _FILE.search(target) else None
    return f"{match[1] or ''}{match[2]}" if match else None
