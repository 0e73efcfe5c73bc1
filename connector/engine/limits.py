"""May this call be made now? The provider's own rate limits, kept per key in this process."""

from __future__ import annotations

import threading
from collections import defaultdict, deque

from connector.core.language import Manifest

DAY = 86400.0
MOST = 10_000  # counts of calls, one for each limit and key


class Limits:
    """Remembers when calls were made; several worker processes each keep their own count."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, str], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def wait(self, manifest: Manifest, call: str, key: str, now: float) -> float:
        """0 when the call may be made (it is counted then), else the seconds until it may."""
        rules = [(i, each) for i, each in enumerate(manifest.limits) if call in each.calls]
        with self._lock:
            self._drop_idle(now)
            for index, limit in rules:
                made = self._made[manifest.name, index, key]
                while made and made[0] <= now - limit.seconds:
                    made.popleft()
                if len(made) >= limit.rate:
                    return made[0] + limit.seconds - now
            for index, _ in rules:
                self._made[manifest.name, index, key].append(now)
        return 0.0

    def _drop_idle(self, now: float) -> None:
        """Keys that made no call for a day go: callers may bring a new one with every order."""
        if len(self._made) > MOST:
            kept = {
                slot: made for slot, made in self._made.items() if made and made[-1] > now - DAY
            }
            self._made = defaultdict(deque, kept)
