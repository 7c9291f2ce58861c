"""A comparison of two runs on a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from agent.layout import inert, one_line
from agent.terminal import Output
from evals.comparing import Change, Comparison, Moved
from evals.measures import measures

_MOST = 20
_LONGEST = 160
_STYLES = {"better": "green", "worse": "red", "": ""}


def show_comparison(comparison: Comparison, out: Output) -> None:
    """Print each measure with its change, then the cases that got worse and better."""
    out.print(Text(inert(f"{comparison.before} → {comparison.after}"), style="bold"))
    changed = [change for change in comparison.changes if change.before != change.after]
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("", "before", "after", "difference", "p", ""):
        table.add_column(name, justify="left" if not name else "right", no_wrap=bool(name))
    for change in changed:
        table.add_row(*_cells(change), style=_STYLES[change.verdict])
    if changed:
        out.print(table)
    if same := [measures()[one.measure].label for one in comparison.changes if one.before == one.after]:
        out.print(Text(f"unchanged: {', '.join(same)}", style="dim"))
    _show_moved("worse", comparison.worse, out)
    _show_moved("better", comparison.better, out)
    if comparison.left_out:
        out.print(Text(f"{len(comparison.left_out)} cases are in one run only, or were changed: left out", style="dim"))


def _cells(change: Change) -> list[Text]:
    measure = measures()[change.measure]
    difference = change.difference
    told = f"{difference.mean:+.3f} [{difference.low:+.2f}, {difference.high:+.2f}]"
    if measure.unit != "share":
        told = f"{difference.mean:+.4g}"
    chance = "not tested" if change.p is None else f"{change.p:.3f}"
    texts = (
        f"{measure.label} ({change.cases})",
        measure.shown(change.before),
        measure.shown(change.after),
        told,
        chance,
    )
    return [Text(text) for text in (*texts, change.verdict)]


def _show_moved(title: str, moved: Sequence[Moved], out: Output) -> None:
    if not moved:
        return
    out.print(Text(f"\n{len(moved)} {title}", style=f"bold {_STYLES[title]}"))
    for one in moved[:_MOST]:
        told = f"{one.before:.2f} → {one.after:.2f}  {one.id}  {one.question}{f'  ({one.why})' if one.why else ''}"
        out.print(Text(one_line(told, _LONGEST)), soft_wrap=not out.is_terminal)
    if len(moved) > _MOST:
        out.print(Text(f"and {len(moved) - _MOST} more", style="dim"))
