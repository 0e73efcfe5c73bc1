"""Which messages are owed, and what became of them?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, update

from connector.core.model import Delivery, DeliveryChange
from connector.store import tables
from connector.store.claiming import claim
from connector.store.rows import Part, add_rows
from connector.store.subscriptions import unsubscribe

rows = tables.deliveries.c


class Deliveries(Part):
    """The worker's side of deliveries."""

    def claim_deliveries(
        self, now: float, limit: int, lease: float, skip_lanes: Collection[str] = ()
    ) -> list[Delivery]:
        """Take up to ``limit`` due deliveries for ``lease`` seconds."""

        def job(connection: Connection) -> list[Delivery]:
            found = claim(connection, tables.deliveries, now, limit, lease, rows.lane, skip_lanes)
            return [Delivery(*row) for row in found]

        return self.database.write(job)

    def hold_delivery(self, claimed: Delivery, until: float) -> Delivery | None:
        """The delivery, claimed for longer; None where someone else was first."""
        held = replace(claimed, due_at=until, revision=claimed.revision + 1)
        return held if self.save_deliveries([DeliveryChange(claimed, held)])[0] else None

    def save_deliveries(self, changes: Sequence[DeliveryChange]) -> list[bool]:
        """Write what became of them, in one commit; False where someone else was first."""
        return self.database.write(lambda c: [save(c, change) for change in changes])


def save(connection: Connection, change: DeliveryChange) -> bool:
    """Writes one change with its line of history; False where someone else was first."""
    before, after = change.before, change.after
    saving = (
        update(tables.deliveries)
        .where(rows.id == before.id, rows.revision == before.revision)
        .values(
            due_at=after.due_at,
            claims=after.claims,
            note=after.note,
            revision=before.revision + 1,
        )
    )
    if not connection.execute(saving).rowcount:
        return False
    add_rows(connection, tables.moves, [change.move] if change.move else [])
    if change.unsubscribe:
        unsubscribe(connection, tables.subscriptions.c.id == before.subscription_id)
    return True
