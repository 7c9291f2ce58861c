"""Facts from what a card says outside of its metadata: prose, lists, tables, code, titles.

Each module in `EXTRACTORS` has `extract(card) -> Iterable[Fact]` over a `CardText`. An extractor only adds facts with
evidence; merging them and telling contradictions is the catalogue's work.
"""

from collections.abc import Iterator
from importlib import import_module

from catalog.records import AssetKind, Fact
from ingest.extract.card_text import CardText

EXTRACTORS: dict[AssetKind, tuple[str, ...]] = {
    "model": ("tasks", "languages", "provenance", "results", "attributes"),
    "dataset": ("attributes",),
}


def extract(card: CardText) -> Iterator[Fact]:
    """Every fact that the extractors of its kind find in a card; an empty file has no line to quote."""
    for module in EXTRACTORS[card.kind]:
        for fact in import_module(f"{__name__}.{module}").extract(card):
            if fact.evidence.quote.strip():
                yield fact
