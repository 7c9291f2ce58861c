"""The store folder: generations, the pointer to the current one, and the lock of the one writer.

    STORE/almanac.json            marks the folder as a store and names its layout
    STORE/current                 the name of the current generation
    STORE/writer.lock             held by the process that ingests
    STORE/generations/<name>/     catalog.sqlite and passages/ of one generation
    STORE/journal.db              conversations and feedback (`agent/journal.py`); no ingest touches it
    STORE/cache/llm/              answers of language models that were paid for (`ingest/extract/llm_cache.py`)

A generation is complete before the pointer names it, and never changes after. The one before the current is kept for
readers that opened it a moment ago; older ones, and those that a killed ingest left, are removed by the next ingest.
"""

import contextlib
import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import StoreError

LAYOUT = 1
JOURNAL = "journal.db"
_MARKER = "almanac.json"
_COPIED_AT_ONCE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)
_DENIED = (errno.EROFS, errno.EACCES, errno.EPERM)


@dataclass(frozen=True)
class StoreFolder:
    """A store on disk."""

    path: Path

    def check(self) -> None:
        """Raise StoreError unless this is a store of a layout that this version reads."""
        if not self.path.exists():
            raise StoreError(f"no store at {self.path}. Make one: almanac ingest FOLDER --store {self.path}")
        layout = self._layout()
        if layout is None:
            raise StoreError(f"{self.path} is not an Almanac store. Name another folder with --store or ALMANAC_STORE.")
        if layout != LAYOUT:
            raise StoreError(
                f"the store at {self.path} has layout {layout}, this version reads {LAYOUT}. "
                f"Rebuild it: almanac ingest FOLDER --rebuild --store {self.path}, or use the version that made it."
            )

    def prepare(self, *, rebuild: bool = False) -> None:
        """Make the folder a store if it is missing or empty, or, with `rebuild`, a store of another layout.

        Anything else that is no store is refused.
        """
        try:
            if self._is_free() or (rebuild and self._layout() is not None):
                self.path.mkdir(parents=True, exist_ok=True)
                write_atomically(self.path / _MARKER, json.dumps({"layout": LAYOUT}))
            self.check()
            (self.path / "generations").mkdir(exist_ok=True)
        except OSError as error:
            raise translated(error, self.path) from error

    def current(self) -> str | None:
        """The name of the current generation; None before the first ingest has finished."""
        try:
            return (self.path / "current").read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise translated(error, self.path) from error

    def generation(self, name: str) -> Path:
        return self.path / "generations" / name

    def switch_to(self, name: str) -> None:
        """Make a finished generation the current one, in one step."""
        sync_tree(self.generation(name))
        write_atomically(self.path / "current", name)

    def remove_all_but(self, kept: set[str | None]) -> None:
        for folder in (self.path / "generations").iterdir():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer lock; raises StoreError at once where another process holds it."""
        from filelock import FileLock, Timeout  # imports asyncio, which no reader needs

        lock = FileLock(self.path / "writer.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreError(f"another ingest is writing to {self.path}. Wait until it has finished.") from error
        except OSError as error:
            raise translated(error, self.path) from error
        try:
            yield
        finally:
            lock.release()

    def _is_free(self) -> bool:
        """Whether nothing is there but, perhaps, a marker that was never finished and a journal."""
        if not self.path.exists():
            return True
        ours = (f".{_MARKER}.", JOURNAL)
        return self.path.is_dir() and all(found.name.startswith(ours) for found in self.path.iterdir())

    def _layout(self) -> int | None:
        try:
            return int(json.loads((self.path / _MARKER).read_text(encoding="utf-8"))["layout"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


def write_atomically(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old content or the new one, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with temporary.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # what was replaced is replaced, and not every file system can sync a folder
        _sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Bring every file of a folder to disk."""
    for current, _, files in os.walk(folder):
        for name in files:
            _sync(Path(current) / name)
        _sync(Path(current))


def copy_sparsely(source: str, target: str) -> str:
    """Copy a file for `shutil.copytree`, leaving its holes holes: Qdrant reserves 32 MB for a page of some passages."""
    if not hasattr(os, "SEEK_DATA"):
        return shutil.copyfile(source, target)
    with Path(source).open("rb") as reader, Path(target).open("wb") as writer:
        size = os.fstat(reader.fileno()).st_size
        for start, end in _written(reader.fileno(), size):
            reader.seek(start)
            writer.seek(start)
            for at in range(start, end, _COPIED_AT_ONCE):
                writer.write(reader.read(min(_COPIED_AT_ONCE, end - at)))
        writer.truncate(size)
    return target


def _written(file: int, size: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the parts of a file that are no hole."""
    end = 0
    while end < size:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole is left
                return
            raise
        end = os.lseek(file, start, os.SEEK_HOLE)
        yield start, end


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def translated(error: OSError, path: Path) -> StoreError:
    """The one-line message for an operating-system error while reading or writing a store."""
    if isinstance(error, shutil.Error):
        return _not_copied(error, path)
    if error.errno in _FULL:
        return StoreError(
            f"the disk of {path} is full; the store is as it was before. Free some space and run it again."
        )
    if error.errno in _DENIED:
        return StoreError(f"{path} cannot be written ({error.strerror}). Name another folder with --store.")
    return StoreError(f"the store at {path} cannot be used: {error.strerror or error}.")


def _not_copied(error: shutil.Error, path: Path) -> StoreError:
    """`shutil.copytree` goes on after an error and then raises all of them, as texts without their numbers."""
    reasons = " ".join(str(reason) for _, _, reason in error.args[0])
    number = next((one for one in (*_FULL, *_DENIED) if f"[Errno {one}]" in reasons), 0)
    return translated(OSError(number, os.strerror(number) if number else reasons), path)
