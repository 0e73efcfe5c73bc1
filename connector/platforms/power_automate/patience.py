"""How long does a flow wait for us, and we for the operation?"""

from __future__ import annotations

from connector.core.model import Operation
from connector.engine.waiting import closed
from connector.platforms.site import Site

SHORTEST, LONGEST = 5, 300  # seconds between two polls
SHARE = 4  # of the age: who waited an hour can wait five minutes more


def retry_after(op: Operation, now: float) -> int:
    """Whole seconds until a flow may ask again: a quarter of the operation's age, 5 to 300.

    So a short job is noticed soon, and a long one costs few of the 500 calls a minute that a
    connection has (Microsoft, "Custom connector FAQ"; polls count). It never shrinks as the
    operation grows older, but for one thing: nobody is sent past the deadline, for then there is
    news; just before it the answer is what is left, 1 at least. Past it only our own worker is
    late, and the age counts from there.
    """
    if now >= op.deadline_at:
        return _share(now - op.deadline_at)
    return max(1, min(_share(now - op.created_at), int(op.deadline_at - now)))


def held(site: Site, op: Operation) -> Operation:
    """The operation once it is closed, or as it is after the setting CONNECTOR_HOLD_SECONDS.

    At most half of the server's threads wait, for whatever reason; the others answer at once. A
    process that is told to stop waits no longer.
    """
    return site.engine.wait(op, site.flow.hold_seconds, closed)


def _share(age: float) -> int:
    return int(max(SHORTEST, min(LONGEST, age / SHARE)))
