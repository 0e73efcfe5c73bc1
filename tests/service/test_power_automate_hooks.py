"""Is a flow that sleeps called back, once, and no more when it no longer waits?"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.living import Living
from tests.service.acme import Acme, acme
from tests.service.worlds import Receiver, Still, another_key, receiving, still

BASE = "/power-automate/acme"
ORDER = {"text": "a", "copies": 1}
RUN = {"x-ms-workflow-run-id": "run-1", "x-ms-workflow-operation-name": "Read"}
NOBODY = "https://receiver.example/x"

World = tuple[Acme, Still, Receiver]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A provider whose jobs end when the test says so, a system whose clock stands, and a flow
    that listens."""
    with (
        acme() as (provider, settings),
        still(tmp_path, settings) as paused,
        receiving() as receiver,
    ):
        yield provider, paused, receiver


def called(world: World, **more: Any) -> requests.Response:
    """The answer to an order that is to be called back."""
    body = {**ORDER, "callback_url": world[2].url}
    answer = world[1].system.call("POST", f"{BASE}/read/callback", json=body, **more)
    assert answer.status_code == 201, answer.text
    return answer


def submitted(world: World) -> str:
    """The id of a job that was ordered before."""
    answer = world[1].system.call("POST", f"{BASE}/read/submit", json=ORDER)
    id: str = answer.json()["id"]
    return id


def watched(world: World, id: str) -> requests.Response:
    """The answer to a step that waits for this job."""
    path = f"{BASE}/operations/{id}/callback"
    answer = world[1].system.call("POST", path, json={"callback_url": world[2].url})
    assert answer.status_code == 201, answer.text
    return answer


def listening(world: World, **more: Any) -> requests.Response:
    """The answer to a flow that starts whenever a job ends."""
    body = {"callback_url": world[2].url, **more}
    answer = world[1].system.call("POST", f"{BASE}/hooks/finished", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def end(world: World, state: str = "done") -> None:
    """Every job comes to its end, and whoever waits is told."""
    world[0].state = state
    for _ in range(6):
        world[1].pass_time(2)


def told(world: World) -> list[tuple[str, str]]:
    """Which jobs the flow heard of, with their statuses."""
    return [(each["id"], each["status"]) for each in world[2].bodies()]


def test_a_step_is_called_back_with_the_job(world: World) -> None:
    answer = called(world)
    system = world[1].system
    place = urlsplit(answer.headers["Location"])
    assert place.path.startswith(f"{BASE}/subscriptions/")
    id = answer.json()["id"]
    assert answer.json() == system.call("GET", f"/v1/operations/{id}").json()
    world[1].pass_time(5)
    assert world[2].heard == []
    end(world)
    (message,) = world[2].bodies()
    assert message == system.call("GET", f"/v1/operations/{id}").json()
    assert (message["status"], message["result"]) == ("succeeded", {"score": 97})
    world[1].pass_time(86_400)
    assert len(world[2].heard) == 1


@pytest.mark.parametrize(("state", "status"), [("rejected", "failed"), ("stopped", "canceled")])
def test_a_step_hears_of_every_end(world: World, state: str, status: str) -> None:
    id = called(world).json()["id"]
    end(world, state)
    assert told(world) == [(id, status)]


@pytest.mark.parametrize("moment", ["before", "after", "told"])
def test_a_repeated_order_is_one_order_and_one_message(world: World, moment: str) -> None:
    first = called(world, headers=RUN)
    if moment != "before":
        world[0].state = "done"
        world[1].pass_time(1.5)
    if moment == "told":
        end(world)
    second = called(world, headers=RUN)
    assert second.json()["id"] == first.json()["id"]
    places = [urlsplit(each.headers["Location"]).path for each in (first, second)]
    assert places[0] == places[1]
    end(world)
    assert told(world) == [(first.json()["id"], "succeeded")]
    assert len(world[0].orders) == 1


def test_a_key_of_ones_own_can_bring_a_second_listener(world: World) -> None:
    key = {"Idempotency-Key": "mine"}
    first = called(world, headers=key)
    with receiving() as another:
        second = called((world[0], world[1], another), headers=key)
        assert second.json()["id"] == first.json()["id"]
        assert second.headers["Location"] != first.headers["Location"]
        end(world)
        assert len(another.heard) == len(world[2].heard) == 1


def test_a_job_that_runs_can_be_waited_for(world: World) -> None:
    id = submitted(world)
    answer = watched(world, id)
    assert answer.json()["id"] == id
    watched(world, id)
    end(world)
    assert told(world) == [(id, "succeeded")]


def test_a_job_that_ended_before_is_told_at_once_but_not_too_soon(world: World) -> None:
    id = submitted(world)
    end(world)
    assert watched(world, id).json()["status"] == "succeeded"
    world[1].pass_time(1.9)
    assert world[2].heard == []
    world[1].pass_time(0.2)
    assert told(world) == [(id, "succeeded")]
    watched(world, id)
    world[1].pass_time(3600)
    assert len(world[2].heard) == 1


def test_a_job_of_another_platform_can_be_waited_for(world: World) -> None:
    id = world[1].system.call("POST", "/v1/acme/read", json=ORDER).json()["id"]
    watched(world, id)
    end(world)
    assert told(world) == [(id, "succeeded")]


def test_a_message_is_repeated_until_it_is_taken(tmp_path: Path) -> None:
    with (
        acme() as (provider, settings),
        still(tmp_path, settings) as paused,
        receiving(500, 503, 200) as receiver,
    ):
        world = (provider, paused, receiver)
        called(world)
        end(world)
        paused.pass_time(3600)
        paused.pass_time(3600)
        assert len(receiver.heard) == 3


def test_who_no_longer_waits_is_not_called_and_the_job_is_canceled(world: World) -> None:
    answer = called(world)
    world[1].pass_time(2)
    for _ in range(2):
        ended = requests.delete(answer.headers["Location"], timeout=10)
        assert (ended.status_code, ended.content) == (204, b"")
    end(world, "working")
    document = world[1].system.call("GET", f"{BASE}/operations/{answer.json()['id']}").json()
    assert document["status"] == "canceled"
    assert world[0].stopped == ["j-1"]
    assert world[2].heard == []


def test_a_job_that_another_waits_for_goes_on(world: World) -> None:
    first = called(world)
    with receiving() as another:
        second = watched((world[0], world[1], another), first.json()["id"])
        world[1].pass_time(2)
        requests.delete(first.headers["Location"], timeout=10)
        world[1].pass_time(2)
        requests.delete(second.headers["Location"], timeout=10)
        world[1].pass_time(2)
        assert world[0].stopped == [], "only who ordered it cancels it"


@pytest.mark.parametrize("path", ["/v1/acme/read", f"{BASE}/read", f"{BASE}/read/submit"])
def test_who_came_to_wait_for_a_job_cancels_nothing(world: World, path: str) -> None:
    id = world[1].system.call("POST", path, json=ORDER).json()["id"]
    answer = watched(world, id)
    world[1].pass_time(2)
    assert requests.delete(answer.headers["Location"], timeout=10).status_code == 204
    end(world)
    assert (world[0].stopped, told(world)) == ([], [])
    document = world[1].system.call("GET", f"{BASE}/operations/{id}").json()
    assert document["status"] == "succeeded"


@pytest.mark.parametrize("watches", [False, True])
def test_an_order_that_is_repeated_is_still_the_orders_to_cancel(
    world: World, watches: bool
) -> None:
    """Also when its own target comes to wait in between: that is one callback, and one message."""
    first = called(world, headers=RUN)
    world[1].pass_time(5)
    if watches:
        watched(world, first.json()["id"])
    last = called(world, headers=RUN)
    requests.delete(last.headers["Location"], timeout=10)
    world[1].pass_time(2)
    assert world[0].stopped == ["j-1"]


def test_a_job_that_cannot_be_canceled_just_goes_on(paused: Still) -> None:
    with receiving() as receiver:
        path = "/power-automate/mindee/extraction/callback"
        answer = paused.system.order(path, data={"callback_url": receiver.url})
        id = answer.json()["id"]
        assert requests.delete(answer.headers["Location"], timeout=10).status_code == 204
        assert paused.finish(id)["status"] == "succeeded"
        assert receiver.heard == []


def test_unsubscribing_after_the_end_changes_nothing(world: World) -> None:
    answer = called(world)
    end(world)
    assert requests.delete(answer.headers["Location"], timeout=10).status_code == 204
    document = world[1].system.call("GET", f"{BASE}/operations/{answer.json()['id']}").json()
    assert document["status"] == "succeeded"
    assert world[0].stopped == []


def test_a_subscription_is_ended_by_its_own_token_or_its_owners_key(world: World) -> None:
    system = world[1].system
    places = [listening(world, status=status).headers["Location"] for status in ("failed", "")]
    one, token = places[1].split("?")
    theirs = {"X-API-Key": another_key(system)}
    other = f"{system.url}{BASE}/subscriptions/{'f' * 32}"
    assert requests.delete(one, timeout=10).status_code == 401
    assert requests.delete(f"{other}?{token}", timeout=10).status_code == 401
    assert system.call("DELETE", other).status_code == 204
    assert system.call("DELETE", one, headers=theirs).status_code == 204
    id = submitted(world)
    end(world)
    assert told(world) == [(id, "succeeded")]
    assert system.call("DELETE", one).status_code == 204
    submitted(world)
    end(world)
    assert len(world[2].heard) == 1


def test_a_flow_starts_whenever_a_job_ends(world: World) -> None:
    before = submitted(world)
    end(world)
    listening(world)
    ids = [submitted(world) for _ in range(3)]
    world[1].system.order()
    end(world)
    assert sorted(told(world)) == sorted((id, "succeeded") for id in ids)
    assert before not in ids


@pytest.mark.parametrize(
    ("asked", "state", "hears"),
    [
        ({}, "done", True),
        ({"status": "", "action": ""}, "rejected", True),
        ({"status": None, "action": None}, "stopped", True),
        ({"status": "succeeded"}, "done", True),
        ({"status": "failed"}, "done", False),
        ({"status": "failed"}, "rejected", True),
        ({"status": "canceled"}, "stopped", True),
        ({"status": "succeeded", "action": "read"}, "done", True),
        ({"status": "needs_review"}, "done", False),
        ({"action": "print"}, "done", False),
    ],
)
def test_a_flow_says_which_ends_it_wants(
    world: World, asked: dict[str, Any], state: str, hears: bool
) -> None:
    listening(world, **asked)
    submitted(world)
    end(world, state)
    assert len(world[2].heard) == hears


def test_the_ends_of_another_owner_start_no_flow(world: World) -> None:
    listening(world)
    theirs = {"X-API-Key": another_key(world[1].system)}
    world[1].system.call("POST", f"{BASE}/read/submit", json=ORDER, headers=theirs)
    end(world)
    assert world[2].heard == []


def test_a_flow_that_is_gone_is_told_nothing_more(tmp_path: Path) -> None:
    with (
        acme() as (provider, settings),
        still(tmp_path, settings) as paused,
        receiving(410) as receiver,
    ):
        world = (provider, paused, receiver)
        listening(world)
        for _ in range(3):
            submitted(world)
            end(world)
        assert len(receiver.heard) == 1


def test_a_flow_that_subscribes_again_is_told_once(world: World) -> None:
    """The answer got lost, or the flow was saved: the order of its two requests is not known."""
    first = listening(world)
    second = listening(world, status="succeeded")
    assert first.headers["Location"] != second.headers["Location"]
    assert requests.delete(first.headers["Location"], timeout=10).status_code == 204
    submitted(world)
    end(world)
    assert len(world[2].heard) == 1
    requests.delete(second.headers["Location"], timeout=10)
    submitted(world)
    end(world)
    assert len(world[2].heard) == 1


PLACES = ["/read/callback", "/operations/{id}/callback", "/hooks/finished"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        5,
        ["https://receiver.example"],
        "receiver.example",
        "http://receiver.example/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://receiver.example/\u0000",
        "https://elsewhere.example/x",
        "https://receiver.example/" + "x" * 3000,
    ],
)
def test_a_callback_to_a_wrong_place_is_refused(world: World, place: str, url: Any) -> None:
    provider, paused, _ = world
    id = submitted(world)
    paused.pass_time(0)
    body = {**(ORDER if place.startswith("/read") else {}), "callback_url": url}
    answer = paused.system.call("POST", BASE + place.format(id=id), json=body)
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/callback_url"]
    paused.pass_time(0)
    assert len(provider.orders) == 1


def test_a_wrong_trigger_is_told_all_that_is_wrong(world: World) -> None:
    body = {"status": "done", "action": ["read"], "more": 1}
    answer = world[1].system.call("POST", f"{BASE}/hooks/finished", json=body)
    assert answer.status_code == 422
    pointers = [each["pointer"] for each in answer.json()["errors"]]
    assert pointers == ["/callback_url", "/status", "/action", "/more"]
    unknown = world[1].system.call("POST", "/power-automate/nobody/hooks/finished", json=body)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_provider")


def test_a_callback_of_a_job_takes_nothing_else(world: World) -> None:
    path = f"{BASE}/operations/{submitted(world)}/callback"
    body = {"callback_url": world[2].url, "more": 1}
    answer = world[1].system.call("POST", path, json=body)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/more"]


def test_callback_urls_are_secrets(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "urllib3")  # the test's own client and receivers speak there
    answers = [called(world), watched(world, submitted(world)), listening(world)]
    world[2].answers[:] = [500]
    end(world)
    assert world[2].heard
    shown = [
        *(each.text + str(each.headers) for each in answers),
        *(text for _, text in world[2].heard),
        caplog.text,
        *dump(world[1].system),
    ]
    assert [text for text in shown if "a-secret-part-of-the-target" in text] == []


def dump(system: Living) -> list[str]:
    """The database as text."""
    with sqlite3.connect(system.folder / "connector.db") as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines
