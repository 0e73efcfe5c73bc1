"""How requests are written: placeholders, paths, queries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.ask import to_request
from connector.core.language import Call
from connector.core.model import Failure, Request
from connector.core.template import MISSING, as_text, expressions, fill, fill_path

FACTS = {
    "job": "a/b c",
    "n": 3,
    "x": 1.5,
    "yes": True,
    "no": False,
    "empty": "",
    "list": [1, None, "é"],
    "none": None,
    "input": {"document": {"$file": "f"}, "tags": ["a", "b"], "braces": "{job}"},
}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("plain", "plain"),
        ("{n}", 3),
        ("{ n }", 3),
        ("{yes}", True),
        ("{list}", [1, None, "é"]),
        ("{input.document}", {"$file": "f"}),
        ("{empty}", ""),
        ("n={n}, x={x}, {yes}", "n=3, x=1.5, true"),
        ("{list}!", '[1,null,"é"]!'),
        ("{input.braces}", "{job}"),
        ("{{n}}", "{n}"),
        ("{{{n}}}", "{3}"),
        ("a}}b{{", "a}b{"),
        ("{none}", MISSING),
        ("{nothing}", MISSING),
        ("x {nothing}", MISSING),
        ("x {empty}", MISSING),
        ("{ {a: n, b: job} }", {"a": 3, "b": "a/b c"}),
        ("{join('}', input.tags)}", "a}b"),
        ("{join('{', input.tags)}", "a{b"),
        ('{"job"}', "a/b c"),
        ("{list[0] == `1`}", True),
        ('{input.tags[?@ == `"b"`] | [0]}', "b"),
        ("{not_null(nothing, n)}", 3),
        ("{length(n)}", MISSING),
        ("{'it\\'s }'}", "it's }"),
        (7, 7),
        (None, None),
        ({}, {}),
        ([], []),
    ],
)
def test_a_placeholder_alone_keeps_its_type_and_inside_text_becomes_text(
    template: Any, filled: Any
) -> None:
    assert fill(template, FACTS) == filled


def test_what_misses_a_value_is_dropped_at_every_depth() -> None:
    body = {
        "keep": "{n}",
        "gone": "{nothing}",
        "deep": {"gone": {"gone": "{nothing}"}, "null": None, "empty": {}},
        "all": {"of": {"it": "{nothing}"}},
        "list": ["{nothing}", {"gone": "{nothing}"}, ["{n}", "{nothing}"]],
    }

    assert fill(body, FACTS) == {
        "keep": 3,
        "deep": {"null": None, "empty": {}},
        "list": [[3]],
    }


def test_a_body_that_misses_everything_is_missing() -> None:
    assert fill({"a": {"b": "{nothing}"}}, FACTS) is MISSING


@pytest.mark.parametrize(
    ("path", "filled"),
    [
        ("/jobs", "/jobs"),
        ("/jobs/{job}", "/jobs/a%2Fb%20c"),
        ("/jobs/{n}/{yes}/{no}", "/jobs/3/true/false"),
        ("/v{n}.{n}/x", "/v3.3/x"),
        ("/jobs/{nothing}", MISSING),
        ("/jobs/{empty}", MISSING),
        ("/jobs/{dots}/x", MISSING),
        ("/jobs/{dot}{dot}", MISSING),
        ("/jobs/x{dots}", "/jobs/x.."),
    ],
)
def test_values_in_a_path_are_encoded_and_never_climb(path: str, filled: Any) -> None:
    assert fill_path(path, {**FACTS, "dots": "..", "dot": "."}) == filled


@given(st.text(min_size=1))
def test_no_value_leaves_its_step_of_the_path(value: str) -> None:
    filled = fill_path("/a/{v}/b", {"v": value})

    assert filled is MISSING or (filled.count("/") == 3 and not set(filled) & set("?#\\ "))


@pytest.mark.parametrize("text", ["{a", "a}", "{a}}", "{'a}", "{a{b}", "}{"])
def test_an_unbalanced_brace_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="brace"):
        list(expressions(text))


def test_the_expressions_of_a_template_are_found_at_every_depth() -> None:
    assert list(expressions({"a": ["{x}", {"b": "{y} {z}"}], "c": 7, "d": "{{w}}"})) == [
        "x",
        "y",
        "z",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (0, "0"),
        (1.0, "1.0"),
        (None, "null"),
        ({"a": ["ü", 1]}, '{"a":["ü",1]}'),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert as_text(value) == text


def asked(base_url: str = "https://api.acme.example/v1", **call: Any) -> Request:
    request = to_request(Call("ask", **call), base_url, (), FACTS)
    assert isinstance(request, Request)
    return request


def test_a_path_stands_behind_the_base_url() -> None:
    assert asked(path="/jobs/{n}").url == "https://api.acme.example/v1/jobs/3"
    assert asked("https://a.example/", path="/x").url == "https://a.example/x"


def test_a_query_repeats_lists_and_drops_what_is_missing() -> None:
    query = {"tag": "{input.tags}", "no": "{nothing}", "deep": "{yes}", "q": "{job}", "k": "v"}

    assert asked(path="/jobs", query=query).url == (
        "https://api.acme.example/v1/jobs?tag=a&tag=b&deep=true&q=a%2Fb+c&k=v"
    )
    assert asked(path="/jobs", query={"no": "{nothing}"}).url.endswith("/jobs")


def test_headers_are_text_and_a_missing_one_is_dropped() -> None:
    headers = {"X-N": "{n}", "X-Gone": "{nothing}", "X-Plain": "yes"}

    assert asked(path="/", headers=headers).headers == {"X-N": "3", "X-Plain": "yes"}
    assert asked(path="/", headers={"X-Gone": "{nothing}"}).headers == {}


def test_a_body_without_any_value_is_none() -> None:
    assert asked(path="/", body={"a": "{nothing}"}).body is None
    assert asked(path="/", body={"a": "{n}"}).body == {"a": 3}


def test_a_missing_value_in_a_path_is_never_sent() -> None:
    outcome = to_request(Call("ask", path="/jobs/{nothing}"), "https://a.example", (), FACTS)

    assert isinstance(outcome, Failure)
    assert (outcome.sent, outcome.refused) == (False, True)
    assert outcome.reason == "a value that the call ask needs is missing"
