"""One job, told as a story: the test says what the provider answers, and sees what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector.core import machine
from connector.core.ask import call_of, next_request
from connector.core.language import Action, Pace
from connector.core.model import FILE, Failure, Operation, Outcome, Request, Response, Status
from connector.manifest import load
from connector.manifest.build import call
from connector.places import shared

T0 = 1_700_000_000.0
ACME = load(shared("samples") / "manifests" / "acme.json").actions["extract"]
DOCUMENT = {FILE: "f-1", "name": "invoice.pdf", "type": "application/pdf", "size": 3, "sha256": "0"}

TAKEN = Response(202, {}, {"id": "j-1"})
WORKING = Response(200, {}, {"state": "working"})
DONE = Response(200, {}, {"state": "done"})
REJECTED = Response(200, {}, {"state": "rejected", "reason": "no text"})
STOPPED = Response(200, {}, {"state": "stopped"})
RESULT = Response(200, {}, {"total": 12.5})
LOST = Failure("the connection broke", sent=True)
REFUSED = Failure("connection refused", sent=False)


def acme(pace: Mapping[str, Any] | None = None, **calls: Mapping[str, Any] | None) -> Action:
    """The sample's action with some calls and some of its pace replaced; None takes a call away."""
    kept = {**ACME.calls, **{name: call(name, said) for name, said in calls.items() if said}}
    kept = {name: each for name, each in kept.items() if calls.get(name, each) is not None}
    return replace(ACME, calls=kept, pace=replace(Pace(), **(pace or {})))


def new(action: Action = ACME, timeout: float | None = None, **more: Any) -> Operation:
    """A new operation of the action, as it stands in the store before anyone asks."""
    row = Operation(
        id="op-1",
        owner="ann",
        provider=action.provider,
        action=action.name,
        platform="rest",
        input={"document": DOCUMENT},
        created_at=T0,
        deadline_at=0.0,
        next_call=None,
        due_at=None,
    )
    return machine.begin(action, replace(row, **more), timeout)


@dataclass
class Job:
    """An operation and the worker that asks for it; ``now`` moves to each due time by itself."""

    action: Action = ACME
    op: Operation = None  # type: ignore[assignment]
    now: float = T0
    dice: float = 0.5
    asked: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.op = self.op or new(self.action)

    def hears(self, *outcomes: Outcome) -> Job:
        """Asks when it is due, once per outcome, and takes each outcome for the answer."""
        for outcome in outcomes:
            self._ask(outcome)
        return self

    def late(self, outcome: Outcome) -> Job:
        """The next answer comes at the deadline."""
        self.now = max(self.now, self.op.deadline_at)
        return self.hears(outcome)

    def crashes(self, times: int = 1) -> Job:
        """The worker claims and dies: only the claim is left in the row."""
        self.op = replace(self.op, claims=self.op.claims + times)
        self.now += self.op.lease * times
        return self

    def wants_out(self) -> Job:
        """Someone writes the wish to cancel beside the row."""
        self.op = replace(self.op, cancel_asked_at=self.now)
        return self

    @property
    def error(self) -> Any:
        return self.op.facts["error"]

    @property
    def waits(self) -> float:
        """Seconds until the job is due."""
        assert self.op.due_at is not None
        return self.op.due_at - self.now

    def _ask(self, outcome: Outcome) -> None:
        assert self.op.due_at is not None, f"nothing is asked any more: {self.op.status}"
        self.now = max(self.now, self.op.due_at)
        claimed = replace(self.op, claims=self.op.claims + 1, revision=self.op.revision + 1)
        op = machine.give_up(claimed, self.action, self.now)
        op = machine.cancel(op, self.action, self.now)
        if op.next_call is None:
            self.op = op
            return
        if op.next_call != claimed.next_call:
            op = replace(op, claims=1)
        request = next_request(op, self.action)
        if isinstance(request, Request):
            self.asked.append(str(op.next_call))
            self.requests.append(request)
        else:
            outcome = request
        self.op = machine.advance(op, self.action, outcome, self.now, lambda: self.dice)


def polling(action: Action = ACME) -> Job:
    """A job whose order was taken; check_status is next."""
    return Job(action).hears(TAKEN)


def fetching_result(action: Action = ACME) -> Job:
    """A job that is done; get_result is next."""
    return polling(action).hears(DONE)


def answer(status: int, body: Any = None, **headers: str) -> Response:
    """An answer by its status; header names with underscores for hyphens."""
    return Response(status, {k.replace("_", "-"): v for k, v in headers.items()}, body)


def is_sound(op: Operation, action: Action) -> None:
    """What holds after every step, whatever happened."""
    closed = op.status in (Status.SUCCEEDED, Status.FAILED, Status.CANCELED)
    assert closed == (op.next_call is None) == (op.due_at is None) == (op.finished_at is not None)
    if op.status == Status.FAILED:
        assert op.facts["error"]["code"]
        assert op.facts["error"]["message"]
    if not closed:
        assert op.lease > call_of(op, action).timeout
