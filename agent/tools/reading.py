"""Text of cards and documents: passages that fit a question, and the lines of one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.tools.filters import Kind
from agent.tools.found import Entry, Found
from agent.tools.resolving import Resolver
from agent.tools.sections import sections
from catalog.errors import ToolError
from catalog.passages import EVERYTHING, Filters, Hit
from catalog.records import Evidence
from catalog.snapshot import Snapshot
from catalog.vocabulary import squash

MOST_PASSAGES = 20
_LONGEST_READ = 120
_MOST_ALIKE = 3


@dataclass(frozen=True)
class Lines:
    """A part of a file: lines count from 1 and are inclusive; `section` is a heading."""

    first: int | None = None
    last: int | None = None
    section: str | None = None


@dataclass(frozen=True)
class Texts:
    """Searches and reads the texts of one snapshot."""

    snapshot: Snapshot

    def search(self, text: str, assets: Sequence[str], limit: int, arguments: dict[str, Any]) -> Found:
        """The passages nearest to `text`, best first; only those of `assets` where any are named."""
        if not text.strip():
            raise ToolError("`query` is empty. Say in a few words what is looked for.")
        resolver = Resolver(self.snapshot.catalog)
        limit = min(max(limit, 1), MOST_PASSAGES)
        inside = self._inside(resolver, assets) if assets else EVERYTHING
        vector = self.snapshot.embedder.embed([text])[0]
        hits = self.snapshot.retriever.find(text, vector, limit, inside)
        full = len(hits) == limit and limit < MOST_PASSAGES
        return Found(
            tool="search_passages",
            arguments=arguments,
            says=f"passages about: {text}",
            total=len(hits),
            entries=tuple(_passage(hit) for hit in hits),
            exhaustive=False,
            more=f"there are more passages: `limit` up to {MOST_PASSAGES}, or other words" if full else "",
            columns=("passage",),
            read_as=resolver.told(),
        )

    def read(self, name: str, lines: Lines, arguments: dict[str, Any]) -> Found:
        """Lines of a card or document, at most 120 at once; with nothing chosen, its beginning and its sections."""
        catalog = self.snapshot.catalog
        path, asset = self._place(name)
        text = catalog.text(path)
        if text is None:
            raise ToolError(f"there is no text of {path}. Use search_passages.")
        whole = text.split("\n")
        first, last = self._span(path, text, lines)
        shown = "\n".join(whole[first - 1 : last])
        evidence = Evidence(path=path, line_start=first, line_end=last, quote=shown, origin="prose")
        entry = Entry(kind="passage", label=shown, about=asset, details=(path,), evidence=(evidence,))
        rest = len(whole) - (last - first + 1)
        return Found(
            tool="read_card",
            arguments=arguments,
            says=f"lines {first} to {last} of {path}",
            total=len(whole),
            entries=(entry,) if shown.strip() else (),
            exhaustive=not rest,
            left_out=rest,
            more=f"read_card with first_line {last + 1}" if last < len(whole) else "",
            columns=("text",),
            read_as=(f"sections of it: {_titles(text)}",),
        )

    def _inside(self, resolver: Resolver, names: Sequence[str]) -> Filters:
        """The files of the named assets."""
        paths: list[str] = []
        for name in names:
            kind, id_ = resolver.either(name)
            paths += self._paths(kind, id_)
        return Filters(paths=tuple(dict.fromkeys(paths)))

    def _paths(self, kind: Kind, id_: str) -> list[str]:
        catalog = self.snapshot.catalog
        asset = catalog.asset(kind, id_)
        if asset is None or not asset.path:
            mentions = catalog.documents_mentioning(kind, id_)
            if mentions:
                return [mention.path for mention in mentions]
            raise ToolError(f"{id_} has no card in the catalogue; other cards only name it. Search without `assets`.")
        return [asset.path, *catalog.companions_of([asset.path])]

    def _place(self, name: str) -> tuple[str, str | None]:
        """The file of a card or document, and the asset that it describes."""
        if self.snapshot.catalog.text(name) is not None:
            return name, None
        kind, id_ = Resolver(self.snapshot.catalog).either(name)
        return self._paths(kind, id_)[0], id_

    def _span(self, path: str, text: str, lines: Lines) -> tuple[int, int]:
        length = text.count("\n") + 1
        if lines.section:
            wanted = squash(lines.section)
            found = next((one for one in sections(text) if wanted in squash(one.title)), None)
            if found is None:
                raise ToolError(f"{path} has no section {lines.section!r}. Its sections: {_titles(text)}.")
            first, last = found.first, found.last
        else:
            first = lines.first or 1
            last = lines.last or first + _LONGEST_READ - 1
        if not 1 <= first <= last or first > length:
            raise ToolError(f"{path} has lines 1 to {length}; asked for were {first} to {last}.")
        return first, min(last, first + _LONGEST_READ - 1, length)


def _titles(text: str) -> str:
    return " · ".join(section.title for section in sections(text)) or "none"


def _passage(hit: Hit) -> Entry:
    passage = hit.passage
    evidence = Evidence(
        path=passage.path,
        line_start=passage.line_start,
        line_end=passage.line_end,
        quote=passage.text,
        origin="prose",
        page=passage.page,
    )
    place = (passage.path, " › ".join(passage.headings))
    details = (*place, _alike(hit)) if hit.alike else place
    return Entry(kind="passage", label=passage.text, about=passage.asset, details=details, evidence=(evidence,))


def _alike(hit: Hit) -> str:
    """How many other cards say almost the same, and the first of them."""
    named = ", ".join(hit.alike[:_MOST_ALIKE]) + (", …" if len(hit.alike) > _MOST_ALIKE else "")
    return f"almost the same text in {len(hit.alike)} more: {named}"
