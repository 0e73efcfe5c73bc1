"""Is every end told exactly once, whatever the receiver does and however often we restart?"""

from __future__ import annotations

import json
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from connector.engine import telling
from connector.engine.engine import Engine
from connector.settings import read_settings
from connector.wiring import make_site
from tests.service.acme import acme
from tests.service.receivers import Say, Wire, says, wire
from tests.service.worlds import LOOPBACK, Clock, Still, receiving, still

DAY = 86_400.0
ORDER = {"text": "a", "copies": 1}
WRONG_MODEL = {"model_id": "99999999-9999-4999-8999-999999999999"}
GAPS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
DICE = 0.5
SPREAD = [gap * (1 + 0.2 * DICE) for gap in GAPS]
"""The schedule of Standard Webhooks with the jitter of these tests."""

OK, ERROR = says("204 No Content"), says("500 Oops")


# Every end.


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("done", "succeeded", None),
        ("rejected", "failed", "provider_failed"),
        ("canceled", "canceled", None),
        ("working", "failed", "timed_out"),
    ],
)
def test_every_end_is_told_once(tmp_path: Path, state: str, status: str, code: str | None) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as here, receiving() as told:
        provider.state = state
        body = {**ORDER, "callback_url": told.url, "timeout": 60}
        id = here.system.call("POST", "/v1/acme/read", json=body).json()["id"]
        if state == "canceled":
            provider.state = "working"
            here.pass_time(5)
            here.system.call("POST", f"/v1/operations/{id}/cancel")
        here.finish(id)
        for _ in range(30):
            here.pass_time(DAY)
        ((headers, text),) = told.heard
    message = json.loads(text)
    assert headers["Content-Type"] == "application/json"
    assert (message["type"], message["data"]["id"]) == (f"operation.{status}", id)
    assert message["data"]["status"] == status
    assert (message["data"]["error"] or {}).get("code") == code


# Every receiver, with a new life of ours for every attempt.


def date(seconds: float) -> Callable[[float], bytes]:
    """Retry-After as an HTTP date, so many seconds after now."""
    return lambda now: says("429 Slow down", retry_after=formatdate(now + seconds, usegmt=True))


@pytest.mark.parametrize(
    ("answers", "gaps", "ending"),
    [
        pytest.param([OK], [], "the receiver answered 204.", id="taken"),
        pytest.param([ERROR], SPREAD, "answered 500. Given up.", id="never well"),
        pytest.param([None], SPREAD, "timed out after 0.3 s. Given up.", id="never answers"),
        pytest.param([b"garbage\r\n\r\n"], SPREAD, "Given up.", id="no HTTP"),
        pytest.param([b""], SPREAD, "the connection broke. Given up.", id="hangs up"),
        pytest.param([*[ERROR] * 9, OK], SPREAD, "attempt 10: the receiver answered 204.",
                     id="well at the last attempt"),
        pytest.param([ERROR, None, OK], SPREAD[:2], "answered 204.", id="well in time"),
        pytest.param([says("429 Slow down", retry_after="1000"), OK], [1000], "answered 204.",
                     id="asks for more time"),
        pytest.param([date(7200), OK], [7200], "answered 204.", id="asks for it by date"),
        pytest.param([says("503 Busy", retry_after="60"), ERROR, OK], [60, SPREAD[1]],
                     "answered 204.", id="busy"),
        pytest.param([says("429 Slow down", retry_after="1"), OK], [SPREAD[0]], "answered 204.",
                     id="asks for less time than it gets"),
        pytest.param([says("503 Busy", retry_after=str(60 * DAY)[:-2])], [DAY] * 8 + SPREAD[-1:],
                     "Given up.", id="asks for two months"),
        pytest.param([says("503 Busy", retry_after="soon"), OK], [SPREAD[0]], "answered 204.",
                     id="asks for nothing readable"),
        pytest.param([says("409 Conflict")], SPREAD[:3], "never will be.", id="resumed or early"),
        pytest.param([says("409 Conflict"), OK], SPREAD[:1], "answered 204.", id="early"),
        pytest.param([None, says("410 Gone")], SPREAD[:1], "answered 410.", id="gone"),
        pytest.param([says("404 Not found")], SPREAD, "answered 404. Given up.", id="not found"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"], [], "answered 200.",
                     id="taken, with half a body"),
    ],
)  # fmt: skip
def test_attempts_follow_the_schedule_over_restarts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[Any],
    gaps: list[float],
    ending: str,
) -> None:
    if None in answers:
        monkeypatch.setattr(telling, "TIMEOUT", 0.3)
    clock = Clock()
    clock.now = float(round(clock.now))
    said: list[Say | Callable[[], bytes]] = [
        (lambda each=each: each(clock.now)) if callable(each) else each for each in answers
    ]
    with wire(*said) as receiver:
        id, created = closed_with_a_callback(tmp_path, clock, receiver)
        told = attempts(tmp_path, clock, receiver)
        notes = history(tmp_path, clock, id)
    assert [round(b - a, 3) for a, b in zip([created, *told], told, strict=False)] == [
        round(gap, 3) for gap in (2.0, *gaps)
    ]
    lines = [note for note in notes if note.startswith("Message failed, attempt")]
    assert len(lines) == len(told)
    assert lines[-1].endswith(ending)
    assert len({body for _, body in receiver.heard}) == 1
    assert told[-1] - created < 30 * DAY


def test_redirects_are_not_followed(tmp_path: Path) -> None:
    clock = Clock()
    with receiving() as elsewhere:
        moved = says("301 Moved", location=elsewhere.url)
        with wire(moved, says("307 Moved", location=elsewhere.url), OK) as receiver:
            closed_with_a_callback(tmp_path, clock, receiver)
            assert len(attempts(tmp_path, clock, receiver)) == 3
        assert elsewhere.heard == []


def closed_with_a_callback(folder: Path, clock: Clock, receiver: Wire) -> tuple[str, float]:
    """The id of an operation that is closed, with its callback not told yet, and its birth."""
    with acme() as (provider, settings), still(folder, settings, dice=lambda: DICE) as here:
        here.clock.now = clock.now
        provider.state = "rejected"
        body = {**ORDER, "callback_url": receiver.url}
        id = here.system.call("POST", "/v1/acme/read", json=body).json()["id"]
        here.pass_time(0)
        here.pass_time(1)
        assert here.system.engine.get(id, None).finished_at
        assert receiver.heard == []
    return id, clock.now


def attempts(folder: Path, clock: Clock, receiver: Wire) -> list[float]:
    """When the receiver heard of it. Each time another process finds the message."""
    times: list[float] = []
    while (due := at_work(folder, clock, lambda engine: engine.parts.store.next_due())) is not None:
        clock.now = due - 0.01
        assert at_work(folder, clock, Engine.tick) == 0
        clock.now = due
        assert at_work(folder, clock, Engine.tick) == 1
        times.append(due)
        receiver.until(len(times))
    clock.now += 60 * DAY
    assert at_work(folder, clock, Engine.tick) == 0
    return times


def history(folder: Path, clock: Clock, id: str) -> list[str]:
    """The notes of an operation."""
    return at_work(
        folder, clock, lambda engine: [move.note or "" for move in engine.parts.store.history(id)]
    )


def at_work(folder: Path, clock: Clock, deed: Callable[[Engine], Any]) -> Any:
    """What comes of a new store and engine on the same database."""
    environment = {
        **LOOPBACK,
        "CONNECTOR_DATABASE_URL": f"sqlite:///{folder}/connector.db",
        "CONNECTOR_FILES_URL": str(folder / "files"),
        "CONNECTOR_SECRET_KEY": "a secret key of the tests",
    }
    site = make_site(read_settings(environment), clock=clock, dice=lambda: DICE)
    try:
        return deed(site.engine)
    finally:
        site.engine.parts.store.close()


# Only the right one ends.


def test_410_ends_one_subscription_and_no_other(paused: Still) -> None:
    system = paused.system
    with wire(says("410 Gone"), OK) as receiver, receiving() as other:
        for target in (receiver.url, receiver.url, other.url):
            made = system.call("POST", "/v1/subscriptions", json={"target": target})
            assert made.status_code == 201
        for _ in range(2):
            paused.finish(system.order().json()["id"])
            paused.pass_time(10)
        # To the same target twice at first; the one that was not told that it is gone goes on.
        assert len(receiver.heard) == 3
        assert len(other.heard) == 2


@pytest.mark.parametrize("answer", [says("429 Slow down"), says("503 Busy"), ERROR, None])
def test_trouble_ends_no_subscription(
    paused: Still, monkeypatch: pytest.MonkeyPatch, answer: Say
) -> None:
    if answer is None:
        monkeypatch.setattr(telling, "TIMEOUT", 0.3)
    system = paused.system
    with wire(answer) as receiver:
        system.call("POST", "/v1/subscriptions", json={"target": receiver.url})
        paused.finish(system.order().json()["id"])
        for _ in range(12):
            paused.pass_time(1.2 * DAY)
        receiver.until(10)
        paused.finish(system.order().json()["id"])
        receiver.until(11)


def test_who_dies_telling_is_followed_by_another_with_the_same_message(paused: Still) -> None:
    engine = paused.system.engine
    with receiving(500, 204) as receiver:
        paused.system.call("POST", "/v1/subscriptions", json={"target": receiver.url})
        id = paused.system.order(data=WRONG_MODEL).json()["id"]
        engine.turn([engine.ask(op) for op in engine.turn((), 9)[1]], 0)  # type: ignore[misc]
        (claimed,) = engine.claim_deliveries(9)
        assert engine.tell(claimed) is not None  # and nobody lives to save what was heard
        paused.pass_time(telling.LEASE - 1)
        assert len(receiver.heard) == 1
        paused.pass_time(1)
        assert len(receiver.heard) == 2
    assert len({headers["Webhook-Id"] for headers, _ in receiver.heard}) == 1
    assert [each["data"]["id"] for each in receiver.bodies()] == [id, id]
