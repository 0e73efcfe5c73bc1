"""Who must be told, when is a message sent again, and when is it over? Pure.

The schedule is that of Standard Webhooks 1.0 (operational recommendations): ten attempts in
about 75 hours. A receiver's 410 ends its subscription; 429 and 503 may name their own delay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from connector.core.model import CLOSED, Delivery, Failure, Operation, Outcome, Subscription
from connector.core.pace import Dice, retry_after

MINUTE, HOUR = 60.0, 3600.0
GAPS = (5.0, 5 * MINUTE, 30 * MINUTE, *(h * HOUR for h in (2, 5, 10, 14, 20, 24)))
"""Seconds after each failed attempt; the first attempt is made at once."""

CONFLICTS = 4
"""A resume URL that answers 409 may be early or resumed already: it is tried this often."""

JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Told:
    """What an attempt makes of a delivery: the row, a line of history, and whether it was 410."""

    delivery: Delivery
    line: str
    unsubscribe: bool = False


def deliveries(
    before: Operation,
    after: Operation,
    subscriptions: Iterable[Subscription],
    new_id: Callable[[], str],
    now: float,
) -> list[Delivery]:
    """Who must be told of this change: one message per subscription that wants the status."""
    if before.status == after.status:
        return []
    return [
        Delivery(
            id=new_id(),
            subscription_id=each.id,
            operation_id=after.id,
            status=after.status,
            created_at=now,
            due_at=max(now, each.not_before),
            lane=each.lane,
        )
        for each in subscriptions
        if after.status in (CLOSED if each.statuses is None else each.statuses)
    ]


def after_attempt(delivery: Delivery, outcome: Outcome, now: float, dice: Dice) -> Told:
    """The delivery after its latest attempt; ``claims`` counts the attempts."""
    attempt = f"Message {delivery.status.value}, attempt {delivery.claims}"
    if isinstance(outcome, Failure):
        if outcome.refused:
            not_sent = "" if outcome.sent else "not sent, "
            return _over(delivery, f"{attempt}: {not_sent}{outcome.reason}.")
        return _later(delivery, f"{attempt}: {outcome.reason}.", outcome.retry_after, now, dice)
    said = f"{attempt}: the receiver answered {outcome.status}."
    if 200 <= outcome.status < 300:
        return _over(delivery, said)
    if outcome.status == 410:
        return Told(_over(delivery, said).delivery, said, unsubscribe=True)
    if outcome.status == 409 and delivery.claims >= CONFLICTS:
        return _over(delivery, f"{said} It was resumed before, or never will be.")
    asked = retry_after(outcome.headers.get("retry-after"), now)
    return _later(delivery, said, asked, now, dice)


def _over(delivery: Delivery, line: str) -> Told:
    return Told(replace(delivery, due_at=None, note=line), line)


def _later(delivery: Delivery, line: str, asked: float | None, now: float, dice: Dice) -> Told:
    if delivery.claims > len(GAPS):
        return _over(delivery, f"{line} Given up.")
    gap = GAPS[delivery.claims - 1] * (1 + JITTER * dice())
    wait = max(gap, min(asked, GAPS[-1])) if asked is not None else gap
    return Told(replace(delivery, due_at=now + wait, note=line), line)
