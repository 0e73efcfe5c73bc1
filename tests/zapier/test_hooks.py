"""Who is told of the end of jobs, and who may be?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service.worlds import Receiver, another_key, receiving
from tests.zapier.worlds import JOB, World, world

HOOK = "https://hooks.zapier.com/hooks/standard/17/abc/"


def hooked(world: World, target: str, name: str = "target_url", **more: Any) -> dict[str, Any]:
    """A new subscription."""
    answer = world.call("POST", "acme/hooks", json={name: target, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def heard(receiver: Receiver) -> list[str]:
    """The statuses that a receiver was told, sorted."""
    return sorted(each["status"] for each in receiver.bodies())


def happen(world: World) -> None:
    """A job of every ending."""
    for state in ("done", "rejected", "stopped"):
        world.done(state)


def test_a_hook_is_answered_with_what_was_asked(paused: World) -> None:
    made = hooked(paused, HOOK, status="failed", action="read")

    assert set(made) == {"id", "status", "action", "created_at"}
    assert (made["status"], made["action"]) == ("failed", "read")
    all_of_it = hooked(paused, HOOK, name="hookUrl", status="", action=None)
    assert (all_of_it["status"], all_of_it["action"]) == (None, None)
    assert all_of_it["id"] != made["id"]


def test_a_hook_hears_of_the_jobs_it_asked_for(paused: World) -> None:
    with receiving() as every, receiving() as some, receiving() as prints, receiving() as begun:
        hooked(paused, every.url)
        hooked(paused, some.url, status="failed,canceled")
        hooked(paused, prints.url, action="print")
        hooked(paused, begun.url, status="open")
        happen(paused)
        paused.document()
        for _ in range(5):
            paused.pass_time(5)
    assert heard(every) == ["canceled", "failed", "succeeded"]
    assert heard(some) == ["canceled", "failed"]
    assert heard(prints) == []
    assert len(begun.heard) <= 3
    assert all(set(each) == JOB for each in every.bodies())


def test_a_hook_hears_of_jobs_that_another_platform_ordered(paused: World) -> None:
    with receiving() as receiver:
        hooked(paused, receiver.url)
        paused.provider.state = "done"
        body = {"text": "a", "copies": 1}
        id = paused.system.call("POST", "/v1/acme/read", json=body).json()["id"]
        paused.finish(id)
        assert receiver.bodies() == [paused.job(id)]


@pytest.mark.parametrize("name", ["target_url", "hookUrl"])
def test_a_hook_that_comes_again_is_told_once_and_ends_once(paused: World, name: str) -> None:
    with receiving() as receiver:
        ids = [
            hooked(paused, receiver.url, status="succeeded,failed")["id"],
            hooked(paused, receiver.url, name=name, status="failed, succeeded")["id"],
        ]
        paused.done()
        paused.pass_time(5)
        assert heard(receiver) == ["succeeded"]
        paused.call("DELETE", f"acme/hooks/{ids[1]}")
        paused.done()
        paused.pass_time(5)
        assert len(receiver.heard) == 1


def test_hooks_for_several_events_may_have_one_target(paused: World) -> None:
    with receiving() as receiver:
        ids = [
            hooked(paused, receiver.url, **more)["id"]
            for more in ({"status": "succeeded"}, {"status": "failed"}, {"action": "print"})
        ]
        happen(paused)
        paused.pass_time(5)
        assert heard(receiver) == ["failed", "succeeded"]
        paused.call("DELETE", f"acme/hooks/{ids[0]}")
        happen(paused)
        paused.pass_time(5)
        assert heard(receiver) == ["failed", "failed", "succeeded"]


def test_a_hook_is_not_ended_by_way_of_another_provider(paused: World) -> None:
    with receiving() as receiver:
        id = hooked(paused, receiver.url)["id"]
        answers = [paused.call("DELETE", f"{each}/hooks/{id}") for each in ("mindee", "nobody")]
        assert [each.status_code for each in answers] == [204] * 2
        paused.done()
        paused.pass_time(5)
        assert len(receiver.heard) == 1


def test_unsubscribing_ends_one_hook_for_its_owner_alone(paused: World) -> None:
    with receiving() as receiver:
        events: list[dict[str, Any]] = [{}, {"action": "read"}]
        ids = [hooked(paused, receiver.url, **each)["id"] for each in events]
        theirs = {"X-API-Key": another_key(paused.system)}
        answers = [
            paused.call("DELETE", f"acme/hooks/{ids[0]}", headers=theirs),
            paused.call("DELETE", f"acme/hooks/{ids[1]}"),
            paused.call("DELETE", f"acme/hooks/{ids[1]}"),
            paused.call("DELETE", "acme/hooks/nobody"),
        ]
        paused.done()
        assert len(receiver.heard) == 1
    assert [each.status_code for each in answers] == [204] * 4
    assert {each.content for each in answers} == {b""}


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["/target_url"]),
        ({"target_url": ""}, ["/target_url"]),
        ({"target_url": 5, "status": "done", "action": "x"}, ["/target_url", "/status", "/action"]),
        ({"target_url": HOOK, "status": ["failed"]}, ["/status"]),
        ({"target_url": HOOK, "event": "finished"}, ["/event"]),
        ({"hookUrl": "https://evil.example/x"}, ["/hookUrl"]),
        ({"target_url": HOOK, "action": {"a": 1}}, ["/action"]),
    ],
)
def test_a_hook_is_told_all_that_is_wrong(here: World, body: Any, places: list[str]) -> None:
    answer = here.call("POST", "acme/hooks", json=body)

    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == places


def test_a_hook_needs_a_provider_that_is_there_and_json(here: World) -> None:
    assert here.call("POST", "nobody/hooks", json={"target_url": HOOK}).status_code == 404
    assert here.call("POST", "acme/hooks", data={"target_url": HOOK}).status_code == 415
    assert here.call("POST", "acme/hooks", data=b"[").status_code == 415
    json = {"Content-Type": "application/json"}
    assert here.call("POST", "acme/hooks", data=b"{", headers=json).status_code == 400


@pytest.mark.parametrize(
    ("hosts", "fine", "refused"),
    [
        (
            "",
            [
                "https://zapier.com/x",
                "https://hooks.zapier.com/x",
                "https://HOOKS.Zapier.com:443/x",
            ],
            ["https://notzapier.com/x", "https://zapier.com.evil.example/x"],
        ),
        (
            "tunnel.example, zapier.dev",
            ["https://a.tunnel.example/x", "https://zapier.dev/x"],
            ["https://zapier.com/x", "https://example/x"],
        ),
        ("*", ["https://anything.example/x"], ["http://anything.example/x", "https://10.0.0.1/x"]),
    ],
)
def test_the_operator_says_which_hosts_may_be_told(
    prepared: None, tmp_path: Path, hosts: str, fine: list[str], refused: list[str]
) -> None:
    settings = {"CONNECTOR_ZAPIER_HOSTS": hosts} if hosts else {}
    with world(tmp_path, settings, standing=True) as made:
        for url in [*fine, "http://127.0.0.1:9/allowed"]:
            assert made.call("POST", "acme/hooks", json={"target_url": url}).status_code == 201, url
            assert made.submit(callback_url=url).status_code == 202, url
        for url in refused:
            hook = made.call("POST", "acme/hooks", json={"target_url": url})
            job = made.submit(callback_url=url)
            assert (hook.status_code, job.status_code) == (422, 422), url
            assert [e["pointer"] for e in job.json()["errors"]] == ["/callback_url"]
            assert "/x" not in hook.json()["detail"].replace("https://", "")
        assert len(made.call("GET", "acme/jobs?status=open").json()) == len(fine) + 1
