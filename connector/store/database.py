"""How do we reach the database? Engines, reads and writes; no tables and no questions.

Reads run in autocommit on pooled connections, each a transaction of its own; writes go
through one writer, which commits them in groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Executable,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from connector.store.prepared import prepared
from connector.store.writer import Writer

T = TypeVar("T")

READERS = 16  # connections a process reads with, opened as they are needed
PATIENCE = 30.0  # seconds to wait for another process's write on SQLite
REACH = 10  # seconds to wait for a PostgreSQL server that does not answer


class Database:
    """One database by its URL: ``sqlite:///path`` or ``postgresql://...``; opened at first use."""

    def __init__(self, url: str) -> None:
        address = with_driver(make_url(url))
        self.is_sqlite = address.get_backend_name() == "sqlite"
        make = make_sqlite if self.is_sqlite else make_postgresql
        self.reader = make(
            address,
            isolation_level="AUTOCOMMIT",
            pool_size=READERS,
            max_overflow=0,
            pool_use_lifo=True,
            pool_reset_on_return=None,  # in autocommit there is nothing to roll back
        )
        self.engine = make(address, pool_size=1, max_overflow=1)
        if self.is_sqlite:
            event.listen(self.engine, "begin", begin_immediate)
        self._writer = Writer(self.engine)

    def read(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """All rows of one query."""
        try:
            return self._read(statement, values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            # The server was restarted under an idle connection; the pool is fresh by now.
            return self._read(statement, values)

    def read_often(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows of a query that is a constant of its module, as ``read`` gives them, in a
        third of the time."""
        try:
            return self._read_straight(statement, values)
        except self.reader.dialect.loaded_dbapi.Error:
            return self.read(statement, values)  # it knows what the driver's errors mean

    def write(self, job: Callable[[Connection], T]) -> T:
        """The job's result, once it is durable. See ``Writer.run`` for what a job may do."""
        return self._writer.run(job)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Finish the queued writes and let go of all connections."""
        self._writer.close()
        self.engine.dispose()
        self.reader.dispose()

    def _read(self, statement: Executable, values: Mapping[str, Any] | None) -> Sequence[Any]:
        with self.reader.connect() as connection:
            return connection.execute(statement, values).all()

    def _read_straight(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Any]:
        connection = self.reader.raw_connection()
        try:
            query = prepared(statement, self.reader.dialect)
            cursor = connection.cursor()
            cursor.execute(query.sql, query.bound(values))
            return [query.row(raw) for raw in cursor.fetchall()]
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()


def with_driver(url: URL) -> URL:
    """The URL with the driver we install: psycopg 3 for PostgreSQL, also as ``postgres://``."""
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def make_postgresql(url: URL, **options: Any) -> Engine:
    """An engine for PostgreSQL; a server that does not answer is given up after ``REACH``."""
    arguments = {"connect_timeout": REACH}
    return create_engine(url, connect_args=arguments, hide_parameters=True, **options)


def make_sqlite(url: URL, **options: Any) -> Engine:
    """An engine for SQLite, whose connections set themselves up."""
    arguments = {"timeout": PATIENCE}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, **options)

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: Any) -> None:
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, not the driver's
        # A 202 is a promise: in WAL only FULL survives a power cut.
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}").close()

    return engine


def begin_immediate(connection: Connection) -> None:
    """Take SQLite's write lock at once: a read that turns into a write cannot wait for it."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
