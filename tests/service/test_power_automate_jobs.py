"""Can a flow order in one step, and look, fetch and cancel in others?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from jsonschema import Draft4Validator

from connector.exporters.power_automate.job import job_schema
from connector.exporters.power_automate.schemas import to_swagger
from tests.living import Living
from tests.power_automate.designer import strict
from tests.service.acme import Acme, acme
from tests.service.flow import Flow
from tests.service.worlds import Still, another_key, quick, receiving, still

BASE = "/power-automate/acme"
ORDER = {"text": "a", "copies": 1}
RUN = {
    "x-ms-workflow-run-id": "run-1",
    "x-ms-workflow-operation-name": "Read",
    "x-ms-tracking-id": "tracking-1",
}
VARIANTS = (f"{BASE}/read", f"{BASE}/read/submit", f"{BASE}/read/callback")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Acme, Still]]:
    """A provider whose jobs end when the test says so, and a system whose clock stands."""
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        yield provider, paused


def submitted(system: Living, **more: Any) -> str:
    """The id of a job that was submitted."""
    answer = system.call("POST", f"{BASE}/read/submit", json=ORDER, **more)
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["id"]
    return id


def ended(world: tuple[Acme, Still], state: str) -> str:
    """The id of a job that came to this end."""
    provider, paused = world
    id = submitted(paused.system)
    provider.state = state
    for _ in range(5):
        paused.pass_time(2)
    return id


def bare(url: str) -> requests.Response:
    """One look without a key."""
    return requests.get(url, timeout=10, allow_redirects=False)


def test_submit_is_answered_at_once_with_the_job(world: tuple[Acme, Still]) -> None:
    _, paused = world
    answer = paused.system.call("POST", f"{BASE}/read/submit", json=ORDER)
    assert answer.status_code == 200
    assert not {"Location", "Retry-After", "Operation-Location"} & set(answer.headers)
    assert (
        answer.json() == paused.system.call("GET", f"/v1/operations/{answer.json()['id']}").json()
    )


def test_submit_is_answered_200_even_when_the_job_is_through(tmp_path: Path) -> None:
    with acme() as (provider, settings), quick(tmp_path, settings) as system:
        provider.state = "done"
        answer = system.call(
            "POST", f"{BASE}/read/submit", json=ORDER, headers={"Prefer": "wait=10"}
        )
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["result"]) == ("succeeded", {"score": 97})


def test_what_the_provider_refuses_at_once_is_refused(tmp_path: Path) -> None:
    refusal = {"error": {"code": "too_dark", "message": "Nothing can be read."}}
    with acme() as (provider, settings), quick(tmp_path, settings) as system:
        provider.taking = lambda: (refusal, 400)
        for path in VARIANTS[:2]:
            answer = system.call("POST", path, json=ORDER, headers={"Prefer": "wait=10"})
            assert answer.status_code == 422
            assert answer.json()["error"]["message"] == "Nothing can be read."
            assert "Retry-After" not in answer.headers


def test_submit_status_and_result_are_three_steps(world: tuple[Acme, Still]) -> None:
    provider, paused = world
    system = paused.system
    id = submitted(system)
    for _ in range(2):
        paused.pass_time(2)
    assert system.call("GET", f"{BASE}/operations/{id}").json()["status"] == "running"
    open_still = system.call("GET", f"{BASE}/results/{id}", params={"action": "read"})
    assert open_still.status_code == 202
    assert 1 <= int(open_still.headers["Retry-After"]) <= 300
    assert urlsplit(open_still.headers["Location"]).path == f"{BASE}/operations/{id}/result"
    provider.state = "done"
    paused.pass_time(2)
    assert system.call("GET", f"{BASE}/operations/{id}").json()["status"] == "succeeded"
    polled = bare(open_still.headers["Location"])
    result = system.call("GET", f"{BASE}/results/{id}?action=read")
    assert (polled.status_code, polled.json()) == (200, {"score": 97})
    assert (result.status_code, result.content) == (200, polled.content)


@pytest.mark.parametrize("value", [{"score": 97}, [1, 2], "text", 0])
def test_a_job_is_what_the_definition_says_whatever_its_result_is(
    world: tuple[Acme, Still], value: Any
) -> None:
    declared = Draft4Validator(strict(to_swagger(job_schema({"type": "object"}))))
    provider, paused = world
    id = submitted(paused.system)
    declared.validate(paused.system.call("GET", f"{BASE}/operations/{id}").json())
    provider.state, provider.value = "done", value
    with receiving() as receiver:
        body = {"callback_url": receiver.url}
        paused.system.call("POST", f"{BASE}/operations/{id}/callback", json=body)
        for _ in range(4):
            paused.pass_time(2)
        (told,) = receiver.bodies()
    seen = paused.system.call("GET", f"{BASE}/operations/{id}").json()
    assert told == seen
    assert seen["result"] == (value if isinstance(value, dict) else {"result": value})
    assert seen["result"] == paused.system.call("GET", f"{BASE}/results/{id}").json()
    declared.validate(seen)
    assert paused.system.call("GET", f"/v1/operations/{id}").json()["result"] == value


def test_operation_location_shows_the_status_without_a_key(world: tuple[Acme, Still]) -> None:
    provider, paused = world
    answer = paused.system.call("POST", f"{BASE}/read", json=ORDER)
    place = answer.headers["Operation-Location"]
    id = answer.json()["id"]
    assert urlsplit(place).path == f"{BASE}/operations/{id}"
    seen = []
    for state in ("working", "working", "done"):
        provider.state = state
        paused.pass_time(2)
        look = bare(place)
        assert look.status_code == 200
        seen.append(look.json()["status"])
    assert seen[-2:] == ["running", "succeeded"]
    assert bare(place.partition("?")[0]).status_code == 401


def test_a_token_shows_one_job_and_cancels_none(world: tuple[Acme, Still]) -> None:
    _, paused = world
    first, second = (
        paused.system.call("POST", f"{BASE}/read", json=ORDER).headers["Operation-Location"]
        for _ in range(2)
    )
    token = urlsplit(first).query
    other = second.partition("?")[0]
    assert bare(f"{other}?{token}").status_code == 401
    for path in ("cancel", "callback"):
        url = f"{first.partition('?')[0]}/{path}?{token}"
        assert requests.post(url, json={}, timeout=10).status_code == 401


@pytest.mark.parametrize(
    ("state", "code", "status", "said"),
    [("rejected", "failed", 422, "because"), ("stopped", "canceled", 409, "The operation was")],
)
def test_a_job_without_a_result_fails_the_step_or_is_an_answer(
    world: tuple[Acme, Still], state: str, code: str, status: int, said: str
) -> None:
    system = world[1].system
    id = ended(world, state)
    for path in (f"{BASE}/operations/{id}/result", f"{BASE}/results/{id}"):
        for query in ("", "?on_failure=fail", "?on_failure="):
            failed = system.call("GET", path + query)
            assert failed.status_code == status
            assert "Retry-After" not in failed.headers
            assert failed.headers["Content-Type"] == "application/json"
        answered = system.call("GET", f"{path}?on_failure=answer")
        assert answered.status_code == 200
        body = answered.json()
        assert (body["id"], body["status"]) == (id, code)
        assert body["error"] == failed.json()["error"]
        assert body["error"]["message"].startswith(said)
        assert set(body) == {"id", "status", "error"}


def test_how_to_tell_of_a_failure_is_carried_along(world: tuple[Acme, Still]) -> None:
    provider, paused = world
    run = Flow(paused.system, paused.pass_time)
    provider.state = "rejected"
    answer = run.run(f"{BASE}/read?on_failure=answer", ORDER)
    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    assert len(run.answers) > 1
    locations = [each.headers["Location"] for each in run.answers if each.status_code == 202]
    assert all(parse_qs(urlsplit(each).query)["on_failure"] == ["answer"] for each in locations)
    plain = Flow(paused.system, paused.pass_time)
    assert plain.run(f"{BASE}/read", ORDER).status_code == 422


def test_a_success_is_the_same_however_failures_are_told(world: tuple[Acme, Still]) -> None:
    id = ended(world, "done")
    answers = [
        world[1].system.call("GET", f"{BASE}/results/{id}{query}").json()
        for query in ("", "?on_failure=answer")
    ]
    assert answers == [{"score": 97}] * 2


def test_another_way_to_tell_of_failures_is_no_way(world: tuple[Acme, Still]) -> None:
    provider, paused = world
    calls = [
        ("POST", f"{BASE}/read"),
        ("GET", f"{BASE}/results/x"),
        ("GET", f"{BASE}/operations/x/result"),
    ]
    for method, path in calls:
        body = {"json": ORDER} if method == "POST" else {}
        answer = paused.system.call(method, f"{path}?on_failure=explode", **body)
        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/on_failure"]
    paused.pass_time(0)
    assert provider.orders == []


def test_what_was_deleted_stays_gone_however_failures_are_told(world: tuple[Acme, Still]) -> None:
    id = ended(world, "done")
    system = world[1].system
    system.call("DELETE", f"/v1/operations/{id}")
    assert system.call("GET", f"{BASE}/results/{id}?on_failure=answer").status_code == 410


def test_a_job_can_be_canceled(world: tuple[Acme, Still]) -> None:
    provider, paused = world
    id = submitted(paused.system)
    paused.pass_time(2)
    answer = paused.system.call("POST", f"{BASE}/operations/{id}/cancel")
    assert (answer.status_code, answer.json()["id"]) == (200, id)
    paused.pass_time(2)
    assert provider.stopped == ["j-1"]
    again = paused.system.call("POST", f"{BASE}/operations/{id}/cancel")
    assert (again.status_code, again.json()["status"]) == (200, "canceled")


STEPS = [
    ("GET", "/operations/{id}"),
    ("GET", "/operations/{id}/result"),
    ("GET", "/results/{id}"),
    ("POST", "/operations/{id}/cancel"),
    ("POST", "/operations/{id}/callback"),
]


@pytest.mark.parametrize(("method", "path"), STEPS)
def test_the_job_of_another_provider_or_owner_is_not_there(
    world: tuple[Acme, Still], method: str, path: str
) -> None:
    provider, paused = world
    system = paused.system
    id = submitted(system)
    body = {"json": {"callback_url": "https://receiver.example/x"}} if method == "POST" else {}
    theirs = {"X-API-Key": another_key(system)}
    unknown = system.call(method, BASE + path.format(id="f" * 32), **body)
    found = [
        system.call(method, f"/power-automate/mindee{path.format(id=id)}", **body),
        system.call(method, f"/power-automate/nobody{path.format(id=id)}", **body),
        system.call(method, BASE + path.format(id=id), headers=theirs, **body),
    ]
    assert [each.status_code for each in (unknown, *found)] == [404] * 4
    assert [each.json() for each in found] == [unknown.json()] * 3
    paused.pass_time(5)
    assert provider.stopped == []


def test_the_three_ways_to_order_are_three_orders(world: tuple[Acme, Still]) -> None:
    provider, paused = world
    body = {**ORDER, "callback_url": f"{provider.url}/hook"}
    for _ in range(3):
        for path in VARIANTS:
            paused.system.call("POST", path, json=body, headers=RUN)
    paused.pass_time(0)
    assert len(provider.orders) == 3


def test_a_submit_that_is_repeated_is_the_same_job(world: tuple[Acme, Still]) -> None:
    provider, paused = world
    first, second = (submitted(paused.system, headers=RUN) for _ in range(2))
    paused.pass_time(5)
    assert first == second == submitted(paused.system, headers=RUN)
    assert len(provider.orders) == 1


@pytest.mark.parametrize("path", VARIANTS)
def test_wrong_input_is_wrong_however_it_is_ordered(world: tuple[Acme, Still], path: str) -> None:
    body = {"copies": 0, "callback_url": f"{world[0].url}/hook"}
    answer = world[1].system.call("POST", path, json=body)
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/text", "/copies"}


@pytest.mark.parametrize("more", ["", "/submit", "/callback"])
@pytest.mark.parametrize("name", ["operations", "results", "subscriptions", "hooks", "finished"])
def test_no_route_of_ours_is_taken_for_an_action(
    world: tuple[Acme, Still], name: str, more: str
) -> None:
    body = {"callback_url": f"{world[0].url}/hook"}
    answer = world[1].system.call("POST", f"{BASE}/{name}{more}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_action")
