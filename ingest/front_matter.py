"""YAML front matter as data with exact line numbers, surviving what real cards contain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import yaml

_FENCE = re.compile(r"-{3}[ \t]*\Z")
_TOP_KEY = re.compile(r"[A-Za-z_][\w .-]*:(\s|\Z)")
_BRACKET = re.compile(r"[\[\]{}]")
#: line ends of YAML that are none for the rest of the world: with them, lines would be counted wrongly
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_STACKED = re.compile(r"(?:[-?][ \t]{1,20})+")
#: the YAML library descends by recursion in C: tens of thousands of open brackets would end the process
_MAX_OPEN = 1_000
_MAX_NODES = 200_000
_MAX_DEPTH = 60

_Loader = cast(type[yaml.SafeLoader], getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scalar: `path` of keys and list indexes from the top, the value (None for null), its lines from 1."""

    path: tuple[str | int, ...]
    value: str | None
    line_start: int
    line_end: int


@dataclass(frozen=True, slots=True)
class YamlData:
    """Every scalar of a YAML mapping in file order, and what was wrong with it."""

    leaves: tuple[Leaf, ...] = ()
    warnings: tuple[str, ...] = ()

    def under(self, *path: str | int) -> list[Leaf]:
        """The leaves at or below `path`."""
        return [leaf for leaf in self.leaves if leaf.path[: len(path)] == path]

    def values(self, *keys: str) -> list[Leaf]:
        """The non-null scalars of the given top-level keys, lists flattened one level or deeper."""
        return [leaf for leaf in self.leaves if leaf.path[0] in keys and leaf.value not in (None, "")]

    def keys(self) -> list[str]:
        """Top-level keys in file order."""
        return list(dict.fromkeys(str(leaf.path[0]) for leaf in self.leaves))

    def tree(self) -> dict[str, Any]:
        """Nested dicts and lists of strings, for code that wants the shape and not the lines."""
        root: dict[Any, Any] = {}
        for leaf in self.leaves:
            node = root
            for step in leaf.path[:-1]:
                if not isinstance(node.get(step), dict):
                    node[step] = {}  # of a key that stands twice, the last one counts
                node = node[step]
            node[leaf.path[-1]] = leaf.value
        return cast(dict[str, Any], _listed(root))


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    values = {key: _listed(value) for key, value in node.items()}
    return list(values.values()) if values and all(isinstance(key, int) for key in values) else values


def split_front_matter(lines: list[str]) -> tuple[list[str], int]:
    """The lines between the two `---` fences and how many lines the block takes (0 where there is none)."""
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None or not _FENCE.match(lines[first].lstrip("\ufeff").rstrip()):
        return [], 0
    for i in range(first + 1, len(lines)):
        if _FENCE.match(lines[i].rstrip()):
            block = lines[first + 1 : i]
            return [""] * (first + 1) + block, i + 1
    return [], 0


def parse_yaml(lines: list[str], where: str) -> YamlData:
    """Read a YAML mapping given as lines; where it is broken, keep every top-level key that can be read by itself."""
    text = "\n".join(lines)
    try:
        return _compose(text, 0, where)
    except (yaml.YAMLError, _RefusedError, ValueError) as error:
        warning = f"{where}: {_reason(error)}; reading it key by key"
        leaves: list[Leaf] = []
        if not isinstance(error, _RefusedError):
            for start, chunk in _top_level_chunks(lines):
                leaves += _salvaged(chunk, start, where)
        return YamlData(tuple(leaves), (warning,))


class _RefusedError(Exception):
    """YAML that is valid but not what a card may hold: no mapping, or an expansion bomb."""


def _reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    return f"YAML not readable ({problem}{f', line {mark.line + 1}' if mark else ''})"


def _salvaged(chunk: list[str], start: int, where: str, *, again: bool = True) -> tuple[Leaf, ...]:
    """The leaves of one key; where it is broken, of what stands above the line that breaks it."""
    try:
        return _compose("\n".join(chunk), start, where).leaves
    except (yaml.YAMLError, _RefusedError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        return _salvaged(chunk[: mark.line], start, where, again=False) if again and mark and mark.line else ()


def _top_level_chunks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    starts = [i for i, line in enumerate(lines) if _TOP_KEY.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        yield start, lines[start:end]


def _compose(text: str, offset: int, where: str) -> YamlData:
    if _is_bottomless(text):
        raise _RefusedError("it is nested too deeply")
    loader = _Loader(_OTHER_BREAKS.sub(" ", text))
    try:
        root = loader.get_single_node()
    finally:
        loader.dispose()
    if root is None:
        return YamlData()
    if not isinstance(root, yaml.MappingNode):
        raise _RefusedError("it is no mapping of keys to values")
    leaves: list[Leaf] = []
    warnings: list[str] = []
    _walk(root, (), _Walk(leaves, warnings, offset, where, last_line=offset + text.count("\n") + 1))
    return YamlData(tuple(leaves), tuple(warnings))


def _is_bottomless(text: str) -> bool:
    """Whether brackets, or list marks on one line, open more levels than the library can descend."""
    opened = 0
    deepest = max((len(run[0]) // 2 for run in _STACKED.finditer(text)), default=0)
    if text.count("[") + text.count("{") > _MAX_OPEN:
        for match in _BRACKET.finditer(text):
            opened = opened + 1 if match[0] in "[{" else max(opened - 1, 0)
            deepest = max(deepest, opened)
    return deepest > _MAX_OPEN


@dataclass(slots=True)
class _Walk:
    leaves: list[Leaf]
    warnings: list[str]
    offset: int
    where: str
    last_line: int
    visited: int = 0


def _walk(node: yaml.Node, path: tuple[str | int, ...], walk: _Walk) -> None:
    walk.visited += 1
    if walk.visited > _MAX_NODES or len(path) > _MAX_DEPTH:
        raise _RefusedError("its aliases expand to too much data or it is nested too deeply")
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in seen:
                line = key.start_mark.line + 1 + walk.offset
                walk.warnings.append(f"{walk.where}: the key {name!r} stands twice (line {line}); both are read")
            seen.add(name)
            _walk(value, (*path, name), walk)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), walk)
    elif isinstance(node, yaml.ScalarNode):
        null = node.tag == "tag:yaml.org,2002:null"
        start, end = node.start_mark, node.end_mark
        last = end.line if end.column or end.line == start.line else end.line - 1
        first_line, last_line = (
            min(at + 1 + walk.offset, walk.last_line) for at in (start.line, max(start.line, last))
        )
        value = None if null else node.value.replace("\0", "\ufffd")  # which no database takes
        walk.leaves.append(Leaf(path, value, first_line, last_line))
