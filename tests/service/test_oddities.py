"""Odd requests and odd answers: each has a plain answer, and none is a bug of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import jsonify

from tests.living import Living
from tests.service.acme import KEY, acme
from tests.service.test_endings import ORDER
from tests.service.worlds import still


@pytest.mark.parametrize("limit", ["0", "201", "00000000199999", "9" * 5000, "-1", "ten", "\u0663"])
def test_a_page_has_a_length_that_we_allow(system: Living, limit: str) -> None:
    answer = system.call("GET", "/v1/operations", params={"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/limit")


def test_a_page_keeps_any_query_in_its_link(system: Living) -> None:
    for _ in range(2):
        system.order()
    odd = {"limit": 1, "path": "x", "self": "y"}
    answer = system.call("GET", "/v1/operations", params=odd)
    assert answer.status_code == 200
    assert "path=x" in answer.headers["Link"]


@pytest.mark.parametrize("pace", [{}, [], 7, "unknown"])
def test_a_pace_is_a_name_that_the_manifest_knows(system: Living, pace: Any) -> None:
    body = {
        "model_id": "8f6f3c1e-2b7a-4d55-9a0e-1c4b7d2e6f01",
        "document": "JVBERg==",
        "pace": pace,
    }
    answer = system.call("POST", "/v1/mindee/extraction", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/pace"


@pytest.mark.parametrize("word", ["provider", "action"])
def test_a_subscription_names_something_or_leaves_it_out(system: Living, word: str) -> None:
    body = {"target": "https://hooks.example.com/1", word: ""}
    answer = system.call("POST", "/v1/subscriptions", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{word}")


def test_a_provider_that_repeats_our_key_does_not_tell_it_to_the_caller(tmp_path: Path) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        said = {"error": {"code": "bad", "message": f"the key {KEY} is not valid"}, "reason": KEY}
        provider.taking = lambda: (jsonify(said), 400)
        system = paused.system
        id = system.call("POST", "/v1/acme/read", json=ORDER).json()["id"]
        paused.finish(id)
        seen = system.call("GET", f"/v1/operations/{id}").text
        assert json.loads(seen)["status"] == "failed"
        assert KEY not in seen
        assert KEY not in system.call("GET", f"/v1/operations/{id}/history").text


@pytest.mark.parametrize("value", [[1, 2], ["x" * 70_000], "y" * 70_000])
def test_power_automate_gets_an_object_whatever_the_result_and_its_size(
    tmp_path: Path, value: Any
) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        provider.state, provider.value = "done", value
        system = paused.system
        id = system.call("POST", "/v1/acme/read", json=ORDER).json()["id"]
        paused.finish(id)
        answer = system.call("GET", f"/power-automate/acme/operations/{id}/result")
        assert answer.json() == {"result": value}
        assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_an_empty_file_is_refused_before_anything_is_ordered(system: Living) -> None:
    before = len(system.log()["orders"])
    files = {"document": ("empty.pdf", b"", "application/pdf")}
    data = {"model_id": "8f6f3c1e-2b7a-4d55-9a0e-1c4b7d2e6f01"}
    answer = system.call("POST", "/v1/mindee/extraction", data=data, files=files)
    assert answer.json()["errors"] == [{"pointer": "/document", "detail": "The file is empty."}]
    assert len(system.log()["orders"]) == before
