"""JSON as scalars that know their lines; as `ingest.front_matter` does for YAML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder

_TOKEN = re.compile(r'[ \t\r\n]*(?:(?P<mark>[{}\[\],:])|(?P<quote>")|(?P<word>[^\s{}\[\],:"]{1,400}))')
_UNSTORABLE = re.compile(r"[\ud800-\udfff\x00]")
_STRINGS = JSONDecoder(strict=False)
_MAX_DEPTH = 60
_MAX_LEAVES = 200_000

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class JsonLeaf:
    """One scalar: `path` of keys and indexes, the value as text (None for null), and where it stands.

    `start` and `end` are offsets in the text, from the key (or the item of a list) to the end of the value.
    """

    path: Path
    value: str | None
    start: int
    end: int


@dataclass(frozen=True)
class JsonData:
    """The scalars of a file in file order; `problem` says where and why reading ended early, and is empty else."""

    leaves: tuple[JsonLeaf, ...]
    problem: str = ""


class _BrokenError(Exception):
    """The text is no JSON from here on."""


@dataclass
class _Level:
    """An open object or list: the step to the value that comes next, and where that began."""

    is_list: bool
    step: str | int | None = None
    start: int = 0


@dataclass
class _Reading:
    """A walk over the tokens with the open levels as its stack: no recursion, so depth costs nothing."""

    text: str
    levels: list[_Level] = field(default_factory=list)
    leaves: list[JsonLeaf] = field(default_factory=list)

    def run(self) -> None:
        for kind, value, start, end in self._tokens():
            level = self.levels[-1] if self.levels else None
            if kind in "{[":
                self._begin(level, start)
                self.levels.append(_Level(kind == "[", 0 if kind == "[" else None))
                if len(self.levels) > _MAX_DEPTH:
                    raise _BrokenError("it is nested too deeply")
            elif kind in "}]" and level and level.is_list == (kind == "]"):
                self.levels.pop()
            elif kind == "," and level:
                level.step = level.step + 1 if isinstance(level.step, int) else None
            elif kind == "value" and level and not level.is_list and level.step is None:
                level.step, level.start = value or "", start
            elif kind == "value" and level:
                self._begin(level, start)
                self._leaf(level, value, end)
            elif kind != ":" or level is None:
                raise _BrokenError("it is not valid JSON")

    def _begin(self, level: _Level | None, start: int) -> None:
        if level and level.is_list:
            level.start = start
        elif level and level.step is None:
            raise _BrokenError("a key is missing")

    def _leaf(self, level: _Level, value: str | None, end: int) -> None:
        path = tuple(open_.step for open_ in self.levels if open_.step is not None)
        self.leaves.append(JsonLeaf(path, value, level.start, end))
        if len(self.leaves) > _MAX_LEAVES:
            raise _BrokenError("it holds too many values")

    def _tokens(self) -> Iterator[tuple[str, str | None, int, int]]:
        """(mark or `value`, value, start, end)."""
        position = 0
        while match := _TOKEN.match(self.text, position):
            start, position = match.start(match.lastgroup or 0), match.end()
            if match["mark"]:
                yield match["mark"], None, start, position
            elif match["word"]:
                yield "value", None if match["word"] == "null" else match["word"], start, position
            else:
                try:
                    # It begins at a quotation mark, so a string is all that can come out.
                    value, position = _STRINGS.raw_decode(self.text, start)
                except JSONDecodeError as error:
                    raise _BrokenError("a string does not end") from error
                yield "value", _UNSTORABLE.sub("\ufffd", value), start, position
        if self.text[position:].strip():
            raise _BrokenError("it is not valid JSON")
        if self.levels:
            raise _BrokenError("it ends too early")


def parse_json(text: str) -> JsonData:
    """Every scalar of a JSON text; where the text is broken, those before the fault."""
    reading = _Reading(text)
    problem = ""
    try:
        reading.run()
    except _BrokenError as error:
        last = reading.leaves[-1].end if reading.leaves else 0
        problem = f"JSON not readable ({error}, after line {text.count(chr(10), 0, last) + 1})"
    return JsonData(tuple(reading.leaves), problem)
