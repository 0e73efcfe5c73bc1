"""Who waits for one operation, and who takes another's place? Subscriptions that come again:
a platform repeats its question when it has not heard the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from connector.core.model import Delivery, Operation, Subscription
from connector.store import tables
from connector.store.rows import Part, add_rows, as_row
from connector.store.standing import change
from connector.store.subscriptions import UNSUBSCRIBED

rows = tables.subscriptions.c
delivery = tables.deliveries.c

LOCKED = (
    select(tables.operations)
    .where(tables.operations.c.id == bindparam("operation"))
    .with_for_update(key_share=True)
)
"""SQLite knows no such lock, and needs none: who writes there is alone."""


class Watching(Part):
    """Questions about subscriptions that come again."""

    def watch(
        self, callback: Subscription, owed: Callable[[Operation], Sequence[Delivery]]
    ) -> bool:
        """Write a callback of one operation, and what is owed to it if that is closed by now.

        The row is locked before it is read: either its end is seen here, or who saves the end
        waits, and finds the callback. A repeat (the same id) only keeps the messages to come off
        for longer. False, and nothing is written, when the operation is gone, or when this
        callback has had its message or has it coming.
        """

        def job(connection: Connection) -> bool:
            found = connection.execute(LOCKED, {"operation": callback.operation_id}).one_or_none()
            if found is None or is_owed(connection, callback):
                return False
            adding = self.database.insert(tables.subscriptions)
            later = {"not_before": adding.excluded.not_before}
            connection.execute(
                adding.on_conflict_do_update(index_elements=["id"], set_=later), as_row(callback)
            )
            add_rows(connection, tables.deliveries, owed(Operation(*found)))
            return True

        return self.database.write(job)

    def replace_subscription(self, subscription: Subscription, beginning: str) -> None:
        """Write it in the place of the owner's others, not of single operations, whose ids begin
        so; what was owed to them is owed to it."""

        def job(connection: Connection) -> None:
            change(connection, subscription.owner)
            others = (
                (rows.owner == subscription.owner)
                & rows.operation_id.is_(None)
                & rows.id.startswith(beginning, autoescape=True)
            )
            removing = delete(tables.subscriptions).where(others).returning(rows.id)
            for id in connection.execute(removing).scalars().all():
                hand_over(connection, delivery.subscription_id == id, subscription.id)
            add_rows(connection, tables.subscriptions, [subscription])

        self.database.write(job)

    def count_callbacks(self, operation_id: str) -> int:
        """How many wait for the end of this one operation."""
        query = select(func.count()).where(rows.operation_id == operation_id)
        return int(self.database.read(query)[0][0])


def is_owed(connection: Connection, callback: Subscription) -> bool:
    """Whether there is a message to this callback, sent or not, that nobody called off."""
    query = select(delivery.id).where(
        delivery.operation_id == callback.operation_id,
        delivery.subscription_id == callback.id,
        delivery.note.is_distinct_from(UNSUBSCRIBED),
    )
    return connection.execute(query.limit(1)).scalar() is not None


def hand_over(connection: Connection, which: ColumnElement[bool], to: str) -> None:
    """Open deliveries go to another subscription. The revision too, or who holds one of them now
    would close it, having found nobody to tell."""
    connection.execute(
        update(tables.deliveries)
        .where(which, delivery.due_at.is_not(None))
        .values(subscription_id=to, revision=delivery.revision + 1)
    )
