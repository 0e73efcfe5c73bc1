"""When we ask again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core import pace
from connector.core.language import Pace
from connector.core.model import Status

PACE = Pace(initial=3, first=1, factor=2, ceiling=10, review=900)
STEADY = Pace(initial=3, first=1, factor=1, ceiling=1)


def half() -> float:
    return 0.5


@pytest.mark.parametrize(
    ("polls", "seconds"), [(0, 3), (1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (6, 10), (10**9, 10)]
)
def test_the_wait_grows_by_the_factor_up_to_the_ceiling(polls: int, seconds: float) -> None:
    assert pace.wait(PACE, Status.RUNNING, polls, None, half) == pytest.approx(seconds)


def test_a_steady_pace_stays_steady() -> None:
    assert [pace.wait(STEADY, Status.RUNNING, n, None, half) for n in range(4)] == [3, 1, 1, 1]


def test_a_review_has_its_own_pace_from_the_first_check_on() -> None:
    assert pace.wait(PACE, Status.NEEDS_REVIEW, 0, None, half) == 900
    assert pace.wait(PACE, Status.NEEDS_REVIEW, 99, None, half) == 900


def test_retry_after_goes_before_everything_but_never_makes_a_busy_loop() -> None:
    assert pace.wait(PACE, Status.NEEDS_REVIEW, 3, 7.0, half) == 7
    assert pace.wait(PACE, Status.RUNNING, 0, 0.0, half) == 0.5


@given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True))
def test_dice_spread_a_wait_by_ten_percent_either_way(polls: int, dice: float) -> None:
    plain = min(2.0 ** min(polls - 1, 200), 10)

    waited = pace.wait(PACE, Status.RUNNING, polls, None, lambda: dice)

    assert plain * 0.9 <= waited <= plain * 1.1


def test_the_first_wait_is_what_the_manifest_says() -> None:
    assert pace.wait(PACE, Status.PENDING, 0, None, lambda: 0.99) == 3


@given(st.integers(0, 10**6), st.floats(0, 1, exclude_max=True))
def test_a_retry_is_half_fixed_and_half_diced(misses: int, dice: float) -> None:
    whole = min(2.0 ** min(misses, 200), 60)

    waited = pace.retry(misses, None, lambda: dice)

    assert whole / 2 <= waited <= whole


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 60),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 60),
        ("Wed, 21 Oct 2015 09:28:00 +0200", 60),
        ("Wed, 21 Oct 2015 07:26:00 GMT", 0),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        ("Wed, 99999999999999999999 Oct 2015 07:28:00 GMT", None),
        ("1.5", None),
        ("-3", None),
        ("²", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert pace.retry_after(header, now=1445412420.0) == seconds


@given(st.text() | st.from_regex(r"\w{3}, \d{1,30} \w{3} \d{1,9} \d+:\d+:\d+ [+-]?\d{4}"))
def test_no_header_breaks_the_reading_of_retry_after(header: str) -> None:
    assert (pace.retry_after(header, now=0.0) or 0) >= 0
