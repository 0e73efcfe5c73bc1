"""How is the same statement run thousands of times a second? Compiled once, straight on the
driver: SQLAlchemy's own way to it costs several times what SQLite needs for the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, TypeDecorator
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]


class Prepared:
    """One statement for one kind of database, with the types of its values and columns.

    Only for statements that are built once: nothing in them may differ but bound values.
    """

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql: str = compiled.string
        self._named = not compiled.positional
        names = list(compiled.params) if self._named else compiled.positiontup
        self._values = [
            (name, compiled.params[name], to_driver(compiled.binds[name].type, dialect))
            for name in names
        ]
        columns = getattr(statement, "exported_columns", ())
        readers = [from_driver(column.type, dialect) for column in columns]
        self._readers = [(at, read) for at, read in enumerate(readers) if read]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """What the driver takes beside the SQL."""
        written = [
            write(values.get(name, known)) if write else values.get(name, known)
            for name, known, write in self._values
        ]
        if self._named:
            return {name: each for (name, _, _), each in zip(self._values, written, strict=True)}
        return written

    def row(self, raw: Any) -> list[Any]:
        """A row of the driver's as values."""
        row = list(raw)
        for at, read in self._readers:
            row[at] = read(row[at])
        return row


@lru_cache(maxsize=256)
def prepared(statement: Executable, dialect: Dialect) -> Prepared:
    """The statement for one database, compiled once."""
    return Prepared(statement, dialect)


def run(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> Any:
    """Run it in the connection's transaction: the driver's cursor. Raises DBAPIError."""
    ready, driver = prepared(statement, connection.dialect), connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        cursor.execute(ready.sql, ready.bound(values))
    except driver.Error as error:
        raise DBAPIError.instance(ready.sql, None, error, driver.Error) from error
    return cursor


def to_driver(type: Any, dialect: Dialect) -> Convert | None:
    """How a bound value is written, if it is not as it is: drivers know texts and numbers."""
    if not isinstance(type, TypeDecorator):
        return None
    written: Convert | None = type.dialect_impl(dialect).bind_processor(dialect)
    return written


def from_driver(type: Any, dialect: Dialect) -> Convert | None:
    """How a column is read, likewise."""
    if not isinstance(type, TypeDecorator):
        return None
    read: Convert | None = type.dialect_impl(dialect).result_processor(dialect, None)
    return read
