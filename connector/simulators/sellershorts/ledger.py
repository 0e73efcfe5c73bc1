"""Which orders are there, and what became of them? Safe to ask from many threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROCESSING, COMPLETED, FAILED = "processing", "completed", "failed"


@dataclass
class Order:
    """One order. ``status_url`` (with the id in its place) is None where nobody polls;
    ``events`` tell what happened, oldest first; ``polled_at`` is when the next poll is due."""

    id: str
    headers: Mapping[str, str]
    status_url: str | None
    at: float
    polled_at: float
    status: str = PROCESSING
    result: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The order as JSON."""
        return {
            "order_id": self.id,
            "status": self.status,
            "result": self.result,
            "error": self.error,
            "events": list(self.events),
        }


class Ledger:
    """All orders by their ids, and the files that were announced or put."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: dict[str, Order] = {}

    def add(self, order: Order) -> Order:
        """The order of this id: the one that is there already, else this one."""
        with self._lock:
            return self._orders.setdefault(order.id, order)

    def find(self, id: str) -> Order | None:
        """The order, if there is one."""
        return self._orders.get(id)

    def all(self) -> list[Order]:
        """All of them, oldest first."""
        with self._lock:
            return list(self._orders.values())

    def note(self, order: Order, kind: str, at: float, **more: Any) -> None:
        """Something happened to an order."""
        with self._lock:
            order.events.append({"at": at, "kind": kind, **more})

    def close(
        self, order: Order, status: str, result: dict[str, Any], error: str | None = None
    ) -> bool:
        """Ends an order; False where it has ended before."""
        with self._lock:
            if order.status != PROCESSING:
                return False
            order.status, order.result, order.error = status, result, error
            return True

    def due(self, now: float, later: float) -> tuple[list[Order], bool]:
        """The orders to be polled now, whose next poll is then ``later`` seconds away, and whether
        any is open at all."""
        with self._lock:
            polled = [
                each
                for each in self._orders.values()
                if each.status == PROCESSING and each.status_url
            ]
            found = [each for each in polled if each.polled_at <= now]
            for each in found:
                each.polled_at = now + later
            return found, bool(polled)
