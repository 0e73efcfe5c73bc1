"""What does SellerShorts hear when it asks for the status of an order?"""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from connector.platforms.sellershorts.answers import percent
from tests.sellershorts.worlds import World
from tests.service.worlds import another_key


def test_an_order_is_known_before_its_processing_begins(here: World) -> None:
    order_id = here.read()

    assert here.provider.orders == []
    assert here.poll(order_id) == {
        "ok": True,
        "order_id": order_id,
        "status": "processing",
        "message": "The order is taken; work begins soon.",
    }


def test_progress_is_a_number_and_a_sentence(here: World) -> None:
    order_id = here.read()
    here.provider.answer = lambda: {"state": "working", "done": 3, "total": 12, "says": "page 3"}
    here.pass_time(times=2)

    said = here.poll(order_id)

    assert (said["status"], said["progress"], said["message"]) == ("processing", 25, "page 3")


def test_a_review_by_people_is_still_processing(here: World) -> None:
    order_id = here.read()
    here.provider.state = "manual"
    here.pass_time(times=2)

    said = here.poll(order_id)

    assert said["status"] == "processing"
    assert said["message"] == "A person is checking the result."
    assert "progress" not in said


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [
        (0, 4, 0), (1, 3, 33), (4, 4, 100), (9, 4, 100), (-1, 4, 0), (2.5, 5, 50),
        (1, 0, None), (1, None, None), (None, 4, None), ("1", "4", None), (True, True, None),
    ],
)  # fmt: skip
def test_percent_is_said_only_where_it_is_known(done: Any, total: Any, shown: int | None) -> None:
    assert percent(done, total) == shown


def test_a_good_end_is_completed_with_its_result(here: World) -> None:
    order_id = here.done({"name": "Müller", "score": 97})

    assert here.poll(order_id) == {
        "ok": True,
        "order_id": order_id,
        "status": "completed",
        "output_type": "json",
        "result_text": '{"name":"Müller","score":97}',
    }


def test_a_failure_is_told_in_words_for_the_buyer(here: World) -> None:
    order_id = here.read()
    here.provider.state = "rejected"
    here.pass_time(times=2)

    assert here.poll(order_id) == {
        "ok": False,
        "order_id": order_id,
        "status": "failed",
        "error": "because",
    }


def test_a_canceled_order_is_failed(here: World) -> None:
    order_id = here.read()
    here.pass_time(times=2)
    here.system.call("POST", f"/v1/operations/{here.operation(order_id).id}/cancel")
    here.pass_time(times=3)

    said = here.poll(order_id)

    assert (said["status"], said["error"]) == ("failed", "The order was canceled.")


def test_an_order_that_takes_too_long_is_failed(here: World) -> None:
    order_id = here.read(query="timeout=soon")
    here.pass_time(20, times=5)

    said = here.poll(order_id)

    assert said["status"] == "failed"
    assert said["error"].startswith("The provider did not finish within 1 minutes.")


def test_an_unknown_order_is_not_found(here: World) -> None:
    answer = here.ask("00000000-0000-4000-8000-000000000000")

    assert answer.status_code == 404
    assert (answer.json()["ok"], answer.json()["code"]) == (False, "not_found")


def test_an_order_is_found_under_its_own_action_only(here: World) -> None:
    order_id = here.read()

    assert here.ask(order_id, "print").status_code == 404
    assert (
        here.system.call("GET", f"/sellershorts/mindee/read/orders/{order_id}").status_code == 404
    )


def test_an_order_of_another_seller_is_not_found(here: World) -> None:
    order_id = here.read()

    answer = here.ask(order_id, headers={"X-API-Key": another_key(here.system)})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["..", ".", "%2e%2e", "a%2fb", "%00", "x" * 300, "%ff", "*", "%25"]
)
def test_odd_ids_are_not_found(here: World, path: str) -> None:
    answer = here.ask(path)

    assert answer.status_code in (404, 405)


def test_a_result_that_was_deleted_is_gone(here: World) -> None:
    order_id = here.done({"score": 97})
    here.system.call("DELETE", f"/v1/operations/{here.operation(order_id).id}")

    answer = here.ask(order_id)

    assert (answer.status_code, answer.json()["ok"]) == (410, False)


def test_the_provider_is_not_asked_by_a_poll_and_the_answer_is_quick(here: World) -> None:
    order_id = here.read()
    here.pass_time(times=2)
    looks = here.provider.looks
    began = time.monotonic()

    for _ in range(20):
        here.poll(order_id)

    assert here.provider.looks == looks
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("name", ["x-api-key", "x-auth-token", "Authorization"])
def test_each_of_the_headers_lets_in_at_both_endpoints(here: World, name: str) -> None:
    key = {name: f"Bearer {here.system.key}" if name == "Authorization" else here.system.key}
    body = {"order_id": f"by-{name}", "inputs": {"document": "aGVsbG8="}}

    ordered = requests.post(here.webhook(), json=body, headers=key, timeout=10)
    asked = requests.get(f"{here.webhook()}/orders/by-{name}", headers=key, timeout=10)

    assert (ordered.status_code, asked.status_code) == (200, 200)


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-auth-token": "wrong"}, {"x-api-key": "wrong"}, {"Authorization": "Bearer x"}],
)
def test_without_a_key_both_endpoints_are_closed(here: World, headers: dict[str, str]) -> None:
    order_id = here.read()
    body = {"order_id": "never", "inputs": {"document": "aGVsbG8="}}

    ordered = requests.post(here.webhook(), json=body, headers=headers, timeout=10)
    asked = requests.get(f"{here.webhook()}/orders/{order_id}", headers=headers, timeout=10)

    assert (ordered.status_code, asked.status_code) == (401, 401)
    assert ordered.json()["ok"] is False
    assert here.ask("never").status_code == 404


def test_the_header_of_this_platform_lets_in_nowhere_else(here: World) -> None:
    answer = requests.get(
        f"{here.url}/v1/me", headers={"x-auth-token": here.system.key}, timeout=10
    )

    assert answer.status_code == 401
