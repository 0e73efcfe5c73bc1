"""How do values become rows? Only what several files of this folder write in one transaction."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import fields, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, bindparam, insert

from connector.core.model import Move, Operation, StoredFile
from connector.store import tables
from connector.store.database import Database
from connector.store.prepared import run


class Part:
    """One part of the store: a group of questions to the same database."""

    def __init__(self, database: Database) -> None:
        self.database = database


def as_row(value: Any) -> dict[str, Any]:
    """The fields of a frozen value, not copied; columns have the same names."""
    return {name: getattr(value, name) for name in names(value.__class__)}


@cache
def names(kind: Hashable) -> tuple[str, ...]:
    """The fields of a kind of value."""
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]


def add_rows(connection: Connection, table: Table, values: Iterable[Any]) -> None:
    """Insert frozen values, any number of them, also none."""
    for value in values:
        row = as_row(value)
        run(connection, adding(table, tuple(row)), row)


@cache
def adding(table: Table, names: tuple[str, ...]) -> Insert:
    """The INSERT of these columns. Inline: nobody asks which number a move got."""
    return insert(table).inline().values({name: bindparam(name) for name in names})


def add_move(connection: Connection, op: Operation, at: float) -> None:
    """One line of history: what the operation became at this time."""
    add_rows(connection, tables.moves, [Move(op.id, at, op.status, op.note)])


def add_operation_files(connection: Connection, files: Iterable[StoredFile], id: str) -> None:
    """Rows of files that now belong to the operation."""
    add_rows(connection, tables.files, [replace(file, operation_id=id) for file in files])
