"""When a message is sent again, and who is owed one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.model import Delivery, Failure, Outcome, Response, Status, Subscription
from connector.core.telling import after_attempt, deliveries
from tests.core.stories import LOST, T0, answer, new

OWED = Delivery("d-1", "s-1", "op-1", Status.SUCCEEDED, T0, due_at=T0)
HOUR = 3600
SCHEDULE = [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]


def attempt(nth: int, outcome: Outcome, dice: float = 0.0) -> Delivery:
    return after_attempt(replace(OWED, claims=nth), outcome, T0, lambda: dice).delivery


@pytest.mark.parametrize("outcome", [LOST, *map(answer, (302, 400, 401, 404, 429, 500, 503))])
def test_a_message_is_tried_ten_times_by_the_schedule_of_standard_webhooks(
    outcome: Outcome,
) -> None:
    gaps = [(attempt(nth, outcome).due_at or 0) - T0 for nth in range(1, 10)]

    assert gaps == SCHEDULE
    assert attempt(10, outcome).due_at is None
    assert str(attempt(10, outcome).note).endswith("Given up.")


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_jitter_adds_at_most_a_fifth(nth: int, dice: float) -> None:
    gap = (attempt(nth, LOST, dice).due_at or 0) - T0

    assert SCHEDULE[nth - 1] <= gap <= SCHEDULE[nth - 1] * 1.2


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_ends_it(status: int) -> None:
    told = after_attempt(replace(OWED, claims=1), answer(status), T0, lambda: 0.5)

    assert told.delivery.due_at is None
    assert not told.unsubscribe
    assert told.line == f"Message succeeded, attempt 1: the receiver answered {status}."


def test_410_ends_the_subscription() -> None:
    told = after_attempt(replace(OWED, claims=3), answer(410), T0, lambda: 0.5)

    assert told.delivery.due_at is None
    assert told.unsubscribe


def test_409_is_tried_four_times() -> None:
    assert [attempt(nth, answer(409)).due_at is None for nth in (1, 2, 3, 4)] == [
        False,
        False,
        False,
        True,
    ]


def test_a_receiver_may_ask_for_a_longer_wait_but_not_for_a_shorter_one_nor_for_ever() -> None:
    def wait(after: str) -> float:
        return (attempt(2, answer(429, retry_after=after)).due_at or 0) - T0

    assert wait("1000") == 1000
    assert wait("1") == 300
    assert wait("99999999") == 24 * HOUR
    assert wait("soon") == 300


def test_a_failure_may_name_a_wait_as_well() -> None:
    asked = replace(LOST, retry_after=1000.0)

    assert (attempt(2, asked).due_at or 0) - T0 == 1000


def test_however_long_a_receiver_asks_it_is_over_within_30_days() -> None:
    busy = answer(503, retry_after="9" * 30)
    owed, now = OWED, T0
    while owed.due_at is not None:
        now = owed.due_at
        owed = after_attempt(
            replace(owed, claims=owed.claims + 1), busy, now, lambda: 0.999
        ).delivery

    assert owed.claims == 10
    assert now - T0 < 30 * 24 * HOUR


def test_a_target_that_we_refuse_to_ask_is_over_at_once() -> None:
    refused = Failure("the address is not public", sent=False, refused=True)

    told = after_attempt(replace(OWED, claims=1), refused, T0, lambda: 0.5)

    assert told.delivery.due_at is None
    assert told.line == "Message succeeded, attempt 1: not sent, the address is not public."


WANTS_ALL = Subscription("s-1", "ann", "rest", "sealed")
WANTS_REVIEWS = replace(WANTS_ALL, id="s-2", statuses=(Status.NEEDS_REVIEW,))
WANTS_FAILURES = replace(WANTS_ALL, id="s-3", statuses=(Status.FAILED, Status.CANCELED))


def owed(before: Status, after: Status, *subscriptions: Subscription) -> list[Delivery]:
    op = new()
    ids = iter("abc")
    return deliveries(
        replace(op, status=before), replace(op, status=after), subscriptions, lambda: next(ids), T0
    )


@pytest.mark.parametrize(
    ("before", "after", "who"),
    [
        (Status.PENDING, Status.RUNNING, []),
        (Status.RUNNING, Status.RUNNING, []),
        (Status.RUNNING, Status.NEEDS_REVIEW, ["s-2"]),
        (Status.NEEDS_REVIEW, Status.NEEDS_REVIEW, []),
        (Status.RUNNING, Status.SUCCEEDED, ["s-1"]),
        (Status.RUNNING, Status.FAILED, ["s-1", "s-3"]),
        (Status.PENDING, Status.CANCELED, ["s-1", "s-3"]),
    ],
)
def test_those_are_told_who_want_the_status_once(
    before: Status, after: Status, who: list[str]
) -> None:
    made = owed(before, after, WANTS_ALL, WANTS_REVIEWS, WANTS_FAILURES)

    assert [each.subscription_id for each in made] == who
    assert all(each.status == after and each.due_at == T0 for each in made)


def test_a_message_goes_by_the_lane_of_its_subscription() -> None:
    made = owed(Status.RUNNING, Status.FAILED, WANTS_ALL, replace(WANTS_FAILURES, lane="a host"))

    assert [each.lane for each in made] == ["", "a host"]


def test_nothing_is_told_before_the_order_was_answered_and_a_moment_more() -> None:
    callback = replace(WANTS_ALL, not_before=T0 + 3.5)

    (early,) = owed(Status.PENDING, Status.SUCCEEDED, callback)
    (late,) = owed(Status.PENDING, Status.SUCCEEDED, replace(callback, not_before=T0 - 1))

    assert (early.due_at, late.due_at) == (T0 + 3.5, T0)
    assert early.id == "a"


def test_an_answer_that_is_no_status_class_is_tried_again() -> None:
    assert attempt(1, Response(304)).due_at == T0 + 5
