"""What the look-ups of one answer found: the only evidence and the only lists that the answer may refer to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.answer import ToolCall
from agent.tools.found import Entry, Found
from catalog.records import Evidence


@dataclass(frozen=True)
class Piece:
    """A line of evidence and the asset whose card it stands in."""

    about: str | None
    evidence: Evidence


@dataclass
class Ledger:
    """Sets and evidence by their keys, in the order in which they were found; and the calls that found them."""

    sets: dict[str, Found] = field(default_factory=dict)
    evidence: dict[str, Piece] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)

    def enter(self, found: Found, seconds: float) -> ToolCall:
        """Take a result in; returns the call as an answer tells it."""
        self.sets[found.key] = found
        for entry in found.entries:
            for piece in entry.evidence:
                self.evidence.setdefault(piece.key, Piece(entry.about, piece))
        call = ToolCall(name=found.tool, arguments=found.arguments, seconds=round(seconds, 4), total=found.total)
        self.calls.append(call)
        return call

    def entries(self, key: str) -> Iterator[Entry]:
        yield from self.sets[key].entries

    @property
    def found_anything(self) -> bool:
        return any(found.entries for found in self.sets.values())
