"""What does a mistake look like, and what does it never show?"""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.living import Living
from tests.service.worlds import Still, quick, until_closed

UNKNOWN_MODEL = {"model_id": "99999999-9999-4999-8999-999999999999"}


def assert_problem(answer: requests.Response, status: int, code: str) -> None:
    """A problem document that platforms can show."""
    assert answer.status_code == status, answer.text
    flow = "/power-automate/" in str(answer.url)
    assert answer.headers["Content-Type"] == (
        "application/json" if flow else "application/problem+json"
    )
    body = answer.json()
    assert body["status"] == status
    assert body["code"] == body["error"]["code"] == code
    assert body["detail"] == body["error"]["message"]
    assert 0 < len(body["detail"]) <= 250
    assert "Traceback" not in answer.text
    assert "site-packages" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("prefix", ["/v1", "/power-automate"])
def test_mistakes_of_every_kind_are_problems(system: Living, prefix: str) -> None:
    order = f"{prefix}/mindee/extraction"
    broken = {"Content-Type": "application/json"}
    assert_problem(system.call("POST", order, data="{", headers=broken), 400, "bad_json")
    assert_problem(system.call("POST", order, json={"x" * 900: 1}), 422, "bad_input")
    assert_problem(system.call("POST", f"{prefix}/a/b"), 404, "unknown_provider")
    assert_problem(system.call("GET", f"{prefix}/no/such/place/at/all"), 404, "not_found")
    assert_problem(system.call("GET", order), 405, "method_not_allowed")
    assert_problem(system.call("PUT", order), 405, "method_not_allowed")
    assert_problem(system.call("POST", order, headers={"X-API-Key": "no"}), 401, "wrong_key")
    media = {"Content-Type": "text/csv"}
    assert_problem(
        system.call("POST", order, data="a", headers=media), 415, "unsupported_media_type"
    )


def test_a_method_that_is_not_taken_says_which_are(system: Living) -> None:
    answer = system.call("GET", "/v1/mindee/extraction")
    assert answer.headers["Allow"] == "OPTIONS, POST"


def test_paths_nowhere_are_problems(system: Living) -> None:
    for path in ("/", "/v1", "/nothing", "/power-automate", "/v1/operations/", "/%00", "/v1/ü/x"):
        assert_problem(system.call("GET", path), 404 if path != "/v1/ü/x" else 405,
                       "not_found" if path != "/v1/ü/x" else "method_not_allowed")  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "part"),
    [
        ("GET", "/v1/operations", "find"),
        ("GET", "/v1/operations/{id}", "open"),
        ("POST", "/v1/mindee/extraction", "submit"),
        ("POST", "/power-automate/mindee/extraction", "submit"),
        ("GET", "/power-automate/mindee/operations/{id}/result", "open"),
    ],
)
def test_a_bug_of_ours_is_a_500_that_tells_nothing(
    paused: Still,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    part: str,
) -> None:
    def broken(*given: Any, **more: Any) -> Any:
        raise RuntimeError("the secret word is swordfish")

    id = paused.system.order().json()["id"]
    monkeypatch.setattr(type(paused.system.engine), part, broken)
    said: Any = {"json": {"document": "YWJj", "model_id": UNKNOWN_MODEL["model_id"]}}
    more = said if method == "POST" else {}
    answer = paused.system.call(method, path.format(id=id), params={"token": "t0ken"}, **more)
    assert_problem(answer, 500, "internal")
    assert "swordfish" not in answer.text
    assert "swordfish" in caplog.text
    assert "t0ken" not in caplog.text


@pytest.mark.parametrize("platform", ["/v1", "/power-automate"])
def test_a_refusal_of_the_provider_is_a_422_in_its_own_words(system: Living, platform: str) -> None:
    answer = system.order(f"{platform}/mindee/extraction", data={**UNKNOWN_MODEL, "wait": "10"})
    assert_problem(answer, 422, "refused")
    assert answer.json()["provider_status"] == 422
    assert answer.json()["provider_code"] == "422-001"
    assert "no model has this id" in answer.json()["detail"]
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("platform", ["/v1", "/power-automate"])
def test_a_wrong_key_for_the_provider_is_a_refusal_and_not_a_401(
    system: Living, platform: str
) -> None:
    headers = {"X-Provider-Key": "not-the-form-of-a-key"}
    answer = system.order(f"{platform}/mindee/extraction", data={"wait": "10"}, headers=headers)
    assert_problem(answer, 422, "refused")
    assert answer.json()["provider_status"] == 401
    assert "not-the-form-of-a-key" not in answer.text


@pytest.mark.parametrize("platform", ["/v1", "/power-automate"])
def test_without_any_key_for_the_provider_nothing_is_ordered(tmp_path: Any, platform: str) -> None:
    with quick(tmp_path, {"MINDEE_API_KEY": ""}) as system:
        answer = system.order(f"{platform}/mindee/extraction")
        assert_problem(answer, 422, "no_provider_key")
        assert "MINDEE_API_KEY" in answer.json()["detail"]
        assert system.call("GET", "/v1/operations").json() == []
        assert [each for each in (tmp_path / "files").rglob("*") if each.is_file()] == []


@pytest.mark.parametrize(
    ("fault", "ending", "status", "code"),
    [
        ("submit:fail", "failed", 422, "500-012"),
        ("check_status:stuck", "canceled", 409, "canceled"),
    ],
)
def test_how_a_job_ended_is_told_at_its_result(
    alone: Living, fault: str, ending: str, status: int, code: str
) -> None:
    alone.misbehave(fault)
    id = alone.order().json()["id"]
    if ending == "canceled":
        alone.call("POST", f"/v1/operations/{id}/cancel")
    assert until_closed(alone, id)["status"] == ending
    for platform in ("/v1", "/power-automate/mindee"):
        answer = alone.call("GET", f"{platform}/operations/{id}/result")
        assert_problem(answer, status, code)
        assert "Retry-After" not in answer.headers
        assert answer.json()["operation_status"] == ending
        assert answer.json()["id"] == id
    document = alone.call("GET", f"/v1/operations/{id}")
    assert document.status_code == 200
    assert bool(document.json()["error"]) == (ending == "failed")
