"""What does a step order, with whatever Webhooks by Zapier and an app make of it?"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.living import INVOICE, MODEL
from tests.service.worlds import documents, receiving
from tests.zapier.worlds import JOB, TEXTS, World, order

CALLBACK = "https://zapier.com/hooks/callback/17/3f1c/0123456789abcdef0123456789abcdef01234567/"
CATCH = "https://hooks.zapier.com/hooks/catch/17/abc/"


def test_texts_count_as_what_a_field_takes(here: World) -> None:
    answer = here.submit(copies="3", weight="1.5", paper='{"a/b": "x"}', document="")

    assert here.input(answer) == {"text": "a", "copies": 3, "weight": 1.5, "paper": {"a/b": "x"}}


def test_lists_may_be_lists_or_texts(here: World) -> None:
    ids = [MODEL, MODEL.replace("8", "9")]
    for said in (ids, json.dumps(ids), ", ".join(ids)):
        body = order(webhook_ids=said, rag="yes", polygon="false", document=document())
        answer = here.call("POST", "mindee/extraction", json=body)
        assert here.input(answer)["webhook_ids"] == ids
        assert (here.input(answer)["rag"], here.input(answer)["polygon"]) == (True, False)


def test_what_does_not_fit_is_refused_with_its_place(here: World) -> None:
    answer = here.submit(copies="many", paper="[1]", weight="heavy", color="red")

    assert answer.status_code == 422
    places = {each["pointer"] for each in answer.json()["errors"]}
    assert places == {"/copies", "/paper", "/weight", "/color"}
    assert len(answer.json()["error"]["message"]) <= 250


@pytest.mark.parametrize("form", [True, False])
def test_names_may_be_paths(here: World, form: bool) -> None:
    fields = {
        "schema__parts__total__type": "number",
        "schema__required__0": "total",
        "schema__required__1": "date",
        "model": "m-1",
        "strict": "true",
    }
    answer = here.call("POST", "forms/read", **({"data": fields} if form else {"json": fields}))

    schema = {"parts": {"total": {"type": "number"}}, "required": ["total", "date"]}
    assert here.input(answer) == {"schema": schema, "model": "m-1", "strict": True}


def test_texts_at_the_end_of_a_path_count_as_what_stands_there(here: World) -> None:
    answer = here.submit(**{"paper__a/b": "x", "copies__more": "1"})

    assert answer.status_code == 422, "copies is a number already"
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/copies__more"]
    assert here.input(here.submit(**{"paper__a/b": "x"}))["paper"] == {"a/b": "x"}


def test_a_file_may_be_the_only_part_whatever_its_name(here: World) -> None:
    for name in ("document", "file", "Upload 1"):
        files = {name: ("bill.pdf", INVOICE.read_bytes(), "application/pdf")}
        answer = here.call("POST", "mindee/extraction", data=order(), files=files)
        assert here.input(answer)["document"]["name"] == "bill.pdf"


def test_two_file_parts_must_have_the_names_of_fields(here: World) -> None:
    parts = [("file", ("a.pdf", b"%PDF a")), ("other", ("b.pdf", b"%PDF b"))]
    answer = here.call("POST", "mindee/extraction", data=order(), files=parts)

    assert answer.status_code == 422
    places = {each["pointer"] for each in answer.json()["errors"]}
    assert places == {"/document", "/file", "/other"}


def test_a_file_may_come_as_base64_or_as_its_address(here: World) -> None:
    with documents(INVOICE.read_bytes()) as url:
        for name in ("document_url", "document"):
            for sent in ("json", "data"):
                body = order(**{name: url})
                answer = here.call("POST", "mindee/extraction", **{sent: body})
                assert here.input(answer)["document_url"] == url
                here.finish(answer.json()["id"])
                assert here.job(answer.json()["id"], "mindee")["status"] == "succeeded"
    encoded = order(document=document(), document_url="")
    assert here.input(here.call("POST", "mindee/extraction", json=encoded))["document"]["size"]


def test_an_array_of_one_object_is_that_object(here: World) -> None:
    answer = here.call("POST", "acme/read", json=[{**TEXTS, "wait": "0"}])

    assert here.input(answer)["copies"] == 2


@pytest.mark.parametrize("body", [[], [TEXTS, TEXTS], ["a"], [[TEXTS]], "a", 5, None])
def test_any_other_array_is_refused(here: World, body: Any) -> None:
    answer = here.call("POST", "acme/read", data=json.dumps(body), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_object")


def test_other_platforms_take_no_array_and_no_paths(here: World) -> None:
    wrapped = here.system.call("POST", "/v1/acme/read", json=[{"text": "a", "copies": 1}])
    body = {"text": "a", "copies": 1, "paper__a/b": "x"}
    path = here.system.call("POST", "/v1/acme/read", json=body)

    assert (wrapped.status_code, path.status_code) == (422, 422)


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"<text>a</text>", "application/xml", 415),
        (b"<text>a</text>", "text/xml; charset=utf-8", 415),
        (b"text", "text/plain", 415),
        (b"{", "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 422),
        (b'{"paper":' + b'{"a":' * 2000 + b"1" + b"}" * 2001, "application/json", 400),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    here: World, body: bytes, media: str, status: int
) -> None:
    answer = here.call("POST", "acme/read", data=body, headers={"Content-Type": media})

    assert answer.status_code == status, answer.text
    assert "JSON" in answer.json()["detail"] or "nested" in answer.json()["detail"]


@pytest.mark.parametrize("said", [{}, {"callback_url": None}, {"callback_url": ""}])
def test_no_callback_is_none(here: World, said: dict[str, Any]) -> None:
    assert here.submit(**said).status_code == 202
    text = {name: value or "" for name, value in said.items()}
    assert here.call("POST", "acme/read", data={**TEXTS, **text}).status_code == 202


@pytest.mark.parametrize("url", [CALLBACK, CATCH])
def test_a_callback_of_zapier_is_taken(paused: World, url: str) -> None:
    assert paused.submit(callback_url=url).status_code == 202


def test_an_open_job_is_202_and_a_finished_one_200(here: World) -> None:
    working = here.submit()
    here.provider.state = "done"
    done = here.submit(wait="10")

    assert (working.status_code, done.status_code) == (202, 200)
    assert set(working.json()) == set(done.json()) == JOB
    assert done.json()["result"] == {"score": 97}
    assert done.json()["warning"] is working.json()["warning"] is None
    assert int(working.headers["Retry-After"]) >= 1
    assert "Location" not in working.headers


def test_whoever_waited_in_vain_is_warned(here: World) -> None:
    answer = here.submit(wait="0.2")

    assert answer.status_code == 202
    assert answer.json()["warning"].startswith("The job is not finished after 0.2 s")
    assert here.submit(wait="0").json()["warning"] is None
    assert here.submit(wait="").json()["warning"] is None


def test_words_of_the_order_come_as_texts_and_come_back(here: World) -> None:
    answer = here.submit(client_ref="row 7", timeout="soon", wait="0")

    assert answer.json()["client_ref"] == "row 7"
    op = here.system.engine.get(answer.json()["id"], None)
    assert (op.platform, op.deadline_at - op.created_at) == ("zapier", 60)
    assert here.submit(timeout="120").status_code == 202
    assert here.submit(timeout="never").status_code == 422
    assert here.submit(wait="long").status_code == 422


def test_the_providers_key_may_come_along(here: World) -> None:
    headers = {"X-Provider-Key": "a key of the zap"}
    here.call("POST", "acme/read", json=TEXTS, headers=headers)

    assert "a key of the zap" in here.provider.keys


def test_an_order_that_fails_at_once_is_a_problem(here: World) -> None:
    here.provider.state = "rejected"
    answer = here.submit(wait="10")

    assert (answer.status_code, answer.json()["operation_status"]) == (422, "failed")
    assert answer.json()["error"] == {"code": "provider_failed", "message": "because"}
    refused = here.document(data={"model_id": "99999999-9999-4999-8999-999999999999"})
    assert refused.status_code == 422


def test_a_replay_is_answered_by_what_became_of_the_job(paused: World) -> None:
    def replay(key: str, **more: Any) -> Any:
        headers = {"Idempotency-Key": key}
        return paused.call("POST", "acme/read", json={**TEXTS, **more}, headers=headers)

    ids = [replay(key).json()["id"] for key in ("one", "two")]
    paused.pass_time(1)
    paused.call("POST", f"acme/jobs/{ids[1]}/cancel")
    paused.provider.state = "done"
    for id in ids:
        paused.finish(id)
    assert (replay("one").status_code, replay("one").json()["id"]) == (200, ids[0])
    assert (replay("two").status_code, replay("two").json()["code"]) == (409, "canceled")
    assert (replay("one", text="b").status_code, len(paused.provider.orders)) == (409, 2)
    assert replay("one", text="b").json()["operation"] == ids[0]
    paused.system.call("DELETE", f"/v1/operations/{ids[0]}")
    assert (replay("one").status_code, replay("one").json()["code"]) == (410, "result_deleted")


def test_the_end_is_told_once_to_the_callback(paused: World) -> None:
    with receiving() as receiver:
        answer = paused.submit(callback_url=receiver.url, client_ref="r-1")
        paused.provider.state = "done"
        paused.finish(answer.json()["id"])
        paused.pass_time(86_400)
    assert receiver.bodies() == [paused.job(answer.json()["id"])]
    assert receiver.bodies()[0]["client_ref"] == "r-1"


JSON = {"Content-Type": "application/json"}


def document() -> str:
    """The sample invoice in base64."""
    return base64.b64encode(INVOICE.read_bytes()).decode()
