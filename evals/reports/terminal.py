"""A run on a terminal."""

from rich.table import Table as RichTable
from rich.text import Text

from agent.layout import inert, one_line
from agent.terminal import Output
from evals.reports.tables import Table, state_of, tables_of
from evals.results import worst
from evals.runs import Run

_MOST_WORST = 8
_LONGEST = 160


def show_run(run: Run, out: Output) -> None:
    """Print the tables, the worst cases, and where the reports are."""
    for table in tables_of(run)[:2]:
        out.print(rich_table(table))
    below = worst(run.results)
    if below:
        out.print(Text(f"{len(below)} answers below the full score", style="bold"))
    for one in below[:_MOST_WORST]:
        said = f"failed: {one.error}" if one.error else f"{one.marks['score'].value:.2f}  {one.marks['score'].why}"
        out.print(Text(one_line(f"{one.case.id} ({one.model}) {said}", _LONGEST)), soft_wrap=not out.is_terminal)
    style = "bold" if run.is_complete and not run.failed else "bold red"
    out.print(Text(inert(f"{state_of(run)} · {run.folder / 'report.html'}"), style=style), soft_wrap=True)


def rich_table(table: Table) -> RichTable:
    """A table for rich."""
    made = RichTable(title=table.title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("", *table.columns):
        made.add_column(inert(column), justify="left" if not column else "right", overflow="fold")
    for line in table.lines:
        made.add_row(Text(inert(line.name)), *(Text(cell.text) for cell in line.cells))
    return made
