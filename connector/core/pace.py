"""When to ask again. Pure: the caller brings the clock and the dice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

from connector.core.language import Pace
from connector.core.model import Status

Dice = Callable[[], float]
"""A number from 0 up to 1, each time it is called."""

SPREAD = 0.1  # healthy polls are spread by 10 % either way, so that jobs of one batch drift apart
LEAST = 0.5  # a provider that says "Retry-After: 0" must not become a busy loop
RETRY_FIRST = 1.0
RETRY_CEILING = 60.0


def wait(pace: Pace, status: Status, polls: int, retry_after: float | None, dice: Dice) -> float:
    """Seconds until the next check, after ``polls`` checks were heard."""
    if retry_after is not None:
        return max(retry_after, LEAST)
    review = status == Status.NEEDS_REVIEW
    if polls == 0:
        return spread(max(pace.initial, pace.review), dice) if review else pace.initial
    delay = min(growing(pace.first, pace.factor, polls - 1), pace.ceiling)
    return spread(max(delay, pace.review) if review else delay, dice)


def retry(misses: int, retry_after: float | None, dice: Dice) -> float:
    """Seconds until a question is repeated that got no usable answer, ``misses`` times so far.

    Half fixed, half diced: callers that fail together do not come back together.
    """
    if retry_after is not None:
        return max(retry_after, LEAST)
    delay = min(growing(RETRY_FIRST, 2.0, misses), RETRY_CEILING)
    return delay * (0.5 + dice() / 2)


def growing(first: float, factor: float, nth: int) -> float:
    """``first * factor ** nth``, without overflow for a large ``nth``."""
    return float(first * factor ** min(nth, 200)) if factor > 1 else first


def spread(delay: float, dice: Dice) -> float:
    """The delay, up to 10 % shorter or longer."""
    return delay * (1 - SPREAD + 2 * SPREAD * dice())


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for: a number or an HTTP date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for a year or day beyond all numbers
        return None
    return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)
