"""Readers: one module per kind of card. `READERS` lists them in the order in which they are asked.

A new kind is one module with a class that has `name`, `claim` and `read` (see `Reader`), and one line in `READERS`;
no other module changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

from catalog.records import AssetCard, Passage
from ingest.document import MarkdownDocument
from ingest.sources import Bundle, Folder


@dataclass(frozen=True)
class Card:
    """What a reader makes of a bundle.

    `documents` are the Markdown files of the bundle: they are chunked into passages, and where the bundle describes
    one asset, facts are extracted from their prose, tables and code as well. `assets` carry the facts that the format
    states as data (origin `metadata`). Documents that are `about_family` speak of more than one asset, even where only
    one of them is listed: nothing is extracted from them. A document that is no Markdown comes with `passages`, and
    with the `text` that they are cut from: the file's own as far as a reader sees it, else what its pages say.
    """

    documents: tuple[MarkdownDocument, ...]
    assets: tuple[AssetCard, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    about_family: bool = False
    text: str | None = None
    passages: tuple[Passage, ...] = ()


class Reader(Protocol):
    """One kind of card."""

    name: str

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        """The bundles of this kind in a folder; each file is given to the first reader that claims it."""
        ...

    def read(self, bundle: Bundle) -> Card:
        """Read a claimed bundle; what is broken in it becomes a warning. SourceError where nothing can be read."""
        ...


#: module of this package → class
READERS: dict[str, str] = {
    "tfhub": "TFHubReader",
    "openmodelzoo": "OpenModelZooReader",
    "openmmlab": "OpenMMLabReader",
    "croissant": "CroissantReader",
    "huggingface": "HuggingFaceReader",
    "markdown": "MarkdownReader",
    "documents": "DocumentReader",
}


def readers() -> list[Reader]:
    """The readers, in the order in which they are asked."""
    return [getattr(import_module(f"{__name__}.{module}"), cls)() for module, cls in READERS.items()]


def claim(folder: Folder, asked: Iterable[Reader]) -> Iterator[Bundle]:
    """Bundles of a folder; files that no reader claims are left in `folder.files`."""
    for reader in asked:
        for bundle in reader.claim(folder):
            for file in (bundle.primary, *bundle.companions):
                folder.files.pop(file.name, None)
            yield bundle
