"""From the bytes of a document to its text and the parts of it."""

import struct
import zipfile
import zlib
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from lxml.etree import LxmlError
from unstructured.errors import UnprocessableEntityError

from catalog.errors import SourceError
from ingest.chunk import Part
from ingest.partition.elements import Elements
from ingest.partition.english import stay_offline
from ingest.partition.kinds import DocumentKind
from ingest.partition.placing import place

Partitioner = Callable[[str, bytes], Elements]

#: what libraries raise over a damaged file, beside the errors that any reader may meet
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    Base64Error,
    LookupError,
    LxmlError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    UnprocessableEntityError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class PartitionedDocument:
    """A document read: the text that quotes are cut from, and its parts in the order of that text."""

    text: str
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]


def partition(path: str, data: bytes, kind: DocumentKind) -> PartitionedDocument:
    """Read a document; raises SourceError, with the reason and the cure, where that cannot be."""
    stay_offline()
    try:
        made = _partitioner(kind)(path, data)
        placed = place(made)
    except SourceError as error:
        raise SourceError(f"this {kind.spoken} {error}") from error
    except MemoryError as error:
        raise SourceError(f"this {kind.spoken} needs more memory than there is. Split it up.") from error
    except _DAMAGED as error:
        reason = " ".join(str(error).split())[:200] or "no message"
        raise SourceError(
            f"this {kind.spoken} is damaged or of a form that is not known ({type(error).__name__}: {reason}). "
            "Replace it by a copy that opens, or export it anew."
        ) from error
    return PartitionedDocument(placed.text, placed.parts, made.warnings)


def _partitioner(kind: DocumentKind) -> Partitioner:
    """The function that a kind names; its module, and the libraries behind it, are imported where they are needed."""
    module, _, function = kind.partitioner.partition(":")
    found: Partitioner = getattr(import_module(f"ingest.partition.{module}"), function)
    return found
