"""From root folders to bundles of files: what is walked, what is skipped and why."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import filterfalse
from pathlib import Path

from catalog.errors import SourceError
from ingest.partition.kinds import kind_of

_SKIPPED_FOLDERS = {".git", ".hg", ".svn", ".bzr", "__pycache__", "node_modules", ".venv", ".ipynb_checkpoints"}
_SNIFFED_BYTES = 8192


@dataclass(frozen=True)
class RawFile:
    """A file below a root. `path` is what citations show: root folder name, slash, path below it."""

    root_name: str
    relative: str
    location: Path

    @property
    def path(self) -> str:
        return f"{self.root_name}/{self.relative}"

    @property
    def name(self) -> str:
        return self.relative.rsplit("/", 1)[-1]

    @property
    def folder(self) -> str:
        """Path of the folder below the root, without slashes at the ends; empty for the root itself."""
        return self.relative.rpartition("/")[0]

    @cached_property
    def data(self) -> bytes:
        return self.location.read_bytes()

    @cached_property
    def text(self) -> str:
        """The file as UTF-8; bytes that are not are replaced, and line ends are `\\n`."""
        text = self.data.decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")

    @property
    def is_utf8(self) -> bool:
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True


@dataclass(frozen=True)
class Folder:
    """The readable files of one folder, by name."""

    root_name: str
    relative: str
    files: dict[str, RawFile]

    @property
    def path(self) -> str:
        return f"{self.root_name}/{self.relative}" if self.relative else self.root_name


@dataclass(frozen=True)
class Bundle:
    """The files that make one card: a primary file and its companions (model.yml beside README.md)."""

    reader: str
    primary: RawFile
    companions: tuple[RawFile, ...] = ()

    @property
    def path(self) -> str:
        return self.primary.path

    @cached_property
    def digest(self) -> str:
        """SHA-256 over reader and contents: equal digests need no second reading."""
        sha = hashlib.sha256(self.reader.encode())
        for file in (self.primary, *self.companions):
            sha.update(f"\0{file.path}\0".encode("utf-8", "surrogateescape"))
            sha.update(file.data)
        return sha.hexdigest()

    def released(self) -> "Bundle":
        """The same bundle without the contents of its files: they are read again when they are needed."""
        light = Bundle(self.reader, replace(self.primary), tuple(replace(file) for file in self.companions))
        light.__dict__["digest"] = self.digest
        return light


@dataclass(frozen=True)
class Skip:
    """A file or folder that was passed over; `failed` where it should have been read and could not be.

    The path of a folder ends in a slash.
    """

    path: str
    reason: str
    failed: bool = False


@dataclass
class Skips:
    """What the walk passed over, in the order met."""

    found: list[Skip] = field(default_factory=list)

    def add(self, path: str, reason: str, *, failed: bool = False) -> None:
        self.found.append(Skip(path, reason, failed))


def check_roots(roots: Iterable[Path]) -> dict[str, Path]:
    """Root folder name → folder; refuses what cannot be walked or cited unambiguously."""
    named: dict[str, Path] = {}
    for root in roots:
        # Not resolved: a link gives a folder another name.
        resolved = Path(os.path.abspath(root))
        if not resolved.exists():
            raise SourceError(f"no such folder: {root}. Name a folder that holds cards.")
        if not resolved.is_dir():
            raise SourceError(f"{root} is a file, not a folder. Name the folder that holds it.")
        if not _is_text(str(resolved)):
            raise SourceError(
                f"the name of {_as_text(str(resolved))} is no UTF-8. Ingest it through a link of another name."
            )
        if not resolved.name:
            raise SourceError(f"{root} has no name that citations could show. Name a folder below it.")
        clash = named.get(resolved.name)
        if clash and clash != resolved:
            raise SourceError(
                f"two roots are named {resolved.name!r} ({clash} and {resolved}): citations could not tell them apart. "
                "Rename one of the folders or ingest it through a link of another name."
            )
        named[resolved.name] = resolved
    return named


def walk(root_name: str, root: Path, max_bytes: int, skips: Skips) -> Iterator[Folder]:
    """Every folder below `root` with its readable files, sorted; links are followed once."""
    seen: set[tuple[int, int]] = set()

    def unlistable(error: OSError) -> None:
        skips.add(
            _folder_path(root_name, root, Path(error.filename)), f"cannot be listed ({error.strerror})", failed=True
        )

    for current, names, files in os.walk(root, followlinks=True, onerror=unlistable):
        here = Path(current)
        relative = "" if here == root else here.relative_to(root).as_posix()
        try:
            status = here.stat()
        except OSError as error:
            unlistable(error)
            continue
        if (status.st_dev, status.st_ino) in seen:
            skips.add(_folder_path(root_name, root, here), "a link to a folder that is already read")
            names.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        for name in filterfalse(_is_text, sorted((*names, *files))):
            skips.add(f"{_folder_path(root_name, root, here)}{_as_text(name)}", "its name is no UTF-8", failed=True)
        names[:] = sorted(name for name in names if name not in _SKIPPED_FOLDERS and _is_text(name))
        kept = {}
        for name in filter(_is_text, sorted(files)):
            file = RawFile(root_name, f"{relative}/{name}" if relative else name, here / name)
            skip = _unreadable(file, max_bytes)
            if skip:
                skips.found.append(skip)
            else:
                kept[name] = file
        if kept:
            yield Folder(root_name, relative, kept)


def _is_text(name: str) -> bool:
    """Whether a name can be stored and shown: on some systems a file name may be any bytes."""
    return _as_text(name) == name


def _as_text(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _folder_path(root_name: str, root: Path, folder: Path) -> str:
    below = folder.relative_to(root).as_posix()
    return f"{root_name}/" if below == "." else f"{root_name}/{below}/"


def _unreadable(file: RawFile, max_bytes: int) -> Skip | None:
    """Why a file is not read, or None."""
    try:
        if not file.location.is_file():
            missing = file.location.is_symlink()
            return Skip(file.path, "a link to nothing" if missing else "not a regular file", failed=missing)
        size = file.location.stat().st_size
        with file.location.open("rb") as stream:
            head = stream.read(_SNIFFED_BYTES)
    except OSError as error:
        return Skip(file.path, f"cannot be read ({error.strerror})", failed=True)
    kind = kind_of(file.name)
    if b"\x00" in head and not (kind and kind.binary):
        return Skip(file.path, "a binary file")
    if size > max_bytes:
        limit = f"over the limit of {max_bytes / 1e6:g} MB (raise the setting max_file_mb to read it)"
        return Skip(file.path, f"{size / 1e6:.1f} MB, {limit}", failed=True)
    return None
