"""The sentences that a card describes its asset with, and where they stand."""

from catalog.passages import Filters
from catalog.records import Evidence
from catalog.snapshot import Snapshot
from catalog.store import Asset

_FIRST_WORDS = 6


def summary_evidence(snapshot: Snapshot, asset: Asset) -> list[Evidence]:
    """The passage of the card that says what the asset is: that with the words of its summary."""
    said = asset.summary or asset.title
    paths = (asset.path or "", *snapshot.catalog.companions_of([asset.path or ""]))
    hits = snapshot.passages.lexical(said, Filters(paths=paths), limit=1)
    return [
        Evidence(
            path=hit.passage.path,
            line_start=hit.passage.line_start,
            line_end=hit.passage.line_end,
            quote=_quote(hit.passage.text, said),
            origin="prose",
            page=hit.passage.page,
        )
        for hit in hits
    ]


def first_sentence(summary: str) -> str:
    sentence, stop, _ = summary.partition(". ")
    return sentence + stop.strip()


def _quote(text: str, said: str) -> str:
    """The line of a passage that the summary begins with; the whole passage where it is worded in another way."""
    first = said.split()[:_FIRST_WORDS]
    return next((line.strip() for line in text.split("\n") if line.split()[: len(first)] == first), text)
