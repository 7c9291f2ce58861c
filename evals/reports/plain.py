"""Reports for other programs and other documents: Markdown and JSON."""

import json
from collections.abc import Iterator

from agent.layout import inert
from evals.reports.tables import Table, state_of, tables_of
from evals.results import Result, by_model, by_type, figures, worst
from evals.runs import Run

_MOST_WORST = 20
_LONGEST = 200


def as_markdown(run: Run) -> str:
    """Tables of all figures, what failed, and the worst cases."""
    return "\n".join(_lines(run)) + "\n"


def markdown_table(table: Table) -> str:
    """One table."""
    rows = [[cell.text for cell in line.cells] for line in table.lines]
    names = [line.name for line in table.lines]
    lines = [_row(["", *table.columns]), "|---" * (len(table.columns) + 1) + "|"]
    return "\n".join([*lines, *(_row([name, *row]) for name, row in zip(names, rows, strict=True))])


def as_json_text(run: Run) -> str:
    """Figures by model and type, and a line for each case that is not fully right; the same for the same answers."""
    models = by_model(run.results)
    told = {
        "plan": run.plan.model_dump(mode="json"),
        "complete": run.is_complete,
        "answers": len(run.results),
        "failed": [{"model": one.model, "id": one.case.id, "error": one.error} for one in run.failed],
        "models": {
            model: {"figures": _figures(results), "types": {k: _figures(v) for k, v in by_type(results).items()}}
            for model, results in models.items()
        },
        "below": {model: [_below(one) for one in worst(results)] for model, results in models.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _figures(results: list[Result]) -> dict[str, dict[str, float]]:
    return {
        name: {key: round(value, 6) for key, value in figure.model_dump().items()}
        for name, figure in figures(results).items()
    }


def _below(result: Result) -> dict[str, object]:
    why = result.error or result.marks["score"].why
    score = 0.0 if result.error else round(result.marks["score"].value, 6)
    return {"id": result.case.id, "type": result.case.type, "epoch": result.epoch, "score": score, "why": why}


def _lines(run: Run) -> Iterator[str]:
    yield f"# Evaluation of {_cell(', '.join(run.plan.models))}"
    suites = _cell(", ".join(suite.name for suite in run.plan.suites))
    yield f"\n{state_of(run)} · {suites} · begun {run.kept.started}"
    for table in tables_of(run):
        yield f"\n## {table.title}\n\n{markdown_table(table)}"
    below = worst(run.results, _MOST_WORST)
    if below:
        yield "\n## Worst cases\n"
        yield _row(["case", "model", "score", "question", "why"])
        yield "|---" * 5 + "|"
        for one in below:
            score = "failed" if one.error else f"{one.marks['score'].value:.2f}"
            why = one.error or one.marks["score"].why
            yield _row([one.case.id, one.model, score, one.case.asked[-1], why])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """Text that stays one cell, whatever it holds."""
    flat = " ".join(inert(text).split())
    cut = flat if len(flat) <= _LONGEST else flat[:_LONGEST] + "…"
    return cut.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
