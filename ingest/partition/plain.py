"""Text files: their lines are what is quoted."""

from unstructured.partition.text import partition_text

from ingest.partition.elements import Elements, with_guessed_headings
from ingest.partition.encoding import decoded

_UNDECIDED_LANGUAGE = [""]


def from_text(name: str, data: bytes) -> Elements:
    """Paragraphs of a text file; lines on their own that look like headings are headings."""
    text = decoded(data)
    elements = partition_text(text=text, languages=_UNDECIDED_LANGUAGE) if text.strip() else []
    return Elements(with_guessed_headings(elements), text, complete=True)
