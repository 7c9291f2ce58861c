"""What an extractor is given: one document about one asset."""

from dataclasses import dataclass
from functools import cached_property

from catalog.records import AssetCard, AssetKind, Evidence, Fact, Origin
from catalog.vocabulary import squash
from ingest.document import Block, MarkdownDocument, Sentence
from ingest.extract.tables import Grid, grids


@dataclass(frozen=True)
class CardText:
    """A document and the asset it describes; `asset.facts` are those already read from its metadata."""

    document: MarkdownDocument
    asset: AssetCard

    @property
    def kind(self) -> AssetKind:
        return self.asset.kind

    @property
    def organization(self) -> str:
        """The hub organisation in the id; empty where the id has none."""
        return self.asset.id.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The last part of the id."""
        return self.asset.id.rpartition("/")[2]

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Squashed names under which the card speaks of its own asset."""
        names = (self.asset.id, self.name, self.asset.title, *self.asset.names)
        return frozenset(squash(name) for name in names if name)

    @cached_property
    def provenance(self) -> tuple[Fact, ...]:
        """What the text says of training data and parents; read once, for results ask for it as well."""
        from ingest.extract import provenance

        return tuple(provenance.read(self))

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """The tables of the document, read once."""
        return tuple(grids(self.document))

    def evidence(self, at: Block | Sentence, origin: Origin, quote: str | None = None) -> Evidence:
        """Evidence for a whole block or sentence, or for `quote`, an exact substring of it."""
        if quote is None or quote == at.text:
            return Evidence(
                path=self.document.path, line_start=at.line_start, line_end=at.line_end, quote=at.text, origin=origin
            )
        position = at.text.index(quote)
        first = at.line_start + at.text.count("\n", 0, position)
        last = first + quote.count("\n")
        return Evidence(path=self.document.path, line_start=first, line_end=last, quote=quote, origin=origin)

    def line_evidence(self, line: int, origin: Origin, last: int = 0) -> Evidence:
        """Evidence for one line of the file, or for those from it to `last`."""
        last = max(line, last)
        quote = self.document.quote(line, last)
        return Evidence(path=self.document.path, line_start=line, line_end=last, quote=quote, origin=origin)
