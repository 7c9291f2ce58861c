"""Citations are made by code: numbered as they are used, and checked against the stored text before they are shown."""

from collections.abc import Iterable

from agent.answer import Citation
from catalog.records import Evidence
from catalog.store import Catalog


class Citations:
    """Collects the citations of one answer; goes on from those `given`."""

    def __init__(self, catalog: Catalog, given: Iterable[Citation] = ()) -> None:
        self._catalog = catalog
        self._found = list(given)
        self._markers = {(c.path, c.line_start, c.line_end, c.quote): c.marker for c in self._found}
        self._texts: dict[str, str | None] = {}
        self.rejected = 0

    def cite(self, asset: str | None, evidence: Iterable[Evidence], most: int = 2) -> tuple[int, ...]:
        """Markers of at most `most` pieces of evidence that stand in their files as quoted; others are counted."""
        markers: list[int] = []
        for piece in evidence:
            if len(markers) == most:
                break
            marker = self._marker(asset, piece)
            if marker is not None and marker not in markers:
                markers.append(marker)
        return tuple(markers)

    def all(self) -> tuple[Citation, ...]:
        return tuple(self._found)

    def _marker(self, asset: str | None, piece: Evidence) -> int | None:
        key = (piece.path, piece.line_start, piece.line_end, piece.quote)
        if key in self._markers:
            return self._markers[key]
        if not self._stands(piece):
            self.rejected += 1
            return None
        marker = len(self._found) + 1
        self._markers[key] = marker
        self._found.append(
            Citation(
                marker=marker,
                asset=asset,
                path=piece.path,
                line_start=piece.line_start,
                line_end=piece.line_end,
                quote=piece.quote,
                page=piece.page,
            )
        )
        return marker

    def _stands(self, piece: Evidence) -> bool:
        """Whether the quote is in the stored text, within its lines."""
        if piece.path not in self._texts:
            self._texts[piece.path] = self._catalog.text(piece.path)
        text = self._texts[piece.path]
        if text is None or not piece.quote.strip():
            return False
        lines = text.split("\n")[max(piece.line_start, 1) - 1 : piece.line_end]
        return _folded(piece.quote) in _folded("\n".join(lines))


def _folded(text: str) -> str:
    return " ".join(text.split())
