"""Documents that are no cards, of any kind but Markdown: their passages are searchable and their path is their id."""

from collections.abc import Iterable

from ingest.formats import Card
from ingest.partition.kinds import kind_of
from ingest.sources import Bundle, Folder


class DocumentReader:
    """Documents by their suffix: `ingest/partition/data/kinds.toml` has the table."""

    name = "document"

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        for name, file in list(folder.files.items()):
            if kind_of(name):
                yield Bundle(self.name, file)

    def read(self, bundle: Bundle) -> Card:
        """Raises SourceError for a document that cannot be read: encrypted, scanned, damaged, far too large."""
        from ingest.chunk import chunk_parts  # both import unstructured, which a claim does not need
        from ingest.partition.partitioning import partition

        kind = kind_of(bundle.primary.name)
        if kind is None:
            raise ValueError(f"no document of a known kind: {bundle.path}")
        document = partition(bundle.path, bundle.primary.data, kind)
        passages = chunk_parts(bundle.path, document.text, document.parts)
        return Card((), (), document.warnings, text=document.text, passages=passages)
