"""Which operations are due, and what became of those that were taken?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Double, bindparam, case, func, or_, select, update
from sqlalchemy.exc import DataError, IntegrityError

from connector.core.model import CLOSED, Change, Delivery, Operation, Subscription
from connector.store import tables
from connector.store.claiming import claim
from connector.store.columns import Words
from connector.store.prepared import run
from connector.store.rows import Part, add_move, add_operation_files, add_rows
from connector.store.standing import keep

Owed = Callable[[Operation, Operation, Sequence[Subscription]], Sequence[Delivery]]
"""The messages that a change (before, after) owes to the subscriptions it concerns."""

Clock = Callable[[], float]

rows = tables.operations.c
log = logging.getLogger(__name__)

LEFT_ALONE = {
    *("id", "owner", "platform", "key", "fingerprint", "client_ref"),
    *("provider", "action", "created_at"),
    *("cancel_asked_at", "nudged_at"),
    "revision",
}
"""Columns a save does not take from the value: what never changes, and the wishes, which
anyone may write at any time."""

WISHED_MEANWHILE = or_(
    rows.cancel_asked_at.is_distinct_from(bindparam("seen_cancel")),
    rows.nudged_at.is_distinct_from(bindparam("seen_nudge")),
)
STAYS_OPEN = bindparam("next_call", type_=Words).is_not(None)
WRITTEN = [column.name for column in rows if column.name not in LEFT_ALONE]

SAVE = (
    update(tables.operations)
    .where(rows.id == bindparam("before_id"), rows.revision == bindparam("before_revision"))
    .values({name: bindparam(name) for name in WRITTEN})
    .values(
        due_at=case(
            (STAYS_OPEN & WISHED_MEANWHILE, bindparam("now", type_=Double)),
            else_=bindparam("due_at", type_=Double),
        ),
        revision=rows.revision + 1,
    )
)

its = tables.subscriptions.c
MATCHING = (
    select(tables.subscriptions)
    .where(its.owner == bindparam("owner"))
    .where(
        or_(
            its.operation_id == bindparam("id"),
            its.operation_id.is_(None)
            & or_(its.provider.is_(None), its.provider == bindparam("provider"))
            & or_(its.action.is_(None), its.action == bindparam("action")),
        )
    )
    .where(or_(its.expires_at.is_(None), its.expires_at > bindparam("now")))
)
"""The owner's live subscriptions to this operation, or to any like it."""


class Queue(Part):
    """The worker's side of operations."""

    def claim_operations(
        self, now: float, limit: int, skip_providers: Collection[str] = ()
    ) -> list[Operation]:
        """Take up to ``limit`` due rows for as long as each one's lease says."""
        return self.database.write(lambda c: take(c, now, limit, skip_providers))

    def save_operations(self, changes: Sequence[Change], owed: Owed, clock: Clock) -> list[bool]:
        """Write what became of them, with history, files and owed deliveries, in one commit.

        False where someone else was first: nothing of that change is written. ``owed`` and
        ``clock`` are called inside the transaction, perhaps twice, and must not use the store.
        """
        return self.database.write(lambda c: [save(c, change, owed, clock) for change in changes])

    def turn(
        self,
        changes: Sequence[Change],
        owed: Owed,
        clock: Clock,
        limit: int,
        skip_providers: Collection[str] = (),
    ) -> tuple[list[bool], list[Operation]]:
        """Save, then claim, in one commit: the worker's usual step."""

        writing = iter((save, save_or_leave))

        def job(connection: Connection) -> tuple[list[bool], list[Operation]]:
            write = next(writing, save_or_leave)  # the second run is after something failed
            saved = [write(connection, change, owed, clock) for change in changes]
            return saved, take(connection, clock(), limit, skip_providers) if limit else []

        return self.database.write(job)

    def next_due(self) -> float | None:
        """The earliest due time of any operation or delivery, also when it is past."""
        due = (tables.operations.c.due_at, tables.deliveries.c.due_at)
        earliest = [select(func.min(at)).where(at.is_not(None)).scalar_subquery() for at in due]
        return min(
            (at for at in self.database.read(select(*earliest))[0] if at is not None), default=None
        )


def take(
    connection: Connection, now: float, limit: int, skip_providers: Collection[str]
) -> list[Operation]:
    """Up to ``limit`` due operations, claimed."""
    found = claim(
        connection, tables.operations, now, limit, rows.lease, rows.provider, skip_providers
    )
    return [Operation(*row) for row in found]


def save(connection: Connection, change: Change, owed: Owed, clock: Clock) -> bool:
    """Writes one change with all that follows from it; False where someone else was first."""
    before, after, now = change.before, change.after, clock()
    if not run(connection, SAVE, as_saved(before, after, now)).rowcount:
        return False
    add_operation_files(connection, change.files, after.id)
    if (after.status, after.note) != (before.status, before.note):
        add_move(connection, after, now)
    if after.status != before.status:
        keep(connection, after.owner)
        like = {"owner": after.owner, "provider": after.provider, "action": after.action}
        found = connection.execute(MATCHING, like | {"id": after.id, "now": now})
        concerned = [Subscription(*row) for row in found]
        add_rows(connection, tables.deliveries, owed(before, after, concerned))
    return True


def save_or_leave(connection: Connection, change: Change, owed: Owed, clock: Clock) -> bool:
    """The same, but a change that cannot be written is left out, so that it stops nobody else:
    its row stays leased, comes back, and is given up in time."""
    try:
        with connection.begin_nested():
            return save(connection, change, owed, clock)
    except (IntegrityError, DataError, OverflowError, TypeError, ValueError):
        log.exception("operation %s cannot be saved as it is", change.after.id)
        return False


def as_saved(before: Operation, after: Operation, now: float) -> dict[str, Any]:
    """What ``SAVE`` needs. A closed row has nothing left to ask, nor a key to ask with.

    It ended when it is written, not when the answer was heard: an answer may have waited for
    the writer, for another's lock, or for a database that was away, and who reads closed rows by
    their end (``list_finished``) has long passed that moment. So the time is read in here, where
    only the rest of this transaction lies between it and everyone's eyes.
    """
    if after.status in CLOSED:
        after = replace(
            after,
            credential=None,
            next_call=None,
            due_at=None,
            finished_at=max(after.finished_at or now, now),
            updated_at=max(after.updated_at, now),
        )
    return {name: getattr(after, name) for name in WRITTEN} | {
        "before_id": before.id,
        "before_revision": before.revision,
        "seen_cancel": before.cancel_asked_at,
        "seen_nudge": before.nudged_at,
        "now": now,
    }
