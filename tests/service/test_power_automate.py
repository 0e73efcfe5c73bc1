"""Does one step of a flow do it all: order, wait, and go on with the result?"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from jsonschema import Draft202012Validator

from tests.living import INVOICE, MODEL, Living
from tests.service.flow import Flow
from tests.service.worlds import Still, quick, still

PATH = "/power-automate/mindee/extraction"
DOCUMENT = {
    "$content-type": "application/pdf",
    "$content": b64encode(INVOICE.read_bytes()).decode(),
}
BODY = {"document": DOCUMENT, "document_name": "invoice.pdf", "model_id": MODEL}


def flow(paused: Still, **more: Any) -> Flow:
    """A flow in a system whose time passes, and whose worker works, while the flow waits."""

    def sleep(seconds: float) -> None:
        for _ in range(int(seconds)):
            paused.pass_time(1)

    return Flow(paused.system, sleep, **more)


def assert_pattern(run: Flow) -> None:
    """What the polling pattern asks of every answer."""
    *polls, last = run.answers
    for each in polls:
        if each.status_code == 202:
            assert re.fullmatch(r"[1-9]\d{0,2}", each.headers["Retry-After"])
            assert int(each.headers["Retry-After"]) <= 300
            location = urlsplit(each.headers["Location"])
            assert location.scheme in ("http", "https")
            assert re.fullmatch(r"/power-automate/\w+/operations/\w+/result", location.path)
            assert each.headers["Content-Type"] == "application/json"
            assert isinstance(each.json(), dict)
    assert last.status_code != 202
    assert all(not 300 <= each.status_code < 400 for each in run.answers)


def test_a_job_becomes_one_step_with_the_bare_result(paused: Still) -> None:
    run = flow(paused)
    answer = run.run(PATH, BODY)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    action = paused.system.engine.parts.action("mindee", "extraction")
    Draft202012Validator(action.output).validate(answer.json())
    assert answer.json()["result"]["fields"]
    assert len(run.answers) > 1
    assert_pattern(run)
    again = requests.get(run.answers[0].headers["Location"], timeout=10)
    assert again.content == answer.content


def test_a_job_that_fails_ends_the_step_at_once(paused: Still) -> None:
    paused.system.misbehave("submit:fail")
    run = flow(paused)
    answer = run.run(PATH, BODY)
    assert answer.status_code == 422
    assert "Retry-After" not in answer.headers
    assert answer.json()["error"]["code"] == "500-012"
    assert answer.json()["error"]["message"]
    assert_pattern(run)


def test_a_long_job_is_polled_to_its_end(tmp_path: Path) -> None:
    with still(tmp_path) as paused:
        paused.system.misbehave("check_status:stuck*60")
        run = flow(paused)
        assert run.run(PATH, BODY).status_code == 200
        assert len(run.waits) > 10
        assert run.waits == sorted(run.waits)
        assert run.waits[0] < 10 < run.waits[-1]
        assert_pattern(run)


def test_an_instant_job_is_answered_at_once_with_the_same_body(tmp_path: Path) -> None:
    with quick(tmp_path, {"CONNECTOR_WAIT_SECONDS": "10"}, seconds=0) as system:
        run = Flow(system, lambda seconds: None)
        run.headers["Prefer"] = "wait=20"
        answer = run.run(PATH, BODY)
        assert answer.status_code == 200
        assert len(run.answers) == 1
        (op,) = system.call("GET", "/v1/operations").json()
        polled = system.call("GET", f"/power-automate/mindee/operations/{op['id']}/result")
        assert polled.content == answer.content


def test_a_client_without_patience_comes_to_the_same_end(alone: Living) -> None:
    run = Flow(alone, lambda seconds: time.sleep(0.02))
    assert run.run(PATH, BODY).status_code == 200
    assert_pattern(run)


def test_location_can_be_read_at_the_moment_it_is_given(paused: Still) -> None:
    answer = paused.system.call("POST", PATH, json=BODY)
    assert requests.get(answer.headers["Location"], timeout=10).status_code == 202


def test_trouble_at_the_provider_is_no_trouble_of_the_flow(paused: Still) -> None:
    paused.system.misbehave("check_status:500*5", "get_result:503*2")
    run = flow(paused)
    assert run.run(PATH, BODY).status_code == 200
    assert {each.status_code for each in run.answers} == {200, 202}


def test_an_answer_that_got_lost_orders_nothing_twice(paused: Still) -> None:
    run = flow(paused, lose=3)
    assert run.run(PATH, BODY).status_code == 200
    posts = [each for each in run.answers if each.request.method == "POST"]
    assert len(posts) == 4
    assert {each.status_code for each in posts} <= {200, 202}
    assert len(paused.system.log()["orders"]) == 1


def test_a_service_that_breaks_for_a_moment_orders_nothing_twice(
    paused: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = type(paused.system.engine)
    real, times = engine.submit, iter(range(100))

    def submit(self: Any, order: Any) -> Any:
        op = real(self, order)
        if next(times) < 2:
            raise RuntimeError("after the row was written")
        return op

    monkeypatch.setattr(engine, "submit", submit)
    run = flow(paused)
    assert run.run(PATH, BODY).status_code == 200
    assert [each.status_code for each in run.answers[:2]] == [500, 500]
    assert len(paused.system.log()["orders"]) == 1


@pytest.mark.parametrize(
    ("changed", "orders"),
    [
        ({}, 1),
        ({"x-ms-client-request-id": "another"}, 1),
        ({"x-ms-tracking-id": "another"}, 2),
        ({"x-ms-workflow-run-id": "another"}, 2),
        ({"x-ms-workflow-operation-name": "Another"}, 2),
    ],
)
def test_one_step_of_one_run_is_one_order(
    paused: Still, changed: dict[str, str], orders: int
) -> None:
    first = flow(paused)
    first.run(PATH, BODY)
    flow(paused, headers={**first.headers, **changed}).run(PATH, BODY)
    assert len(paused.system.log()["orders"]) == orders


def test_another_input_in_the_same_step_is_another_order(paused: Still) -> None:
    first = flow(paused)
    first.run(PATH, BODY)
    flow(paused, headers=first.headers).run(PATH, {**BODY, "alias": "the next of a loop"})
    assert len(paused.system.log()["orders"]) == 2


def test_the_tracking_id_can_be_left_out(tmp_path: Path) -> None:
    with still(tmp_path, {"CONNECTOR_TRACKING_ID": "no"}) as paused:
        first = flow(paused)
        first.run(PATH, BODY)
        again = {**first.headers, "x-ms-tracking-id": "another"}
        flow(paused, headers=again).run(PATH, BODY)
        flow(paused, headers={**again, "x-ms-workflow-run-id": "another"}).run(PATH, BODY)
        assert len(paused.system.log()["orders"]) == 2


def test_outside_of_a_run_every_call_is_its_own(paused: Still) -> None:
    for _ in range(2):
        paused.system.call("POST", PATH, json=BODY, headers={"x-ms-tracking-id": "t"})
    paused.pass_time(0)
    assert len(paused.system.log()["orders"]) == 2


def test_the_same_key_with_another_input_is_a_conflict(paused: Still) -> None:
    key = {"Idempotency-Key": "mine"}
    paused.system.call("POST", PATH, json=BODY, headers=key)
    answer = paused.system.call("POST", PATH, json={**BODY, "alias": "b"}, headers=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "key_reused")


@pytest.mark.parametrize("prefix", ["https://evil.example", "http://a.azure-apim.net/apim/x/y"])
def test_a_hostile_prefix_does_not_move_location(paused: Still, prefix: str) -> None:
    headers = {"X-MS-APIM-Referrer-Prefix": prefix, "X-MS-APIM-Referrer": prefix + PATH}
    answer = paused.system.call("POST", PATH, json=BODY, headers=headers)
    assert answer.headers["Location"].startswith(paused.system.url + "/power-automate/")


def test_a_provider_that_takes_minutes_does_not_hold_the_submit(tmp_path: Path) -> None:
    with quick(tmp_path) as system:
        system.misbehave("submit:delay=2.5")
        began = time.monotonic()
        assert system.call("POST", PATH, json=BODY).status_code == 202
        assert time.monotonic() - began < 2.4  # 1.5 s of waiting, and a margin


def test_operation_location_tells_the_status_on_every_look(paused: Still) -> None:
    answer = paused.system.order()
    place, seen = answer.headers["Operation-Location"], []
    for _ in range(10):
        look = paused.system.call("GET", place)
        assert look.status_code == 200
        seen.append(look.json()["status"])
        paused.pass_time(1)
    assert set(seen) <= {"pending", "running", "succeeded"}
    assert seen[-1] == "succeeded"
    result = paused.system.call("GET", answer.headers["Location"])
    assert result.json() == look.json()["result"]


def test_the_operation_of_another_provider_is_not_there(paused: Still) -> None:
    id = paused.system.order().json()["id"]
    path = f"/power-automate/nobody/operations/{id}/result"
    assert paused.system.call("GET", path).status_code == 404
