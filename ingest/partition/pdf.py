"""PDF files by the text that they hold, page by page; `typesetting.py` makes paragraphs and headings of the lines.

`unstructured` itself cannot read them without layout models (its module imports torch), so the lines are read with the
pdfium that it brings along: hundreds of pages a second, where pdfminer reads twenty.
"""

import re
from collections.abc import Iterator
from math import hypot

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from catalog.errors import SourceError
from ingest.partition.elements import Elements
from ingest.partition.typesetting import Line, OutlineEntry, typeset

_LINE_END = re.compile(r"\r\n|\r|\n")
_BOLD = re.compile(r"bold|black|heavy|CMBX", re.I)
_MONOSPACED = re.compile(r"mono|courier|consol|typewriter|menlo|CMTT|code", re.I)
_BOLD_WEIGHT = 600
#: pdfium's sign for a hyphen at the end of a line, whose halves it joins
_HYPHEN = "\ufffe"
_UNSTORABLE = re.compile(r"[\ud800-\udfff\x00-\x08\x0b-\x1f]")
_MOST_PAGES_NAMED = 8


def from_pdf(name: str, data: bytes) -> Elements:
    """The text of a PDF; pages count from 1. Scanned pages have none and are reported."""
    document = _opened(data)
    lines: list[Line] = []
    scanned: list[int] = []
    try:
        for number in range(1, len(document) + 1):
            page = document[number - 1]
            found = list(_lines(page, number))
            if not found and any(page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3)):
                scanned.append(number)
            lines += found
            page.close()
        outline = list(_outline(document))
        pages = len(document)
    except pdfium.PdfiumError as error:
        raise SourceError(f"is damaged ({error}). Replace it by a copy that opens.") from error
    finally:
        document.close()
    if not any(line.text for line in lines):
        raise SourceError(f"holds no text on its {pages} pages. Run OCR over it (ocrmypdf) and ingest the result.")
    return Elements(typeset(lines, outline), warnings=_about_scans(name, scanned))


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise SourceError("is encrypted. Save it without a password.") from error
        raise SourceError(f"is damaged ({error}). Replace it by a copy that opens.") from error


def _about_scans(name: str, pages: list[int]) -> tuple[str, ...]:
    if not pages:
        return ()
    named = ", ".join(map(str, pages[:_MOST_PAGES_NAMED])) + (", …" if len(pages) > _MOST_PAGES_NAMED else "")
    return (f"{name}: pages without text ({named}) were not read; run OCR over it (ocrmypdf) to have them",)


def _lines(page: pdfium.PdfPage, number: int) -> Iterator[Line]:
    """The printed lines of a page, in the order in which the file draws them."""
    text_page = page.get_textpage()
    text = text_page.get_text_range()
    start = 0
    for end in [*(match.start() for match in _LINE_END.finditer(text)), len(text)]:
        line = text[start:end]
        shown = _UNSTORABLE.sub("", line.replace(_HYPHEN, "")).strip()
        if shown:
            first = start + len(line) - len(line.lstrip())
            yield _measured(shown, number, text_page, first, start + len(line.rstrip()) - 1)
        start = end + (2 if text.startswith("\r\n", end) else 1)
    text_page.close()


def _measured(shown: str, number: int, text_page: pdfium.PdfTextPage, first: int, last: int) -> Line:
    """A line with the place and the type of its first and last characters; either may be a small mark."""
    first, last = (raw.FPDFText_GetCharIndexFromTextIndex(text_page, index) for index in (first, last))
    (left, first_base), (right, last_base) = _origin(text_page, first), _origin(text_page, last)
    fonts = [_font(text_page, index) for index in (first, last)]
    return Line(
        text=shown,
        page=number,
        size=max(_size(text_page, first), _size(text_page, last)),
        left=left,
        right=right,
        first_base=first_base,
        last_base=last_base,
        bold=all(weight >= _BOLD_WEIGHT or bool(_BOLD.search(font)) for font, weight in fonts),
        monospaced=all(bool(_MONOSPACED.search(font)) for font, _ in fonts),
    )


def _origin(text_page: pdfium.PdfTextPage, index: int) -> tuple[float, float]:
    """Where a character stands: (its left end, the line it stands on), in points from the lower left corner."""
    x, y = raw.c_double(), raw.c_double()
    raw.FPDFText_GetCharOrigin(text_page, index, x, y)
    return x.value, y.value


def _size(text_page: pdfium.PdfTextPage, index: int) -> float:
    """The size of the type of a character as it is printed, in half points: files may write it small and scale it."""
    matrix = raw.FS_MATRIX(1, 0, 0, 1, 0, 0)
    raw.FPDFText_GetMatrix(text_page, index, matrix)
    return round(2 * float(raw.FPDFText_GetFontSize(text_page, index)) * hypot(matrix.b, matrix.d)) / 2


def _font(text_page: pdfium.PdfTextPage, index: int) -> tuple[str, int]:
    """(name, weight) of the font of a character; the weight is -1 where the file does not say."""
    name, flags = (raw.c_char * 64)(), raw.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, name, 64, flags)
    return name.value.decode("utf-8", "replace"), raw.FPDFText_GetFontWeight(text_page, index)


def _outline(document: pdfium.PdfDocument) -> Iterator[OutlineEntry]:
    """The bookmarks that name a page."""
    for bookmark in document.get_toc(max_depth=6):
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            yield OutlineEntry(bookmark.get_title(), bookmark.level, page + 1)
