"""Answers about one asset: an attribute, what it was made from, the results that its card reports."""

import re
from collections.abc import Sequence

from agent.answer import Answer, AnswerItem, ItemKind, Row, marked
from agent.citations import Citations
from agent.offline.otherwise import otherwise
from agent.offline.reading import Reading, Subject
from agent.offline.values import shown_score, shown_value
from agent.offline.wording import ATTRIBUTES
from catalog.conditions import same_split
from catalog.execution import Result, execute
from catalog.names import name_words
from catalog.query import CatalogQuery
from catalog.store import Catalog
from catalog.values import Value, ancestors, values_of
from catalog.vocabulary import squash

_ITEM_KINDS: dict[str, ItemKind] = {"language": "language", "training_data": "dataset", "base_models": "model"}
#: a proper name that results are on
_ON = re.compile(r"\bon (?:the )?([A-Z][\w.-]*\w)")
_IN_ONE_LINE = 3
_DEEPEST = 40

#: attribute → attributes that answer as well where it is not stated
_INSTEAD = {"paper": ("arxiv",), "arxiv": ("paper",)}
#: attribute → attribute that is told beside it
_BESIDE = {"hardware": "training_time"}


class AssetFacts:
    """Composes answers about single assets of one catalogue; None where the card states nothing that answers."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def attribute(self, reading: Reading) -> Answer | None:
        """The values of one attribute."""
        subject, name = reading.subject, reading.attribute
        if subject is None or name is None:
            return None
        found, note = self._values(reading, subject, name)
        if not found:
            return None
        citations = Citations(self._catalog)
        evidence = self._catalog.evidence([value.fact for value in found])
        rows = tuple(
            Row(label=shown_value(name, v.value), details=(_detail(v, subject),), markers=markers)
            for v in found
            if (markers := citations.cite(v.asset, evidence.get(v.fact, ()))) or v.value
        )
        notes = otherwise(self._catalog, reading, found, citations)
        title = ATTRIBUTES.get(name, name)
        short = len(rows) <= _IN_ONE_LINE and not any(row.details[0] for row in rows)
        return Answer(
            headline=f"{title.capitalize()} of {subject.id}:{f' {_in_line(rows)}' if short else ''}",
            columns=(title, ""),
            rows=() if short else rows,
            notes=(*((note,) if note else ()), *notes),
            understood=f"{title} of {subject.id}",
            items=tuple(_item(name, value) for value in found),
            total=len(found),
            exhaustive=True,
            citations=citations.all(),
        )

    def score(self, reading: Reading) -> Answer | None:
        """Reported results by the metric asked for, on the dataset asked for where one is named."""
        subject = reading.subject
        chosen = self._results(reading, subject.id) if subject else []
        if not chosen or subject is None or _on_another(asked_on(reading, self._catalog), chosen):
            return None
        citations = Citations(self._catalog)
        evidence = self._catalog.evidence([result.fact for result in chosen])
        rows = tuple(
            Row(label=shown_score(r), details=(_setting(r),), markers=citations.cite(subject.id, evidence[r.fact]))
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

    def _values(self, reading: Reading, subject: Subject, name: str) -> tuple[list[Value], str]:
        """Stated values, or those of an attribute that does as well: the paper's arXiv id for its title."""
        if name == "base_models" and reading.depth != 1:
            steps = ancestors(self._catalog, subject.id, reading.depth or _DEEPEST)
            return [step for step in steps if step.stated], ""
        for instead in (name, *_INSTEAD.get(name, ())):
            found = [v for v in values_of(self._catalog, subject.kind, [subject.id], instead) if v.stated]
            if found and name == "training_data" and reading.role:
                return _of_phase(found, reading.role)
            if found:
                beside = values_of(self._catalog, subject.kind, [subject.id], _BESIDE.get(name, ""))
                return found + [value for value in beside if value.stated], ""
        return [], ""

    def _results(self, reading: Reading, model: str) -> list[Result]:
        """Narrowed down by metric, dataset and split as far as the model's results go; a named dataset must fit."""
        query = CatalogQuery(ids=(model,), select="results", has_card=None)
        found = list(execute(self._catalog, query).results)
        metrics, named = set(reading.mentioned("metric")), [m for m in reading.mentions if m.kind == "dataset"]
        on_dataset = [result for result in found if any(_variant_of(result.dataset, m.id) for m in named)]
        if named and not on_dataset and not any(_names(model, m.words) for m in named):
            return []
        found = on_dataset or found
        found = [result for result in found if not metrics or result.metric in metrics]
        wanted = same_split(reading.split) if reading.split else ()
        on_split = [result for result in found if not wanted or result.split in wanted]
        return on_split or found


def asked_on(reading: Reading, catalog: Catalog) -> list[str]:
    """What results are asked for on, squashed, where that is a proper name nothing is known by: `on OntoNotes`."""
    names = [match[1] for match in _ON.finditer(reading.question) if match[1].lower() in reading.unread]
    return [key for key in map(squash, names) if not catalog.aliases_of("language", [key])]


def _on_another(asked: Sequence[str], chosen: Sequence[Result]) -> bool:
    """Whether none of the results chosen is on what is asked."""
    told = squash(" ".join(f"{r.dataset} {r.split} {r.metric} {r.metric_printed}" for r in chosen))
    return any(name not in told for name in asked)


def _in_line(rows: Sequence[Row]) -> str:
    """Labels with their markers; once, at the end, where the same lines state them all."""
    if len({row.markers for row in rows}) == 1:
        return ", ".join(row.label for row in rows) + marked(rows[0].markers)
    return ", ".join(row.label + marked(row.markers) for row in rows)


def _of_phase(values: list[Value], role: str) -> tuple[list[Value], str]:
    """The datasets of one phase of training; all, with a note, where the card does not tell the phases apart so."""
    kept = [value for value in values if value.detail in (role, None)]
    phase = {"pretrain": "pretraining", "finetune": "fine-tuning"}[role]
    return (kept, "") if kept else (values, f"The card names no data of {phase}; this is what it names.")


def _detail(value: Value, subject: Subject) -> str:
    """The role or relation, and in a line of ancestors whose parent it is."""
    child = f"of {value.asset}" if value.asset != subject.id else ""
    return " ".join(part for part in (value.detail or "", child) if part)


def _item(name: str, value: Value) -> AnswerItem:
    kind = _ITEM_KINDS.get(name, "number" if name == "params" else "value")
    by_id = kind in ("language", "dataset", "model")
    return AnswerItem(kind=kind, id=value.value if by_id else None, value=None if by_id else value.value)


def _setting(result: Result) -> str:
    return ", ".join(part for part in (result.dataset, result.split) if part)


def _variant_of(dataset: str | None, name: str) -> bool:
    """The dataset is `name`, a part of it, or a version of it that carries its name (`squad_v2-pl` of squad_v2)."""
    return dataset is not None and squash(name) in squash(dataset)


def _names(model: str, dataset: str) -> bool:
    """The dataset is part of the model's own name: naming it told the model, not where it was measured."""
    return set(name_words(dataset)) <= set(name_words(model))
