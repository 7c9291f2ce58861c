"""What cards state of named assets: chosen fields of several at once, results, side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent.answer import ItemKind
from agent.offline.otherwise import disputed
from agent.offline.wording import ATTRIBUTES as TITLES
from agent.tools.filters import Kind
from agent.tools.found import Entry, Found
from agent.tools.listing import printed
from agent.tools.resolving import Resolver
from catalog import records
from catalog.errors import ToolError
from catalog.execution import execute
from catalog.languages import language_name
from catalog.query import RELATIONS, CatalogQuery
from catalog.store import Catalog
from catalog.values import values_of

#: what is told of an asset when nobody says which fields
USUAL: dict[Kind, tuple[str, ...]] = {
    "model": ("license", "language", "task", "params", "training_data", "base_models"),
    "dataset": ("license", "language", "task", "size"),
}
_KINDS: dict[str, ItemKind] = {
    "language": "language",
    "training_data": "dataset",
    "base_models": "model",
    "params": "number",
}
_PREFIXES = ("hyper.", "split.")
FIELDS = (*(name for name in records.ATTRIBUTES if name not in ("hyper", "split")), *RELATIONS)


@dataclass(frozen=True)
class Description:
    """Reads the stated values of assets in one catalogue."""

    catalog: Catalog

    def fields(self, tool: str, names: Sequence[str], fields: Sequence[str], arguments: dict[str, Any]) -> Found:
        """The values of `fields` (none: the usual ones) of each named asset; what is not stated is said in notes."""
        _check(fields)
        resolver = Resolver(self.catalog)
        subjects, unknown = _resolved(resolver, names)
        entries: list[Entry] = []
        silent: list[str] = []
        for kind, id_ in subjects:
            for field in fields or USUAL[kind]:
                found = list(self._values(kind, id_, field))
                entries += found
                silent += self._otherwise(kind, id_, field)
                silent += [] if found else [f"{id_} does not state its {TITLES.get(field, field)}."]
        asked = ", ".join(TITLES.get(field, field) for field in fields) or "facts"
        return Found(
            tool=tool,
            arguments=arguments,
            says=f"{asked} of {', '.join(id_ for _, id_ in subjects)}",
            total=len(entries),
            entries=tuple(entries),
            columns=("asset", "field", "value") if len(subjects) > 1 else ("field", "value"),
            notes=(*unknown, *silent),
            read_as=resolver.told(),
        )

    def _values(self, kind: Kind, id_: str, field: str) -> Iterator[Entry]:
        if field == "results":
            yield from self._results(kind, id_)
            return
        found = [value for value in values_of(self.catalog, kind, [id_], field) if value.stated]
        evidence = self.catalog.evidence([value.fact for value in found])
        item = _KINDS.get(field, "value")
        for value in found:
            by_id = item in ("language", "dataset", "model")
            label = f"{language_name(value.value)} ({value.value})" if item == "language" else value.value
            yield Entry(
                kind=item,
                label=label,
                id=value.value if by_id else None,
                value=None if by_id else value.value,
                details=(TITLES.get(field, field), value.detail or ""),
                about=id_,
                evidence=evidence.get(value.fact, ()),
            )

    def _otherwise(self, kind: Kind, id_: str, field: str) -> list[str]:
        """What the text of the card states against its metadata, and data that it says were not used."""
        found = [value for value in values_of(self.catalog, kind, [id_], field) if value.stated]
        told = disputed(self.catalog, kind, id_, field, found)
        if field == "training_data":
            denied = values_of(self.catalog, kind, [id_], "not_trained_on")
            return [f"The card of {id_} says that {value.value} was not used to train it." for value in denied]
        name = TITLES.get(field, field)
        return [f"The text of the card of {id_} states another {name}: {value.value}." for value, _ in told]

    def _results(self, kind: Kind, id_: str) -> Iterator[Entry]:
        if kind == "dataset":
            return
        found = execute(self.catalog, CatalogQuery(ids=(id_,), select="results", has_card=None)).results
        evidence = self.catalog.evidence([result.fact for result in found])
        for result in found:
            on = ", ".join(part for part in (result.dataset, result.split) if part)
            yield Entry(
                kind="number",
                label=printed(result),
                value=result.value,
                details=("result", on),
                about=id_,
                evidence=evidence.get(result.fact, ()),
            )


def _check(fields: Sequence[str]) -> None:
    wrong = [name for name in fields if name not in FIELDS and not name.startswith(_PREFIXES)]
    if wrong:
        known = ", ".join((*FIELDS, "hyper.<name> such as hyper.learning_rate", "split.<name>"))
        raise ToolError(f"no field {', '.join(map(repr, wrong))}. Fields are: {known}.")


def _resolved(resolver: Resolver, names: Sequence[str]) -> tuple[list[tuple[Kind, str]], list[str]]:
    """The assets that are known, and a note on each that is not. Raises ToolError where none is."""
    found: list[tuple[Kind, str]] = []
    problems: list[str] = []
    for name in dict.fromkeys(names):
        try:
            found.append(resolver.either(name))
        except ToolError as error:
            problems.append(str(error))
    if not found:
        raise ToolError(" ".join(problems) or "name at least one model or dataset in `ids`.")
    return list(dict.fromkeys(found)), problems
