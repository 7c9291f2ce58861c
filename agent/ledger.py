"""What the look-ups of one answer found: the only evidence and the only lists that the answer may refer to.

It also knows which look-ups were led by the text of cards: text is written by strangers, and an instruction in it may
send a model off to look up something else than what was asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.answer import ToolCall
from agent.tools.found import Entry, Found
from catalog.records import Evidence
from catalog.vocabulary import squash

#: values longer than this are sentences, not names or numbers
_LONGEST_VALUE = 80
#: arguments whose values are words of ours
_CLOSED = ("fields", "op", "role", "direction", "relation", "kind", "split", "metric")
_LISTING = ("find_models", "find_datasets", "count", "rank_results")


@dataclass(frozen=True)
class Piece:
    """A line of evidence and the asset whose card it stands in."""

    about: str | None
    evidence: Evidence


@dataclass
class Ledger:
    """Sets and evidence by their keys, in the order in which they were found; and the calls that found them.

    `asked` is the question with what the rules read in it.
    """

    asked: str = ""
    sets: dict[str, Found] = field(default_factory=dict)
    evidence: dict[str, Piece] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)
    led: set[str] = field(default_factory=set)
    _named: str = ""
    _text: str = ""

    def enter(self, found: Found, seconds: float) -> ToolCall:
        """Take a result in; returns the call as an answer tells it."""
        if self._is_led(found):
            self.led.add(found.key)
        self.sets[found.key] = found
        for entry in found.entries:
            self._read(entry)
            for piece in entry.evidence:
                self.evidence.setdefault(piece.key, Piece(entry.about, piece))
        call = ToolCall(name=found.tool, arguments=found.arguments, seconds=round(seconds, 4), total=found.total)
        self.calls.append(call)
        return call

    @property
    def read_text(self) -> bool:
        """Whether any text of cards was read."""
        return bool(self._text)

    def _read(self, entry: Entry) -> None:
        if entry.kind == "passage" or len(entry.label) > _LONGEST_VALUE:
            self._text += f" {squash(entry.label)}"
        else:
            self._named += f" {squash(entry.label)} {squash(entry.id or '')} {squash(entry.about or '')}"

    def _is_led(self, found: Found) -> bool:
        """Whether it was looked up with names that stand in text that was read and nowhere else, or with none."""
        if not self._text:
            return False
        names = [squash(name) for name in _names(found.arguments)]
        if not names:
            return found.tool in _LISTING
        known = f"{squash(self.asked)} {self._named}"
        return any(name not in known and name in self._text for name in names)


def _names(arguments: Any) -> Iterator[str]:
    """The words in arguments, but those of closed vocabularies."""
    if isinstance(arguments, str):
        yield arguments
    elif isinstance(arguments, Mapping):
        for key, value in arguments.items():
            if key not in _CLOSED:
                yield from _names(value)
    elif isinstance(arguments, list | tuple):
        for value in arguments:
            yield from _names(value)
