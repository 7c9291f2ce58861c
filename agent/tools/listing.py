"""Lists, counts and rankings of assets."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from agent.offline.wording import understood
from agent.tools.filters import Filter, Kind, ModelFilter, Order
from agent.tools.found import Entry, Found
from agent.tools.resolving import Resolver
from catalog.errors import ToolError
from catalog.execution import QueryResult, Result, execute
from catalog.query import CatalogQuery, Ranking
from catalog.records import Evidence, Role
from catalog.store import Catalog
from catalog.values import Value


@dataclass(frozen=True)
class Listing:
    """Runs filters over one catalogue."""

    catalog: Catalog

    def assets(self, tool: str, kind: Kind, where: Filter, arguments: dict[str, Any]) -> Found:
        """All models or datasets that fit, each with the evidence by which it does."""
        resolver = Resolver(self.catalog)
        query = CatalogQuery(kind=kind, **resolver.conditions(kind, where))
        found = execute(self.catalog, query)
        evidence = self.catalog.evidence([fact for item in found.items for fact in item.facts])
        entries = []
        for item in found.items:
            pieces = tuple(evidence[fact][0] for fact in item.facts if fact in evidence)
            entries.append(Entry(kind=kind, label=item.id, id=item.id, about=item.id, evidence=pieces))
        return Found(
            tool=tool,
            arguments=arguments,
            says=understood(query),
            total=found.total,
            entries=tuple(entries),
            columns=(kind,),
            notes=self._probable(query, found),
            read_as=resolver.told(),
        )

    def used_for(self, where: ModelFilter, role: Role | None, arguments: dict[str, Any]) -> Found:
        """The datasets that all models that fit were trained on, those of most models first."""
        resolver = Resolver(self.catalog)
        query = CatalogQuery(select="training_data", role=role, **resolver.conditions("model", where))
        found = execute(self.catalog, query)
        users: dict[str, list[Value]] = defaultdict(list)
        for value in found.values:
            users[value.value].append(value)
        evidence = self.catalog.evidence([value.fact for value in found.values])
        entries = [_used(dataset, values, evidence) for dataset, values in users.items()]
        entries.sort(key=lambda entry: (-len(users[entry.label]), entry.label))
        return Found(
            tool="find_datasets",
            arguments=arguments,
            says=f"datasets used to train {understood(query)}",
            total=found.total,
            entries=tuple(entries),
            columns=("dataset", "used by"),
            read_as=resolver.told(),
        )

    def ranking(self, order: Order, arguments: dict[str, Any]) -> Found:
        """Models by a reported result. Raises ToolError where the results could not be compared."""
        resolver = Resolver(self.catalog)
        metric = resolver.metric(order.metric)
        conditions = resolver.conditions("model", order.where)
        dataset = resolver.asset("dataset", order.dataset) if order.dataset else None
        ranking = Ranking(dataset=dataset, metric=metric, split=order.split, highest=order.highest)
        query = CatalogQuery(select="ranking", ranking=ranking, limit=order.top, **conditions)
        found = execute(self.catalog, query)
        if not found.results:
            raise ToolError(self._no_results(metric, dataset, conditions))
        best = list({result.model: result for result in reversed(found.results)}.values())[::-1]
        if dataset is None and len({result.dataset for result in best}) > 1:
            raise ToolError(f"{metric} on different datasets cannot be ranked. Name one: {_tallied(best)}.")
        evidence = self.catalog.evidence([result.fact for result in best])
        rest = found.total - len(best)
        return Found(
            tool="rank_results",
            arguments=arguments,
            says=understood(query),
            total=found.total,
            entries=tuple(_scored(result, evidence.get(result.fact, ())) for result in best),
            exhaustive=not rest,
            left_out=rest,
            more="leave `top` out for all" if rest else "",
            columns=("model", "result", "on"),
            notes=_differing(best),
            read_as=resolver.told(),
        )

    def _probable(self, query: CatalogQuery, found: QueryResult) -> tuple[str, ...]:
        """Assets that only an inferred fact speaks for: told apart, never among the entries."""
        stated = {item.id for item in found.items}
        more = [item.id for item in execute(self.catalog, query, inferred=True).items if item.id not in stated]
        return (f"Probably also, by their names only: {', '.join(more)}.",) if more else ()

    def _no_results(self, metric: str, dataset: str | None, conditions: dict[str, Any]) -> str:
        """Why nothing can be ranked, with what is reported instead."""
        every = execute(self.catalog, CatalogQuery(select="results", results_on=dataset, **conditions)).results
        said = f"no {metric}{f' on {dataset}' if dataset else ''} is reported by these models."
        metrics = Counter(result.metric for result in every if result.metric)
        known = ", ".join(f"{name} ({times})" for name, times in metrics.most_common(8))
        return f"{said} They report: {known}." if known else f"{said} They report no results there."


def _used(dataset: str, values: list[Value], evidence: dict[str, tuple[Evidence, ...]]) -> Entry:
    models = list(dict.fromkeys(value.asset for value in values))
    pieces = tuple(piece for value in values for piece in evidence.get(value.fact, ())[:1])
    used = f"{len(models)} models" if len(models) > 1 else models[0]
    return Entry(kind="dataset", label=dataset, id=dataset, details=(used,), about=models[0], evidence=pieces)


def _scored(result: Result, evidence: tuple[Evidence, ...]) -> Entry:
    on = ", ".join(part for part in (result.dataset, result.split) if part)
    details = (printed(result), on)
    return Entry(
        kind="model",
        label=result.model,
        id=result.model,
        value=result.value,
        details=details,
        about=result.model,
        evidence=evidence,
    )


def printed(result: Result) -> str:
    """`F1 86.1 %`, as the card prints it."""
    unit = f" {result.unit}" if result.unit else ""
    return f"{result.metric_printed or result.metric or 'score'} {result.value}{unit}"


def _differing(results: list[Result]) -> tuple[str, ...]:
    splits = {result.split for result in results}
    return ("The results are on different splits; read them with care.",) if len(splits) > 1 else ()


def _tallied(results: list[Result]) -> str:
    counted = Counter(result.dataset or "unknown" for result in results)
    return ", ".join(f"{name} ({times} models)" for name, times in counted.most_common(8))
