"""The header of a GGUF file: what a model is and what it will take, read without loading it.

Format: magic `GGUF`, version, counts, then key-value pairs, then one entry per tensor (github.com/ggml-org/ggml,
docs/gguf.md). A model in several files (`…-00001-of-00003.gguf`) is read from all of them.
"""

import mmap
import re
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from catalog.errors import SettingError

_MAGIC, _VERSIONS = b"GGUF", (2, 3)
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")
_MOST_ENTRIES = 1_000_000
_BYTES_OF_HALF = 2


@dataclass(frozen=True)
class Gguf:
    """A model file; `cache_bytes` is what one token of context takes in memory, `context` what it was trained for."""

    path: Path
    name: str
    architecture: str
    parameters: int
    context: int
    template: str
    bytes: int
    cache_bytes: int


def read_gguf(path: Path) -> Gguf:
    """Read the header. Raises SettingError where there is no such file or it is no whole GGUF model."""
    if not path.is_file():
        raise SettingError(f"there is no model file {path}. Name a GGUF file: --model local:PATH.gguf")
    parts = _parts(path)
    headers = [_header(part) for part in parts]
    pairs = headers[0].pairs
    architecture = str(pairs.get("general.architecture", ""))
    if not architecture or not any(header.parameters for header in headers):
        raise SettingError(f"{path} holds no language model (a vocabulary only?). Name another GGUF file.")
    return Gguf(
        path=path,
        name=str(pairs.get("general.name", path.stem)),
        architecture=architecture,
        parameters=sum(header.parameters for header in headers),
        context=int(pairs.get(f"{architecture}.context_length", 0)),
        template=str(pairs.get("tokenizer.chat_template", "")),
        bytes=sum(part.stat().st_size for part in parts),
        cache_bytes=_cache_bytes(pairs, architecture),
    )


def _parts(path: Path) -> list[Path]:
    """All files of a model that is split, in their order."""
    match = _PART.search(path.name)
    if not match:
        return [path]
    stem, count = path.name[: match.start()], int(match[2])
    parts = [path.with_name(f"{stem}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1)]
    missing = [part.name for part in parts if not part.is_file()]
    if missing:
        raise SettingError(f"{path} is one of {count} files and {missing[0]} is missing. Put all into one folder.")
    return parts


def _cache_bytes(pairs: dict[str, Any], architecture: str) -> int:
    """Keys and values of one token in all layers, two bytes each."""
    get = {name.removeprefix(f"{architecture}."): value for name, value in pairs.items()}
    heads = get.get("attention.head_count", 0)
    heads = max(heads) if isinstance(heads, list) else heads
    of_values = get.get("attention.head_count_kv", heads)
    width = get.get("embedding_length", 0) // heads if heads else 0
    each = get.get("attention.key_length", width) + get.get("attention.value_length", width)
    layers = get.get("block_count", 0)
    per_layer = sum(of_values) if isinstance(of_values, list) else of_values * layers
    return int(per_layer * each * _BYTES_OF_HALF)


class _DamagedError(ValueError):
    """The header promises more than the file holds."""


@dataclass(frozen=True)
class _Header:
    pairs: dict[str, Any]
    parameters: int


def _header(path: Path) -> _Header:
    try:
        with path.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                raise SettingError(f"{path} is not a GGUF file. Local models are GGUF files of llama.cpp.")
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(data, path, len(_MAGIC)).header()
    except (struct.error, KeyError, OverflowError, _DamagedError) as error:
        raise SettingError(f"{path} is damaged or not complete. Fetch it again.") from error
    except OSError as error:
        raise SettingError(f"{path} cannot be read ({error.strerror}).") from error


@dataclass
class _Reader:
    """Reads the header from where it is `at`."""

    data: mmap.mmap
    path: Path
    at: int

    def header(self) -> _Header:
        version = self._one("I")
        if version not in _VERSIONS:
            raise SettingError(f"{self.path} is GGUF version {version}; versions {_VERSIONS} can be read.")
        tensors, pairs = self._count(), self._count()
        found = {self._text(): self._value(self._one("I")) for _ in range(pairs)}
        sizes, furthest = 0, 0
        for _ in range(tensors):
            size, offset = self._tensor()
            sizes, furthest = sizes + size, max(furthest, offset)
        if self.at + furthest > len(self.data):
            raise _DamagedError
        return _Header(found, sizes)

    def _tensor(self) -> tuple[int, int]:
        """How many weights a tensor has, and where in the data it begins."""
        self._text()
        shape = [self._one("Q") for _ in range(self._one("I"))]
        self._one("I")
        return prod(shape), self._one("Q")

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._text()
        if kind != _ARRAY:
            return self._one(_SCALARS[kind])
        kind, count = self._one("I"), self._count()
        if kind == _STRING:  # the words of the vocabulary: many, and nothing that is asked for
            for _ in range(count):
                length = self._one("Q")
                self.at += length
            return []
        form = f"<{count}{_SCALARS[kind]}"
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return list(values)

    def _count(self) -> int:
        count = int(self._one("Q"))
        if count > _MOST_ENTRIES:
            raise _DamagedError
        return count

    def _text(self) -> str:
        length = self._one("Q")
        if self.at + length > len(self.data):
            raise _DamagedError
        self.at += length
        return self.data[self.at - length : self.at].decode("utf-8", "replace")

    def _one(self, code: str) -> Any:
        (value,) = struct.unpack_from(f"<{code}", self.data, self.at)
        self.at += struct.calcsize(f"<{code}")
        return value
