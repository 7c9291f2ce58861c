"""Jupyter notebooks: Markdown, code and printed output of the cells, on the lines of the file they stand on."""

from collections.abc import Iterator
from itertools import groupby

from unstructured.documents.elements import CodeSnippet, Element, ListItem, NarrativeText, Table, Text

from catalog.errors import SourceError
from ingest.document import Block, BlockKind, read_markdown
from ingest.formats.json_leaves import JsonLeaf, parse_json
from ingest.partition.elements import Elements, heading
from ingest.partition.encoding import decoded

_CELLS = "cells"
#: where the text of a cell stands, below the cell; the last two are of older notebooks
_SOURCES = frozenset({"source", "input"})
_PRINTED = ("text", "text/plain")
_LONGEST_OUTPUT = 4_000

_ELEMENTS: dict[BlockKind, type[Text]] = {
    "paragraph": NarrativeText,
    "item": ListItem,
    "table": Table,
    "code": CodeSnippet,
    "html": Text,
}

Place = tuple[str | int, ...]


def from_notebook(name: str, data: bytes) -> Elements:
    """The cells in the order of the file, in which the output of a cell may stand before its code."""
    text = decoded(data)
    parsed = parse_json(text)
    leaves = [(leaf, _place(leaf)) for leaf in parsed.leaves]
    types = {place[0]: leaf.value for leaf, place in leaves if place[1:] == ("cell_type",)}
    told = [(leaf, place) for leaf, place in leaves if _is_text(place)]
    if parsed.problem and not told:
        raise SourceError(f"holds no cells that can be read: {parsed.problem}. Save it again in Jupyter.")
    elements: list[Element] = []
    for place, group in groupby(told, key=lambda pair: _piece(pair[1])):
        words = "".join(leaf.value or "" for leaf, _ in group)
        elements += _elements(words, str(types.get(place[0], "")), place)
    lines = _decoded_lines(text, [leaf for leaf, _ in told])
    warnings = (f"{name}: {parsed.problem}; what stands before that was read",) if parsed.problem else ()
    return Elements(tuple(elements), lines, complete=True, warnings=warnings)


def _place(leaf: JsonLeaf) -> Place:
    """The place of a value below the list of cells, beginning with the number of the cell; empty elsewhere."""
    return leaf.path[leaf.path.index(_CELLS) + 1 :] if _CELLS in leaf.path[:3] else ()


def _is_text(place: Place) -> bool:
    """Whether a value is text of a cell, or what a cell printed."""
    keys = [step for step in place[1:] if isinstance(step, str)]
    if len(keys) == 1:
        return keys[0] in _SOURCES
    return bool(keys) and keys[0] == "outputs" and keys[-1] in _PRINTED


def _piece(place: Place) -> Place:
    """What the strings of one source or one output have in common."""
    return place[:-1] if place and isinstance(place[-1], int) else place


def _elements(words: str, cell_type: str, place: Place) -> Iterator[Element]:
    if place[1] == "outputs":
        yield Text(text=words[:_LONGEST_OUTPUT])
    elif cell_type in ("markdown", "heading"):
        for block in read_markdown("", words).blocks:
            yield _of_block(block)
    else:
        yield CodeSnippet(text=words)


def _of_block(block: Block) -> Element:
    if block.kind == "heading":
        return heading(block.plain, block.level - 1)
    return _ELEMENTS[block.kind](text=block.text)


def _decoded_lines(text: str, leaves: list[JsonLeaf]) -> str:
    """As many lines as the file has, each with the text that its strings stand for."""
    lines: list[list[str]] = [[] for _ in range(text.count("\n") + 1)]
    number = at = 0
    for leaf in leaves:
        number += text.count("\n", at, leaf.end)
        at = leaf.end
        lines[number].append((leaf.value or "").removesuffix("\n").replace("\n", " "))
    return "\n".join(" ".join(pieces) for pieces in lines)
