"""What do the rows of these tests look like? One maker per value, everything optional."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from connector.core.model import Delivery, Operation, Status, StoredFile, Subscription
from connector.store import Store

NOW = 1_700_000_000.25
numbers = count(1)


def at(now: float) -> Callable[[], float]:
    """A clock that stands."""
    return lambda: now


def operation(**fields: Any) -> Operation:
    op = Operation(
        id=f"op-{next(numbers)}",
        owner="ann",
        provider="acme",
        action="extract",
        platform="rest",
        input={"document": {"$file": "f-1"}, "pages": [1, 2], "word": "größer"},
        created_at=NOW,
        deadline_at=NOW + 86400,
        next_call="submit",
        due_at=NOW,
        updated_at=NOW,
    )
    return replace(op, **fields)


def closed(op: Operation, status: Status = Status.SUCCEEDED, **fields: Any) -> Operation:
    shut = replace(op, status=status, next_call=None, due_at=None, finished_at=NOW + 5)
    return replace(shut, **fields)


def subscription(**fields: Any) -> Subscription:
    sub = Subscription(
        id=f"sub-{next(numbers)}", owner="ann", platform="rest", target="enc", created_at=NOW
    )
    return replace(sub, **fields)


def file(**fields: Any) -> StoredFile:
    made = StoredFile(
        id=f"file-{next(numbers)}",
        owner="ann",
        name="invoice.pdf",
        type="application/pdf",
        size=5_000_000_000,
        sha256="ab" * 32,
        created_at=NOW,
    )
    return replace(made, **fields)


def delivery(op: Operation, sub: Subscription, **fields: Any) -> Delivery:
    made = Delivery(
        id=f"del-{next(numbers)}",
        subscription_id=sub.id,
        operation_id=op.id,
        status=op.status,
        created_at=NOW,
        due_at=NOW,
    )
    return replace(made, **fields)


def owe_all(
    before: Operation, after: Operation, subscriptions: Sequence[Subscription]
) -> list[Delivery]:
    return [delivery(after, sub) for sub in subscriptions]


def owe_none(
    before: Operation, after: Operation, subscriptions: Sequence[Subscription]
) -> list[Delivery]:
    return []


def claimed(store: Store, **fields: Any) -> Operation:
    """An operation that was added and is being asked."""
    op = store.add_operation(operation(**fields))
    (taken,) = store.claim_operations(NOW, 1)
    assert taken.id == op.id
    return taken
