"""Answers that the catalogue gives: lists, counts, rankings, attributes, scores. Composed by code, cited by fact."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from agent.answer import Answer, AnswerItem, ItemKind, Row
from agent.citations import Citations
from agent.offline.reading import Reading, Subject
from agent.offline.wording import ATTRIBUTES, conditions, understood
from catalog.execution import QueryResult, Result, execute
from catalog.languages import language_name
from catalog.names import name_words
from catalog.quantities import parse_number
from catalog.query import CatalogQuery
from catalog.store import Catalog
from catalog.values import Value, values_of
from catalog.vocabulary import squash

_ITEM_KINDS: dict[str, ItemKind] = {"language": "language", "training_data": "dataset", "base_models": "model"}

#: attribute → attributes that answer as well where it is not stated
_INSTEAD = {"paper": ("arxiv",), "arxiv": ("paper",)}


class StructuredAnswers:
    """Composes answers from one catalogue; None where the catalogue states nothing that answers."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def answer(self, reading: Reading) -> Answer | None:
        compose: dict[str, Callable[[Reading], Answer | None]] = {
            "list": self._list,
            "count": self._count,
            "ranking": self._ranking,
            "training_data": self._training_data,
            "attribute": self._attribute,
            "score": self._score,
        }
        return compose[reading.intent](reading) if reading.intent in compose else None

    def _list(self, reading: Reading) -> Answer | None:
        query = _needed(reading)
        found = execute(self._catalog, query)
        if not found.items:
            return None
        citations = Citations(self._catalog)
        rows = self._rows(found, citations)
        return Answer(
            headline=f"{_counted(found.total, query)}:",
            columns=(query.kind,),
            rows=rows,
            notes=self._probable(query, found),
            understood=understood(query),
            items=tuple(AnswerItem(kind=query.kind, id=item.id) for item in found.items),
            total=found.total,
            exhaustive=not found.left_out,
            citations=citations.all(),
        )

    def _count(self, reading: Reading) -> Answer | None:
        query = _needed(reading).model_copy(update={"select": "assets"})
        listed = self._list(Reading(reading.intent, reading.question, reading.mentions, query=query))
        if not listed:
            return None
        return listed.model_copy(update={"items": (AnswerItem(kind="number", value=listed.total),)})

    def _ranking(self, reading: Reading) -> Answer | None:
        query = _needed(reading)
        found = execute(self._catalog, query)
        if not found.results:
            return None
        citations, best = Citations(self._catalog), _first_of_each(found.results)
        evidence = self._catalog.evidence([result.fact for result in best])
        rows = tuple(
            Row(label=r.model, details=(scored(r),), markers=citations.cite(r.model, evidence[r.fact])) for r in best
        )
        splits = {result.split for result in best}
        notes = ("The results are on different splits; read them with care.",) if len(splits) > 1 else ()
        return Answer(
            headline=f"{' · '.join(conditions(query)).capitalize()}, of {found.total} models that report it:",
            columns=("model", "result"),
            rows=rows,
            notes=notes,
            understood=understood(query),
            items=tuple(AnswerItem(kind="model", id=result.model, value=result.value) for result in best),
            total=found.total,
            exhaustive=False,
            citations=citations.all(),
        )

    def _training_data(self, reading: Reading) -> Answer | None:
        query = _needed(reading)
        found = execute(self._catalog, query)
        if not found.values:
            return None
        by_dataset: dict[str, list[Value]] = defaultdict(list)
        for value in found.values:
            by_dataset[value.value].append(value)
        citations = Citations(self._catalog)
        evidence = self._catalog.evidence([value.fact for value in found.values])
        rows = []
        for dataset, values in sorted(by_dataset.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            pieces = [piece for value in values for piece in evidence[value.fact][:1]]
            models = {value.asset for value in values}
            used = f"{len(models)} models" if len(models) > 1 else values[0].asset
            rows.append(Row(label=dataset, details=(used,), markers=citations.cite(values[0].asset, pieces)))
        described = " · ".join(conditions(query))
        return Answer(
            headline=f"{len(rows)} datasets were used to train models with {described}:",
            columns=("dataset", "used by"),
            rows=tuple(rows),
            understood=f"datasets used for {understood(query)}",
            items=tuple(AnswerItem(kind="dataset", id=row.label) for row in rows),
            total=len(rows),
            exhaustive=True,
            citations=citations.all(),
        )

    def _attribute(self, reading: Reading) -> Answer | None:
        subject, name = reading.subject, reading.attribute
        if subject is None or name is None:
            return None
        found = self._stated_values(subject, name)
        if not found:
            return None
        citations = Citations(self._catalog)
        evidence = self._catalog.evidence([value.fact for value in found])
        rows = tuple(
            Row(label=_shown(name, v), details=(v.detail or "",), markers=citations.cite(subject.id, evidence[v.fact]))
            for v in found
        )
        named = ", ".join(f"{row.label}{''.join(f' [{m}]' for m in row.markers)}" for row in rows)
        title = ATTRIBUTES.get(name, name)
        short = len(rows) <= 3 and not any(row.details[0] for row in rows)
        return Answer(
            headline=f"{title.capitalize()} of {subject.id}: {named}"
            if short
            else f"{title.capitalize()} of {subject.id}:",
            columns=(title, ""),
            rows=() if short else rows,
            understood=f"{title} of {subject.id}",
            items=tuple(_item(name, value) for value in found),
            total=len(found),
            exhaustive=True,
            citations=citations.all(),
        )

    def _stated_values(self, subject: Subject, name: str) -> list[Value]:
        """The values of an attribute, or of one that does as well: the paper's arXiv id for its title."""
        for instead in (name, *_INSTEAD.get(name, ())):
            found = [v for v in values_of(self._catalog, subject.kind, [subject.id], instead) if v.stated]
            if found:
                return found
        return []

    def _score(self, reading: Reading) -> Answer | None:
        """Reported results of one model by the metric asked for, on the dataset asked for where one is named."""
        subject = reading.subject
        if subject is None:
            return None
        chosen = self._scores(reading, subject.id)
        if not chosen:
            return None
        citations = Citations(self._catalog)
        evidence = self._catalog.evidence([result.fact for result in chosen])
        rows = tuple(
            Row(label=scored(r), details=(_setting(r),), markers=citations.cite(subject.id, evidence[r.fact]))
            for r in chosen
        )
        return Answer(
            headline=f"{subject.id} reports:",
            columns=("result", "on"),
            rows=rows,
            understood=f"{', '.join(reading.mentioned('metric')) or 'results'} of {subject.id}",
            items=tuple(AnswerItem(kind="number", value=result.value) for result in chosen),
            total=len(chosen),
            exhaustive=True,
            citations=citations.all(),
        )

    def _scores(self, reading: Reading, model: str) -> list[Result]:
        """Narrowed down by metric, dataset and split as far as the model's results go; a named dataset must fit."""
        query = CatalogQuery(ids=(model,), select="results", has_card=None)
        found = list(execute(self._catalog, query).results)
        metrics, named = set(reading.mentioned("metric")), [m for m in reading.mentions if m.kind == "dataset"]
        on_dataset = [result for result in found if any(_variant_of(result.dataset, m.id) for m in named)]
        if named and not on_dataset and not any(_names(model, m.words) for m in named):
            return []
        found = on_dataset or found
        found = [result for result in found if not metrics or result.metric in metrics]
        on_split = [result for result in found if reading.split in (None, result.split)]
        return on_split or found

    def _rows(self, found: QueryResult, citations: Citations) -> tuple[Row, ...]:
        evidence = self._catalog.evidence([fact for item in found.items for fact in item.facts])
        rows = []
        for item in found.items:
            pieces = [evidence[fact][0] for fact in item.facts if fact in evidence]
            rows.append(Row(label=item.id, markers=citations.cite(item.id, pieces)))
        return tuple(rows)

    def _probable(self, query: CatalogQuery, found: QueryResult) -> tuple[str, ...]:
        """Assets that only an inferred fact speaks for: told apart, never among the items."""
        stated = {item.id for item in found.items}
        more = [item.id for item in execute(self._catalog, query, inferred=True).items if item.id not in stated]
        return (f"Probably also, by their names only: {', '.join(more)}.",) if more else ()


def scored(result: Result) -> str:
    """`F1 86.1 %`, as printed."""
    unit = f" {result.unit}" if result.unit else ""
    return f"{result.metric_printed or result.metric or 'score'} {result.value}{unit}"


def _setting(result: Result) -> str:
    return ", ".join(part for part in (result.dataset, result.split) if part)


def _needed(reading: Reading) -> CatalogQuery:
    if reading.query is None:
        raise TypeError(f"a reading of intent {reading.intent!r} has a query")
    return reading.query


def _counted(total: int, query: CatalogQuery) -> str:
    noun = query.kind if total == 1 else f"{query.kind}s"
    told = " · ".join(conditions(query))
    return f"{total} {noun}{f' ({told})' if told else ''}"


def _first_of_each(results: Sequence[Result]) -> list[Result]:
    best: dict[str, Result] = {}
    for result in results:
        best.setdefault(result.model, result)
    return list(best.values())


def _shown(name: str, value: Value) -> str:
    """A value as printed, with what makes it readable or comparable beside it."""
    if name == "language":
        return f"{language_name(value.value)} ({value.value})"
    number = parse_number(value.value) if name == "hyper.learning_rate" else None
    plain = f"{number:g}" if number is not None else value.value
    return value.value if plain == value.value else f"{value.value} ({plain})"


def _item(name: str, value: Value) -> AnswerItem:
    kind = _ITEM_KINDS.get(name, "number" if name == "params" else "value")
    by_id = kind in ("language", "dataset", "model")
    return AnswerItem(kind=kind, id=value.value if by_id else None, value=None if by_id else value.value)


def _variant_of(dataset: str | None, name: str) -> bool:
    """The dataset is `name`, a part of it, or a version of it that carries its name (`squad_v2-pl` of squad_v2)."""
    return dataset is not None and squash(name) in squash(dataset)


def _names(model: str, dataset: str) -> bool:
    """The dataset is part of the model's own name: naming it told the model, not where it was measured."""
    return set(name_words(dataset)) <= set(name_words(model))
