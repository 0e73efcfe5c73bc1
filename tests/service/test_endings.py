"""How does an operation end before its time, and how does it go after it?"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from tests.living import Living
from tests.service.acme import acme
from tests.service.worlds import Still, quick, still, until_closed

DAY = 86_400.0
ORDER = {"text": "a", "copies": 1}


def files_of(system: Living) -> list[Path]:
    """The documents and results on disk."""
    return [each for each in (system.folder / "files").rglob("*") if each.is_file()]


def test_where_the_provider_cannot_cancel_the_note_says_that_the_job_may_go_on(
    paused: Still,
) -> None:
    system = paused.system
    id = system.order().json()["id"]
    paused.pass_time(0)
    system.call("POST", f"/v1/operations/{id}/cancel")
    paused.pass_time(0)
    found = system.call("GET", f"/v1/operations/{id}").json()
    assert found["status"] == "canceled"
    assert "may go on" in found["note"]
    assert "cancel" not in system.log()["counts"]


def test_before_the_order_is_sent_a_cancel_keeps_it_from_being_sent(paused: Still) -> None:
    system = paused.system
    id = system.order().json()["id"]
    assert system.call("POST", f"/v1/operations/{id}/cancel").status_code == 200
    paused.pass_time(0)
    found = system.call("GET", f"/v1/operations/{id}").json()
    assert (found["status"], found["note"]) == (
        "canceled",
        "Canceled before the provider was asked.",
    )
    assert system.log()["orders"] == []


def test_canceling_twice_is_canceling_once(alone: Living) -> None:
    alone.misbehave("check_status:stuck")
    id = alone.order().json()["id"]
    first, second = (alone.call("POST", f"/v1/operations/{id}/cancel") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    done = until_closed(alone, id)
    assert done["status"] == "canceled"
    moves = alone.call("GET", f"/v1/operations/{id}/history").json()
    assert [each["status"] for each in moves].count("canceled") == 1


@pytest.mark.parametrize("wrong", [{}, {"model_id": "99999999-9999-4999-8999-999999999999"}])
def test_what_is_closed_stays_as_it_is(alone: Living, wrong: dict[str, str]) -> None:
    id = alone.order(data={**wrong, "wait": "10"}).json()["id"]
    before = alone.call("GET", f"/v1/operations/{id}").json()
    after = alone.call("POST", f"/v1/operations/{id}/cancel")
    assert (after.status_code, after.json()) == (200, before)
    assert before["status"] in ("succeeded", "failed")


def test_where_the_provider_can_cancel_it_is_told(tmp_path: Path) -> None:
    with acme() as (provider, settings), quick(tmp_path, settings) as system:
        id = system.call("POST", "/v1/acme/read", json=ORDER).json()["id"]
        system.call("POST", f"/v1/operations/{id}/cancel")
        assert until_closed(system, id)["status"] == "canceled"
        assert provider.stopped == ["j-1"]


def test_a_job_that_finished_while_it_was_canceled_keeps_its_result(tmp_path: Path) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        id = paused.system.call("POST", "/v1/acme/read", json=ORDER).json()["id"]
        paused.pass_time(0)
        provider.answer = lambda: {"state": "done", "value": {"score": 5}}
        paused.system.call("POST", f"/v1/operations/{id}/cancel")
        assert paused.finish(id)["result"] == {"score": 5}
        assert provider.stopped == ["j-1"]


def test_what_is_open_cannot_be_deleted(paused: Still) -> None:
    id = paused.system.order().json()["id"]
    answer = paused.system.call("DELETE", f"/v1/operations/{id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_open")
    assert paused.system.call("GET", f"/v1/operations/{id}").json()["status"] == "pending"


@pytest.mark.parametrize("platform", ["/v1/operations", "/power-automate/mindee/operations"])
def test_what_was_deleted_is_gone_and_its_line_stays(paused: Still, platform: str) -> None:
    system = paused.system
    id = system.order().json()["id"]
    paused.finish(id)
    assert files_of(system)
    deleted = system.call("DELETE", f"/v1/operations/{id}")
    assert deleted.status_code == 200
    assert deleted.json()["result"] is None
    assert system.call("DELETE", f"/v1/operations/{id}").status_code == 200
    result = system.call("GET", f"{platform}/{id}/result")
    assert (result.status_code, result.json()["code"]) == (410, "result_deleted")
    assert "Retry-After" not in result.headers
    assert system.call("GET", f"/v1/operations/{id}").json()["status"] == "succeeded"
    assert files_of(system) == []


def test_a_deleted_result_file_is_gone_from_every_address(tmp_path: Path) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        provider.state = "done"
        system = paused.system
        id = system.call("POST", "/v1/acme/print", json=ORDER).json()["id"]
        link = paused.finish(id)["links"]["file"]
        assert system.call("GET", link).content == b"0123456789"
        document = system.call("DELETE", f"/v1/operations/{id}").json()
        assert "file" not in document["links"]
        assert system.call("GET", link).status_code == 404
        assert system.call("GET", f"/v1/operations/{id}/result").status_code == 410
        assert files_of(system) == []


def test_a_result_file_past_its_time_is_gone_and_says_so(tmp_path: Path) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        provider.state = "done"
        system = paused.system
        id = system.call("POST", "/v1/acme/print", json=ORDER).json()["id"]
        path = paused.finish(id)["links"]["file"].partition("?")[0]
        paused.clock.now += 7 * DAY + 60
        system.engine.prune()
        answer = system.call("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (410, "file_deleted")


def test_an_order_repeated_after_its_result_went_says_that_it_is_gone(paused: Still) -> None:
    system, once = paused.system, {"Idempotency-Key": "only once"}
    id = system.order(headers=once).json()["id"]
    paused.finish(id)
    system.call("DELETE", f"/v1/operations/{id}")
    assert system.order(headers=once).status_code == 410


def test_results_go_after_a_week_and_operations_after_a_month(paused: Still) -> None:
    system = paused.system
    id = system.order().json()["id"]
    paused.finish(id)
    paused.clock.now += 7 * DAY - 60
    system.engine.prune()
    assert system.call("GET", f"/v1/operations/{id}/result").status_code == 200
    paused.clock.now += 120
    system.engine.prune()
    assert system.call("GET", f"/v1/operations/{id}/result").status_code == 410
    assert system.call("GET", f"/v1/operations/{id}").json()["result"] is None
    assert files_of(system) == []
    paused.clock.now += 23 * DAY
    system.engine.prune()
    for path in ("", "/result", "/history"):
        assert system.call("GET", f"/v1/operations/{id}{path}").status_code == 404


def test_an_open_operation_is_never_swept(paused: Still) -> None:
    system = paused.system
    id = system.order(data={"timeout": str(29 * DAY)}).json()["id"]
    paused.clock.now += 28 * DAY
    system.engine.prune()
    assert system.call("GET", f"/v1/operations/{id}").json()["status"] == "pending"
    assert len(files_of(system)) == 1


def test_the_files_of_what_was_turned_down_are_not_kept(paused: Still) -> None:
    text = b64encode(b"%PDF-1.7").decode()
    wrong = (
        {"document": text, "nonsense": 1},
        {"document": text, "wait": "long"},
        {"document": text, "client_ref": 5},
        {"document": text, "alias": [[[]] * 2], "timeout": -1},
    )
    for body in wrong:
        answer = paused.system.call("POST", "/v1/mindee/extraction", json=body)
        assert answer.status_code == 422
        assert paused.system.order(data={"nonsense": "1", "wait": "x"}).status_code == 422
    assert files_of(paused.system) == []
