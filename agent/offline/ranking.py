"""Rankings: only results that compare stand in one order, which are those of one dataset, split, metric and unit."""

from collections import defaultdict
from collections.abc import Sequence

from agent.answer import Answer, AnswerItem, Row
from agent.citations import Citations
from agent.offline.values import shown_score
from agent.offline.wording import conditions, understood
from catalog.execution import Result, execute
from catalog.query import CatalogQuery
from catalog.store import Catalog

_SAME_SPLIT = {"dev": "validation", "eval": "validation", "valid": "validation"}
_OWN_SCALE = ("%", "percent", None)


def ranked(catalog: Catalog, query: CatalogQuery) -> Answer | None:
    """The first `limit` models of each order; the order that holds the best result of all comes first."""
    found = execute(catalog, query.model_copy(update={"limit": None}))
    if not found.results:
        return None
    metrics = {result.metric for result in found.results}
    if query.ranking and len(metrics) == 1:
        query = query.model_copy(update={"ranking": query.ranking.model_copy(update={"metric": metrics.pop()})})
    groups = [_first_of_each(group)[: query.limit] for group in _comparable(found.results)]
    best = [result for group in groups for result in group]
    citations = Citations(catalog)
    evidence = catalog.evidence([result.fact for result in best])
    rows = tuple(
        Row(label=r.model, details=(shown_score(r), _setting(r)), markers=citations.cite(r.model, evidence[r.fact]))
        for r in best
    )
    noun = "model that reports" if found.total == 1 else "models that report"
    return Answer(
        headline=f"{_capitalised(' · '.join(conditions(query)))}, of {found.total} {noun} it:",
        columns=("model", "result", "on"),
        rows=rows,
        notes=_apart(groups),
        understood=understood(query),
        items=tuple(AnswerItem(kind="model", id=result.model, value=result.value) for result in best),
        total=found.total,
        exhaustive=False,
        citations=citations.all(),
    )


def _comparable(results: Sequence[Result]) -> list[list[Result]]:
    """Results of one dataset, split and unit, in the order of `results`.

    Where a card does not say the split, its result stands among those of the split that is reported most on that
    dataset: most cards report just one.
    """
    counts: dict[tuple[str | None, str], int] = defaultdict(int)
    for result in results:
        if result.split:
            counts[result.dataset, _split(result.split)] += 1
    groups: dict[tuple[str | None, ...], list[Result]] = defaultdict(list)
    for result in results:
        usual = [split for dataset, split in counts if dataset == result.dataset]
        split = (
            _split(result.split) if result.split else max(usual, key=lambda s: counts[result.dataset, s], default="")
        )
        groups[result.dataset, split, None if result.unit in _OWN_SCALE else result.unit].append(result)
    return list(groups.values())


def _split(split: str) -> str:
    return _SAME_SPLIT.get(split.lower(), split.lower())


def _first_of_each(results: Sequence[Result]) -> list[Result]:
    best: dict[str, Result] = {}
    for result in results:
        best.setdefault(result.model, result)
    return list(best.values())


def _apart(groups: Sequence[Sequence[Result]]) -> tuple[str, ...]:
    """What is said where there are several orders, or where a split is not stated."""
    notes = []
    if len(groups) > 1:
        told = "; ".join(_setting(next((r for r in group if r.split), group[0])) or "unstated" for group in groups)
        notes.append(f"Results on different data do not compare and are ranked apart: {told}.")
    if any(result.split is None for group in groups for result in group) and any(
        result.split for group in groups for result in group
    ):
        notes.append("Where no split is shown, the card does not state it.")
    return tuple(notes)


def _setting(result: Result) -> str:
    return ", ".join(part for part in (result.dataset, result.split) if part)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
