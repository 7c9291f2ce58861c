"""The only SQL beside `query.py`: writing a generation of the catalogue and reading rows back."""

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    or_,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from catalog import tables
from catalog.errors import StoreError
from catalog.names import Alias, NamedKind
from catalog.records import AssetKind, Evidence, Origin, Record, Source

_BATCH = 500


class Asset(Record):
    """A model or dataset of the catalogue; without a card it is only named in other cards."""

    kind: AssetKind
    id: str
    has_card: bool
    title: str
    summary: str
    path: str | None
    params: float | None = None


class DocumentMention(Record):
    """Lines of a document that name an asset; lines count from 1 and are inclusive."""

    path: str
    line_start: int
    line_end: int


@dataclass
class Rows:
    """What one generation of the catalogue holds: table name → rows."""

    of: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: Table, **values: Any) -> None:
        self.of[table.name].append(values)


class Catalog:
    """One generation of the catalogue, read-only once written."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where
        self._held: Connection | None = None
        self._one_at_a_time = RLock()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection whose errors come out as StoreError."""
        try:
            if self._held is None:
                with self.engine.connect() as connection:
                    yield connection
            else:
                with self._one_at_a_time:
                    yield self._held
        except DBAPIError as error:
            raise _translated(error, self.where) from error

    @contextmanager
    def unchanging(self) -> Iterator[None]:
        """Everything that is read inside is of one state, whatever others write meanwhile."""
        with self.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            self._held = connection
            try:
                yield
            finally:
                self._held = None

    def check_schema(self) -> None:
        """Raise StoreError unless the catalogue has the schema that this version reads."""
        with self.connect() as connection:
            known = inspect(connection).has_table("meta")
            found = (
                connection.scalar(select(tables.meta.c.value).where(tables.meta.c.key == "schema")) if known else None
            )
        if found != str(tables.SCHEMA):
            has = f"has schema {found}" if found else "holds no catalogue"
            raise StoreError(
                f"{self.where} {has}, this version reads schema {tables.SCHEMA}. "
                "Rebuild it: almanac ingest FOLDER --rebuild"
            )

    def has_tables(self) -> bool:
        """Whether anything was ever written here."""
        with self.connect() as connection:
            return inspect(connection).has_table("meta")

    def meta(self) -> dict[str, str]:
        """What the generation says about itself: schema, fingerprint, embedder, roots."""
        with self.connect() as connection:
            return {row.key: row.value for row in connection.execute(select(tables.meta))}

    def write(self, rows: Rows, meta: Mapping[str, str]) -> None:
        """Replace everything by `rows`, in one transaction."""
        try:
            tables.metadata.create_all(self.engine)
            with self.engine.begin() as connection:
                for table in tables.metadata.sorted_tables:
                    connection.execute(delete(table))
                for table in tables.metadata.sorted_tables:
                    _insert(connection, table, rows.of.get(table.name, []))
                whole = {"schema": str(tables.SCHEMA)} | dict(meta)
                _insert(connection, tables.meta, [{"key": key, "value": value} for key, value in whole.items()])
        except DBAPIError as error:
            raise _translated(error, self.where) from error

    def close(self) -> None:
        self.engine.dispose()

    # -- assets and names

    def asset(self, kind: AssetKind, id_: str) -> Asset | None:
        return next(iter(self.assets(kind, [id_])), None)

    def assets(self, kind: AssetKind, ids: Sequence[str]) -> list[Asset]:
        """The assets with these ids, in the order of `ids`."""
        found: dict[str, Asset] = {}
        with self.connect() as connection:
            for part in _parts(ids):
                wanted = select(tables.assets).where(tables.assets.c.kind == kind, tables.assets.c.id.in_(part))
                found |= {row.id: _asset(row) for row in connection.execute(wanted)}
        return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]

    def described_in(self, paths: Sequence[str]) -> list[Asset]:
        """The assets whose cards these documents are, in the order of their ids."""
        with self.connect() as connection:
            wanted = select(tables.assets).where(tables.assets.c.path.in_(list(paths)[:_BATCH]))
            return [
                _asset(row) for row in connection.execute(wanted.order_by(tables.assets.c.kind, tables.assets.c.id))
            ]

    def aliases_of(self, kind: NamedKind, squashed: Sequence[str]) -> list[Alias]:
        return self.aliases_by_kind((kind,), squashed).get(kind, [])

    def aliases_by_kind(self, kinds: Sequence[NamedKind], squashed: Sequence[str]) -> dict[NamedKind, list[Alias]]:
        """Kind → its aliases with one of these squashed spellings, for all kinds in one question to the database."""
        a, found = tables.aliases.c, defaultdict[NamedKind, list[Alias]](list)
        with self.connect() as connection:
            for part in _parts(squashed):
                wanted = select(a.kind, a.squashed, a.id, a.spelling, a.rank)
                for kind, *alias in connection.execute(wanted.where(a.kind.in_(kinds), a.squashed.in_(part))):
                    found[kind].append(Alias(*alias))
        return found

    def all_aliases(self, kind: NamedKind) -> list[Alias]:
        a = tables.aliases.c
        with self.connect() as connection:
            wanted = select(a.squashed, a.id, a.spelling, a.rank).where(a.kind == kind).order_by(a.squashed, a.id)
            return [Alias(*row) for row in connection.execute(wanted)]

    def spellings(self, kind: AssetKind, id_: str) -> list[str]:
        """Every spelling under which an asset is found, surest first."""
        a = tables.aliases.c
        with self.connect() as connection:
            wanted = select(a.spelling).where(a.kind == kind, a.id == id_).order_by(a.rank, a.spelling)
            return list(connection.scalars(wanted))

    def named_like(self, kind: AssetKind, words: Sequence[str], limit: int = 20) -> list[tuple[str, float]]:
        """Assets with a card whose names share words with the ones given, by the weight of those, best first."""
        w = tables.words.c
        shared = func.sum(w.weight).label("shared")
        wanted = select(w.id, shared).where(w.kind == kind, w.word.in_(list(words)[:_BATCH])).group_by(w.id)
        with self.connect() as connection:
            rows = connection.execute(wanted.order_by(shared.desc(), w.id).limit(limit)).all()
        return [(row.id, float(row.shared)) for row in rows]

    def name_words(self, kind: AssetKind, ids: Sequence[str]) -> dict[str, dict[str, float]]:
        """Asset id → the words of its name with their weights."""
        w = tables.words.c
        found: dict[str, dict[str, float]] = {id_: {} for id_ in ids}
        with self.connect() as connection:
            for part in _parts(ids):
                for row in connection.execute(select(w.id, w.word, w.weight).where(w.kind == kind, w.id.in_(part))):
                    found[row.id][row.word] = row.weight
        return found

    def ids_beginning(self, kind: AssetKind, squashed: str, limit: int) -> list[str]:
        """Assets with a spelling that begins so, surest spellings first among the `limit` first ones of the index."""
        a = tables.aliases.c
        wanted = select(a.id, a.rank, a.squashed).where(a.kind == kind, self._begins(a.squashed, squashed))
        with self.connect() as connection:
            rows = connection.execute(wanted.order_by(a.squashed).limit(limit)).all()
        return list(dict.fromkeys(row.id for row in sorted(rows, key=lambda row: (row.rank, len(row.squashed)))))

    def ids_with_word(self, kind: AssetKind, beginning: str, limit: int) -> list[str]:
        """Assets with a card in whose name a word begins so, in the order of the index."""
        w = tables.words.c
        wanted = select(w.id).where(w.kind == kind, self._begins(w.word, beginning)).order_by(w.word, w.id)
        with self.connect() as connection:
            return list(dict.fromkeys(connection.scalars(wanted.limit(limit))))

    def _begins(self, column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
        """A condition that an index on the column serves, where the database has one that can."""
        if self.engine.dialect.name == "sqlite":  # its LIKE ignores case, so it looks at every row
            return (column >= beginning) & (column < f"{beginning}\U0010ffff")
        return column.startswith(beginning, autoescape=True)

    def word_weights(self, words: Sequence[str]) -> dict[str, float]:
        """How much each word tells where it stands in a name; words that stand in none are missing."""
        w, found = tables.words.c, dict[str, float]()
        with self.connect() as connection:
            for part in _parts(words):
                wanted = select(w.word, func.max(w.weight)).where(w.word.in_(part)).group_by(w.word)
                found |= {row[0]: float(row[1]) for row in connection.execute(wanted)}
        return found

    def most_telling(self) -> float:
        """The weight of a word that stands in one name only: a scale for the others."""
        with self.connect() as connection:
            return float(connection.scalar(select(func.max(tables.words.c.weight))) or 0.0)

    def assets_at(self, paths: Sequence[str]) -> list[Asset]:
        """The assets whose cards are these files, or have them as companions."""
        a, c = tables.assets.c, tables.companions.c
        found: dict[tuple[str, str], Asset] = {}
        with self.connect() as connection:
            for part in _parts(paths):
                beside = select(c.document).where(c.path.in_(part))
                wanted = select(tables.assets).where(or_(a.path.in_(part), a.path.in_(beside)))
                found |= {(row.kind, row.id): _asset(row) for row in connection.execute(wanted)}
        return [found[key] for key in sorted(found)]

    # -- facts and evidence

    def evidence(self, facts: Iterable[str]) -> dict[str, tuple[Evidence, ...]]:
        """Fact key → its evidence, surest first."""
        e = tables.evidence.c
        found: dict[str, list[Evidence]] = defaultdict(list)
        with self.connect() as connection:
            for part in _parts(list(dict.fromkeys(facts))):
                wanted = select(tables.evidence).where(e.fact.in_(part)).order_by(e.fact, e.position)
                for row in connection.execute(wanted):
                    found[row.fact].append(_evidence(row))
        return {fact: tuple(pieces) for fact, pieces in found.items()}

    def facts(self, table: Table, owner: str, ids: Sequence[str], kind: AssetKind | None = None) -> list[Any]:
        """Rows of a fact table whose column `owner` is one of `ids`, in a stable order."""
        found: list[Any] = []
        with self.connect() as connection:
            for part in _parts(ids):
                wanted = select(table).where(table.c[owner].in_(part)).order_by(table.c[owner], table.c.fact)
                found += connection.execute(wanted.where(table.c.kind == kind) if kind else wanted).all()
        return found

    # -- documents

    def digests(self) -> dict[str, str]:
        """Path → digest of every ingested document."""
        d = tables.documents.c
        with self.connect() as connection:
            return {row.path: row.digest for row in connection.execute(select(d.path, d.digest))}

    def sources(self, paths: Sequence[str]) -> Iterator[tuple[str, Source]]:
        """(digest, what was read) of documents, as they were before linking."""
        d = tables.documents.c
        with self.connect() as connection:
            for part in _parts(paths):
                for row in connection.execute(select(d.digest, d.parsed).where(d.path.in_(part))):
                    yield row.digest, Source.model_validate_json(zlib.decompress(row.parsed))

    def companions_of(self, paths: Sequence[str]) -> list[str]:
        """Paths of the companion files of documents."""
        c, found = tables.companions.c, []
        with self.connect() as connection:
            for part in _parts(paths):
                found += list(connection.scalars(select(c.path).where(c.document.in_(part))))
        return found

    def files_with(self, path: str) -> list[str]:
        """The files of the document that a file is or belongs to: the document's own path, then its companions."""
        c = tables.companions.c
        with self.connect() as connection:
            owner = connection.scalar(select(c.document).where(c.path == path)) or path
            return [owner, *connection.scalars(select(c.path).where(c.document == owner).order_by(c.path))]

    def documents_mentioning(self, kind: AssetKind, id_: str) -> list[DocumentMention]:
        """Where documents that are no cards name an asset, in the order of paths and lines."""
        m = tables.mentions.c
        wanted = select(m.path, m.line_start, m.line_end).where(m.kind == kind, m.asset_id == id_)
        with self.connect() as connection:
            rows = connection.execute(wanted.order_by(m.path, m.line_start))
            return [DocumentMention(path=row.path, line_start=row.line_start, line_end=row.line_end) for row in rows]

    def text(self, path: str) -> str | None:
        """The text of an ingested file as it was read; None where there is no such file."""
        with self.connect() as connection:
            for table in (tables.documents, tables.companions):
                text = connection.scalar(select(table.c.text).where(table.c.path == path))
                if text is not None:
                    return str(text)
        return None

    def cards(self) -> int:
        """How many assets have a card."""
        with self.connect() as connection:
            asset = tables.assets
            return connection.scalar(select(func.count()).select_from(asset).where(asset.c.has_card)) or 0

    def counts(self) -> dict[str, int]:
        """Rows per table."""
        with self.connect() as connection:
            return {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in tables.metadata.sorted_tables
            }


def sqlite_catalog(path: Path, *, writable: bool = False) -> Catalog:
    """A catalogue in a file. Read-only ones are opened as immutable: a finished generation never changes."""
    mode = "mode=rwc" if writable else "mode=ro&immutable=1"
    address = f"file:{quote(path.as_posix())}?{mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, max_overflow=-1)
    if writable:
        event.listen(engine, "connect", _build_quickly)
    return Catalog(engine, str(path.parent))


def url_catalog(url: str) -> Catalog:
    """A catalogue in any database that SQLAlchemy knows."""
    try:
        engine = create_engine(url)
    except (ArgumentError, ImportError, ValueError) as error:
        raise StoreError(
            f"database_url cannot be used: {error}. Give a SQLAlchemy URL and install its driver."
        ) from error
    return Catalog(engine, engine.url.render_as_string(hide_password=True))


def packed(source: Source) -> bytes:
    """A Source as it stands in `documents.parsed`."""
    return zlib.compress(source.model_dump_json().encode("utf-8", "surrogatepass"), 1)


def _build_quickly(connection: Any, _: object) -> None:
    """No journal while building: a generation that is not finished is thrown away as a whole."""
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parts small enough for one IN list of any database."""
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]


def _asset(row: Any) -> Asset:
    return Asset(
        kind=row.kind,
        id=row.id,
        has_card=bool(row.has_card),
        title=row.title,
        summary=row.summary,
        path=row.path,
        params=row.params,
    )


def _evidence(row: Any) -> Evidence:
    origin: Origin = row.origin
    return Evidence(
        path=row.path,
        line_start=row.line_start,
        line_end=row.line_end,
        quote=row.quote,
        origin=origin,
        page=row.page,
    )


def _translated(error: DBAPIError, where: str) -> StoreError:
    reason = str(error.orig)
    if "disk is full" in reason or "No space left" in reason:
        return StoreError(
            f"the disk of {where} is full; the store is as it was before. Free some space and run it again."
        )
    if isinstance(error, OperationalError):
        return StoreError(
            f"the catalogue at {where} cannot be used ({reason}). Rebuild it: almanac ingest FOLDER --rebuild"
        )
    return StoreError(f"the catalogue at {where} refused a statement ({reason}).")
