"""How does a request wait for an operation, without holding every thread of the server?"""

from __future__ import annotations

from collections.abc import Callable

from connector.core.model import CLOSED, Operation
from connector.engine.parts import Parts

FIRST_LOOK, LAST_LOOK = 0.02, 0.25  # seconds between two looks at the row, growing


def wait_until(
    parts: Parts, op: Operation, seconds: float, enough: Callable[[Operation], bool]
) -> Operation:
    """The operation as soon as it is ``enough``, or as it is after so many seconds.

    A bounded number of callers waits; the rest gets the operation as it is, at once. So does
    everybody when the process is told to stop.
    """
    if seconds <= 0 or enough(op) or not parts.waiters.acquire(blocking=False):
        return op
    try:
        ends, gap = parts.stopwatch() + seconds, FIRST_LOOK
        while not enough(op) and (left := ends - parts.stopwatch()) > 0:
            if parts.stopping.wait(min(gap, left)):
                return op
            gap = min(gap * 1.3, LAST_LOOK)
            op = parts.store.get_operation(op.id) or op
        return op
    finally:
        parts.waiters.release()


def closed(op: Operation) -> bool:
    """Whether an operation has ended."""
    return op.status in CLOSED
