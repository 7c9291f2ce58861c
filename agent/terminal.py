"""Answers and facts on a terminal: rich where there is one, plain text in a pipe. Card text is shown inert."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from agent.answer import Answer, Citation, Usage
from agent.layout import Name, Source, inert, linked, one_line
from agent.look_ups import came_of, filters
from agent.tabling import Link, show_rows, sourced, table_of

if TYPE_CHECKING:
    from agent.doctor import Check
    from agent.fact_rows import FactRow
    from agent.lint import CardReport
    from agent.remembering import Remembered, Replayed

_LONGEST_QUOTE = 240
#: who reads from a pipe gets each row on a line of its own
_WIDTH_OF_A_PIPE = 100_000
#: colours of the terminal's own palette, without backgrounds: they suit light and dark ones
_THEME = Theme({"markdown.code": "cyan", "markdown.code_block": "cyan", "markdown.h1": "bold", "markdown.h2": "bold"})
_STATES = {"good": ("✓", "green"), "missing": ("–", "yellow"), "broken": ("✗", "red")}


class Output(Console):
    """Standard output; that its reader has gone is for the caller to handle, and no reason to exit with an error."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, emoji=False, theme=_THEME, **options)
        if not self.is_terminal and "width" not in options:
            self.width = _WIDTH_OF_A_PIPE

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def no_link(_: str) -> None:
    """No citation is a hyperlink."""


def links_to(roots: Mapping[str, Path]) -> Link:
    """Cited paths as addresses of the files below `roots` (name → folder of the ingest) that are still there."""

    def link(path: str) -> str | None:
        root, _, below = path.partition("/")
        file = roots[root] / below if root in roots else None
        return file.absolute().as_uri() if file and ".." not in file.parts and file.is_file() else None

    return link


def show_answer(answer: Answer, *, explain: bool = False, console: Console | None = None, link: Link = no_link) -> None:
    """Print an answer: headline, list or table, notes, numbered sources; `link` gives the address of a cited path."""
    out = console or Output()
    say(out, Text(inert(answer.headline), style="bold"))
    if answer.rows:
        show_rows(answer, out, link)
    for note in answer.notes:
        say(out, Text(inert(note), style="italic"))
    show_sources(sourced(answer, out), out, link)
    if answer.understood:
        say(out, Text(f"\nUnderstood as: {inert(answer.understood)}", style="dim"))
    if answer.usage.input_tokens:
        say(out, Text(f"{inert(answer.model)} · {answer.seconds:.2f} s · {_used(answer.usage)}", style="dim"))
    if explain:
        for call in answer.tools:
            query = json.dumps(call.arguments, ensure_ascii=False, indent=2)
            say(out, Text(f"{call.name} {inert(query)}\n→ {call.total} in {call.seconds} s", style="dim"))


def say(out: Console, text: Text | str, style: str = "") -> None:
    """Print text: words wrap on a terminal, and a program that reads it gets each line whole."""
    out.print(text, style=style or None, soft_wrap=not out.is_terminal, markup=False)


def show_why(kept: "Remembered", again: "Sequence[Replayed]" = (), console: Console | None = None) -> None:
    """Print how an answer came about; `again` are its look-ups made once more."""
    out, answer = console or Output(), kept.answer
    tokens = f", {_used(answer.usage)}" if answer.usage.input_tokens else ""
    lines = [
        *(f"Asked: {turn}" for turn in kept.turns),
        f"Answered by {answer.model} in {answer.seconds:.2f} s{tokens}, from {kept.store}",
        f"Understood as: {answer.understood or 'a question about the text of cards'}",
    ]
    for number, call in enumerate(answer.tools, start=1):
        lines.append(f"{number}. {call.name}: {filters(call.arguments)} → {came_of(call)}, {call.seconds:.3f} s")
        lines += [f"   again: {_again(one)}" for one in again[number - 1 : number]]
    lines += [f"Answer: {answer.headline}", *answer.notes]
    for line in lines:
        say(out, inert(line))
    show_sources(answer.citations, out)


def _again(one: "Replayed") -> str:
    if one.problem:
        return one.problem
    return "the same" if one.now == one.call.total else f"{one.now} now"


def _used(usage: Usage) -> str:
    cost = "price unknown" if usage.cost is None else f"${usage.cost:g}"
    return f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out, {cost}"


def show_sources(citations: Sequence[Citation], out: Console, link: Link = no_link) -> None:
    """Print numbered sources below an empty line: on a terminal with the numbers in a column of their own."""
    if not citations:
        return
    out.print()
    table = table_of(("", ""), header=False)
    table.columns[0].justify = "right"
    for citation in citations:
        place, quote = inert(citation.place), one_line(citation.quote, _LONGEST_QUOTE)
        marker, address = Text(f"[{citation.marker}]", "cyan"), link(citation.path)
        if out.is_terminal:
            table.add_row(marker, Source(place, quote, address))
        else:
            say(out, Text.assemble(marker, " ", linked(place, "bold", address), f"  {quote}"))
    if out.is_terminal:
        out.print(table)


def show_asset(description: Mapping[str, Any], console: Console | None = None) -> None:
    """Print what `showing.describe` gives; on a terminal, the card's path once and then only lines of it."""
    # with languages and queries, which the first prompt of a chat does not wait for
    from agent.fact_rows import fact_rows

    out = console or Output()
    rows = fact_rows(description)
    card = description["path"] if out.is_terminal and description["has_card"] else None
    told = f" · {inert(card)}" if card else "" if description["has_card"] else "  (no card: only named in other cards)"
    say(out, Text.assemble(f"{description['kind']} {inert(description['id'])}", (told, "not bold")), "bold")
    if description["may_mean"]:
        meant = f"ambiguous: may mean {', '.join(description['may_mean'])}; no card says which"
        say(out, inert(meant), "italic")
    if description["summary"]:
        say(out, inert(description["summary"]), "italic")
    _show_rows(rows, card, out) if out.is_terminal else _write_rows(rows, out)


def _show_rows(rows: "Sequence[FactRow]", card: str | None, out: Console) -> None:
    table = table_of(("fact", "value", "source"), header=False)
    for row in rows:
        source = row.within(card) if card else row.source
        table.add_row(Name(inert(row.label)), Name(inert(row.value)), Name(inert(source), "dim"))
    out.print(table)


def _write_rows(rows: "Sequence[FactRow]", out: Console) -> None:
    for row in rows:
        say(out, "  ".join(inert(cell) for cell in (row.label, row.value, row.source) if cell))


def show_reports(reports: "Sequence[CardReport]", console: Console | None = None) -> None:
    """Print what `almanac lint` found: a table of cards, the least complete first, and each contradiction."""
    out = console or Output()
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
    (console or Output()).print(table)


def show_checks(checks: "Sequence[Check]", console: Console | None = None) -> None:
    """Print the checks of `doctor`, with the cure where something is missing."""
    out = console or Output()
    for check in checks:
        mark, style = _STATES[check.state]
        cure = f"  → {check.cure}" if check.cure else ""
        out.print(Text.assemble((f"{mark} ", style), (check.name, "bold"), f"  {check.found}{cure}"), soft_wrap=True)
