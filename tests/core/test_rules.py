"""What an answer says: rules, picks and items."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core import rules
from connector.core.language import Call, Item, Rule
from connector.core.look import compiled, look
from connector.core.model import Response, Status

TRUTHS: list[tuple[str, Any, Any, bool]] = [
    ("is", "done", "done", True),
    ("is", "done", "DONE", False),
    ("is", None, "done", False),
    ("is", None, None, True),
    ("is", 1, 1, True),
    ("is", 1, 1.0, True),
    ("is", 1, True, False),
    ("is", True, 1, False),
    ("is", 0, False, False),
    ("is", "1", 1, False),
    ("is", [1, {"a": True}], [1, {"a": True}], True),
    ("is", [1, {"a": True}], [1, {"a": 1}], False),
    ("is", [1], [1, 1], False),
    ("is", {"a": 1}, {"a": 1, "b": 2}, False),
    ("is", [], None, False),
    ("in", "b", ["a", "b"], True),
    ("in", True, [1, 2], False),
    ("in", None, ["a"], False),
    ("in", "a", [], False),
    ("exists", "", True, True),
    ("exists", 0, True, True),
    ("exists", [], True, True),
    ("exists", None, True, False),
    ("exists", None, False, True),
    ("exists", False, False, False),
    ("any", ["a", "b"], "b", True),
    ("any", ["a"], "b", False),
    ("any", [], "b", False),
    ("any", "b", "b", False),
    ("any", None, "b", False),
    ("any", [1], True, False),
    ("all", ["b", "b"], "b", True),
    ("all", ["b", "a"], "b", False),
    ("all", [], "b", False),
    ("all", "bb", "b", False),
    ("all", None, "b", False),
]


@pytest.mark.parametrize(("test", "found", "value", "true"), TRUTHS)
def test_a_rule_compares_as_json_does(test: str, found: Any, value: Any, true: bool) -> None:
    assert rules.matches(Rule("body", test, value), {"body": found}) is true


def test_every_test_is_in_the_table_above() -> None:
    assert {test for test, *_ in TRUTHS} == set(rules.TESTS)


def read(call: Call, body: Any, status: int = 200, **headers: str) -> Any:
    return rules.read(call, Response(status, headers, body), {}, now=0.0)


def test_the_first_rule_that_matches_speaks() -> None:
    first = Rule("http", "is", 200, then=Status.RUNNING, note="first")
    second = Rule("body", "exists", True, then=Status.FAILED)

    assert read(Call("c", rules=(first, second)), {}).note == "first"
    assert read(Call("c", rules=(second, first)), {}).status == Status.FAILED


def test_rules_see_status_headers_and_body() -> None:
    call = Call("c", rules=(Rule("headers.location", "exists", True, next="get"),))

    assert read(call, None, 302, location="https://a.example/").next == "get"
    assert not read(call, None, 302).matched


def test_a_rules_picks_go_over_its_calls_and_what_is_not_there_is_left_out() -> None:
    rule = Rule("http", "is", 200, picks={"a": "body.rule", "c": "body.nothing"})
    call = Call("c", rules=(rule,), picks={"a": "body.call", "b": "body.call", "n": "body.null"})

    picks = read(call, {"call": 1, "rule": 2, "null": None}).picks

    assert picks == {"a": 2, "b": 1}


def test_a_rules_null_does_not_hide_its_calls_pick() -> None:
    rule = Rule("http", "is", 200, picks={"a": "body.rule"})
    call = Call("c", rules=(rule,), picks={"a": "body.call"})

    assert read(call, {"call": 1, "rule": None}).picks == {"a": 1}


def test_false_and_zero_and_empty_are_values() -> None:
    picks = {"a": "body.a", "b": "body.b", "c": "body.c"}
    call = Call("c", rules=(Rule("http", "is", 200),), picks=picks)

    assert read(call, {"a": False, "b": 0, "c": ""}).picks == {"a": False, "b": 0, "c": ""}


@pytest.mark.parametrize(
    ("facts", "picks", "kept"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"a": 2, "b": 3}, {"a": 2, "b": 3}),
        ({}, {"error.code": 1}, {"error": {"code": 1}}),
        (
            {"error": {"code": 1}},
            {"error.message": "m"},
            {"error": {"code": 1, "message": "m"}},
        ),
        ({"error": "text"}, {"error.code": 1}, {"error": {"code": 1}}),
    ],
)
def test_picks_are_laid_over_the_facts_and_dotted_ones_merge(
    facts: dict[str, Any], picks: dict[str, Any], kept: dict[str, Any]
) -> None:
    before = {**facts}

    assert rules.keep(facts, picks) == kept
    assert facts == before


JOBS = [{"id": "a", "doc": 1}, "junk", {"id": "b", "doc": 1}, {"id": "b", "doc": 2}]
MATCH = {"id": "{extraction}", "doc": "{document}"}


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"extraction": "b", "document": 2}, JOBS[3]),
        ({"extraction": "b"}, JOBS[2]),
        ({"document": 1}, JOBS[0]),
        ({}, JOBS[0]),
        ({"extraction": "c"}, None),
        ({"extraction": "a", "document": True}, None),
    ],
)
def test_our_item_is_the_first_that_matches_and_absent_facts_match_anything(
    facts: dict[str, Any], found: Any
) -> None:
    assert rules.find_item(Item("body.items", MATCH), {"body": {"items": JOBS}}, facts) == found


@pytest.mark.parametrize("body", [None, {}, {"items": None}, {"items": {"id": "a"}}, "text"])
def test_an_answer_that_is_no_list_holds_no_item(body: Any) -> None:
    assert rules.find_item(Item("body.items", MATCH), {"body": body}, {}) is None


def test_rules_and_picks_see_the_item() -> None:
    rule = Rule("item.doc", "is", 2, then=Status.RUNNING, picks={"job": "item.id"})
    call = Call("c", item=Item("body", {"doc": "{document}"}), rules=(rule,))

    reading = rules.read(call, Response(200, {}, JOBS), {"document": 2}, now=0.0)

    assert reading.picks == {"job": "b"}


@pytest.mark.parametrize(
    ("expression", "body"),
    [
        ("length(body)", None),
        ("length(body)", 7),
        ("body.a.b[0].c", [1]),
        ("body.a.b[0].c", {"a": "x"}),
        ("ceil(to_number('1e999'))", None),
        ("sort(body)", [1, "a"]),
        ("join(',', body)", [1]),
        ("max_by(body, &a)", [{"a": 1}, {"a": "x"}]),
        ("body[::0]", [1]),
        ("..", {}),
    ],
)
def test_a_look_that_fails_finds_nothing(expression: str, body: Any) -> None:
    assert look(expression, {"body": body}) is None


def test_an_expression_that_is_none_says_where_it_breaks() -> None:
    with pytest.raises(ValueError, match=r"'a\.\.b' is no JMESPath"):
        compiled("a..b")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON)
def test_every_value_equals_itself(value: Any) -> None:
    assert rules.same(value, value)
