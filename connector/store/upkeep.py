"""What is past its time, and how much is there of everything?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, func, select

from connector.core.model import Status
from connector.store import tables
from connector.store.forgetting import drop_files, forget
from connector.store.rows import Part

operation = tables.operations.c
delivery = tables.deliveries.c
file = tables.files.c
subscription = tables.subscriptions.c

Sweep = Callable[[Connection], tuple[int, list[str]]]
"""Clears some rows; how many, and the files whose bytes must go."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of the moment. ``operations`` by (provider, status); ``due`` are operations whose
    time has come, ``oldest_due`` is when it came for the first of them (seconds since the
    epoch)."""

    operations: dict[tuple[str, Status], int]
    due: int
    oldest_due: float | None
    deliveries_open: int
    subscriptions: int


class Upkeep(Part):
    """The hourly sweep, and figures."""

    def prune(
        self, now: float, results_before: float, operations_before: float, limit: int = 500
    ) -> list[str]:
        """Forget, then delete, what finished before these times; drop expired subscriptions
        that nothing is owed to, and files of no operation made before ``results_before``.

        One commit for every ``limit`` rows, so that nobody waits long for the writer.
        Returns the ids of the files whose bytes must go.
        """
        # Deleting takes what is forgotten only, so what it will take is forgotten first,
        # whatever the settings.
        old = operation.finished_at < max(results_before, operations_before)
        sweeps: list[Sweep] = [
            lambda connection: forget(connection, old, now, limit),
            lambda connection: delete_operations(connection, operations_before, limit),
            lambda connection: drop_loose_files(connection, results_before, limit),
            lambda connection: delete_expired(connection, now, limit),
        ]
        return [id for sweep in sweeps for id in self._repeat(sweep, limit)]

    def stats(self, now: float = math.inf) -> Stats:
        """Counts of the moment; without a time, every open operation counts as due."""
        status, due_at = operation.status, operation.due_at
        by_status = select(operation.provider, status, func.count()).group_by(
            operation.provider, status
        )
        due = select(func.count(), func.min(due_at)).where(due_at <= now)
        owed = select(func.count()).where(delivery.due_at.is_not(None))
        listening = select(func.count()).select_from(tables.subscriptions)
        count, oldest = self.database.read(due)[0]
        return Stats(
            operations={(name, word): n for name, word, n in self.database.read(by_status)},
            due=count,
            oldest_due=oldest,
            deliveries_open=self.database.read(owed)[0][0],
            subscriptions=self.database.read(listening)[0][0],
        )

    def _repeat(self, sweep: Sweep, limit: int) -> Iterator[str]:
        count = limit
        while count == limit:
            count, files = self.database.write(sweep)
            yield from files


def delete_operations(
    connection: Connection, finished_before: float, limit: int
) -> tuple[int, list[str]]:
    """Delete forgotten operations; moves, deliveries and callbacks go with them by cascade."""
    old = (
        select(operation.id)
        .where(operation.forgotten_at.is_not(None), operation.finished_at < finished_before)
        .order_by(operation.finished_at)
        .limit(limit)
    )
    deleting = delete(tables.operations).where(operation.id.in_(old)).returning(operation.id)
    gone = list(connection.execute(deleting).scalars())
    return len(gone), drop_files(connection, file.operation_id.in_(gone)) if gone else []


def drop_loose_files(
    connection: Connection, made_before: float, limit: int
) -> tuple[int, list[str]]:
    """Files that were stored for an operation that never came to be."""
    loose = (
        select(file.id)
        .where(file.operation_id.is_(None), file.created_at < made_before)
        .limit(limit)
    )
    gone = drop_files(connection, file.id.in_(loose))
    return len(gone), gone


def delete_expired(connection: Connection, now: float, limit: int) -> tuple[int, list[str]]:
    """Subscriptions past their time, except where a message is still owed."""
    owed = exists().where(delivery.subscription_id == subscription.id, delivery.due_at.is_not(None))
    expired = select(subscription.id).where(subscription.expires_at <= now, ~owed).limit(limit)
    deleting = delete(tables.subscriptions).where(subscription.id.in_(expired))
    return connection.execute(deleting).rowcount, []
