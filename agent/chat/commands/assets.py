"""Commands about models and datasets, and about the store that they are in."""

import shlex
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from agent.fact_rows import fact_rows, place
from agent.layout import Name, inert
from agent.showing import describe, named, statistics
from agent.tabling import table_of
from agent.terminal import show_asset, show_pairs
from agent.tools.descent import Descent, Direction, Step
from catalog.errors import AlmanacError
from catalog.store import Asset

if TYPE_CHECKING:
    from agent.chat.chat import Chat

_MOST_VALUES = 6
_UNCOMPARED = ("used by", "aliases", "tags")


def show(chat: "Chat", argument: str) -> None:
    """Everything that the catalogue knows of an asset, each fact with its place."""
    description = describe(chat.catalog, _given(argument, "/show ASSET").strip("\"'"))
    chat.screen.show(lambda out: show_asset(description, out))


def lineage(chat: "Chat", argument: str) -> None:
    """What an asset was built on and what was built with it, as trees."""
    asset = named(chat.catalog, _given(argument, "/lineage ASSET").strip("\"'"))
    descent = Descent(chat.catalog)
    up = descent.steps(asset.kind, asset.id, "up")
    down = descent.steps(asset.kind, asset.id, "down")
    chat.screen.show(lambda out: show_lineage(asset, up, down, out))


def show_lineage(asset: Asset, up: Sequence[Step], down: Sequence[Step], out: Console) -> None:
    """Print one tree upwards and one downwards, where there is any."""
    if not up and not down:
        out.print(Text(f"No card says what {inert(asset.id)} was built on, or that anything was built with it."))
    if up:
        out.print(Text("what it was built on", style="dim"))
        out.print(_tree(asset.id, up, "up"))
    if down:
        out.print(Text("what was built with it", style="dim"))
        out.print(_tree(asset.id, down, "down"))


def _tree(root: str, steps: Sequence[Step], direction: Direction) -> Tree:
    """A tree of steps; what stands in it already is named again but not followed again."""
    below: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        below[step.child if direction == "up" else step.parent].append(step)
    tree = Tree(Text(inert(root), style="bold"))
    seen, open_ = {root}, [(root, tree)]
    while open_:
        id_, branch = open_.pop(0)
        for step in dict.fromkeys(below[id_]):
            other = step.parent if direction == "up" else step.child
            again = other in seen and bool(below[other])
            label = Text.assemble(
                (inert(other), "bold"), (f"  {inert(step.how.removesuffix(' of'))}", "dim"), overflow="fold"
            )
            node = branch.add(label.append(" (see above)", "dim") if again else label)
            if other not in seen:
                seen.add(other)
                open_.append((other, node))
    return tree


def compare(chat: "Chat", argument: str) -> None:
    """What the cards of several assets state, side by side."""
    names = _several(argument)
    if len(names) < 2:
        raise AlmanacError('name two or more: /compare A B. A name with spaces is put in quotes: "SQuAD 2.0".')
    assets = [named(chat.catalog, name) for name in names]
    described = [describe(chat.catalog, asset.id) for asset in assets]
    chat.screen.show(lambda out: show_comparison(described, out))


def show_comparison(described: Sequence[dict[str, Any]], out: Console) -> None:
    """Print a table with a column per asset and a row per fact."""
    columns: list[dict[str, list[str]]] = []
    for description in described:
        values: dict[str, list[str]] = defaultdict(list)
        for row in fact_rows(description):
            if row.value not in values[row.label]:
                values[row.label].append(row.value)
        columns.append(values)
    table = table_of(("", *(description["id"] for description in described)))
    for label in sorted(dict.fromkeys(label for values in columns for label in values), key=place):
        if label not in _UNCOMPARED:
            table.add_row(Name(inert(label), "dim"), *(Name(_told(values.get(label, []))) for values in columns))
    out.print(table)


def _told(values: Sequence[str]) -> str:
    rest = len(values) - _MOST_VALUES
    told = [inert(value) for value in values[:_MOST_VALUES]] + ([f"and {rest} more"] if rest > 0 else [])
    return "\n".join(told) or "–"


def stats(chat: "Chat", _: str) -> None:
    """How much the store holds."""
    numbers = statistics(chat.snapshot)
    chat.screen.show(lambda out: show_pairs(numbers, out))


def ingest(chat: "Chat", argument: str) -> None:
    """Read folders into the store; `sample` is the sample catalogue."""
    if argument == "sample":
        roots = chat.services.sample
    else:
        roots = tuple(Path(name).expanduser() for name in _several(_given(argument, "/ingest FOLDER")))
    chat.services.ingest(roots)
    chat.session.opening.almanac()


def _given(argument: str, usage: str) -> str:
    if not argument:
        raise AlmanacError(f"something is missing: {usage}")
    return argument


def _several(argument: str) -> list[str]:
    try:
        return shlex.split(argument)
    except ValueError as error:
        raise AlmanacError(f"{argument}: {error}. Put names with spaces in quotes.") from error
