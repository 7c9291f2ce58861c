"""Word and PowerPoint files: headings by their styles, tables row by row, slides as pages."""

import html
import re
from io import BytesIO
from itertools import groupby
from zipfile import BadZipFile, ZipFile

from olefile import OleFileIO, isOleFile
from unstructured.documents.elements import Element, Text
from unstructured.partition.docx import partition_docx
from unstructured.partition.pptx import partition_pptx

from catalog.errors import SourceError
from ingest.partition.elements import Elements, heading

_UNDECIDED_LANGUAGE = [""]
_WORD_TEXT, _TITLE_AMONG = "word/document.xml", 20_000
_TITLE_PARAGRAPH = re.compile(rb'<w:pStyle w:val="Title"/>(.*?)</w:p>', re.S)
_TEXT_RUN = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)</w:t>")
#: bytes unpacked, in all and in one XML file, whose tree takes ten times as much memory
_BIGGEST, _BIGGEST_XML, _MOST_FILES = 500_000_000, 60_000_000, 20_000


def from_word(name: str, data: bytes) -> Elements:
    """Paragraphs, lists and tables under the headings that are styled as such."""
    _check(data, _WORD_TEXT)
    elements = partition_docx(file=BytesIO(data), languages=_UNDECIDED_LANGUAGE)
    title = _title(data)
    return Elements(tuple(_of_word(element, title) for element in elements))


def _of_word(element: Element, title: str) -> Element:
    """An element without its page, which is made when a file is shown; the title stands above all headings."""
    element.metadata.page_number = None
    return heading(title, -1) if element.category == "Title" and element.text.strip() == title else element


def _title(data: bytes) -> str:
    """The text of the first paragraph of the style Title, which `unstructured` ranks with the first headings."""
    with ZipFile(BytesIO(data)) as archive:
        xml = archive.read(_WORD_TEXT)[:_TITLE_AMONG]
    paragraph = _TITLE_PARAGRAPH.search(xml)
    return (
        html.unescape(b"".join(_TEXT_RUN.findall(paragraph[1])).decode("utf-8", "replace")).strip() if paragraph else ""
    )


def from_slides(name: str, data: bytes) -> Elements:
    """The slides with their notes; a slide is a page and its title the heading."""
    _check(data, "ppt/presentation.xml")
    elements = partition_pptx(file=BytesIO(data), include_slide_notes=True, languages=_UNDECIDED_LANGUAGE)
    slides = groupby(elements, key=lambda element: element.metadata.page_number)
    return Elements(tuple(element for _, slide in slides for element in _slide([_checked(e) for e in slide])))


def _checked(element: Element) -> Element:
    """Titles of slides are headings; other text that is only short is not."""
    if element.category != "Title":
        return element
    if element.metadata.category_depth:
        return Text(text=element.text, metadata=element.metadata)
    return heading(element.text, 0, element.metadata.page_number)


def _slide(elements: list[Element]) -> list[Element]:
    """The title first: the notes stand before it, and so does what is higher up on the slide."""
    first = next((index for index, element in enumerate(elements) if element.category == "Title"), 0)
    return elements[first:] + elements[:first]


def _check(data: bytes, main: str) -> None:
    """Refuse what is encrypted, broken, or far larger than it looks, before any of it is unpacked."""
    if isOleFile(BytesIO(data)):  # bytes that are too few would be taken for a path
        with OleFileIO(BytesIO(data)) as container:
            if container.exists("EncryptedPackage"):
                raise SourceError("is encrypted. Save it without a password.")
        raise SourceError("has the format of Office 97. Save it in today's format.")
    try:
        with ZipFile(BytesIO(data)) as archive:
            files = archive.infolist()
    except BadZipFile as error:
        raise SourceError(f"is damaged ({error}). Replace it by a copy that opens.") from error
    size = sum(file.file_size for file in files)
    xml = max((file.file_size for file in files if file.filename.endswith((".xml", ".rels"))), default=0)
    if size > _BIGGEST or xml > _BIGGEST_XML or len(files) > _MOST_FILES:
        raise SourceError(
            f"unpacks to {size / 1e6:.0f} MB in {len(files)} files, which is more than is read. Split it up."
        )
    if main not in archive.NameToInfo:
        raise SourceError(f"holds no {main}, so it is of another kind than its name says. Rename it.")
