"""What has a simulator seen? Orders taken, requests answered, and how many of each kind."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import Any, NamedTuple

KEPT = 10_000
"""How many of the last requests are kept; orders and counts are kept in full."""


class Seen(NamedTuple):
    """One request. ``status`` is 0 when the connection was closed instead of answered;
    ``authorization`` tells whether a key came with it."""

    at: float
    kind: str
    method: str
    path: str
    status: int
    host: str
    authorization: bool
    fault: str | None


class Log:
    """Written by every request, read by tests and benchmarks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._orders: list[dict[str, Any]] = []
            self._requests: deque[Seen] = deque(maxlen=KEPT)
            self._counts: Counter[str] = Counter()

    def order(self, **seen: Any) -> None:
        """A job was ordered and taken."""
        with self._lock:
            self._orders.append(seen)

    def request(self, seen: Seen) -> None:
        """A request was answered, or its connection closed."""
        with self._lock:
            self._counts[seen.kind] += 1
            self._requests.append(seen)

    def document(self) -> dict[str, Any]:
        """``{"orders": [...], "requests": [...], "counts": {kind: n}}``, oldest first."""
        with self._lock:
            orders, requests = list(self._orders), list(self._requests)
            counts = dict(self._counts)
        return {"orders": orders, "requests": [r._asdict() for r in requests], "counts": counts}
