"""Any other Markdown file: no asset, its passages are searchable and its path is its id."""

from collections.abc import Iterable

from ingest.document import read_markdown
from ingest.formats import Card
from ingest.sources import Bundle, Folder

_SUFFIXES = (".md", ".markdown", ".mdx")


class MarkdownReader:
    """Markdown documents that no other reader claimed."""

    name = "markdown"

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        for name, file in list(folder.files.items()):
            if name.lower().endswith(_SUFFIXES):
                yield Bundle(self.name, file)

    def read(self, bundle: Bundle) -> Card:
        document = read_markdown(bundle.path, bundle.primary.text)
        return Card((document,), (), document.front.warnings)
