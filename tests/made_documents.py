"""Documents that tests make: PDF by hand, Word and PowerPoint with the libraries that read them."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pptx
from pptx.util import Inches

#: (size of type, is bold, text) of a printed line
Printed = tuple[float, bool, str]


def body(*texts: str) -> list[Printed]:
    """Lines of ordinary text."""
    return [(10, False, text) for text in texts]


def pdf(pages: Sequence[Iterable[Printed]], outline: Sequence[tuple[str, int]] = (), trailer: bytes = b"") -> bytes:
    """A PDF with these lines on its pages and (title, page from 1) as bookmarks."""
    objects: list[bytes] = [b"", b"", _font("Helvetica"), _font("Helvetica-Bold")]
    kids = []
    for lines in pages:
        content = zlib.compress(_drawn(lines))
        objects.append(b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream" % (len(content), content))
        resources = b"<< /Font << /R 3 0 R /B 4 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources %s >>"
            % (len(objects), resources)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    root = len(objects) + 1
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R%s >>" % (b" /Outlines %d 0 R" % root if outline else b"")
    for index, (title, page) in enumerate(outline):
        following = b" /Next %d 0 R" % (root + index + 2) if index + 1 < len(outline) else b""
        entry = b"<< /Title (%s) /Parent %d 0 R /Dest [%d 0 R /Fit]%s >>"
        objects.append(entry % (title.encode("latin-1"), root, kids[page - 1], following))
    if outline:
        first, last, count = root + 1, root + len(outline), len(outline)
        objects.insert(root - 1, b"<< /First %d 0 R /Last %d 0 R /Count %d >>" % (first, last, count))
    return _file(objects, trailer)


def encrypted_pdf() -> bytes:
    """A PDF that opens with a password only."""
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]"
    return pdf([body("secret")], trailer=lock % (b"ab" * 32, b"cd" * 32))


def scanned_pdf(count: int = 2) -> bytes:
    """Pages that hold a picture each and no text."""
    pixel = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", pixel + b" /Length 1 >> stream\n\x00\nendstream"]
    kids = []
    for _ in range(count):
        draw = b"q 500 0 0 700 50 50 cm /I Do Q"
        objects.append(b"<< /Length %d >> stream\n%s\nendstream" % (len(draw), draw))
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
        objects.append(page % len(objects) + b" /Resources << /XObject << /I 3 0 R >> >> >>")
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, b" ".join(kids))
    return _file(objects)


def _font(name: str) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name.encode()


def _drawn(lines: Iterable[Printed]) -> bytes:
    """Lines from top to bottom; an empty one leaves a gap."""
    drawn, y = [b"BT"], 800.0
    for size, bold, text in lines:
        y -= 1.25 * size
        words = text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        drawn.append(b"/%s %g Tf 1 0 0 1 60 %.1f Tm (%s) Tj" % (b"B" if bold else b"R", size, y, words))
    return b"\n".join([*drawn, b"ET"])


def _file(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    out, places = BytesIO(), []
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def word(*blocks: tuple[str, str] | list[list[str]]) -> bytes:
    """A Word file of (style, text) paragraphs and tables, given as rows."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, list):
            table = document.add_table(len(block), len(block[0]))
            for cells, row in zip(block, table.rows, strict=True):
                for text, cell in zip(cells, row.cells, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(block[1], style=block[0])
    return _saved(document)


def slides(*told: tuple[str, list[str], str]) -> bytes:
    """A presentation of (title, points, note) slides."""
    show = pptx.Presentation()
    for title, points, note in told:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(points)
        if note:
            slide.notes_slide.notes_text_frame.text = note
    return _saved(show)


def slide_with_table(title: str, rows: list[list[str]]) -> bytes:
    """A presentation of one slide with a table."""
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = title
    place = (Inches(1), Inches(2), Inches(4), Inches(1))
    table = slide.shapes.add_table(len(rows), len(rows[0]), *place).table
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    return _saved(show)


def _saved(document: object) -> bytes:
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def bomb(main: str, megabytes: int) -> bytes:
    """An office file of a few kilobytes that unpacks to so much."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as archive, archive.open(main, "w") as stream:
        for _ in range(megabytes):
            stream.write(b" " * 1_000_000)
    return out.getvalue()


def encrypted_office() -> bytes:
    """The container in which Office puts what it encrypts: a compound file with a stream `EncryptedPackage`."""
    end, free, fat = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    header = struct.pack("<8s16sHHHHH6xIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0)
    header += struct.pack("<IIIII", 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", fat, end, *[free] * 126)
    return header + table + _entry("Root Entry", 5, 1) + _entry("EncryptedPackage", 2, free) + bytes(256)


def _entry(name: str, kind: int, child: int) -> bytes:
    nothing = 0xFFFFFFFF
    written = (name + "\0").encode("utf-16-le")
    links = struct.pack("<64sHBBIII", written, len(written), kind, 1, nothing, nothing, child)
    return links + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)
