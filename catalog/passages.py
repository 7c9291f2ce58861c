"""The passage index: what is asked of it, and where it is kept.

`edge.py` keeps it in a folder (Qdrant Edge, in process), `server.py` on a Qdrant server; `points.py` is their common
layout. The server's client is imported only where there is a server.
"""

import shutil
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from catalog.embedding import Embedder
from catalog.generations import copy_sparsely
from catalog.records import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from catalog.points import Holds
    from catalog.server import Server

    Vector = Sequence[float] | NDArray[np.float32]
    Vectors = NDArray[np.float32]


def embedding_text(passage: Passage) -> str:
    """What of a passage is embedded, and indexed for BM25: the asset's name and the heading path, then the text."""
    place = " / ".join((passage.asset or passage.path, *passage.headings))
    return f"{place}\n{passage.text}"


@dataclass(frozen=True)
class Filters:
    """What is searched: passages of any of these assets, kinds and paths. None: all; an empty tuple: nothing."""

    assets: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    paths: Sequence[str] | None = None

    @property
    def allowed(self) -> dict[str, list[str]]:
        """Payload field → the values that it may have, for the fields that are restricted."""
        given = {"asset": self.assets, "kind": self.kinds, "path": self.paths}
        return {name: list(values) for name, values in given.items() if values is not None}

    @property
    def nothing(self) -> bool:
        return any(not values for values in self.allowed.values())


EVERYTHING = Filters()


@dataclass(frozen=True)
class Fusion:
    """How the dense and the lexical ranking become one, by reciprocal ranks.

    `dense` and `lexical` are weights; `k` damps the first ranks (Qdrant's default is 2); `depth` is how many of each
    ranking are fused. The defaults are measured: names and numbers are found by BM25, which dense vectors only help.
    """

    dense: float = 0.5
    lexical: float = 1.0
    k: int = 2
    depth: int = 50

    def fetched(self, limit: int) -> int:
        """How many of each ranking are needed for `limit` results."""
        return max(limit, self.depth)


DEFAULT_FUSION = Fusion()


@dataclass(frozen=True)
class Hit:
    """A passage found; scores compare within one search only.

    `alike` are the assets, or paths of documents, of passages with almost the same text that were left out for it.
    """

    passage: Passage
    score: float
    alike: tuple[str, ...] = ()


class PassageIndex(Protocol):
    """Passages by meaning and by words. Results come best first, ties in file order."""

    def upsert(self, passages: Sequence[Passage], vectors: "Vectors") -> None:
        """Add passages with their vectors, shape (len(passages), dimension); those already there are replaced."""
        ...

    def delete_paths(self, paths: Iterable[str]) -> None:
        """Remove every passage of these files."""
        ...

    def delete_keys(self, keys: Iterable[str]) -> None:
        """Remove the passages with these keys."""
        ...

    def count(self) -> int: ...

    def keys(self) -> set[str]:
        """`Passage.key` of every passage."""
        ...

    def search(self, text: str, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        """By meaning and by words: `vector` is the embedded question, `text` the question."""
        ...

    def lexical(self, text: str, filters: Filters = EVERYTHING, limit: int = 10, also: str = "") -> list[Hit]:
        """By words alone (BM25); those of `also` count a part of those of `text`."""
        ...

    def nearest(self, vector: "Vector", filters: Filters = EVERYTHING, limit: int = 10) -> list[Hit]:
        """By meaning alone; scores are cosines."""
        ...

    def passages_of(self, *, asset: str | None = None, path: str | None = None) -> list[Passage]:
        """Every passage of an asset or a file, in file order."""
        ...

    def flush(self) -> None:
        """Bring what was written to disk; other processes see it when they open the index after that."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class PassagePlace:
    """Where the passages of one generation are: a folder, or with `url` a collection of a Qdrant server.

    `folder` is `STORE/generations/<name>/passages`. On a server it is not used, but STORE keeps the id by which a
    store knows its own collections: stores that share a server must not remove each other's.
    """

    name: str
    folder: Path
    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    fusion: Fusion = DEFAULT_FUSION
    holds: "Holds" = "passages"

    def open(self, embedder: Embedder) -> PassageIndex:
        """Raises StoreError, EmbedderError or UnavailableError where that cannot be."""
        if self.url:
            return self._server().open(self.name, embedder)
        from catalog.edge import EdgeIndex

        return EdgeIndex.open(self.folder, embedder, self.fusion)

    def create(self, embedder: Embedder) -> PassageIndex:
        """A new, empty index."""
        if self.url:
            return self._server().create(self.name, embedder, self._owner(), self.holds)
        from catalog.edge import EdgeIndex

        return EdgeIndex.create(self.folder, embedder, self.fusion, self.holds)

    def copy_of(self, source: "PassagePlace", embedder: Embedder) -> PassageIndex:
        """A new index with everything that is in `source`, a flushed one of the same store."""
        if self.url:
            return self._server().copy(source.name, self.name, embedder, self._owner())
        # A reader that opens the shard meanwhile writes and removes files of this name in it.
        passing = shutil.ignore_patterns(".atomicwrite*")
        shutil.copytree(source.folder, self.folder, copy_function=copy_sparsely, ignore=passing)
        return self.open(embedder)

    def remove(self) -> None:
        """Remove the index, if it is there; it must be closed."""
        if self.url:
            self._server().remove(self.name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove_others(self, kept: set[str]) -> None:
        """On a server: remove the indexes of this store's generations, but this one's and those `kept`."""
        if self.url:
            self._server().remove_all_but(kept | {self.name}, self._owner())

    def _server(self) -> "Server":
        from catalog.server import Server, connect

        return Server(connect(self.url or "", self.api_key), self.fusion)

    def _owner(self) -> str:
        """The id of the store, made when first needed."""
        path = self.folder.parents[2] / "owner"
        if not path.exists():
            path.write_text(uuid.uuid4().hex, encoding="utf-8")
        return path.read_text(encoding="utf-8").strip()
