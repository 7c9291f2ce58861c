"""Opening a store: a `Snapshot` is one finished generation to read, a `Draft` is the next one being built.

Embedded (the default), a generation is a folder with a SQLite file and a Qdrant Edge shard, see `generations.py`.
With `database_url` the catalogue is one transaction in that database and its `meta` row names the generation; with
`qdrant_url` the passages of a generation are a collection of that name on the server.
"""

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from catalog.embedding import Embedder, Endpoint, make_embedder
from catalog.errors import AlmanacError, StoreError
from catalog.generations import StoreFolder, translated
from catalog.passages import PassageIndex, PassagePlace
from catalog.profiles import ProfileSearch
from catalog.reranking import make_reranker
from catalog.retrieval import Retriever, Weighing
from catalog.settings import Settings
from catalog.store import Catalog, Rows, sqlite_catalog, url_catalog

_DATABASE = "catalog.sqlite"

_Write = Callable[[Rows, Mapping[str, str]], None]
_Switch = Callable[[], None]


@dataclass
class Snapshot:
    """One generation, as it was when it was finished; passages and embedder are opened when first used."""

    name: str
    catalog: Catalog
    settings: Settings

    @cached_property
    def meta(self) -> Mapping[str, str]:
        return self.catalog.meta()

    @property
    def roots(self) -> dict[str, Path]:
        """Root folder name → the folder that was ingested."""
        return {key[5:]: Path(value) for key, value in self.meta.items() if key.startswith("root:")}

    @contextlib.contextmanager
    def held(self) -> Iterator[bool]:
        """While it lasts, all that is read of the catalogue is of this generation; False where that is gone already."""
        if not self.settings.database_url:
            yield True  # the folder of a generation never changes
            return
        with self.catalog.unchanging():
            yield self.catalog.meta().get("generation") == self.name

    @cached_property
    def embedder(self) -> Embedder:
        return _embedder(self.settings)

    @cached_property
    def passages(self) -> PassageIndex:
        return _place(self.settings, self.name).open(self.embedder)

    @cached_property
    def retriever(self) -> Retriever:
        """Finds passages for questions."""
        weighing = Weighing(meaning=self.settings.fusion_meaning, document=self.settings.fusion_document)
        reranker = make_reranker(self.settings.reranker) if self.settings.reranker else None
        return Retriever(self.catalog, self.passages, weighing, reranker)

    @cached_property
    def profiles(self) -> ProfileSearch:
        """Finds assets for needs."""
        return ProfileSearch(self.catalog, self.profile_index, self.profile_embedder)

    @cached_property
    def profile_embedder(self) -> Embedder:
        return _profile_embedder(self.settings, self.embedder)

    @cached_property
    def profile_index(self) -> PassageIndex:
        return _profile_place(self.settings, self.name).open(self.profile_embedder)

    def close(self) -> None:
        self.catalog.close()
        if "passages" in self.__dict__:
            self.passages.close()
        if "profile_index" in self.__dict__:
            self.profile_index.close()


@dataclass
class Draft:
    """The next generation. Nothing of it is seen by readers before `publish`."""

    name: str
    before: Snapshot | None
    settings: Settings
    embedder: Embedder
    passages: PassageIndex
    profile_embedder: Embedder
    profiles: PassageIndex
    _write: _Write = field(repr=False)
    _switch: _Switch = field(repr=False)
    _tidy: Callable[[], None] = field(repr=False)
    published: bool = False

    def write_catalogue(self, rows: Rows, meta: Mapping[str, str]) -> None:
        embedders = {"embedder": self.embedder.name, "profile_embedder": self.profile_embedder.name}
        self._write(rows, {"generation": self.name} | embedders | dict(meta))

    def publish(self) -> None:
        """Make this the current generation, then remove those that nobody reads any more."""
        self.passages.close()
        self.profiles.close()
        self._switch()
        self.published = True
        self._tidy()


def current_name(settings: Settings) -> str | None:
    """The name of the generation that readers open now; None before the first ingest has finished."""
    if settings.database_url:
        catalog = url_catalog(settings.database_url)
        try:
            return catalog.meta().get("generation") if catalog.has_tables() else None
        finally:
            catalog.close()
    return StoreFolder(settings.store).current()


def open_snapshot(settings: Settings) -> Snapshot:
    """The current generation. Raises StoreError where there is none, with the command that makes one."""
    for _ in range(3):
        snapshot = _try_open(settings)
        if snapshot:
            return snapshot
    raise StoreError(f"the store at {settings.store} changes too fast to be read. Ask again.")


def _try_open(settings: Settings) -> Snapshot | None:
    """None where the generation was replaced between reading its name and opening it."""
    if not settings.database_url:
        StoreFolder(settings.store).check()
    name = current_name(settings)
    if name is None:
        where = (settings.database_url and url_catalog(settings.database_url).where) or settings.store
        raise StoreError(f"the store at {where} is empty. Fill it: almanac ingest FOLDER")
    catalog = _catalog(settings, name)
    try:
        catalog.check_schema()
    except StoreError:
        catalog.close()
        if current_name(settings) != name:
            return None
        raise
    return Snapshot(name, catalog, settings)


@contextlib.contextmanager
def drafting(settings: Settings, *, rebuild: bool = False) -> Iterator[Draft]:
    """A draft that starts from the current generation, or from nothing with `rebuild`; one writer at a time."""
    folder = StoreFolder(settings.store)
    folder.prepare(rebuild=rebuild)
    with folder.writing():
        before = None if rebuild or current_name(settings) is None else open_snapshot(settings)
        draft = _draft(settings, folder, before)
        try:
            yield draft
        except OSError as error:
            raise translated(error, settings.store) from error
        finally:
            if not draft.published and not _is_current(draft):
                _discard(draft, folder)
            if before:
                before.close()


def _draft(settings: Settings, folder: StoreFolder, before: Snapshot | None) -> Draft:
    name = uuid.uuid4().hex[:12]
    embedder = before.embedder if before else _embedder(settings)
    profile_embedder = _profile_embedder(settings, embedder)
    try:
        folder.generation(name).mkdir()
        passages, profiles = (
            place(settings, name).copy_of(place(settings, before.name), maker)
            if before
            else place(settings, name).create(maker)
            for place, maker in ((_place, embedder), (_profile_place, profile_embedder))
        )
    except (OSError, AlmanacError) as error:
        shutil.rmtree(folder.generation(name), ignore_errors=True)
        if isinstance(error, OSError):
            raise translated(error, settings.store) from error
        raise
    write, switch = _in_database(settings) if settings.database_url else _in_folder(folder, name)

    def tidy() -> None:
        folder.remove_all_but({name, before.name if before else None})
        _place(settings, name).remove_others(_collections(name) | (_collections(before.name) if before else set()))

    return Draft(name, before, settings, embedder, passages, profile_embedder, profiles, write, switch, tidy)


def _in_folder(folder: StoreFolder, name: str) -> tuple[_Write, _Switch]:
    """The catalogue of a generation is a file; switching to it is one pointer."""

    def write(rows: Rows, meta: Mapping[str, str]) -> None:
        catalog = sqlite_catalog(folder.generation(name) / _DATABASE, writable=True)
        try:
            catalog.write(rows, meta)
        finally:
            catalog.close()

    return write, lambda: folder.switch_to(name)


def _in_database(settings: Settings) -> tuple[_Write, _Switch]:
    """With a database server, writing the catalogue and switching to it are one transaction."""
    held: list[tuple[Rows, Mapping[str, str]]] = []

    def switch() -> None:
        catalog = url_catalog(settings.database_url or "")
        try:
            for rows, meta in held:
                catalog.write(rows, meta)
        finally:
            catalog.close()

    return lambda rows, meta: held.append((rows, meta)), switch


def _is_current(draft: Draft) -> bool:
    """Whether readers see it already; where that cannot be told, the next ingest removes what is left over."""
    try:
        return current_name(draft.settings) == draft.name
    except StoreError:
        return True


def _discard(draft: Draft, folder: StoreFolder) -> None:
    draft.passages.close()
    draft.profiles.close()
    _place(draft.settings, draft.name).remove()
    _profile_place(draft.settings, draft.name).remove()
    shutil.rmtree(folder.generation(draft.name), ignore_errors=True)


def _catalog(settings: Settings, name: str) -> Catalog:
    if settings.database_url:
        return url_catalog(settings.database_url)
    return sqlite_catalog(StoreFolder(settings.store).generation(name) / _DATABASE)


def _place(settings: Settings, name: str) -> PassagePlace:
    """Where the passages of a generation are: a folder, or a collection on the server."""
    return PassagePlace(
        name=name,
        folder=StoreFolder(settings.store).generation(name) / "passages",
        url=settings.qdrant_url,
        api_key=settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None,
    )


def _profile_place(settings: Settings, name: str) -> PassagePlace:
    """Where the profiles of the assets of a generation are."""
    place = _place(settings, f"{name}-profiles")
    return replace(place, folder=StoreFolder(settings.store).generation(name) / "profiles", holds="profiles")


def _collections(name: str) -> set[str]:
    return {name, f"{name}-profiles"}


def _embedder(settings: Settings) -> Embedder:
    return make_embedder(settings.embedder, _endpoint(settings))


def _profile_embedder(settings: Settings, passages: Embedder) -> Embedder:
    """The embedder of profiles: that of the passages where no other is named."""
    spec = settings.profile_embedder
    return make_embedder(spec, _endpoint(settings)) if spec and spec != settings.embedder else passages


def _endpoint(settings: Settings) -> Endpoint:
    key = settings.embedder_api_key.get_secret_value() if settings.embedder_api_key else None
    return Endpoint(base_url=settings.embedder_base_url, api_key=key)
