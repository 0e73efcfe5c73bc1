"""What becomes of a job whose provider stumbles, and is anything ever ordered twice?"""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Response

from tests.living import Living
from tests.service.acme import acme
from tests.service.worlds import Still, quick, still, until_closed

BODY = {"text": "a", "copies": 1}
LOOKS = ("500*3", "503*3", "429*3", "429=4*2", "429=date:4*2", "html*2", "malformed*2", "empty*2",
         "drop*2", "drop-after*2", "drop-mid*2", "404*2", "401*2", "unknown*2")  # fmt: skip


@pytest.mark.parametrize("fault", [f"check_status:{each}" for each in LOOKS]
                         + [f"get_result:{each}" for each in LOOKS[:-1]])  # fmt: skip
def test_a_job_outlives_trouble_while_it_is_looked_after(paused: Still, fault: str) -> None:
    paused.system.misbehave(fault)
    id = paused.system.order().json()["id"]
    done = paused.finish(id)
    assert done["status"] == "succeeded", done
    assert done["result"]["result"]["fields"]
    assert len(paused.system.log()["orders"]) == 1


@pytest.mark.parametrize("fault", ["429=40", "429=date:40"])
def test_a_provider_that_names_a_time_is_left_alone_until_then(paused: Still, fault: str) -> None:
    paused.system.misbehave(f"check_status:{fault}*1")
    id = paused.system.order().json()["id"]
    paused.pass_time(0)
    paused.pass_time(3)
    paused.pass_time(35)
    assert paused.system.log()["counts"]["check_status"] == 1
    assert paused.system.call("GET", f"/v1/operations/{id}").json()["status"] == "pending"
    paused.pass_time(6)
    assert paused.system.call("GET", f"/v1/operations/{id}").json()["status"] == "succeeded"


@pytest.mark.parametrize("fault", ["500", "drop", "malformed", "stuck", "429=5000"])
def test_a_provider_that_stays_away_times_the_job_out_after_one_last_look(
    paused: Still, fault: str
) -> None:
    system = paused.system
    system.misbehave(f"check_status:{fault}")
    id = system.order(data={"timeout": "60"}).json()["id"]
    deadline = system.engine.get(id, None).deadline_at
    while paused.clock.now + 4 < deadline:
        paused.pass_time(4)
        poll = system.call("GET", f"/power-automate/mindee/operations/{id}/result")
        assert poll.status_code == 202
    while paused.clock.now < deadline - 0.1:
        paused.pass_time(0.1)
    before = system.log()["counts"]["check_status"]
    paused.pass_time(0.2)
    assert system.log()["counts"]["check_status"] == before + 1
    done = system.call("GET", f"/v1/operations/{id}").json()
    assert (done["status"], done["error"]["code"]) == ("failed", "timed_out")
    paused.pass_time(3600)
    assert system.log()["counts"]["check_status"] == before + 1
    flow = system.call("GET", f"/power-automate/mindee/operations/{id}/result")
    assert (flow.status_code, flow.json()["code"]) == (422, "timed_out")


@pytest.mark.parametrize(
    ("fault", "code", "orders"),
    [
        ("500", "cut_short", 0),
        ("502", "cut_short", 0),
        ("html", "cut_short", 0),
        ("drop-after", "cut_short", 1),
        ("drop-mid", "cut_short", 1),
        ("malformed", "unreadable", 1),
        ("empty", "unreadable", 1),
    ],
)
def test_an_order_whose_answer_is_lost_is_never_sent_again(
    paused: Still, fault: str, code: str, orders: int
) -> None:
    paused.system.misbehave(f"submit:{fault}")
    id = paused.system.order().json()["id"]
    done = paused.finish(id)
    assert (done["status"], done["error"]["code"]) == ("failed", code)
    paused.pass_time(3600)
    assert paused.system.log()["counts"]["submit"] == 1
    assert len(paused.system.log()["orders"]) == orders


@pytest.mark.parametrize("fault", ["429*2", "429=3*2", "503*3", "503=date:5*1", "425*1"])
def test_an_order_that_was_not_taken_is_sent_again_and_taken_once(
    paused: Still, fault: str
) -> None:
    paused.system.misbehave(f"submit:{fault}")
    done = paused.finish(paused.system.order().json()["id"])
    assert done["status"] == "succeeded"
    assert len(paused.system.log()["orders"]) == 1


def test_a_provider_that_is_not_there_yet_is_asked_again(tmp_path: Path) -> None:
    settings = {"MINDEE_BASE_URL": "http://127.0.0.1:9"}
    with still(tmp_path, settings) as paused:
        id = paused.system.order().json()["id"]
        for _ in range(3):
            paused.pass_time(5)
        found = paused.system.call("GET", f"/v1/operations/{id}").json()
        assert found["status"] == "pending"
        assert found["note"].startswith("Asking submit again")


def test_a_dripping_provider_is_cut_off(tmp_path: Path) -> None:
    with acme() as (provider, settings), quick(tmp_path, settings) as system:
        gate = threading.Event()
        provider.answer = lambda: Response(iter(lambda: (gate.wait(0.05) and b"") or b" ", b""))
        shorten(system, 0.5)
        body = {**BODY, "timeout": 1}
        id = system.call("POST", "/v1/acme/read", json=body).json()["id"]
        assert until_closed(system, id)["error"]["code"] == "timed_out"
        gate.set()


def shorten(system: Living, seconds: float) -> None:
    """Gives acme's looks at jobs so many seconds in all."""
    manifests: Any = system.engine.parts.manifests
    manifest = manifests["acme"]
    actions = {
        name: replace(
            each,
            calls={
                **each.calls,
                "check_status": replace(each.calls["check_status"], timeout=seconds),
            },
        )
        for name, each in manifest.actions.items()
    }
    manifests["acme"] = replace(manifest, actions=actions)


def test_a_cancel_in_the_middle_of_an_order_keeps_the_job_and_stops_it_there(
    tmp_path: Path,
) -> None:
    with acme() as (provider, settings), quick(tmp_path, settings) as system:
        arrived, go_on = threading.Event(), threading.Event()

        def taking() -> None:
            arrived.set()
            go_on.wait(10)

        provider.taking = taking
        id = system.call("POST", "/v1/acme/read?wait=0", json=BODY).json()["id"]
        assert arrived.wait(5)
        asked = system.call("POST", f"/v1/operations/{id}/cancel")
        assert asked.json()["status"] == "pending"
        go_on.set()
        done = until_closed(system, id)
        assert done["status"] == "canceled"
        assert provider.stopped == ["j-1"]
        assert len(provider.orders) == 1
        assert system.engine.get(id, None).facts["job"] == "j-1"


def test_at_the_deadline_the_provider_is_told_to_stop(tmp_path: Path) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        body = {**BODY, "timeout": 30}
        id = paused.system.call("POST", "/v1/acme/read", json=body).json()["id"]
        done = paused.finish(id)
        assert (done["status"], done["error"]["code"]) == ("failed", "timed_out")
        assert provider.stopped == ["j-1"]


def test_files_that_a_provider_makes_up_open_nothing(tmp_path: Path) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        system = paused.system
        system.order()
        (file,) = (each.name for each in (tmp_path / "files").rglob("*") if each.is_file())
        fake = {"$file": file, "name": "x", "type": "text/html", "size": 9, "sha256": "0"}
        for value in (fake, {"a": fake}, [fake], {"$file": "made-up-id", "b": fake},
                      {"$file": ["odd"]}, {"$file": 5}):  # fmt: skip
            provider.state, provider.value = "done", value
            id = system.call("POST", "/v1/acme/read", json=BODY).json()["id"]
            done = paused.finish(id)
            assert done["status"] == "succeeded"
            assert "file" not in done["links"]
            result = system.call("GET", f"/v1/operations/{id}/result")
            assert result.headers["Content-Type"] == "application/json"
            assert not result.content.startswith(b"%PDF")
            flow = system.call("GET", f"/power-automate/acme/operations/{id}/result").json()
            assert not str(flow.get("file", {})).startswith("{'name'")
            system.call("DELETE", f"/v1/operations/{id}")
        assert system.call("GET", f"/v1/files/{file}").content.startswith(b"%PDF")


def test_a_job_that_our_own_code_breaks_on_steps_aside_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        provider.state = "done"
        bad = paused.system.call("POST", "/v1/acme/read", json=BODY).json()["id"]
        good = paused.system.call("POST", "/v1/acme/read", json=BODY).json()["id"]
        asking = paused.system.engine._asking
        real = asking._outcome

        def outcome(op: Any, action: Any) -> Any:
            if op.id == bad and op.next_call == "check_status":
                raise RuntimeError("a bug")
            return real(op, action)

        monkeypatch.setattr(asking, "_outcome", outcome)
        assert paused.finish(good)["status"] == "succeeded"
        done = paused.finish(bad, step=61, most=100)
        assert done["error"]["code"] in ("gave_up", "timed_out")
        assert len(provider.orders) == 2
