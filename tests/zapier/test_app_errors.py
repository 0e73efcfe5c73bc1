"""What does an app make of a service's odd answers, and what does it say to whom?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Response

from tests.zapier.apps import Stub, package, stubbed, write
from tests.zapier.apps import node as node
from tests.zapier.runtime import App, Refused, Runtime

CALLBACK = "https://hooks.zapier.example/hooks/callback/1/u/s/"
JOB = {
    "id": "j1", "status": "succeeded", "result": {"score": 1}, "file_url": None, "note": None,
    "error_code": None, "error_message": None, "warning": None,
}  # fmt: skip
OCR = "creates.ocr.operation"


@pytest.fixture
def stub() -> Iterator[Stub]:
    """The service."""
    with stubbed() as made:
        yield made


@pytest.fixture(scope="module")
def make(
    node: Runtime, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Callable[[Stub], App]]:
    """Makes apps with these options, each with a connection to a stub."""

    def made(**options: Any) -> Callable[[Stub], App]:
        folder = write(tmp_path_factory.mktemp("stubbed"), package("mindee", **options))
        return lambda stub: App(node, folder, {"base_url": stub.url, "api_key": "a-key"})

    return made


@pytest.fixture(scope="module")
def usual(make: Callable[..., Any]) -> Callable[[Stub], App]:
    """The app without options."""
    made: Callable[[Stub], App] = make()
    return made


@pytest.fixture
def app(usual: Callable[[Stub], App], stub: Stub) -> App:
    """The app with a connection to the stub."""
    return usual(stub)


def answer(status: int, body: Any, **headers: str) -> Callable[[], Response]:
    """What a stub always answers; a text is no JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: Response(text, status, named, mimetype="application/problem+json")


def in_turn(*answers: Callable[[], Response]) -> Callable[[], Response]:
    """One answer after the other."""
    left = list(answers)
    return lambda: left.pop(0)()


def problem(status: int, code: str = "a_code", detail: str = "What to do.", **more: Any) -> Any:
    """An answer that refuses."""
    return answer(status, {"detail": detail, "code": code, **more})


def refused(app: App, method: str, **bundle: Any) -> Refused:
    """What was thrown."""
    with pytest.raises(Refused) as raised:
        app.call(method, **bundle)
    return raised.value


def test_rule_18_a_bad_key_asks_for_a_new_connection(app: App, stub: Stub) -> None:
    stub.answer = problem(401, detail="This key is not known.")

    for method in ("authentication.test", f"{OCR}.perform", "searches.find_job.operation.perform"):
        said = refused(app, method, inputData={"job_id": "j1"})
        assert (said.name, said.message) == ("ExpiredAuthError", "This key is not known.")


def test_rule_16_too_many_requests_come_back_later(app: App, stub: Stub) -> None:
    stub.answer = answer(429, {}, Retry_After="7")

    said = refused(app, f"{OCR}.perform")

    assert said.name == "ThrottledError"
    assert said.said["delay"] == 7


def test_a_busy_service_is_asked_later(app: App, stub: Stub) -> None:
    stub.answer = answer(503, {"detail": "Too busy."}, Retry_After="30")

    said = refused(app, f"{OCR}.perform", event={"callback_url": CALLBACK})

    assert said.name == "ThrottledError"
    assert said.said == {"message": "Too busy.", "delay": 30}


def test_a_service_that_is_down_without_an_end_is_an_error(app: App, stub: Stub) -> None:
    stub.answer = answer(503, "<html>")

    said = refused(app, f"{OCR}.perform")

    assert (said.name, said.said["status"]) == ("AppError", 503)
    assert said.said["message"] == "The service answered 503."


def test_a_refusal_is_said_in_the_services_words(app: App, stub: Stub) -> None:
    stub.answer = problem(422, "bad_input", "/model_id: Give a uuid.")

    said = refused(app, f"{OCR}.perform", event={"callback_url": CALLBACK})

    assert said.name == "AppError"
    assert said.said == {"message": "/model_id: Give a uuid.", "code": "bad_input", "status": 422}


@pytest.mark.parametrize("page", ["<html>Bad gateway</html>", "", "null", '["no", "object"]'])
def test_an_answer_that_cannot_be_read_is_an_error_all_the_same(
    app: App, stub: Stub, page: str
) -> None:
    stub.answer = answer(502, page)

    said = refused(app, f"{OCR}.perform")

    assert (said.name, said.said["status"]) == ("AppError", 502)


def test_a_long_message_is_cut_to_what_zapier_shows(app: App, stub: Stub) -> None:
    stub.answer = problem(400, detail="x" * 1000)

    assert refused(app, f"{OCR}.perform").said["message"] == "x" * 250


def test_a_redirect_is_not_followed_with_the_key(app: App, stub: Stub) -> None:
    with stubbed() as elsewhere:
        there = {"Location": f"{elsewhere.url}/v1/me"}
        stub.answer = lambda: Response(status=307, headers=there)

        said = refused(app, "authentication.test")

    assert said.said["code"] == "redirected"
    assert elsewhere.heard == []


@pytest.mark.parametrize(
    "url",
    [
        "http://connector.example.com", "connector.example.com", "", "ftp://localhost",
        "https://me:pw@connector.example.com", "https://connector.example.com/?a=1",
        "http://localhost.example.com", "https://connector.example.com/#a",
    ],
)  # fmt: skip
def test_an_address_to_which_no_key_should_go_is_not_asked(app: App, url: str) -> None:
    said = refused(
        App(app.runtime, app.folder, {**app.connection, "base_url": url}), f"{OCR}.perform"
    )

    assert said.said["code"] == "bad_base_url"


def test_an_address_may_have_a_path_and_slashes_at_its_end(app: App, stub: Stub) -> None:
    there = {**app.connection, "base_url": f" {stub.url}/adapter// "}

    App(app.runtime, app.folder, there).results("authentication.test")

    assert stub.heard[0]["path"] == "/adapter/v1/me"


def test_the_key_goes_along_and_says_who_asks(app: App, stub: Stub) -> None:
    app.results("authentication.test")
    headers = stub.heard[0]["headers"]

    assert headers["X-Api-Key"] == "a-key"
    assert headers["User-Agent"] == "Zapier"
    assert headers["X-Client"] == "connector-zapier-mindee/1.0.0"
    assert "X-Provider-Key" not in headers


def test_the_makers_own_key_goes_along(stub: Stub, app: App) -> None:
    own = App(app.runtime, app.folder, {**app.connection, "provider_key": "own"})

    own.results("authentication.test")

    assert stub.heard[0]["headers"]["X-Provider-Key"] == "own"


def test_the_key_goes_to_the_service_only(app: App, stub: Stub) -> None:
    with stubbed() as elsewhere:
        stub.answer = answer(200, {**JOB, "file_url": f"{elsewhere.url}/v1/files/f"})
        event = {"rpc_base": f"{elsewhere.url}/rpc"}

        refused(app, "hydrators.resultFile", event=event, inputData={"id": "j1"})

    asked = next(each for each in elsewhere.heard if each["path"] == "/v1/files/f")
    assert "X-Api-Key" not in asked["headers"]


def test_a_test_of_one_step_waits_and_asks_for_no_callback(app: App, stub: Stub) -> None:
    stub.answer = answer(200, JOB)

    done = app.call(
        f"{OCR}.perform",
        event={"callback_url": CALLBACK},
        inputData={"model_id": "m"},
        meta={"isLoadingSample": True},
    )

    assert done["status"] == "SUCCESS"
    assert stub.heard[0]["body"] == {"model_id": "m", "wait": 25}
    assert "Idempotency-Key" not in stub.heard[0]["headers"]


def test_rule_2_without_a_callback_url_the_job_is_submitted_all_the_same(
    app: App, stub: Stub
) -> None:
    stub.answer = answer(202, JOB)

    app.perform("creates.ocr", inputData={"model_id": "m"})

    assert stub.heard[0]["body"] == {"model_id": "m"}


def test_one_callback_url_is_one_job(app: App, stub: Stub) -> None:
    stub.answer = answer(202, JOB)
    for url in (CALLBACK, CALLBACK, f"{CALLBACK}2"):
        app.call(f"{OCR}.perform", event={"callback_url": url})

    first, second, third = (each["headers"]["Idempotency-Key"] for each in stub.heard)
    assert first == second != third
    assert "hooks" not in first


def test_a_repeat_whose_file_has_another_address_is_still_the_same_job(
    app: App, stub: Stub
) -> None:
    stub.answer = in_turn(problem(409, "key_reused", operation="j1"), answer(200, JOB))

    done = app.call(f"{OCR}.perform", event={"callback_url": CALLBACK})

    assert (done["status"], done["results"]["id"]) == ("CALLBACK", "j1")
    assert stub.heard[1]["path"] == "/zapier/mindee/jobs/j1"


def test_only_what_was_filled_in_is_sent(app: App, stub: Stub) -> None:
    stub.answer = answer(202, JOB)
    filled = {
        "document": "https://zapier.example/file", "document_name": "a.pdf", "model_id": "m",
        "alias": "", "webhook_ids": None, "rag": False, "raw_text": True,
        "of_an_older_app": "x", "text_context": "Fill {{name}} in, as {{bundle}} says.",
    }  # fmt: skip

    app.perform("creates.extraction_submit", inputData=filled)

    assert stub.heard[0]["body"] == {
        "document_url": "https://zapier.example/file", "document_name": "a.pdf", "model_id": "m",
        "rag": False, "raw_text": True, "text_context": "Fill {{name}} in, as {{bundle}} says.",
    }  # fmt: skip


def resumed(app: App, told: Any = None, id: Any = "j1") -> Any:
    """What the step returns when it goes on."""
    return app.results(
        f"{OCR}.performResume", outputData={"id": id}, cleanedRequest=told or {"id": "j1"}
    )


def test_what_resumes_a_step_is_not_believed(app: App, stub: Stub) -> None:
    stub.answer = answer(200, JOB)
    forged = {"id": "j1", "status": "succeeded", "result": {"score": 99}, "querystring": {}}

    done = resumed(app, forged)

    assert done == {**JOB, "file": None}
    assert stub.heard[0]["path"] == "/zapier/mindee/jobs/j1?wait=20"


def test_what_resumes_a_step_may_say_nothing(app: App, stub: Stub) -> None:
    stub.answer = answer(200, JOB)

    assert resumed(app, {"querystring": {}})["id"] == "j1"


@pytest.mark.parametrize(("told", "id"), [({"id": "j2"}, "j1"), ({"id": "j1"}, None)])
def test_a_message_about_another_job_is_refused(app: App, stub: Stub, told: Any, id: Any) -> None:
    with pytest.raises(Refused) as raised:
        resumed(app, told, id)

    assert raised.value.said["code"] == "other_job"
    assert stub.heard == []


def test_a_step_that_is_resumed_too_early_fails(app: App, stub: Stub) -> None:
    stub.answer = answer(200, {**JOB, "status": "running"})

    with pytest.raises(Refused) as raised:
        resumed(app)

    assert raised.value.said["code"] == "not_finished"


FAILED = {**JOB, "status": "failed", "error_code": "no_text", "error_message": "x" * 300}


def test_rule_9_a_failed_job_fails_the_step_in_the_services_words(app: App, stub: Stub) -> None:
    stub.answer = answer(200, FAILED)

    with pytest.raises(Refused) as raised:
        resumed(app)

    assert raised.value.name == "AppError"
    assert raised.value.said == {"message": "x" * 250, "code": "no_text", "status": 422}


def test_a_canceled_job_halts_the_run(app: App, stub: Stub) -> None:
    stub.answer = answer(200, {**JOB, "status": "canceled", "note": "Canceled by you."})

    with pytest.raises(Refused) as raised:
        resumed(app)

    assert (raised.value.name, raised.value.message) == ("HaltedError", "Canceled by you.")


def test_a_failed_job_may_be_an_answer(make: Callable[..., Any], stub: Stub) -> None:
    app = make(failed_jobs="answer")(stub)
    stub.answer = in_turn(
        answer(200, FAILED),
        problem(422, id="j1", operation_status="failed"),
        answer(200, FAILED),
        problem(422, "bad_input"),
    )

    assert resumed(app)["status"] == "failed"
    assert app.perform("creates.ocr")["status"] == "failed"
    assert refused(app, f"{OCR}.perform").said["code"] == "bad_input"


def test_a_result_that_was_deleted_is_a_warning(app: App, stub: Stub) -> None:
    stub.answer = in_turn(answer(200, {**JOB, "result": None}), problem(410, detail="Deleted."))

    (found,) = app.perform("searches.find_job", inputData={"job_id": "j1"})

    assert (found["result"], found["warning"]) == (None, "Deleted.")


def test_a_result_that_zapier_would_not_keep_is_a_warning(app: App, stub: Stub) -> None:
    large = {"text": "x" * 6_000_000}
    stub.answer = in_turn(answer(200, {**JOB, "result": None}), answer(200, large))

    (found,) = app.perform("searches.find_job", inputData={"job_id": "j1"})

    assert found["result"] is None
    assert "Result File" in found["warning"]


def test_a_result_that_cannot_be_fetched_is_an_error(app: App, stub: Stub) -> None:
    stub.answer = in_turn(answer(200, {**JOB, "result": None}), problem(500, "internal"))

    with pytest.raises(Refused) as raised:
        resumed(app)

    assert raised.value.said["code"] == "internal"


def test_a_search_for_nothing_says_what_to_give(app: App) -> None:
    said = refused(app, "searches.find_job.operation.perform")

    assert said.said["code"] == "nothing_to_find"


def test_a_search_that_fails_is_no_miss(app: App, stub: Stub) -> None:
    stub.answer = problem(500, "internal")

    said = refused(app, "searches.find_job.operation.perform", inputData={"job_id": "j1"})

    assert said.said["code"] == "internal"


def test_an_id_cannot_lead_to_another_address(app: App, stub: Stub) -> None:
    stub.answer = answer(404, {})

    app.perform("searches.find_job", inputData={"job_id": "../../v1/me?a=1#b"})

    assert stub.heard[0]["path"].startswith("/zapier/mindee/jobs/..")


def test_a_dropdown_is_narrowed_down_by_inputs_of_the_same_name(
    node: Runtime, stub: Stub, tmp_path: Path
) -> None:
    connection = {"base_url": stub.url, "api_key": "a-key"}
    app = App(node, write(tmp_path, package("documind")), connection)
    stub.answer = answer(200, [])

    app.perform("triggers.choices_extractions", inputData={"document_id": "d", "prompt": "x"})

    assert stub.heard[0]["path"] == "/zapier/documind/choices/extractions?document_id=d"


def test_fields_of_a_service_that_is_down_are_those_of_the_manifest(app: App, stub: Stub) -> None:
    stub.answer = problem(500)

    found = app.results("creates.extraction.operation.outputFields", inputData={"model_id": "m"})

    assert "result__id" in {each["key"] for each in found}


def test_fields_are_asked_for_with_the_inputs_that_decide_on_them(app: App, stub: Stub) -> None:
    stub.answer = answer(200, [{"key": "result__a", "label": "A"}])
    filled = {"model_id": "m", "data_schema": {"replace": {}}, "alias": "x", "rag": True}

    found = app.results("creates.extraction.operation.outputFields", inputData=filled)

    assert found[-1] == {"key": "result__a", "label": "A"}
    assert stub.heard[0]["path"] == (
        "/zapier/mindee/fields/extraction?data_schema=%7B%22replace%22%3A%7B%7D%7D&model_id=m"
    )
