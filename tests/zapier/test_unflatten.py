"""Which nesting do the names of a flat list stand for?"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.platforms.unflatten import DEEPEST, unflatten

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a name": ({"a": 1}, {"a": 1}),
    "a path": ({"a__b": 1}, {"a": {"b": 1}}),
    "a long path": ({"a__b__c__d": 1}, {"a": {"b": {"c": {"d": 1}}}}),
    "paths that meet": ({"a__b": 1, "a__c": 2}, {"a": {"b": 1, "c": 2}}),
    "a list": ({"a__1": "y", "a__0": "x"}, {"a": ["x", "y"]}),
    "a list of objects": (
        {"a__0__b": 1, "a__0__c": 2, "a__1__b": 3},
        {"a": [{"b": 1, "c": 2}, {"b": 3}]},
    ),
    "a list with a gap": ({"a__0": "x", "a__2": "y"}, {"a": {"0": "x", "2": "y"}}),
    "numbers that are names": ({"a__2024": 1}, {"a": {"2024": 1}}),
    "numbers with zeros": ({"a__00": 1}, {"a": {"00": 1}}),
    "three underscores": ({"a___b": 1}, {"a": {"_b": 1}}),
    "an object that was given": ({"a": {"b": 1}, "a__c": 2}, {"a": {"b": 1, "c": 2}}),
    "given after the path": ({"a__c": 2, "a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
    "what is there already": ({"a": {"b": 1}, "a__b": 2}, {"a": {"b": 1}, "a__b": 2}),
    "a path into a text": ({"a": "x", "a__b": 2}, {"a": "x", "a__b": 2}),
    "a path into a list": ({"a": ["x"], "a__1": "y"}, {"a": ["x"], "a__1": "y"}),
    "a path beyond another": ({"a__b": 1, "a__b__c": 2}, {"a": {"b": 1}, "a__b__c": 2}),
    "nothing before": ({"__a": 1}, {"__a": 1}),
    "nothing behind": ({"a__": 1}, {"a__": 1}),
    "nothing between": ({"a____b": 1}, {"a____b": 1}),
    "a known name": ({"a__known": 1, "a__b": 2}, {"a__known": 1, "a": {"b": 2}}),
}


@pytest.mark.parametrize("what", CASES)
def test_names_become_nesting(what: str) -> None:
    flat, nested = CASES[what]
    before = deepcopy(flat)

    assert unflatten(flat, ["a", "a__known"]) == nested
    assert flat == before


def test_a_path_has_an_end() -> None:
    deep = "__".join("a" * (DEEPEST + 1))

    assert unflatten({deep: 1}) == {deep: 1}
    assert unflatten({"__".join("a" * 100_000): 1})


names = st.text("ab_01", min_size=1, max_size=12)


@given(st.dictionaries(names, st.integers() | st.dictionaries(names, st.integers(), max_size=2)))
def test_no_value_is_lost(flat: dict[str, Any]) -> None:
    assert sorted(leaves(unflatten(flat))) == sorted(leaves(flat))


def leaves(value: Any) -> list[int]:
    """The numbers in a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, int) else [leaf for each in inner for leaf in leaves(each)]
