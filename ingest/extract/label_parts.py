"""Labels that are several in one: `UAS/LAS`, `SQuAD (EM/F1)`, `MNLI-m/mm acc`."""

import re
from dataclasses import replace

from catalog.vocabulary import vocabulary
from ingest.extract.labels import Label, as_rouge, left_over, read_label
from ingest.extract.table_axes import says_what


def parted(text: str, count: int) -> list[Label]:
    """A label `UAS/LAS` as its parts; empty where it has another number of them."""
    parts = as_rouge([part.strip(" ()") for part in text.split("/")])
    if len(parts) != count:
        return []
    read = [read_label(part) for part in parts]
    head = parts[0].partition("(")[0].strip(" -")
    told = [label if says_what(label) else _sibling(head, label.text) for label in read]
    return [_within(read_label(text), head, label) for label in told]


def _within(whole: Label, head: str, part: Label) -> Label:
    """A part with what the whole label says of all: `SQuAD (EM/F1)`, `MNLI-m/mm acc`."""
    dataset = part.dataset
    if not dataset and part.metric and part.rest:
        dataset = _sibling(head, left_over(part.text, part.rest)).dataset
    metric = part.metric or (whole.metric if part.dataset and "/" not in (whole.metric or "/") else None)
    split = part.split or whole.split
    rest = () if dataset and dataset != part.dataset else part.rest
    return replace(part, dataset=dataset or whole.dataset, metric=metric, split=split, rest=rest)


def _sibling(head: str, part: str) -> Label:
    """The label of a part that leaves out what it shares with the first: `mm` behind `MNLI-m`, `r` behind `SICK E`."""
    stem = re.match(r".*[-_ ]", head)
    in_place = f"{stem[0]}{part}" if stem else part
    return read_label(in_place if vocabulary("datasets").find(in_place) else f"{head} {part}")
