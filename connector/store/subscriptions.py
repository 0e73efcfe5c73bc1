"""Who wants to hear of changes?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, delete, select, update

from connector.core.model import Subscription
from connector.store import tables
from connector.store.rows import Part, add_rows

rows = tables.subscriptions.c

UNSUBSCRIBED = "unsubscribed"


class Subscriptions(Part):
    """Questions about subscriptions."""

    def add_subscription(self, subscription: Subscription) -> None:
        """Write it; it hears of every change saved from now on."""
        self.database.write(lambda c: add_rows(c, tables.subscriptions, [subscription]))

    def get_subscription(self, id: str) -> Subscription | None:
        """The subscription, also when it has expired."""
        found = self.database.read(select(tables.subscriptions).where(rows.id == id))
        return Subscription(*found[0]) if found else None

    def remove_subscription(self, id: str, owner: str | None = None) -> bool:
        """End it, and what is still owed to it. False when there is none (of this owner)."""
        which = rows.id == id if owner is None else (rows.id == id) & (rows.owner == owner)
        return self.database.write(lambda connection: unsubscribe(connection, which))

    def change_secret(
        self, id: str, owner: str, change: Callable[[str], str]
    ) -> Subscription | None:
        """The owner's subscription, after ``change`` made another secret of the one it has, if it
        has one. ``change`` is called inside the transaction, perhaps twice."""

        def job(connection: Connection) -> Subscription | None:
            its = (rows.id == id) & (rows.owner == owner)
            query = select(tables.subscriptions).where(its).with_for_update()
            row = connection.execute(query).one_or_none()
            if row is None or row.secret is None:
                return None if row is None else Subscription(*row)
            after = replace(Subscription(*row), secret=change(row.secret))
            connection.execute(update(tables.subscriptions).where(its).values(secret=after.secret))
            return after

        return self.database.write(job)

    def list_subscriptions(self, owner: str) -> list[Subscription]:
        """All of the owner's, oldest first, callbacks of single operations among them."""
        query = select(tables.subscriptions).where(rows.owner == owner)
        found = self.database.read(query.order_by(rows.created_at, rows.id))
        return [Subscription(*row) for row in found]


def unsubscribe(connection: Connection, which: ColumnElement[bool]) -> bool:
    """Delete one subscription and close its open deliveries."""
    removing = delete(tables.subscriptions).where(which).returning(rows.id)
    id = connection.execute(removing).scalar()
    if id is None:
        return False
    delivery = tables.deliveries.c
    connection.execute(
        update(tables.deliveries)
        .where(delivery.subscription_id == id, delivery.due_at.is_not(None))
        # The revision too, or who holds one of them now would write it back open.
        .values(due_at=None, note=UNSUBSCRIBED, revision=delivery.revision + 1)
    )
    return True
