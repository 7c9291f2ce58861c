"""A file whose lines can be quoted as evidence."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.records import Attribute, Evidence, Origin
from ingest.front_matter import Leaf

#: a minified file is one line; nobody reads more of it than this below an answer
_MAX_QUOTE = 1_000


@dataclass(frozen=True)
class CitedFile:
    """A path as citations show it, and the lines of the file."""

    path: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, path: str, text: str) -> "CitedFile":
        return cls(path, tuple(text.split("\n")))

    def evidence(self, line_start: int, line_end: int, origin: Origin, quote: str | None = None) -> Evidence:
        """Evidence for whole lines, or for `quote`, an exact substring of them."""
        text = quote if quote is not None else "\n".join(self.lines[line_start - 1 : line_end]).strip()
        cut = text[:_MAX_QUOTE].rstrip()
        if len(cut) < len(text):
            line_end = line_start + cut.count("\n")
        return Evidence(path=self.path, line_start=line_start, line_end=line_end, quote=cut, origin=origin)

    def of_leaves(self, leaves: Iterable[Leaf], origin: Origin = "metadata") -> Evidence:
        """Evidence for the lines from the first to the last of some leaves."""
        spans = [(leaf.line_start, leaf.line_end) for leaf in leaves]
        return self.evidence(min(start for start, _ in spans), max(end for _, end in spans), origin)


def attribute(name: str, value: str, evidence: Evidence) -> Attribute:
    """An attribute with outer white space off its value."""
    return Attribute(name=name, value=value.strip(), evidence=evidence)
