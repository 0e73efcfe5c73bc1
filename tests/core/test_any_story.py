"""Whatever a provider answers, whenever we crash, whoever wants out: what must always hold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.ask import CANCEL, call_of
from connector.core.language import Action
from connector.core.machine import NOT_TAKEN
from connector.core.model import CLOSED, FILE, Failure, Operation, Outcome, Response
from connector.manifest import load
from connector.places import shared
from tests.core.stories import ACME, DOCUMENT, Job, is_sound, new
from tests.core.test_orders import LOOKS

MINDEE = load(shared("manifests") / "mindee.json").actions
ACTIONS: dict[str, Action] = {"acme": ACME, "acme that looks": LOOKS, **MINDEE}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)  # the door lets neither in
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "state", "job", "status", "error", "inference", FILE, "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)
URLS = st.sampled_from(
    ["https://api-v2.mindee.net/r/1", "https://[", "https://a\\@b", "https://a:99999/", "", None]
)
LIKELY = st.one_of(
    st.fixed_dictionaries(
        {"id": JSON, "state": st.sampled_from(["working", "done", "rejected", "stopped", "?"])}
    ),
    st.fixed_dictionaries({"jobs": st.lists(st.just({"ref": "op-1", "id": "j-1"}), max_size=1)}),
    st.fixed_dictionaries(
        {
            "job": st.fixed_dictionaries(
                {
                    "id": st.sampled_from(["j-1", "..", "", None, 7]),
                    "status": st.sampled_from(["Processing", "Processed", "Failed", "Waiting"]),
                    "result_url": URLS,
                    "error": JSON,
                }
            )
        }
    ),
    st.fixed_dictionaries({"inference": JSON}),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "retry-after": st.sampled_from(["0", "5", "99999999", "x", "9" * 400]),
        "location": URLS.map(str),
    },
)
STATUSES = st.sampled_from([200, 200, 200, 202, 302, 400, 401, 404, 408, 410, 422, 429, 500, 503])
OUTCOMES = st.one_of(
    st.builds(Response, STATUSES | st.integers(100, 599), HEADERS, LIKELY | JSON),
    st.builds(
        Failure,
        st.just("the line broke"),
        st.booleans(),
        st.none() | st.floats(0, 1e9),
        st.sampled_from([False, False, False, True]),
    ),
)
EVENTS = st.lists(
    OUTCOMES | st.sampled_from(["crash", "wish"]) | st.floats(1, 1e5).map(lambda s: ("later", s)),
    max_size=25,
)


class Watched(Job):
    """A job that counts the orders which may have been taken, and looks at every step."""

    taken: frozenset[str] = frozenset()

    def goes_through(self, event: Any) -> None:
        before = self.op
        if event == "wish":
            self.op = replace(self.op, cancel_asked_at=self.op.cancel_asked_at or self.now)
        elif event == "crash":
            self._order_dies()
        elif isinstance(event, tuple):
            self.now += event[1]
        else:
            self._asks(event)
        self._holds(before)

    def _order_dies(self) -> None:
        if self.op.due_at is None:
            return
        self.now = max(self.now, self.op.due_at)
        if self._is_order(self.op):
            self.taken |= {str(self.op.next_call)}
        self.crashes()

    def _asks(self, outcome: Outcome) -> None:
        if self.op.due_at is None:
            return
        before, count = self.op, len(self.asked)
        self.hears(outcome)
        if len(self.asked) > count and self._is_order(replace(before, next_call=self.asked[-1])):
            assert self.asked[-1] not in self.taken, "ordered twice"
            assert self.now < before.deadline_at, "ordered too late"
            if not surely_not_taken(outcome):
                self.taken |= {self.asked[-1]}

    def _is_order(self, op: Operation) -> bool:
        return op.next_call != CANCEL and not call_of(op, self.action).repeatable

    def _holds(self, before: Operation) -> None:
        is_sound(self.op, self.action)
        json.dumps(dict(self.op.facts), allow_nan=False)
        if before.status in CLOSED:
            assert replace(self.op, cancel_asked_at=None) == replace(before, cancel_asked_at=None)
        if self.op.due_at is not None and self.now < self.op.deadline_at:
            assert self.op.due_at <= self.op.deadline_at
        assert self.op.misses <= self.op.claims


def surely_not_taken(outcome: Outcome) -> bool:
    if isinstance(outcome, Failure):
        return not outcome.sent
    return outcome.status in NOT_TAKEN


@pytest.mark.parametrize("name", ACTIONS)
@given(
    events=EVENTS,
    last=st.lists(OUTCOMES, min_size=12, max_size=12),
    given_by_url=st.booleans(),
    dice=st.floats(0, 1, exclude_max=True),
)
@settings(max_examples=60, deadline=None)
def test_every_story_is_sound_and_has_an_end(
    name: str, events: list[Any], last: list[Outcome], given_by_url: bool, dice: float
) -> None:
    action = ACTIONS[name]
    input = {"document_url": "https://f.example/1"} if given_by_url else {"document": DOCUMENT}
    job = Watched(action, op=new(action, input={**input, "model_id": "m"}), dice=dice)
    for event in events:
        job.goes_through(event)

    job.now = max(job.now, job.op.deadline_at)
    for outcome in last:
        job.goes_through(outcome)

    assert job.op.status in CLOSED
