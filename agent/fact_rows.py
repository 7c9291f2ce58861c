"""Everything that is known of an asset as rows: what is stated, its value, and where."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from agent.offline.wording import ATTRIBUTES

#: label → where `showing.describe` has it, and the detail that follows its name
_NAMED = {
    "derived from": ("base_models", "relation"),
    "trained on": ("train_datasets", "role"),
    "licence": ("licenses", ""),
}
_OTHERS = ("used_by", "aliases")
_ORDER = (
    "tasks",
    "languages",
    "licence",
    ATTRIBUTES["organization"],
    ATTRIBUTES["params"],
    "derived from",
    "trained on",
    *ATTRIBUTES.values(),
    "",
    "result",
    "tags",
    "used by",
    "aliases",
)


class FactRow(NamedTuple):
    """A fact; `path`, `lines` and `origin` are empty where it has no place of its own."""

    label: str
    value: str
    path: str = ""
    lines: str = ""
    origin: str = ""

    @property
    def source(self) -> str:
        return f"{self.path}:{self.lines} ({self.origin})" if self.path else ""

    def within(self, card: str) -> str:
        """The source as somebody reads it who knows the card."""
        named = "lines" if "-" in self.lines else "line"
        return f"{named} {self.lines} ({self.origin})" if self.path == card else self.source


def fact_rows(description: Mapping[str, Any]) -> list[FactRow]:
    """All that `showing.describe` gives, what a reader asks for most first."""
    return sorted(_rows(description), key=lambda row: place(row.label))


def place(label: str) -> int:
    """Where a label stands among the others."""
    return _ORDER.index(label if label in _ORDER else "")


def _rows(description: Mapping[str, Any]) -> Iterator[FactRow]:
    for label, (field, detail) in _NAMED.items():
        for fact in description[field]:
            more = f" ({fact[detail]})" if detail and fact[detail] else ""
            yield _row(label, f"{fact['name']}{more}", fact)
    for fact in description["attributes"]:
        yield _row(_label(fact["name"]), fact["value"], fact)
    for result in description["eval_results"]:
        on = ", ".join(part for part in (result["dataset"], result["split"]) if part)
        score = f"{result['metric'] or 'score'} {result['value']}{result['unit'] or ''}"
        yield _row("result", f"{score}{f' on {on}' if on else ''}", result)
    yield from _facets(description["facets"])
    for field in _OTHERS:
        if description[field]:
            yield FactRow(field.replace("_", " "), ", ".join(description[field]))


def _facets(facts: Sequence[Mapping[str, Any]]) -> Iterator[FactRow]:
    """Languages, tasks and tags: those of one place in one row."""
    together: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for fact in facts:
        together[fact["name"], fact["path"], fact["origin"]].append(fact)
    for (label, path, origin), found in together.items():
        first, last = min(fact["line_start"] for fact in found), max(fact["line_start"] for fact in found)
        lines = f"{first}" if first == last else f"{first}-{last}"
        yield FactRow(label, ", ".join(fact["value"] for fact in found), path, lines, origin)


def _row(label: str, value: str, fact: Mapping[str, Any]) -> FactRow:
    return FactRow(label, value, fact["path"], str(fact["line_start"]), fact["origin"])


def _label(attribute: str) -> str:
    """How an attribute is called in a sentence."""
    return ATTRIBUTES.get(attribute) or attribute.removeprefix("hyper.").replace("_", " ")
