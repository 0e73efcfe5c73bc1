"""Which operations are there, and what do people outside the worker want of them?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    update,
)

from connector.core.model import Move, Operation, Status, StoredFile, Subscription
from connector.store import tables
from connector.store.forgetting import forget
from connector.store.prepared import run
from connector.store.rows import Part, add_operation_files, add_rows, as_row

rows = tables.operations.c
TIMES = {"created_at": rows.created_at, "finished_at": rows.finished_at}

FOR_KEY = (
    select(tables.keys.c.owner, *rows)
    .select_from(tables.keys)
    .outerjoin(
        tables.operations,
        and_(rows.owner == tables.keys.c.owner, rows.id == bindparam("operation")),
    )
    .where(tables.keys.c.key_hash == bindparam("hash"), tables.keys.c.revoked_at.is_(None))
)


class Operations(Part):
    """Questions about operations, and wishes for them."""

    @cached_property
    def _adding(self) -> Executable:
        # Without a target, so that a repeat after a lost answer to our commit is one as well.
        return self.database.insert(tables.operations).on_conflict_do_nothing()

    def add_operation(
        self,
        op: Operation,
        files: Iterable[StoredFile] = (),
        subscription: Subscription | None = None,
    ) -> Operation:
        """Write the operation, its first move, its files and its callback, or nothing at all.

        Where the (owner, platform, key) is taken, the operation that has it is returned:
        compare ids to know.
        """

        def job(connection: Connection) -> Operation:
            if not run(connection, self._adding, as_row(op)).rowcount:
                return Operation(*connection.execute(same_as(op)).one())
            add_operation_files(connection, files, op.id)
            add_rows(connection, tables.subscriptions, [subscription] if subscription else [])
            return op

        return self.database.write(job)

    def get_operation(self, id: str, owner: str | None = None) -> Operation | None:
        """The operation; None too when an owner is named and it is another's."""
        query = select(tables.operations).where(rows.id == id)
        if owner is not None:
            query = query.where(rows.owner == owner)
        return self._first(query)

    def read_for_key(self, key_hash: str, id: str) -> tuple[str | None, Operation | None]:
        """The owner of the live key (or None), and that owner's operation (or None)."""
        found = self.database.read_often(FOR_KEY, {"hash": key_hash, "operation": id})
        if not found:
            return None, None
        owner, *row = found[0]
        return owner, None if row[0] is None else Operation(*row)

    def find_by_key(self, owner: str, platform: str, key: str) -> Operation | None:
        """The operation that was submitted under this idempotency key."""
        return self._first(
            select(tables.operations).where(
                rows.owner == owner, rows.platform == platform, rows.key == key
            )
        )

    def list_operations(
        self,
        owner: str,
        *,
        statuses: Sequence[Status] = (),
        provider: str | None = None,
        action: str | None = None,
        client_ref: str | None = None,
        since: float | None = None,
        limit: int = 50,
        offset: int = 0,
        before: tuple[float, str] | None = None,
        by: str = "created_at",
    ) -> list[Operation]:
        """Newest first by ``by`` (created_at or finished_at) and id.

        ``since`` is the earliest such time that counts, ``before`` the (time, id) of the
        last row of the previous page; ``offset`` rows are passed over.
        """
        time = TIMES[by]
        conditions = [rows.owner == owner, time.is_not(None)]
        conditions += [rows.status.in_(statuses)] if statuses else []
        conditions += [rows.provider == provider] if provider is not None else []
        conditions += [rows.action == action] if action is not None else []
        conditions += [rows.client_ref == client_ref] if client_ref is not None else []
        conditions += [time >= since] if since is not None else []
        conditions += [tuple_(time, rows.id) < before] if before is not None else []
        newest = select(tables.operations).where(*conditions)
        page = newest.order_by(time.desc(), rows.id.desc()).limit(limit).offset(offset or None)
        found = self.database.read(page)
        return [Operation(*row) for row in found]

    def list_finished(
        self,
        owner: str,
        provider: str,
        *,
        after: tuple[float, str],
        until: float,
        statuses: Sequence[Status] = (),
        action: str | None = None,
        limit: int = 50,
    ) -> list[Operation]:
        """Closed operations in the order of their ends, oldest first: those behind the
        (finished_at, id) ``after``, that ended by ``until``.

        Nothing is missed by who goes on from the last row, if ``until`` lies far enough back
        for all that ended before it to be committed.
        """
        conditions = [rows.owner == owner, rows.provider == provider]
        conditions += [rows.finished_at.is_not(None), rows.finished_at <= until]
        conditions += [tuple_(rows.finished_at, rows.id) > after]
        conditions += [rows.status.in_(statuses)] if statuses else []
        conditions += [rows.action == action] if action is not None else []
        oldest = select(tables.operations).where(*conditions)
        found = self.database.read(oldest.order_by(rows.finished_at, rows.id).limit(limit))
        return [Operation(*row) for row in found]

    def history(self, operation_id: str) -> list[Move]:
        """Every move of the operation, oldest first. That it began is in its own row: a line of
        its own would cost each order a fifth of its writing."""
        move = tables.moves.c
        query = select(move.operation_id, move.at, move.status, move.note)
        found = self.database.read(query.where(move.operation_id == operation_id).order_by(move.id))
        began = self.database.read(select(rows.created_at).where(rows.id == operation_id))
        first = [Move(operation_id, at, Status.PENDING, None) for (at,) in began]
        return first + [Move(*row) for row in found]

    def ask_cancel(self, id: str, now: float) -> bool:
        """Wish that the operation ends. True if it is open; asking again changes nothing more."""
        asked_at = func.coalesce(rows.cancel_asked_at, now)
        return self._wish(wish(id, now).values(cancel_asked_at=asked_at))

    def nudge(self, id: str, now: float) -> bool:
        """Wish that the provider is asked now. True if the operation is open."""
        return self._wish(wish(id, now).values(nudged_at=now))

    def forget(self, id: str, now: float) -> list[str]:
        """Drop input, result and file rows of a closed operation; its error stays.

        Returns the ids of the files whose bytes must go.
        """
        return self.database.write(lambda connection: forget(connection, rows.id == id, now, 1)[1])

    def _first(self, query: Select[*tuple[Any, ...]]) -> Operation | None:
        found = self.database.read(query)
        return Operation(*found[0]) if found else None

    def _wish(self, statement: Update) -> bool:
        return self.database.write(lambda connection: connection.execute(statement).rowcount > 0)


def wish(id: str, now: float) -> Update:
    """Make an open row due, without touching its revision: a wish must not cost an answer.

    A row that is being asked keeps its lease (its save looks for wishes), and one that was
    due already keeps its place.
    """
    busy: ColumnElement[bool] = or_(rows.claims > rows.misses, rows.due_at < now)
    return (
        update(tables.operations)
        .where(rows.id == id, rows.due_at.is_not(None))
        .values(due_at=case((busy, rows.due_at), else_=now))
    )


def same_as(op: Operation) -> Select[*tuple[Any, ...]]:
    """The operation that stands where this one wanted to be."""
    by_key = and_(rows.platform == op.platform, rows.key == op.key)
    return select(tables.operations).where(rows.owner == op.owner, or_(rows.id == op.id, by_key))
