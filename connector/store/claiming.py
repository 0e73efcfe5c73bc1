"""Who takes a due row? One statement for both queues and both databases."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, select, update


def claim(
    connection: Connection,
    table: Table,
    now: float,
    limit: int,
    lease: float | ColumnElement[float],
    skip_providers: Collection[str] = (),
) -> list[Any]:
    """Up to ``limit`` rows due by ``now``, as they are after the claim.

    Claiming is pushing the due time forward by the lease (seconds): who dies while holding
    a row needs no cleaning up after, the row is simply due again.
    """
    row = table.c
    due = select(row.id).where(row.due_at <= now).order_by(row.due_at).limit(limit)
    if skip_providers:
        due = due.where(row.provider.not_in(sorted(skip_providers)))
    taking = (
        update(table)
        .where(among(row.id, due, connection))
        .values(due_at=now + lease, claims=row.claims + 1, revision=row.revision + 1)
        .returning(*row)
    )
    return list(connection.execute(taking).all())


def among(id: Column[Any], due: Select[Any], connection: Connection) -> ColumnElement[bool]:
    """Is it one of the due rows, and free?"""
    if connection.dialect.name == "sqlite":
        return id.in_(due)  # whoever writes is alone
    # As an array: PostgreSQL may run a plain subquery twice and lock more than its limit, and a
    # plan it kept from when the table was small would read all of it.
    free = due.with_for_update(skip_locked=True).scalar_subquery()
    return id == func.any(func.array(free))
