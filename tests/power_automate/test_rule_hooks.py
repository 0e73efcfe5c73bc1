"""Rule 18: who is called back, how often, and how that is ended."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest

from tests.power_automate.flow_engine import Run, WebhookTrigger
from tests.power_automate.front_door import Callback, FrontDoor
from tests.power_automate.orders import job, order
from tests.power_automate.worlds import WAYS, World, finish, submitted, until

ways = pytest.mark.parametrize("way", WAYS)
LOGIC_APPS = "https://prod-12.westeurope.logic.azure.com"
HOSTILE = (
    "http://prod-12.westeurope.logic.azure.com/workflows/x/runs/y",
    "https://evil.example/workflows/x",
    "https://logic.azure.com.evil.example/workflows/x",
    "https://evillogic.azure.com/workflows/x",
    "https://prod-12.westeurope.logic.azure.com@evil.example/workflows/x",
    "https://evil.example\\@prod-12.westeurope.logic.azure.com/x",
    "https://evil.example/?x=logic.azure.com",
    "https://10.0.0.1/workflows/x",
    "https://169.254.169.254/metadata",
    "https://localhost/workflows/x",
    "https://[::1]/workflows/x",
    "ftp://prod-12.westeurope.logic.azure.com/x",
    "//prod-12.westeurope.logic.azure.com/x",
    "logic.azure.com",
    "",
    None,
    17,
    {"url": "https://prod-12.westeurope.logic.azure.com/x"},
)
"""Addresses at which no flow waits."""


def heard(callback: Callback) -> list[str]:
    """The ids of the jobs that a callback heard of."""
    return [each["id"] for each in callback.heard]


@ways
def test_rule_18_subscribing_is_a_201_whose_location_can_be_deleted(
    still: World, door: FrontDoor, way: str
) -> None:
    package = still.package("mindee")
    with still.way(way) as connection:
        id = submitted(still)
        back = {"callback_url": door.open().url}
        for path, body in (
            ("/hooks/finished", {"callback_url": door.open().url}),
            ("/extraction/callback", {**order("one"), **back}),
            (f"/operations/{id}/callback", back),
        ):
            run = Run(connection)
            answer = run.operation("POST", path, body)
            assert answer.status == 201, path
            assert answer.headers["Content-Type"] == "application/json"
            run.location = answer.headers["Location"]
            base = connection.base if way in ("gateway", "referrer") else package.base
            assert run.location.startswith(f"{base}/subscriptions/")
            declared = package.declared("DELETE", urlsplit(run.location.removeprefix(base)).path)
            assert declared is not None
            assert declared.operation["x-ms-visibility"] == "internal"
            assert [run.unsubscribe().status for _ in range(3)] == [204] * 3
        finish(still)
        still.pass_time(600)


def test_rule_18_only_the_key_or_its_own_token_ends_a_subscription(
    still: World, door: FrontDoor
) -> None:
    callbacks = [door.open(), door.open()]
    places = [
        Run(still.direct("mindee"))
        .operation("POST", "/hooks/finished", {"callback_url": each.url})
        .headers["Location"]
        for each in callbacks
    ]
    bare, token = places[0].partition("?")[0], urlsplit(places[1]).query
    for wrong in (bare, f"{bare}?{token}", f"{bare}?token=x"):
        assert still.asked("DELETE", wrong).status_code == 401
    id = submitted(still)
    finish(still)
    assert [heard(each) for each in callbacks] == [[id], [id]]
    assert still.asked("DELETE", places[0]).status_code == 204
    assert still.call("DELETE", places[1].partition("?")[0]).status_code == 204
    submitted(still)
    finish(still)
    assert [heard(each) for each in callbacks] == [[id], [id]]


@pytest.mark.parametrize("answers", [(202,), (500, 503, 429, 408, 200), (502, 504, 201)])
def test_rule_18_each_event_is_said_once_and_repeated_until_it_is_taken(
    still: World, door: FrontDoor, answers: tuple[int, ...]
) -> None:
    callbacks = [door.open(*answers) for _ in range(3)]
    trigger = WebhookTrigger(still.direct("mindee"), "/hooks/finished", door)
    trigger.callback = callbacks[0]
    assert trigger.turn_on().status == 201
    run = Run(still.direct("mindee"))
    body = {**order("one"), "callback_url": callbacks[1].url}
    id = run.operation("POST", "/extraction/callback", body).json()["id"]
    wish = {"callback_url": callbacks[2].url}
    assert run.operation("POST", f"/operations/{id}/callback", wish).status == 201
    finish(still)
    for _ in range(12):
        still.pass_time(7200)
    assert [each.tries for each in callbacks] == [len(answers)] * 3
    assert [heard(each) for each in callbacks] == [[id]] * 3
    messages = [each.heard[0] for each in callbacks]
    assert messages[0] == messages[1] == messages[2]
    assert messages[0]["status"] == "succeeded"
    assert messages[0]["result"]["file"]["alias"] == "one"
    seen = run.operation("GET", f"/operations/{id}").json()
    assert seen == messages[0]


def test_rule_18_a_late_repeat_of_a_subscribe_says_nothing_twice(
    still: World, door: FrontDoor
) -> None:
    run, callbacks = Run(still.direct("mindee")), [door.open(), door.open()]
    body = {**order("late"), "callback_url": callbacks[0].url}
    id = run.operation("POST", "/extraction/callback", body).json()["id"]
    wish = {"callback_url": callbacks[1].url}
    assert run.operation("POST", f"/operations/{id}/callback", wish).status == 201
    for _ in range(3):
        finish(still)
        assert run.operation("POST", "/extraction/callback", body).status == 201
        assert run.operation("POST", f"/operations/{id}/callback", wish).status == 201
        still.pass_time(900)
    assert [heard(each) for each in callbacks] == [[id], [id]]


def test_rule_18_a_finished_job_calls_back_at_once(here: World, door: FrontDoor) -> None:
    run = Run(here.direct("mindee"))
    id = run.operation("POST", "/extraction/submit", order()).json()["id"]
    until(lambda: run.operation("GET", f"/operations/{id}").json()["status"] == "succeeded")
    callback, began = door.open(), time.monotonic()
    wish = {"callback_url": callback.url}
    assert run.operation("POST", f"/operations/{id}/callback", wish).status == 201
    until(lambda: callback.heard)
    assert time.monotonic() - began < 6
    assert heard(callback) == [id]


@pytest.mark.parametrize("path", ["/extraction/callback", "/hooks/finished", "wait"])
def test_rule_18_only_flows_are_called_back(standing: World, path: str) -> None:
    id = submitted(standing)
    path = f"/operations/{id}/callback" if path == "wait" else path
    before = len(standing.find())
    fields = order() if path == "/extraction/callback" else {}
    for target in HOSTILE:
        answer = standing.call(
            "POST", f"/power-automate/mindee{path}", json={**fields, "callback_url": target}
        )
        assert answer.status_code == 422, target
        assert answer.json()["errors"][0]["pointer"] == "/callback_url"
        assert "workflows" not in answer.text, "the address is a secret"
    assert len(standing.find()) == before, "a job was ordered for a stranger"
    good = {**fields, "callback_url": f"{LOGIC_APPS}:443/workflows/x/runs/y?sv=1.0&sig=abc"}
    answer = standing.call("POST", f"/power-automate/mindee{path}", json=good)
    assert answer.status_code == 201, answer.text


def test_rule_18_a_trigger_hears_only_what_it_asked_for(still: World, door: FrontDoor) -> None:
    wanted: dict[str, dict[str, str]] = {
        "all": {},
        "empty": {"status": "", "action": ""},
        "failed": {"status": "failed"},
        "split": {"action": "split"},
        "succeeded": {"status": "succeeded", "action": "extraction"},
    }
    callbacks = {name: door.open() for name in wanted}
    for name, said in wanted.items():
        body = {**said, "callback_url": callbacks[name].url}
        answer = Run(still.direct("mindee")).operation("POST", "/hooks/finished", body)
        assert answer.status == 201
    good = submitted(still)
    finish(still)
    still.misbehave("submit:fail")
    bad = submitted(still)
    finish(still)
    still.misbehave()
    path, body = job("pulse", "another provider")
    assert Run(still.direct("pulse")).operation("POST", f"{path}/submit", body).status == 200
    finish(still)
    assert {name: heard(each) for name, each in callbacks.items()} == {
        "all": [good, bad],
        "empty": [good, bad],
        "failed": [bad],
        "split": [],
        "succeeded": [good],
    }
