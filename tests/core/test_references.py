"""Which file references are ours; all others are plain data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.model import FILE
from connector.core.references import disarm, is_file, references

OURS = {FILE: "ours", "name": "a.pdf"}
FORGED = {FILE: "theirs", "name": "b.pdf"}


def test_a_reference_is_an_object_with_the_id_of_a_file() -> None:
    assert is_file(OURS)
    assert not any(map(is_file, ({}, [], None, "x", {"file": "x"}, {FILE: None}, {FILE: ["x"]})))


def test_references_are_found_at_every_depth() -> None:
    value = {"a": OURS, "b": [1, [FORGED], {"c": OURS}], "d": ({"e": FORGED},)}

    assert list(references(value)) == [OURS, FORGED, OURS, FORGED]
    assert list(references({**OURS, "held": {"b": FORGED}})) == [
        {**OURS, "held": {"b": FORGED}},
        FORGED,
    ]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (OURS, OURS),
        (FORGED, {"file": "theirs", "name": "b.pdf"}),
        ([{"a": FORGED}], [{"a": {"file": "theirs", "name": "b.pdf"}}]),
        ({FILE: "a", "in": FORGED}, {"file": "a", "in": {"file": "theirs", "name": "b.pdf"}}),
        ({**OURS, "in": {FILE: "theirs"}}, {**OURS, "in": {"file": "theirs"}}),
        ({FILE: ["odd"]}, {FILE: ["odd"]}),
        ("text", "text"),
        (None, None),
    ],
)
def test_a_forged_reference_becomes_plain_data(value: Any, plain: Any) -> None:
    assert disarm(value, {"ours"}) == plain


LEAVES = st.none() | st.integers() | st.sampled_from(["ours", "theirs", "x"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([FILE, "file", "a"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_after_disarming_only_ours_are_left(value: Any) -> None:
    def all_ids(inner: Any) -> list[Any]:
        """Unlike ``references``, also those inside others."""
        if isinstance(inner, list):
            return [id for each in inner for id in all_ids(each)]
        if not isinstance(inner, dict):
            return []
        own = [inner[FILE]] if is_file(inner) else []
        return own + [id for each in inner.values() for id in all_ids(each)]

    safe = disarm(value, {"ours"})

    assert set(all_ids(safe)) <= {"ours"}
    assert disarm(safe, {"ours"}) == safe
