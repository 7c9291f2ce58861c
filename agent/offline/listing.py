"""Answers about several assets: complete lists, counts, one attribute of each, what they were made from."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from agent.answer import Answer, AnswerItem, ItemKind, Row
from agent.citations import Citations
from agent.offline.values import shown_value
from agent.offline.wording import ATTRIBUTES, conditions, understood
from catalog.execution import QueryResult, execute
from catalog.query import CatalogQuery
from catalog.records import AssetKind, Evidence
from catalog.store import Catalog
from catalog.values import Value, values_of
from catalog.vocabulary import squash

_MADE_FROM: dict[str, tuple[str, ItemKind, str]] = {
    "training_data": ("datasets were", "dataset", "used to train"),
    "base_models": ("models were", "model", "the base of"),
}
_WORD = re.compile(r"\w")
_ITEM_OF_ATTRIBUTE: dict[str, ItemKind] = {"language": "language"}


class Listing:
    """Composes lists from one catalogue; None where nothing fulfils the conditions."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def assets(self, query: CatalogQuery) -> Answer | None:
        """Every asset that fulfils the conditions, each with its evidence; by size where that is asked for."""
        found = execute(self._catalog, query)
        if not found.items:
            return None
        citations = Citations(self._catalog)
        sizes = self._sizes(found) if query.order == "params" or query.params else {}
        rows = self._rows(found, citations, sizes)
        return Answer(
            headline=f"{_counted(found, query)}:",
            columns=(query.kind, "parameters") if sizes else (query.kind,),
            rows=rows,
            notes=self._probable(query, found),
            understood=understood(query),
            items=tuple(AnswerItem(kind=query.kind, id=item.id) for item in found.items),
            total=found.total,
            exhaustive=not found.left_out,
            citations=citations.all(),
        )

    def count(self, query: CatalogQuery) -> Answer | None:
        """How many there are, with the list of what was counted."""
        listed = self.assets(query.model_copy(update={"select": "assets"}))
        if not listed:
            return None
        number = AnswerItem(kind="number", value=listed.total)
        return listed.model_copy(update={"items": (number,), "understood": understood(query)})

    def each(self, query: CatalogQuery) -> Answer | None:
        """One attribute of each asset, and which ones do not state it."""
        found = execute(self._catalog, query)
        values = [value for value in found.values if value.stated]
        if not values:
            return None
        name, citations = query.attribute or "", Citations(self._catalog)
        evidence = self._catalog.evidence([value.fact for value in values])
        stated = _by(values, lambda value: value.asset)
        rows = [
            Row(label=id_, details=(_joined(name, own),), markers=_cited(citations, id_, own, evidence))
            for id_, own in stated.items()
        ]
        silent = [item.id for item in found.items if item.id not in stated]
        title = ATTRIBUTES.get(name, name)
        return Answer(
            headline=f"{title.capitalize()} of {_counted(found, query)}:",
            columns=(query.kind, title),
            rows=tuple(rows),
            notes=(f"Not stated: {', '.join(silent)}.",) if silent else (),
            understood=understood(query),
            items=tuple(AnswerItem(kind=query.kind, id=id_, value=_joined(name, own)) for id_, own in stated.items()),
            total=found.total,
            exhaustive=True,
            citations=citations.all(),
        )

    def tally(self, query: CatalogQuery) -> Answer | None:
        """How many assets there are for each value of an attribute, most first."""
        values = [value for value in execute(self._catalog, query).values if value.stated]
        if not values:
            return None
        name, citations = query.attribute or "", Citations(self._catalog)
        evidence = self._catalog.evidence([value.fact for value in values])
        groups = _by(values, lambda value: value.value)
        counted = {value: {one.asset for one in own} for value, own in groups.items()}
        ordered = sorted(groups, key=lambda value: (-len(counted[value]), value))
        rows = [
            Row(
                label=shown_value(name, value),
                details=(str(len(counted[value])),),
                markers=_cited(citations, groups[value][0].asset, groups[value], evidence),
            )
            for value in ordered
        ]
        kind = _ITEM_OF_ATTRIBUTE.get(name, "value")
        return Answer(
            headline=f"{query.kind.capitalize()}s per {ATTRIBUTES.get(name, name).removesuffix('s')}:",
            columns=(ATTRIBUTES.get(name, name), f"{query.kind}s"),
            rows=tuple(rows),
            notes=(f"One {query.kind} may state several; the source is that of one of them.",),
            understood=f"number of {query.kind}s for each of the {understood(query)}",
            items=tuple(AnswerItem(kind=kind, id=value, value=len(counted[value])) for value in ordered),
            total=len(rows),
            exhaustive=True,
            citations=citations.all(),
        )

    def related(self, query: CatalogQuery) -> Answer | None:
        """The datasets or base models behind all models that fulfil the conditions."""
        values = execute(self._catalog, query).values
        if not values:
            return None
        noun, kind, verb = _MADE_FROM[query.select]
        citations = Citations(self._catalog)
        evidence = self._catalog.evidence([value.fact for value in values])
        rows = []
        for id_, own in sorted(_by(values, lambda v: v.value).items(), key=lambda pair: (-len(pair[1]), pair[0])):
            models = {value.asset for value in own}
            used = f"{len(models)} models" if len(models) > 1 else own[0].asset
            rows.append(Row(label=id_, details=(used,), markers=_cited(citations, own[0].asset, own, evidence)))
        told = " · ".join(conditions(query)) or "all"
        return Answer(
            headline=f"{len(rows)} {noun if len(rows) > 1 else noun.replace('s were', ' was')} {verb} models ({told}):",
            columns=(kind, "used by"),
            rows=tuple(rows),
            understood=understood(query),
            items=tuple(AnswerItem(kind=kind, id=row.label) for row in rows),
            total=len(rows),
            exhaustive=True,
            citations=citations.all(),
        )

    def _rows(self, found: QueryResult, citations: Citations, sizes: Mapping[str, list[Value]]) -> tuple[Row, ...]:
        facts = [fact for item in found.items for fact in item.facts]
        evidence = self._catalog.evidence([*facts, *(value.fact for own in sizes.values() for value in own)])
        bare = self._openings(found.query.kind, [item.id for item in found.items if not item.facts])
        rows = []
        for item in found.items:
            own = sizes.get(item.id, [])
            facts = [*item.facts, *(value.fact for value in own)]
            pieces = [evidence[fact][0] for fact in facts if fact in evidence] or bare.get(item.id, [])
            details = (", ".join(shown_value("params", value.value) for value in own),) if sizes else ()
            rows.append(Row(label=item.id, details=details, markers=citations.cite(item.id, pieces)))
        return tuple(rows)

    def _openings(self, kind: AssetKind, ids: Sequence[str]) -> dict[str, list[Evidence]]:
        """For assets that no fact was asked of: the first line of the card that has the name, else its first words."""
        return {
            asset.id: [_opening(asset.path, text, asset.id)]
            for asset in self._catalog.assets(kind, ids)
            if asset.path and (text := self._catalog.text(asset.path)) and text.strip()
        }

    def _sizes(self, found: QueryResult) -> dict[str, list[Value]]:
        values = values_of(self._catalog, found.query.kind, [item.id for item in found.items], "params")
        return {id_: own[:1] for id_, own in _by([v for v in values if v.stated], lambda v: v.asset).items()}

    def _probable(self, query: CatalogQuery, found: QueryResult) -> tuple[str, ...]:
        """Assets that only an inferred fact speaks for: told apart, never among the items."""
        stated = {item.id for item in found.items}
        if found.left_out:
            return ()
        more = [item.id for item in execute(self._catalog, query, inferred=True).items if item.id not in stated]
        return (f"Probably also, by their names only: {', '.join(more)}.",) if more else ()


def _opening(path: str, text: str, id_: str) -> Evidence:
    name = squash(id_.rpartition("/")[2])
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if _WORD.search(line)]
    number, line = next(((n, told) for n, told in lines if name in squash(told)), lines[0] if lines else (1, text))
    return Evidence(path=path, line_start=number, line_end=number, quote=line.strip(), origin="prose")


def _by(values: Iterable[Value], key: Callable[[Value], str]) -> dict[str, list[Value]]:
    """Values with the same key, in the order of their first."""
    found: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        found[key(value)].append(value)
    return dict(found)


def _cited(
    citations: Citations, asset: str, values: Sequence[Value], evidence: Mapping[str, Sequence[Evidence]]
) -> tuple[int, ...]:
    return citations.cite(asset, [piece for value in values for piece in evidence.get(value.fact, ())[:1]])


def _joined(name: str, values: Sequence[Value]) -> str:
    return ", ".join(dict.fromkeys(shown_value(name, value.value) for value in values))


def _counted(found: QueryResult, query: CatalogQuery) -> str:
    """`3 models (licence mit)`; of a limited list how many it shows of how many."""
    noun = query.kind if found.total == 1 else f"{query.kind}s"
    shown = f"{len(found.items)} of {found.total}" if found.left_out else str(found.total)
    told = " · ".join(conditions(query))
    return f"{shown} {noun}{f' ({told})' if told else ''}"
