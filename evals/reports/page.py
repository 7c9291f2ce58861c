"""One HTML page that holds everything of a run and loads nothing: tables, plots, every answer with its evidence."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from agent.layout import inert
from catalog.records import Record
from evals.measures import measures
from evals.reports.plots import bars, scores, seconds
from evals.reports.tables import state_of, tables_of
from evals.results import Result, by_model, score_of
from evals.runs import Run

_FOLDER = Path(__file__).parent
_LONGEST_TEXT = 4_000
_MOST_CITATIONS = 12
_SPENT = ("seconds", "input_tokens", "output_tokens", "cost", "model_asked")


class Shown(Record):
    """A result as the page shows it; `state` is right, wrong, declined or failed."""

    result: Result
    score: float
    state: str
    why: str
    expected: tuple[tuple[str, str], ...]
    text: str
    marks: tuple[tuple[str, str, bool], ...]
    trace: tuple[tuple[str, str], ...]
    more_citations: int


def page(run: Run) -> str:
    """The page as HTML; whatever cards, questions and models say is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=_plainly,
    )
    models = by_model(run.results)
    tables = tables_of(run)
    shown = sorted((_shown(one) for one in run.results), key=lambda one: (one.score, one.result.key))
    return environment.get_template("page.html").render(
        run=run,
        state=state_of(run),
        tables=tables,
        bars=bars(tables[1]),
        scores=scores(_scores(models)),
        seconds=seconds(_seconds(models)),
        shown=shown,
        choices=_choices(run.results),
        most_citations=_MOST_CITATIONS,
        style=_asset("page.css"),
        script=_asset("page.js"),
    )


def _plainly(value: Any) -> Any:
    """Text without what steers a screen; it is escaped after this."""
    return inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _scores(models: Mapping[str, Sequence[Result]]) -> dict[str, list[float]]:
    return {model: [score_of(one) for one in results] for model, results in models.items()}


def _seconds(models: Mapping[str, Sequence[Result]]) -> dict[str, list[float]]:
    return {
        model: [one.marks["seconds"].value for one in results if "seconds" in one.marks]
        for model, results in models.items()
    }


def _choices(results: Sequence[Result]) -> dict[str, list[str]]:
    """What the page can be filtered by."""
    hard = {one.case.difficulty for one in results}
    return {
        "model": sorted({one.model for one in results}),
        "suite": sorted({one.suite for one in results}),
        "type": sorted({one.case.type for one in results}),
        "difficulty": [name for name in ("easy", "medium", "hard") if name in hard],
        "tag": sorted({tag for one in results for tag in one.case.tags}),
        "state": ["wrong", "declined", "failed", "right"],
    }


def _shown(result: Result) -> Shown:
    answer, score = result.answer, score_of(result)
    text = answer.text if answer else result.error
    return Shown(
        result=result,
        score=score,
        state=_state(result, score),
        why=result.error or result.marks["score"].why,
        expected=tuple(_expected(result)),
        text=text[:_LONGEST_TEXT] + ("…" if len(text) > _LONGEST_TEXT else ""),
        marks=tuple(_marks(result)),
        trace=tuple(_trace(result)),
        more_citations=max(len(answer.citations) - _MOST_CITATIONS, 0) if answer else 0,
    )


def _state(result: Result, score: float) -> str:
    if result.error:
        return "failed"
    if score < 1:
        return "declined" if result.answer and result.answer.abstained else "wrong"
    return "right"


def _expected(result: Result) -> list[tuple[str, str]]:
    told = result.case.expected.model_dump(mode="json", exclude_defaults=True) | (
        {"evidence": result.case.evidence} if result.case.evidence else {}
    )
    return [(name, _plain(value)) for name, value in told.items()]


def _marks(result: Result) -> list[tuple[str, str, bool]]:
    """(label, value with why, whether it is the best there is)."""
    told = []
    for name, measure in measures().items():
        if mark := result.marks.get(name):
            best = name in _SPENT or mark.value == (1.0 if measure.better == "more" else 0.0)
            told.append((measure.label, f"{measure.shown(mark.value)}{f' — {mark.why}' if mark.why else ''}", best))
    return told


def _trace(result: Result) -> list[tuple[str, str]]:
    """The look-ups, as they were made, and what the question was understood as."""
    if not result.answer:
        return []
    calls = [
        (f"{call.name} → {call.total} in {call.seconds:g} s", json.dumps(call.arguments, ensure_ascii=False))
        for call in result.answer.tools
    ]
    return [*calls, ("understood as", result.answer.understood)] if result.answer.understood else calls


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@lru_cache
def _asset(name: str) -> Markup:
    """A style sheet or script of ours, put into the page as it is."""
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))
