"""How long does an answer take, and where does a 202 send its reader?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests

from tests.living import Living
from tests.service.acme import acme
from tests.service.worlds import Still, another_key, quick, still, until_closed


def assert_accepted(answer: requests.Response, system: Living) -> None:
    """A 202 with everything that a client needs to go on."""
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"].startswith(system.url + "/")
    assert answer.headers["Retry-After"].isascii()
    assert 1 <= int(answer.headers["Retry-After"]) <= 300


def test_a_submit_is_answered_202_with_where_to_look(paused: Still) -> None:
    answer = paused.system.order()
    assert_accepted(answer, paused.system)
    id = answer.json()["id"]
    assert answer.headers["Location"] == f"{paused.system.url}/v1/operations/{id}/result"
    assert answer.headers["Operation-Location"] == f"{paused.system.url}/v1/operations/{id}"


def test_every_further_202_says_when_and_where(paused: Still) -> None:
    location = paused.system.order().headers["Location"]
    for _ in range(3):
        answer = paused.system.call("GET", location)
        assert_accepted(answer, paused.system)
        assert answer.headers["Location"] == location
        paused.clock.now += 0.5


def test_the_result_can_be_read_again_and_again(system: Living) -> None:
    id = system.order().json()["id"]
    until_closed(system, id)
    first, second = (system.call("GET", f"/v1/operations/{id}/result") for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert first.json()["result"]["fields"]


def test_retry_after_says_when_we_ask_the_provider_ourselves(paused: Still) -> None:
    location = paused.system.order().headers["Location"]
    paused.system.misbehave("check_status:429=77")
    paused.pass_time(0)
    assert paused.system.call("GET", location).headers["Retry-After"] == "3"  # Mindee's pace
    paused.pass_time(3)
    assert paused.system.call("GET", location).headers["Retry-After"] == "77"


def test_a_slow_order_does_not_make_its_caller_wait_for_the_lease(tmp_path: Path) -> None:
    with quick(tmp_path) as system:
        system.misbehave("submit:delay=1.5")
        first = system.order(params={"wait": "0.5"})
        again = system.call("GET", first.headers["Location"])
        assert max(int(each.headers["Retry-After"]) for each in (first, again)) <= 5


def test_wait_zero_answers_at_once(tmp_path: Path) -> None:
    with quick(tmp_path, {"CONNECTOR_WAIT_SECONDS": "20"}) as system:
        system.misbehave("submit:delay=1")
        began = time.monotonic()
        assert_accepted(system.order(data={"wait": "0"}), system)
        assert time.monotonic() - began < 0.9


@pytest.mark.parametrize("way", ["Prefer", "query", "field"])
def test_a_short_job_is_answered_whole_to_who_waits(system: Living, way: str) -> None:
    said = {
        "Prefer": {"headers": {"Prefer": "respond-async, wait=10"}},
        "query": {"params": {"wait": "10"}},
        "field": {"data": {"wait": "10"}},
    }[way]
    answer = system.order(**said)
    assert answer.status_code == 200
    assert answer.json()["status"] == "succeeded"
    assert answer.json()["result"]["result"]["fields"]
    assert "Retry-After" not in answer.headers


def test_waiting_ends_when_the_time_is_over(paused: Still) -> None:
    began = time.monotonic()
    assert paused.system.order(data={"wait": "0.4"}).status_code == 202
    assert 0.4 <= time.monotonic() - began < 2


def test_without_a_wish_a_submit_is_answered_once_the_provider_took_it(tmp_path: Path) -> None:
    with quick(tmp_path, {"CONNECTOR_WAIT_SECONDS": "10"}, seconds=30) as system:
        system.misbehave("submit:delay=0.3")
        began = time.monotonic()
        assert_accepted(system.order(), system)
        assert 0.3 <= time.monotonic() - began < 5
        assert len(system.log()["orders"]) == 1


def test_reading_waits_for_a_change_when_asked_to(tmp_path: Path) -> None:
    with quick(tmp_path, seconds=1) as system:
        id = until_running(system, system.order().json()["id"])
        began = time.monotonic()
        said = {"Prefer": "wait=20"}
        found = system.call("GET", f"/v1/operations/{id}", headers=said).json()
        assert found["status"] == "succeeded"
        assert time.monotonic() - began < 10


def test_reading_a_closed_operation_waits_for_nothing(system: Living) -> None:
    id = system.order().json()["id"]
    until_closed(system, id)
    began = time.monotonic()
    system.call("GET", f"/v1/operations/{id}", headers={"Prefer": "wait=20"})
    assert time.monotonic() - began < 2


def test_more_waiters_than_places_are_answered_at_once(tmp_path: Path) -> None:
    with quick(tmp_path, {"CONNECTOR_THREADS": "1"}, seconds=30) as system:
        system.engine.parts.waiters.acquire()  # the one place there is
        began = time.monotonic()
        assert_accepted(system.order(data={"wait": "20"}), system)
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(("timeout", "seconds"), [("90", 90), (90, 90), (None, 1800), ("", 1800)])
def test_the_deadline_is_the_callers_or_the_usual(
    paused: Still, timeout: object, seconds: float
) -> None:
    data = {} if timeout is None else {"timeout": timeout}
    op = paused.system.engine.get(paused.system.order(data=data).json()["id"], None)
    assert op.deadline_at - op.created_at == seconds


def test_a_deadline_can_be_named(tmp_path: Path) -> None:
    with acme() as (_, settings), still(tmp_path, settings) as paused:
        body = {"text": "a", "copies": 1, "timeout": "soon"}
        id = paused.system.call("POST", "/v1/acme/read", json=body).json()["id"]
        op = paused.system.engine.get(id, None)
        assert op.deadline_at - op.created_at == 60
        paused.pass_time(61)
        paused.pass_time(0)
        error = paused.system.call("GET", f"/v1/operations/{id}").json()["error"]
        assert error["code"] == "timed_out"


def test_links_stay_with_our_own_address_whatever_host_is_named(paused: Still) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert_accepted(paused.system.order(headers=headers), paused.system)


def test_whose_key_it_is_can_be_asked_in_three_ways(system: Living) -> None:
    key = another_key(system, "a third")
    ways = (
        {"headers": {"X-API-Key": key}},
        {"headers": {"Authorization": f"Bearer {key}"}},
        {"auth": (key, "")},
        {"auth": ("any", key)},
    )
    for way in ways:
        answer = requests.get(f"{system.url}/v1/me", timeout=10, **way)  # type: ignore[arg-type]
        assert answer.json() == {"owner": "a third"}


def until_running(system: Living, id: str) -> str:
    """The id, once the provider was heard to work on it."""
    while system.call("GET", f"/v1/operations/{id}").json()["status"] == "pending":
        time.sleep(0.02)
    return id
