"""What happens when a caller sends its order again?"""

from __future__ import annotations

import threading
from base64 import b64encode
from pathlib import Path

import pytest

from tests.living import INVOICE, MODEL, Living
from tests.service.acme import acme
from tests.service.worlds import (
    LOOPBACK,
    another_key,
    documents,
    quick,
    receiving,
    still,
    until_closed,
)

KEY = {"Idempotency-Key": "run 17"}


def test_the_same_key_and_body_are_one_order(alone: Living) -> None:
    first, second = alone.order(headers=KEY), alone.order(headers=KEY)
    until_closed(alone, first.json()["id"])
    third = alone.order(headers=KEY)
    assert first.json()["id"] == second.json()["id"] == third.json()["id"]
    assert third.status_code == 200
    assert len(alone.log()["orders"]) == 1


def test_the_files_of_a_repeat_are_not_kept(alone: Living) -> None:
    for _ in range(3):
        alone.order(headers=KEY)
    kept = [each for each in (alone.folder / "files").rglob("*") if each.is_file()]
    assert len(kept) == 1


def test_the_document_counts_by_its_content_however_it_comes(alone: Living) -> None:
    body = {"document": b64encode(INVOICE.read_bytes()).decode(), "model_id": MODEL}
    first = alone.order(headers=KEY)
    second = alone.call("POST", "/v1/mindee/extraction", json=body, headers=KEY)
    assert first.json()["id"] == second.json()["id"]


@pytest.mark.parametrize("change", ["field", "document", "action"])
def test_the_same_key_with_another_body_is_a_conflict(alone: Living, change: str) -> None:
    first = alone.order(headers=KEY).json()["id"]
    if change == "field":
        second = alone.order(headers=KEY, data={"alias": "another"})
    elif change == "document":
        files = {"document": ("invoice.pdf", b"%PDF-another")}
        data = {"model_id": MODEL}
        second = alone.call("POST", "/v1/mindee/extraction", data=data, files=files, headers=KEY)
    else:
        second = alone.order("/v1/mindee/ocr", headers=KEY)
    assert (second.status_code, second.json()["code"]) == (409, "key_reused")
    assert second.json()["operation"] == first


def test_the_key_of_another_owner_is_another_key(alone: Living) -> None:
    first = alone.order(headers=KEY).json()["id"]
    theirs = {**KEY, "X-API-Key": another_key(alone)}
    second = alone.order(headers=theirs, data={"alias": "theirs"})
    assert second.status_code in (200, 202)
    assert second.json()["id"] != first


def test_the_key_on_another_platform_is_another_key(alone: Living) -> None:
    first = alone.order(headers=KEY).json()["id"]
    second = alone.order("/power-automate/mindee/extraction", headers=KEY)
    assert second.status_code in (200, 202)
    assert second.json().get("id") != first


def test_without_a_key_every_order_is_its_own(alone: Living) -> None:
    assert alone.order().json()["id"] != alone.order().json()["id"]


def test_eight_at_once_are_one_order(alone: Living) -> None:
    gate, answers = threading.Barrier(8), []

    def order() -> None:
        gate.wait()
        answers.append(alone.order(headers=KEY))

    threads = [threading.Thread(target=order) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.status_code for each in answers} <= {200, 202}
    assert len({each.json()["id"] for each in answers}) == 1
    until_closed(alone, answers[0].json()["id"])
    assert len(alone.log()["orders"]) == 1


def test_a_repeat_of_a_failed_order_tells_the_same_failure(alone: Living) -> None:
    wrong = {"data": {"model_id": "99999999-9999-4999-8999-999999999999"}}
    first, second = alone.order(headers=KEY, **wrong), alone.order(headers=KEY, **wrong)
    assert first.status_code == second.status_code == 422
    assert first.json() == second.json()
    assert alone.log()["counts"]["submit"] == 1


def test_an_order_that_was_turned_down_does_not_use_its_key_up(alone: Living) -> None:
    refused = alone.order(headers=KEY, data={"nonsense": "1"})
    assert refused.status_code == 422
    assert alone.order(headers=KEY).status_code in (200, 202)


def test_a_url_repeated_is_fetched_and_ordered_once(tmp_path: Path) -> None:
    with quick(tmp_path, LOOPBACK) as system, documents(INVOICE.read_bytes()) as url:
        body = {"document_url": url, "model_id": MODEL}
        ids = {
            system.call("POST", "/v1/mindee/extraction", json=body, headers=KEY).json()["id"]
            for _ in range(3)
        }
        assert len(ids) == 1
        until_closed(system, ids.pop())
        assert len(system.log()["orders"]) == 1


@pytest.mark.parametrize("moment", ["open", "closed"])
@pytest.mark.parametrize(
    "path", ["/v1/acme/read", "/zapier/acme/read", "/power-automate/acme/read"]
)
def test_a_callback_that_comes_with_a_repeat_is_told_once_too(
    tmp_path: Path, path: str, moment: str
) -> None:
    order = {"text": "a", "copies": 1}
    with (
        acme() as (provider, settings),
        still(tmp_path, settings) as paused,
        receiving() as first,
        receiving() as second,
    ):

        def post(callback_url: str) -> int:
            body = {**order, "callback_url": callback_url}
            return paused.system.call("POST", path, json=body, headers=KEY).status_code

        assert post(first.url) == 202
        provider.state = "done"
        if moment == "closed":
            paused.pass_time(3)
            paused.pass_time(3)
        assert post(second.url) == (200 if moment == "closed" else 202)
        assert post(first.url) == (200 if moment == "closed" else 202)
        paused.pass_time(1.9)
        assert second.heard == []  # it does not overtake the answer
        for _ in range(4):
            paused.pass_time(3)
        assert (len(first.heard), len(second.heard)) == (1, 1)
        assert len(provider.orders) == 1
