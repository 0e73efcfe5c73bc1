"""Examples are tests: what they expect is compared with what the core makes of their answers."""

from __future__ import annotations

from typing import Any

import pytest

from connector.core.model import Status
from connector.manifest import replay
from tests.core.stories import ACME

SUBMIT = {"call": "submit", "response": {"http": 202, "body": {"id": "j-1"}}}
WORKING = {"call": "check_status", "response": {"http": 200, "body": {"state": "working"}}}


def told(*steps: dict[str, Any]) -> tuple[tuple[int, str], ...]:
    example = {"input": {"document": "a.pdf"}, "steps": [*steps]}
    return replay(ACME, example).complaints


@pytest.mark.parametrize(
    "expect",
    [
        {"status": "pending"},
        {"next_call": "check_status"},
        {"note": None},
        {"due_in": 2},
        {"url": "https://api.acme.example/jobs/j-1"},
        {"facts.job": "j-1"},
        {"facts.result": None},
    ],
)
def test_an_example_may_expect_anything_of_the_operation(expect: dict[str, Any]) -> None:
    assert told({**SUBMIT, "expect": expect}) == ()


def test_what_does_not_come_true_is_told_with_the_operations_note() -> None:
    lost = {"call": "submit", "failure": {"reason": "refused", "sent": False}}

    assert told({**lost, "expect": {"status": "running", "facts.job": "j"}}) == (
        (0, "status is 'pending', not 'running' (Asking submit again: refused.)"),
        (0, "facts.job is None, not 'j' (Asking submit again: refused.)"),
    )


def test_a_failure_counts_as_sent_unless_it_says_otherwise() -> None:
    lost = {"call": "submit", "failure": {"reason": "lost"}}

    assert told({**lost, "expect": {"facts.error.code": "cut_short"}}) == ()


def test_a_call_that_is_not_next_ends_the_replay() -> None:
    early = {**WORKING, "call": "get_result", "expect": {"status": "running"}}

    assert told({**SUBMIT, "expect": {"status": "pending"}}, early, early) == (
        (1, "next is check_status, not get_result"),
    )


def test_a_file_of_the_input_is_named_in_the_example() -> None:
    example = {
        "input": {"document": "a.pdf"},
        "steps": [{**SUBMIT, "expect": {"status": "pending"}}],
    }

    replayed = replay(ACME, example)

    assert replayed.end.input["document"]["name"] == "a.pdf"
    assert replayed.hits == {("submit", 0)}
    assert replayed.end.status == Status.PENDING
