"""Mails: who wrote to whom about what, and the body; attachments are files of their own and not read."""

import re
from io import BytesIO

from unstructured.documents.elements import Element, ElementMetadata, NarrativeText
from unstructured.partition.email import partition_email

from catalog.errors import SourceError
from ingest.partition.elements import Elements, with_guessed_headings
from ingest.partition.encoding import decoded
from ingest.partition.placing import all_found

_UNDECIDED_LANGUAGE = [""]
_HEADER_FIELD = re.compile(rb"(?:From |[A-Za-z][\w-]{1,60}:)")
_SHOWN_FIELD = re.compile(r"^(?:Subject|From|To|Cc|Date):[^\n]*(?:\n[ \t][^\n]*)*", re.M | re.I)


def from_mail(name: str, data: bytes) -> Elements:
    """Subject, correspondents and body; quotes are cut from the file where it holds these as they are read."""
    if not _HEADER_FIELD.match(data.lstrip()):
        raise SourceError("does not begin with header fields. Export it again as .eml.")
    body = partition_email(
        file=BytesIO(data), content_source="text/plain", process_attachments=False, languages=_UNDECIDED_LANGUAGE
    )
    told = body[0].metadata if body else ElementMetadata()
    text, letter = decoded(data), with_guessed_headings(body)
    written = _written_header(text)
    if written and all_found(text, [*written, *letter]):
        return Elements((*written, *letter), text, title=told.subject or "")
    return Elements((NarrativeText(text=_decoded_header(told)), *letter), title=told.subject or "")


def _written_header(text: str) -> list[Element]:
    """The fields that a reader is shown as they stand in the file; nothing where they are encoded there."""
    header = text.lstrip("\n").partition("\n\n")[0]
    fields = [match[0] for match in _SHOWN_FIELD.finditer(header)]
    return [] if any("=?" in field for field in fields) else [NarrativeText(text=field) for field in fields]


def _decoded_header(told: ElementMetadata) -> str:
    """Subject and correspondents as `unstructured` has read them, a line each."""
    fields = {
        "Subject": [told.subject] if told.subject else [],
        "From": told.sent_from,
        "To": told.sent_to,
        "Cc": told.cc_recipient,
        "Date": [told.last_modified] if told.last_modified else [],
    }
    return "\n".join(f"{field}: {', '.join(values)}" for field, values in fields.items() if values)
