"""Who takes a due row? One statement for both queues and both databases."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Update,
    bindparam,
    func,
    select,
    update,
)

from connector.store.prepared import prepared, run


def claim(
    connection: Connection,
    table: Table,
    now: float,
    limit: int,
    lease: float | Column[float],
    lane: Column[str],
    skip: Collection[str] = (),
) -> list[Any]:
    """Up to ``limit`` rows due by ``now``, of lanes not in ``skip``, as they are after the claim.

    Claiming is pushing the due time forward by the lease (seconds): who dies while holding
    a row needs no cleaning up after, the row is simply due again.
    """
    known = isinstance(lease, Column)
    sqlite = connection.dialect.name == "sqlite"
    statement = taking(table, lease if known else None, lane, len(skip), sqlite)
    values = {"now": now, "most": limit, "lease": None if known else lease}
    skipped = {f"skip_{nth}": name for nth, name in enumerate(sorted(skip))}
    found = run(connection, statement, values | skipped).fetchall()
    return list(map(prepared(statement, connection.dialect).row, found))


@lru_cache(maxsize=64)
def taking(
    table: Table, lease: Column[float] | None, lane: Column[str], skipped: int, sqlite: bool
) -> Update:
    """The statement, with a place for each of so many lanes to pass over."""
    row, now = table.c, bindparam("now", type_=table.c.due_at.type)
    due = select(row.id).where(row.due_at <= now).order_by(row.due_at).limit(bindparam("most"))
    if skipped:
        due = due.where(*(lane != bindparam(f"skip_{nth}") for nth in range(skipped)))
    length = bindparam("lease", type_=row.due_at.type) if lease is None else lease
    return (
        update(table)
        .where(among(row.id, due, sqlite))
        .values(due_at=now + length, claims=row.claims + 1, revision=row.revision + 1)
        .returning(*row)
    )


def among(id: Column[Any], due: Select[Any], sqlite: bool) -> ColumnElement[bool]:
    """Is it one of the due rows, and free?"""
    if sqlite:
        return id.in_(due)  # whoever writes is alone
    # As an array: PostgreSQL may run a plain subquery twice and lock more than its limit, and a
    # plan it kept from when the table was small would read all of it.
    free = due.with_for_update(skip_locked=True).scalar_subquery()
    return id == func.any(func.array(free))
