"""What does a Zap see of its jobs, and what can it do with them?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Response

from connector.core.model import Status
from connector.platforms.zapier.job import flat, message
from tests.service.worlds import another_key
from tests.zapier.worlds import JOB, World


@pytest.fixture
def several(paused: World) -> tuple[World, dict[str, str]]:
    """A world with jobs of every kind: their ids by what they are called."""
    ids = {}
    for name, state, action in (
        ("first", "done", "read"),
        ("broken", "rejected", "read"),
        ("stopped", "stopped", "read"),
        ("printed", "done", "print"),
    ):
        paused.provider.state = state
        ids[name] = paused.submit(f"acme/{action}", client_ref=name).json()["id"]
        paused.finish(ids[name])
    paused.provider.state = "working"
    ids["new"] = paused.submit(client_ref="new").json()["id"]
    paused.pass_time(5)
    ids["running"] = paused.submit(client_ref="running").json()["id"]
    return paused, ids


def listed(world: World, query: str = "", provider: str = "acme") -> list[str]:
    """What the jobs of a list are called."""
    answer = world.call("GET", f"{provider}/jobs?{query}")
    assert answer.status_code == 200, answer.text
    return [each["client_ref"] for each in answer.json()]


LISTS = {
    "": ["printed", "stopped", "broken", "first"],
    "status=": ["printed", "stopped", "broken", "first"],
    "status=open": ["running", "new"],
    "status=succeeded": ["printed", "first"],
    "status=failed,canceled": ["stopped", "broken"],
    "status=failed, canceled ,": ["stopped", "broken"],
    "status=pending,running,succeeded": ["running", "new", "printed", "first"],
    "action=print": ["printed"],
    "action=": ["printed", "stopped", "broken", "first"],
    "client_ref=first": ["first"],
    "client_ref=first&status=failed": [],
    "client_ref=nobody": [],
    "limit=2": ["printed", "stopped"],
    "limit=2&page=1": ["broken", "first"],
    "limit=3&page=1": ["first"],
    "limit=2&page=2": [],
    "limit=&page=": ["printed", "stopped", "broken", "first"],
}


def test_the_list_is_narrowed_down_and_paged(several: tuple[World, dict[str, str]]) -> None:
    world, _ = several

    assert {query: listed(world, query) for query in LISTS} == LISTS


def test_the_list_shows_what_a_job_shows(several: tuple[World, dict[str, str]]) -> None:
    world, ids = several
    found = world.call("GET", "acme/jobs").json()

    assert found == [world.job(each["id"]) for each in found]
    assert {each["id"] for each in found} == {ids[n] for n in LISTS[""]}
    assert all(set(each) == JOB for each in found)


def test_what_a_list_cannot_be_asked_is_told_at_once(here: World) -> None:
    for query, places in {
        "status=done": ["/status"],
        "action=nothing": ["/action"],
        "limit=0&page=-1": ["/limit", "/page"],
        "limit=101&page=10001": ["/limit", "/page"],
        "limit=ten&page=1.5": ["/limit", "/page"],
        "limit=%C2%B2&page=99999999999999999999": ["/limit", "/page"],
        "status=open,closed&action=x&limit=x&page=x": ["/status", "/action", "/limit", "/page"],
    }.items():
        answer = here.call("GET", f"acme/jobs?{query}")
        assert answer.status_code == 422, query
        assert [each["pointer"] for each in answer.json()["errors"]] == places
    assert here.call("GET", "nobody/jobs").status_code == 404
    assert here.call("GET", "acme/jobs?page=10000").json() == []


def test_others_and_other_providers_have_no_such_job(
    several: tuple[World, dict[str, str]],
) -> None:
    world, ids = several
    theirs = {"X-API-Key": another_key(world.system)}
    for path in (f"jobs/{ids['first']}", f"jobs/{ids['first']}/result"):
        assert world.call("GET", f"acme/{path}", headers=theirs).status_code == 404
        assert world.call("GET", f"mindee/{path}").status_code == 404
    for provider, headers in (("acme", theirs), ("mindee", {})):
        path = f"{provider}/jobs/{ids['new']}/cancel"
        assert world.call("POST", path, headers=headers).status_code == 404
    assert world.call("GET", "acme/jobs", headers=theirs).json() == []
    assert listed(world, provider="mindee") == []
    assert world.system.engine.get(ids["new"], None).cancel_asked_at is None


def test_the_result_alone_is_always_an_object(paused: World) -> None:
    for value in ({"a": 1}, {}, [1, 2], "text", 7, False, "x" * 100_000, list(range(50_000))):
        job = paused.done(value=value) if value not in ({}, False) else given(paused, value)
        answer = paused.call("GET", f"acme/jobs/{job['id']}/result")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json() == (value if isinstance(value, dict) else {"result": value})
        small = len(json.dumps(value)) < 64_000
        assert job["result"] == (answer.json() if small else None)
        assert (job["file_url"] is None) == small


def given(world: World, value: Any) -> dict[str, Any]:
    """A job that ended with this result, also where that counts as false."""
    world.provider.state, world.provider.value = "done", value
    id = world.submit().json()["id"]
    world.finish(id)
    return world.job(id)


def test_a_result_that_is_a_file_or_large_is_fetched_without_a_key(paused: World) -> None:
    paused.provider.state = "done"
    paused.provider.printed = lambda: Response(b"0123456789", mimetype="text/plain")
    id = paused.submit("acme/print").json()["id"]
    paused.finish(id)
    job = paused.job(id)

    assert (job["status"], job["result"]) == ("succeeded", None)
    assert requests.get(job["file_url"], timeout=10).content == b"0123456789"
    file = paused.call("GET", f"acme/jobs/{id}/result").json()["file"]
    assert (file["size"], file["type"], file["url"]) == (10, "text/plain", job["file_url"])
    large = paused.done(value={"text": "x" * 500_000})
    assert requests.get(large["file_url"], timeout=10).json() == {"text": "x" * 500_000}
    assert requests.get(large["result_url"], timeout=10).status_code == 401
    assert paused.system.call("GET", large["result_url"]).json() == {"text": "x" * 500_000}


def test_there_is_no_result_of_what_has_none(several: tuple[World, dict[str, str]]) -> None:
    world, ids = several

    def result(name: str) -> tuple[int, str]:
        answer = world.call("GET", f"acme/jobs/{ids[name]}/result")
        return answer.status_code, answer.json()["code"]

    assert result("new") == (409, "not_finished")
    assert result("broken") == (422, "provider_failed")
    assert result("stopped") == (409, "canceled")
    world.system.call("DELETE", f"/v1/operations/{ids['first']}")
    assert result("first") == (410, "result_deleted")
    assert world.call("GET", "acme/jobs/nobody/result").status_code == 404
    gone = world.job(ids["first"])
    assert (gone["status"], gone["result"], gone["file_url"]) == ("succeeded", None, None)


def test_a_failure_says_why_in_three_places(paused: World) -> None:
    paused.provider.state = "rejected"
    paused.provider.answer = lambda: ({"state": "rejected", "error": "because " * 100}, 200)
    id = paused.submit().json()["id"]
    paused.finish(id)
    job = paused.job(id)

    assert job["error"] == {"code": job["error_code"], "message": job["error_message"]}
    assert job["error_code"] == "provider_failed"
    assert job["error_message"].startswith("because because")
    assert len(job["error_message"]) == 250
    assert job["result"] is None


def test_a_job_can_be_waited_for(here: World) -> None:
    id = here.submit(wait="0").json()["id"]
    early = here.call("GET", f"acme/jobs/{id}?wait=0.2").json()
    here.provider.state = "done"
    late = here.call("GET", f"acme/jobs/{id}?wait=10").json()

    assert "not finished after 0.2 s" in early["warning"]
    assert (late["status"], late["warning"]) == ("succeeded", None)
    assert set(early) == set(late) == JOB
    assert here.call("GET", f"acme/jobs/{id}?wait=long").status_code == 422
    assert here.call("GET", f"acme/jobs/{id}?wait=").json()["warning"] is None


def test_canceling_is_asked_for_and_repeated_without_harm(paused: World) -> None:
    id = paused.submit().json()["id"]
    paused.pass_time(1)
    first = paused.call("POST", f"acme/jobs/{id}/cancel", json={})
    paused.finish(id)
    second = paused.call("POST", f"acme/jobs/{id}/cancel")

    assert (first.status_code, second.status_code) == (200, 200)
    assert set(first.json()) == JOB
    assert second.json()["status"] == "canceled"
    assert paused.call("POST", "acme/jobs/nobody/cancel").status_code == 404


def test_progress_and_what_the_provider_says_are_flat_and_short(paused: World) -> None:
    op = paused.system.engine.get(paused.submit().json()["id"], None)
    facts = {
        "progress": {"done": 3, "total": {"pages": 4}, "text": "x" * 5000},
        "handle": ["h"] * 1000,
    }
    job = flat(replace(op, facts=facts, note="n" * 5000), paused.system.site.addresses)

    assert (job["progress_done"], job["progress_total"]) == (3, '{"pages": 4}')
    texts = ("progress_text", "handle", "note")
    assert [len(job[name]) for name in texts] == [1000] * 3
    odd = replace(op, facts={"progress": "half", "error": {"code": 7}}, status=Status.FAILED)
    job = flat(odd, paused.system.site.addresses)
    assert (job["progress_done"], job["error_code"]) == (None, "7")
    assert job["error_message"] == "The job failed."


@pytest.mark.parametrize("sign", ["x", "ü", "\u20ac", "\U0001f600", '"', "\ud800"])
def test_a_message_is_never_over_its_limit(paused: World, sign: str) -> None:
    op = paused.system.engine.get(paused.submit().json()["id"], None)
    closed = replace(op, status=Status.SUCCEEDED, finished_at=op.created_at)
    for length in (1000, 10_000, 31_000, 62_000, 63_500, 64_000):
        said = replace(closed, facts={"result": {"text": sign * length}})
        told = message(said, paused.system.site.addresses)
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        assert len(text.encode("utf-8", "surrogatepass")) <= 64_000
        assert set(told) == JOB
        assert told["result"] is not None or length > 10_000
