"""Answers and facts on a terminal: rich where there is one, plain text in a pipe. Card text is shown inert."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.answer import Answer, Citation, marked

if TYPE_CHECKING:
    from agent.doctor import Check
    from agent.lint import CardReport

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: direction marks, invisible characters and line ends that only some programs know
_UNSEEN = re.compile("[\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_QUOTE = 240
_STATES = {"good": ("✓", "green"), "missing": ("–", "yellow"), "broken": ("✗", "red")}


class Output(Console):
    """Standard output; that its reader has gone is for the caller to handle, and no reason to exit with an error."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def inert(text: str) -> str:
    """Text that cannot steer a terminal: escape sequences, control and direction marks are taken out."""
    return _SURROGATE.sub("\ufffd", _UNSEEN.sub("", _CONTROL.sub("", text)))


def show_answer(answer: Answer, *, explain: bool = False, console: Console | None = None) -> None:
    """Print an answer: headline, list or table, notes, numbered sources."""
    out = console or Output(highlight=False)
    out.print(Text(inert(answer.headline), style="bold"), soft_wrap=True)
    if answer.rows:
        out.print(_table(answer))
    for note in answer.notes:
        out.print(Text(inert(note), style="italic"), soft_wrap=True)
    if answer.citations:
        out.print()
        for citation in answer.citations:
            out.print(_source(citation), soft_wrap=True)
    if answer.understood:
        out.print(Text(f"\nUnderstood as: {inert(answer.understood)}", style="dim"), soft_wrap=True)
    if explain:
        for call in answer.tools:
            query = json.dumps(call.arguments, ensure_ascii=False, indent=2)
            told = f"{call.name} {inert(query)}\n→ {call.total} in {call.seconds} s"
            out.print(Text(told, style="dim"), soft_wrap=True)


def _table(answer: Answer) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=len(answer.columns) > 1)
    width = max([len(answer.columns), *(1 + len(row.details) for row in answer.rows)])
    names = [*answer.columns, *[""] * width]
    for name in names[:width]:
        table.add_column(name, overflow="fold")
    table.add_column("", justify="right", overflow="fold")
    for row in answer.rows:
        cells = [inert(cell) for cell in (row.label, *row.details)]
        padded = [*cells, *[""] * (width - len(cells))]
        table.add_row(*(Text(cell) for cell in padded), Text(marked(row.markers).strip(), style="cyan"))
    return table


def _source(citation: Citation) -> Text:
    quote = " ".join(inert(citation.quote).split())
    short = quote if len(quote) <= _LONGEST_QUOTE else f"{quote[:_LONGEST_QUOTE]}…"
    return Text.assemble((f"[{citation.marker}] ", "cyan"), (inert(citation.place), "bold"), f"  {short}")


def show_asset(description: Mapping[str, Any], console: Console | None = None) -> None:
    """Print what `showing.describe` gives."""
    out = console or Output(highlight=False)
    card = "" if description["has_card"] else "  (no card: only named in other cards)"
    out.print(Text(f"{description['kind']} {inert(description['id'])}{card}", style="bold"), soft_wrap=True)
    if description["summary"]:
        out.print(Text(inert(description["summary"]), style="italic"), soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name in ("fact", "value", "source"):
        table.add_column(name, overflow="fold")
    for row in _fact_rows(description):
        table.add_row(*(Text(inert(cell)) for cell in row))
    out.print(table)


def _fact_rows(description: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    rows = []
    told = (
        ("trained on", "train_datasets", "role"),
        ("derived from", "base_models", "relation"),
        ("licence", "licenses", ""),
    )
    for label, field, detail in told:
        for fact in description[field]:
            more = f" ({fact[detail]})" if detail and fact[detail] else ""
            rows.append((label, f"{fact['name']}{more}", _place(fact)))
    for result in description["eval_results"]:
        on = ", ".join(part for part in (result["dataset"], result["split"]) if part)
        rows.append(
            (
                "result",
                f"{result['metric']} {result['value']}{result['unit'] or ''}{f' on {on}' if on else ''}",
                _place(result),
            )
        )
    rows += [(fact["name"], fact["value"], _place(fact)) for fact in description["attributes"]]
    for label in ("languages", "tasks", "tags", "used_by", "aliases"):
        if description[label]:
            rows.append((label.replace("_", " "), ", ".join(description[label]), ""))
    return rows


def _place(fact: Mapping[str, Any]) -> str:
    return f"{fact['path']}:{fact['line_start']} ({fact['origin']})"


def show_reports(reports: "Sequence[CardReport]", console: Console | None = None) -> None:
    """Print what `almanac lint` found: a table of cards, the least complete first, and each contradiction."""
    out = console or Output(highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("card", "complete", "does not state"):
        table.add_column(name, overflow="fold", justify="right" if name == "complete" else "left")
    for report in sorted(reports, key=lambda report: (report.completeness, report.id)):
        table.add_row(Text(inert(report.id)), f"{report.completeness:.0%}", Text(", ".join(report.missing)))
    out.print(table)
    for report in reports:
        for contradiction in report.contradictions:
            said = " / ".join(inert(value) for value in contradiction.values)
            places = ", ".join(inert(place) for place in contradiction.places)
            line = f"contradiction: {inert(report.id)}: {contradiction.field}: {said} ({places})"
            out.print(Text(line, style="yellow"), soft_wrap=True)
    disputed = sum(bool(report.contradictions) for report in reports)
    whole = sum(report.completeness for report in reports) / (len(reports) or 1)
    out.print(
        Text(f"{len(reports)} cards, {whole:.0%} complete on average, {disputed} with contradictions", style="bold")
    )


def show_pairs(pairs: Mapping[str, object], console: Console | None = None) -> None:
    """Print names with their values."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in pairs.items():
        table.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    (console or Output(highlight=False)).print(table)


def show_checks(checks: "Sequence[Check]", console: Console | None = None) -> None:
    """Print the checks of `doctor`, with the cure where something is missing."""
    out = console or Output(highlight=False)
    for check in checks:
        mark, style = _STATES[check.state]
        cure = f"  → {check.cure}" if check.cure else ""
        out.print(Text.assemble((f"{mark} ", style), (check.name, "bold"), f"  {check.found}{cure}"), soft_wrap=True)
