"""The database of the journal: its tables, how it is made and written, and errors of it that a person understands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    create_engine,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError

from catalog.errors import StoreError

SCHEMA = 1
_SECONDS_FOR_OTHERS = 10

_tables = MetaData()
_meta = Table("journal", _tables, Column("schema", Integer, primary_key=True))
conversations = Table(
    "conversations",
    _tables,
    Column("key", String(200), primary_key=True),
    Column("front", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("name", String(200), unique=True),
    Column("began", String(32), nullable=False),
    Column("changed", String(32), nullable=False, index=True),
)
#: `text` is what a person read, `searched` is question and answer in lower case; `answer` is the whole Answer as JSON
said = Table(
    "turns",
    _tables,
    Column("conversation", String(200), ForeignKey("conversations.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("searched", Text, nullable=False),
    Column("asked", String(32), nullable=False),
    Column("undone", Integer, nullable=False, default=0),
)
#: feedback holds all it is about, also where its turn was taken back; `turns` are the questions, a JSON list
judgements = Table(
    "feedback",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(200), nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("comment", Text, nullable=False),
    Column("given_by", String(200), nullable=False),
    Column("given", String(32), nullable=False),
    Column("turns", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", Text, nullable=False),
)


class JournalDatabase:
    """Any database that SQLAlchemy knows; it is made when something is written for the first time."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._ready = False
        self.where = self._engine.url.render_as_string(hide_password=True)

    def rows(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        """Rows of a query; none where nothing was ever written."""
        with self._translated():
            if not self._ready and not self._exists():
                return []
            with self._engine.connect() as connection:
                return connection.execute(wanted).all()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that sees what others wrote before it and lets nobody write until it ends."""
        with self._translated():
            if not self._ready and not self._exists():
                self._create()
            with self._alone() as connection:
                yield connection

    def make(self, tables: MetaData) -> None:
        """Make the tables that a front end keeps beside those of the journal, where they are missing."""
        with self._translated():
            if not self._exists():
                self._create()
            with self._alone() as connection:
                tables.create_all(connection)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @property
    def _file(self) -> Path | None:
        """The file of an SQLite database; None where it is none."""
        url = self._engine.url
        has_one = self._engine.dialect.name == "sqlite" and url.database not in (None, "", ":memory:")
        return Path(url.database or "") if has_one else None

    def _exists(self) -> bool:
        """Whether the tables are there; raises StoreError where a later version made them."""
        if self._file and not self._file.exists():
            return False
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(_meta.name):
                return False
            found = connection.scalar(select(func.max(_meta.c.schema))) or SCHEMA
        if found > SCHEMA:
            raise StoreError(
                f"the journal at {self.where} has schema {found}, this version reads {SCHEMA}. "
                "Use the version that made it, or name another with ALMANAC_JOURNAL_URL."
            )
        self._ready = True
        return True

    def _create(self) -> None:
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._alone() as connection:
            _tables.create_all(connection)
            if not connection.scalar(select(func.count()).select_from(_meta)):
                connection.execute(insert(_meta).values(schema=SCHEMA))
        self._ready = True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, OSError) as error:
            reason = str(error.orig) if isinstance(error, DBAPIError) else error.strerror or str(error)
            raise StoreError(
                f"the journal of conversations at {self.where} cannot be used ({reason}). "
                "Mend it, or name another database with ALMANAC_JOURNAL_URL."
            ) from error


def _engine(url: str) -> Engine:
    try:
        if not url.startswith("sqlite"):
            return create_engine(url)
        return create_engine(url, connect_args={"timeout": _SECONDS_FOR_OTHERS, "isolation_level": None})
    except (ArgumentError, ImportError, ValueError) as error:
        raise StoreError(
            f"journal_url cannot be used: {error}. Give a SQLAlchemy URL and install its driver."
        ) from error
