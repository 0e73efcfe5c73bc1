"""Which secrets sign while one takes the other's place."""

from __future__ import annotations

from connector.core.signers import OVERLAP, rotated, signers

T0 = 1_700_000_000.25


def test_a_secret_that_was_never_rotated_signs_alone() -> None:
    assert signers("whsec_a", T0) == ["whsec_a"]


def test_for_a_day_both_sign_then_the_new_one_alone() -> None:
    kept = rotated("whsec_a", "whsec_b", T0)

    assert signers(kept, T0) == ["whsec_b", "whsec_a"]
    assert signers(kept, T0 + OVERLAP - 1) == ["whsec_b", "whsec_a"]
    assert signers(kept, T0 + OVERLAP) == ["whsec_b"]


def test_rotating_twice_keeps_the_two_newest() -> None:
    kept = rotated(rotated("whsec_a", "whsec_b", T0), "whsec_c", T0 + 60)

    assert signers(kept, T0 + 61) == ["whsec_c", "whsec_b"]
    assert signers(kept, T0 + OVERLAP + 30) == ["whsec_c", "whsec_b"]
    assert signers(kept, T0 + OVERLAP + 60) == ["whsec_c"]


def test_one_that_nobody_can_read_any_more_is_left_behind() -> None:
    assert signers(rotated(None, "whsec_b", T0), T0) == ["whsec_b"]
