"""What goes when an operation is forgotten? Row and history stay; used inside a transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from connector.core.model import CLOSED
from connector.store import tables

rows = tables.operations.c


def forget(
    connection: Connection, which: ColumnElement[bool], now: float, limit: int
) -> tuple[int, list[str]]:
    """Empty up to ``limit`` closed operations not yet forgotten, oldest first.

    Returns how many there were, and the ids of the files whose rows went.
    """
    found = connection.execute(
        select(rows.id, rows.facts)
        .where(which, rows.finished_at.is_not(None), rows.forgotten_at.is_(None))
        .where(rows.status.in_(CLOSED))
        .order_by(rows.finished_at)
        .limit(limit)
    ).all()
    if not found:
        return 0, []
    emptying = (
        update(tables.operations)
        .where(rows.id == bindparam("which"))
        .values(input={}, facts=bindparam("facts"), forgotten_at=now)
    )
    connection.execute(
        emptying, [{"which": id, "facts": without_result(facts)} for id, facts in found]
    )
    return len(found), drop_files(
        connection, tables.files.c.operation_id.in_([row.id for row in found])
    )


def drop_files(connection: Connection, which: ColumnElement[bool]) -> list[str]:
    """Delete file rows; their ids, because the bytes must follow."""
    statement = delete(tables.files).where(which).returning(tables.files.c.id)
    return list(connection.execute(statement).scalars())


def without_result(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that stay: how it ended, not what came of it."""
    return {name: fact for name, fact in facts.items() if name not in ("result", "preliminary")}
