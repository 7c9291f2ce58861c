"""What a partitioner makes of a file, and what all partitioners ask of an element."""

import re
from dataclasses import dataclass

from unstructured.documents.elements import Element, ElementMetadata, Text, Title

from ingest.chunk import PartKind

#: element category → kind of part; anything else is a paragraph
KINDS: dict[str, PartKind] = {"Title": "heading", "ListItem": "item", "Table": "table", "CodeSnippet": "code"}

#: what a page repeats or a reader does not see
UNREAD = frozenset({"Header", "Footer", "PageBreak", "PageNumber", "Image"})

_HEADING_WORDS, _HEADING_CHARACTERS = 14, 120
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_END = re.compile(r"[.!;,:…。！；，：][\"')\]”’]*$")


@dataclass(frozen=True)
class Elements:
    """The elements of a document in reading order; only headings are titles, with their level as `category_depth`.

    `text` is what quotes are cut from, line by line as in the file; None where the file has no lines of its own.
    `complete` tells that everything in `text` is to be read, also what no element holds. `title` is the document's.
    """

    elements: tuple[Element, ...]
    text: str | None = None
    complete: bool = False
    title: str = ""
    warnings: tuple[str, ...] = ()


def heading(text: str, depth: int, page: int | None = None) -> Title:
    """A heading; depth 0 is the highest."""
    return Title(text=text, metadata=ElementMetadata(category_depth=depth, page_number=page))


def looks_like_heading(text: str) -> bool:
    """Whether a line on its own may be a heading: short, with words, and no sentence or list."""
    words = text.split()
    return (
        0 < len(words) <= _HEADING_WORDS
        and len(text) <= _HEADING_CHARACTERS
        and (text[0].isupper() or text[0].isdigit())
        and bool(_WORD.search(text))
        and not _SENTENCE_END.search(text)
        and "://" not in text
    )


def with_guessed_headings(elements: list[Element]) -> tuple[Element, ...]:
    """Elements whose titles are guessed from their words, all of one level: what does not look like one is text."""
    checked: list[Element] = []
    for element in elements:
        if element.category != "Title":
            checked.append(element)
        elif looks_like_heading(element.text):
            checked.append(heading(element.text, 0, element.metadata.page_number))
        else:
            checked.append(Text(text=element.text, metadata=element.metadata))
    return tuple(checked)
