"""Who may change an owner's subscriptions while others count on them? Locks of PostgreSQL, until
the transaction ends, one for each owner; on SQLite whoever writes is alone."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from connector.store.prepared import run

SEED = 5417
"""Keeps these numbers apart from those of other locks."""

NUMBER = func.hashtextextended(bindparam("owner"), SEED)
KEEP = select(func.pg_advisory_xact_lock_shared(NUMBER))
CHANGE = select(func.pg_advisory_xact_lock(NUMBER))


def keep(connection: Connection, owner: str) -> None:
    """The next statement finds the owner's subscriptions as they stay until this is committed:
    without it, one found might be replaced before there is a message to hand over."""
    if connection.dialect.name != "sqlite":
        run(connection, KEEP, {"owner": owner})


def change(connection: Connection, owner: str) -> None:
    """Nobody else reads or replaces the owner's subscriptions until this is committed."""
    if connection.dialect.name != "sqlite":
        run(connection, CHANGE, {"owner": owner})
