"""Does a flow that asks from time to time see every end once?"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connector.core.model import Operation, Status
from tests.living import Living
from tests.service.worlds import Still, another_key, still

PATH = "/power-automate/mindee/finished"
NOTHING = (202, [])


def end(paused: Still, count: int = 1, **fields: Any) -> list[str]:
    """The ids of so many operations that close at this moment."""
    now = paused.clock.now
    made = [
        Operation(
            **{
                "id": f"{int(now):08x}{secrets.token_hex(12)}",
                "owner": "tests",
                "provider": "mindee",
                "action": "extraction",
                "platform": "rest",
                "input": {},
                "created_at": now - 1,
                "deadline_at": now + 60,
                "next_call": None,
                "due_at": None,
                "status": Status.SUCCEEDED,
                "facts": {"result": {"score": 97}},
                "updated_at": now,
                "finished_at": now,
                **fields,
            }
        )
        for _ in range(count)
    ]
    return [paused.system.engine.parts.store.add_operation(op).id for op in made]


class Asking:
    """A flow's trigger: it follows Location and keeps what it was told."""

    def __init__(self, system: Living, query: str = "") -> None:
        self.system, self.place = system, PATH + query
        self.told: list[str] = []

    def check(self) -> tuple[int, list[str]]:
        """One check: its status and the ids that it brought, as they came."""
        answer = self.system.call("GET", self.place)
        assert answer.status_code in (200, 202), answer.text
        assert ("Retry-After" in answer.headers) == (answer.status_code == 202)
        self.place = answer.headers["Location"]
        ids = [each["id"] for each in answer.json()]
        self.told += reversed(ids)
        return answer.status_code, ids

    def all(self) -> list[str]:
        """Checks until there is no more news; all that were ever told, oldest first."""
        while self.check()[0] == 200:
            pass
        return self.told


def state(place: str) -> str:
    """The state in a Location."""
    return parse_qs(urlsplit(place).query)["state"][0]


def begun(paused: Still, query: str = "") -> Asking:
    """A trigger after its first check."""
    trigger = Asking(paused.system, query)
    assert trigger.check() == NOTHING
    return trigger


def test_the_first_check_only_learns_where_to_begin(paused: Still) -> None:
    end(paused)
    paused.clock.now += 60
    trigger = begun(paused)
    assert urlsplit(trigger.place).path == PATH
    paused.clock.now += 60
    assert trigger.check() == NOTHING
    assert begun(paused, "?state=").told == []


def test_no_news_keep_the_state(paused: Still) -> None:
    trigger = begun(paused)
    first = trigger.place
    paused.clock.now += 600
    assert trigger.check() == NOTHING
    assert trigger.place == first


def test_news_are_operation_documents_newest_first(paused: Still) -> None:
    trigger = begun(paused)
    ids = []
    for _ in range(3):
        paused.clock.now += 1
        ids += end(paused)
    paused.clock.now += 10
    answer = paused.system.call("GET", trigger.place)
    assert answer.json() == [
        paused.system.call("GET", f"/v1/operations/{id}").json() for id in reversed(ids)
    ]
    assert answer.json()[0]["result"] == {"score": 97}
    assert state(answer.headers["Location"]) != state(trigger.place)
    trigger.place = answer.headers["Location"]
    assert trigger.check() == NOTHING


def test_an_end_is_told_once_it_can_no_longer_be_overtaken(paused: Still) -> None:
    trigger = begun(paused)
    paused.clock.now += 1
    ids = end(paused)
    paused.clock.now += 4.9
    assert trigger.check() == NOTHING
    paused.clock.now += 0.2
    assert trigger.check() == (200, ids)


@pytest.mark.parametrize("count", [49, 50, 51, 130])
def test_many_that_end_at_once_come_in_pages_without_gaps(paused: Still, count: int) -> None:
    trigger = begun(paused)
    paused.clock.now += 1
    ids = end(paused, count)
    paused.clock.now += 10
    seen = []
    while (check := trigger.check())[0] == 200:
        seen.append(len(check[1]))
        assert check[1] == sorted(check[1], reverse=True)
    assert max(seen) <= 50
    assert trigger.told == sorted(ids)


def test_what_ends_between_two_pages_waits_for_its_turn(paused: Still) -> None:
    trigger = begun(paused)
    paused.clock.now += 1
    first = end(paused, 70)
    paused.clock.now += 10
    trigger.check()
    second = end(paused, 5)
    paused.clock.now += 10
    assert trigger.all() == sorted(first) + sorted(second)


def test_a_restart_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    with still(tmp_path) as paused:
        trigger = begun(paused)
        paused.clock.now += 1
        ids = end(paused, 60)
        paused.clock.now += 10
        trigger.check()
        now = paused.clock.now
    with still(tmp_path) as paused:
        paused.clock.now = now + 60
        trigger.system, trigger.place = paused.system, moved(trigger.place, paused.system)
        assert trigger.all() == sorted(ids)


def moved(place: str, system: Living) -> str:
    """The same place at a service that has another port now."""
    parts = urlsplit(place)
    return f"{system.url}{parts.path}?{parts.query}"


def test_jobs_that_really_end_are_told(paused: Still) -> None:
    trigger = begun(paused)
    ids = [paused.system.order().json()["id"] for _ in range(3)]
    wrong = {"model_id": "99999999-9999-4999-8999-999999999999"}
    ids.append(paused.system.order(data=wrong).json()["id"])
    for id in ids:
        paused.finish(id)
    paused.clock.now += 10
    assert sorted(trigger.all()) == sorted(ids)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("", 4),
        ("?status=&action=", 4),
        ("?status=failed", 1),
        ("?status=succeeded", 2),
        ("?status=canceled", 1),
        ("?action=ocr", 1),
        ("?action=extraction&status=succeeded", 1),
        ("?action=crop", 0),
    ],
)
def test_a_flow_says_which_ends_it_wants(paused: Still, query: str, fits: int) -> None:
    trigger = begun(paused, query)
    paused.clock.now += 1
    end(paused, status=Status.FAILED)
    end(paused, status=Status.CANCELED)
    end(paused, action="ocr")
    end(paused)
    paused.clock.now += 10
    assert len(trigger.all()) == fits
    assert trigger.check() == NOTHING


def test_ends_of_another_owner_or_provider_are_no_news(paused: Still) -> None:
    trigger = begun(paused)
    theirs = {"X-API-Key": another_key(paused.system)}
    paused.clock.now += 1
    end(paused, owner="someone-else")
    end(paused, provider="pulse")
    paused.clock.now += 10
    assert trigger.check() == NOTHING
    answer = paused.system.call("GET", trigger.place, headers=theirs)
    assert [each["provider"] for each in answer.json()] == ["mindee"]


def test_a_state_is_text_that_needs_no_encoding(paused: Still) -> None:
    place = begun(paused).place
    assert state(place) in place
    assert state(place).replace("-", "").replace("_", "").isalnum()


def written(value: Any) -> str:
    """A state of the right form with this in it."""
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


HOSTILE = [
    "x",
    "null",
    "'; drop table operations",
    "ü",
    "\x00",
    "\ud83d\ude00",
    "A" * 10_000,
    "====",
    "a b",
    written(None),
    written([]),
    written([1]),
    written(["1", ""]),
    written([1, None]),
    written([1, 2]),
    written([1, "not an id"]),
    written([1, "'" * 32]),
    written([1, "0" * 32, 1]),
    written([True, ""]),
    written([float("nan"), ""]),
    written([float("inf"), ""]),
    written([10**400, ""]),
    written({"0": 1, "1": ""}),
    written([[[[]]], ""]),
    urlsafe_b64encode(b"[" * 20_000).decode(),
    urlsafe_b64encode(b'[1e999, ""]').decode(),
    urlsafe_b64encode(b"\xff\xfe").decode(),
    written([1, "0" * 32]) + "!",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_state_that_is_not_ours_is_refused(system: Living, text: str) -> None:
    answer = system.call("GET", PATH, params={"state": text.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/state"]
    assert "Location" in answer.json()["detail"]


@pytest.mark.parametrize("moment", [-1e300, -5, 0, 1e15, 1e300])
def test_a_state_of_another_time_is_only_another_time(system: Living, moment: float) -> None:
    answer = system.call("GET", PATH, params={"state": written([moment, ""])})
    assert answer.status_code in (200, 202)


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("status=running", ["/status"]),
        ("status=needs_review", ["/status"]),
        ("status=succeeded,failed&action=nothing", ["/status", "/action"]),
    ],
)
def test_wrong_filters_are_told(system: Living, query: str, pointers: list[str]) -> None:
    answer = system.call("GET", f"{PATH}?{query}")
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == pointers


def test_an_unknown_provider_has_no_news(system: Living) -> None:
    answer = system.call("GET", "/power-automate/nobody/finished")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_provider")


def test_news_need_a_key(paused: Still) -> None:
    assert requests.get(begun(paused).place, timeout=10).status_code == 401
