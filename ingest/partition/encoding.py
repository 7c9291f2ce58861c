"""Bytes of a text file as text with `\\n` line ends, whatever its encoding."""

import codecs

from charset_normalizer import from_bytes

_LOOKED_AT = 100_000


def decoded(data: bytes) -> str:
    """UTF-8, else what the bytes look like; bytes that are no text are shown as U+FFFD."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _lines(data.decode(name, errors="replace"))
    try:
        return _lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        likely = from_bytes(data[:_LOOKED_AT]).best()
        return _lines(data.decode(likely.encoding if likely else "utf-8-sig", errors="replace"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
