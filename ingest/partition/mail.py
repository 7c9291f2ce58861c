"""Mails: who wrote to whom about what, and the body; attachments are files of their own and not read."""

import re
from io import BytesIO

from unstructured.documents.elements import Element, ElementMetadata, NarrativeText
from unstructured.partition.email import partition_email

from catalog.errors import SourceError
from ingest.partition.elements import Elements, heading, with_guessed_headings
from ingest.partition.encoding import decoded
from ingest.partition.placing import all_found

_UNDECIDED_LANGUAGE = [""]
_HEADER_FIELD = re.compile(rb"(?:From |[A-Za-z][\w-]{1,60}:)")
_SHOWN_FIELD = re.compile(r"^(?:From|To|Cc|Date):[^\n]*(?:\n[ \t][^\n]*)*", re.M | re.I)
_SUBJECT = re.compile(r"^Subject:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.M | re.I)


def from_mail(name: str, data: bytes) -> Elements:
    """Subject, correspondents and body; quotes are cut from the file where it holds these as they are read."""
    if not _HEADER_FIELD.match(data.lstrip()):
        raise SourceError("is no mail: it does not begin with header fields. Export it again as .eml.")
    body = partition_email(
        file=BytesIO(data), content_source="text/plain", process_attachments=False, languages=_UNDECIDED_LANGUAGE
    )
    text = decoded(data)
    letter = with_guessed_headings(body)
    as_filed = (*_written_header(text), *letter)
    if all_found(text, as_filed):
        return Elements(as_filed, text)
    return Elements((*_decoded_header(body), *letter))


def _written_header(text: str) -> list[Element]:
    """Subject and correspondents as they stand in the file."""
    header = text.lstrip("\n").partition("\n\n")[0]
    fields: list[tuple[int, Element]] = [
        (match.start(), NarrativeText(text=match[0])) for match in _SHOWN_FIELD.finditer(header)
    ]
    fields += [(match.start(), heading(match[1].strip(), -1)) for match in _SUBJECT.finditer(header) if match[1].strip()]
    encoded = any("=?" in element.text for _, element in fields)
    return [] if encoded else [element for _, element in sorted(fields, key=lambda field: field[0])]


def _decoded_header(body: list[Element]) -> list[Element]:
    """Subject and correspondents as `unstructured` has read them."""
    told = body[0].metadata if body else ElementMetadata()
    people = {"From": told.sent_from, "To": told.sent_to, "Cc": told.cc_recipient}
    lines = [f"{field}: {', '.join(names)}" for field, names in people.items() if names]
    lines += [f"Date: {told.last_modified}"] if told.last_modified else []
    subject: list[Element] = [heading(str(told.subject), -1)] if told.subject else []
    return subject + ([NarrativeText(text="\n".join(lines))] if lines else [])
