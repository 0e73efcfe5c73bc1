"""Is a submit taken and refused as Mindee does it?"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from connector.simulators.mindee import MODELS
from tests.serving import serving
from tests.simulators.bench import DOCUMENTS, KEY, MODEL, Bench

HOOKS = [hook["id"] for hook in MODELS[0].webhooks]
TEXT = (DOCUMENTS / "invoice.txt").read_bytes()


def wrong(answer: Any) -> dict[str, str]:
    """Pointer -> detail of a 422."""
    assert answer.status_code == 422
    assert answer.content_type == "application/json"
    assert answer.json["code"] == "422-001"
    assert answer.json["title"] == "Invalid fields in form"
    return {error["pointer"]: error["detail"] for error in answer.json["errors"]}


def test_both_path_families_answer_202_and_keep_to_their_own_result_paths() -> None:
    bench = Bench()
    new, old = bench.submit(), bench.submit(path="/v2/inferences/enqueue")
    bench.now += 10

    for answer, part in ((new, "/v2/products/extraction/results/"), (old, "/v2/inferences/")):
        assert answer.status_code == 202
        job = answer.json["job"]
        assert job["status"] == "Processing"
        assert job["result_url"] is None
        assert job["polling_url"] == f"http://localhost/v2/jobs/{job['id']}"
        ended = bench.get(job["polling_url"])
        assert ended.location == f"http://localhost{part}{job['id']}"
        assert bench.get(ended.location).status_code == 200


def test_three_content_types_are_taken() -> None:
    bench = Bench()
    encoded = base64.b64encode(TEXT).decode()
    fields = {"model_id": MODEL["extraction"], "file_base64": encoded, "filename": "a.txt"}
    submit = "/v2/products/extraction/enqueue"

    sent = [
        bench.client.post(submit, json={**fields, "polygon": True}, headers=KEY),
        bench.client.post(submit, data={**fields, "polygon": "true"}, headers=KEY),
        bench.submit(TEXT, filename="a.txt", polygon="true"),
    ]

    bench.now += 10
    for answer in sent:
        assert answer.status_code == 202
        job = answer.json["job"]
        assert job["filename"] in ("a.txt", "given.pdf")
        done = bench.get(f"/v2/products/extraction/results/{job['id']}").json["inference"]
        assert done["result"]["fields"]["total_amount"]["value"] == 396.06
        assert done["active_options"]["polygon"] is True


def test_both_forms_of_webhook_ids_come_back_on_the_job() -> None:
    bench = Bench()

    for given in (HOOKS, ",".join(HOOKS)):
        job = bench.submit(webhook_ids=given).json["job"]
        assert [hook["id"] for hook in job["webhooks"]] == HOOKS
        assert job["webhooks"][0]["attempts_count"] == 0
    assert bench.log()["orders"][1]["webhook_ids"] == HOOKS


def test_a_json_list_of_webhook_ids_is_taken_too() -> None:
    body = {
        "model_id": MODEL["ocr"],
        "file_base64": base64.b64encode(TEXT).decode(),
        "webhook_ids": HOOKS,
    }
    answer = Bench().client.post("/v2/products/ocr/enqueue", json=body, headers=KEY)

    assert len(answer.json["job"]["webhooks"]) == 2


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"model_id": []}, "#/model_id"),
        ({"model_id": "12345678-1234-1234-1234-123456789abc"}, "#/model_id"),
        ({"model_id": "7b1c0c5e-0d58-4d3c-9f3e-6d0c3a1b2c3d"}, "#/model_id"),
        ({"model_id": MODEL["ocr"]}, "#/model_id"),
        ({"polygon": "True"}, "#/polygon"),
        ({"confidence": "1"}, "#/confidence"),
        ({"webhook_ids": "not-an-id"}, "#/webhook_ids"),
        ({"alias": ["a", "b"]}, "#/alias"),
        ({"data_schema": "{"}, "#/data_schema"),
        ({"data_schema": '{"replace": {"fields": [{"name": "a", "type": "x"}]}}'}, "#/data_schema"),
        ({"file": None}, "#/file"),
        ({"url": "https://example.com/a.pdf"}, "#/file"),
        ({"file": None, "url": "http://example.com/a.pdf"}, "#/url"),
        ({"file": None, "url": "https://example.com/" + "a" * 2048}, "#/url"),
        ({"file": None, "file_base64": "dG9v"}, "#/file_base64"),
        ({"file": None, "file_base64": "n" * 15 + "!"}, "#/file_base64"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], pointer: str) -> None:
    assert pointer in wrong(Bench().submit(**fields))


def test_all_wrong_fields_are_named_at_once() -> None:
    answer = Bench().submit(model_id="x", polygon="yes", rag="on")

    assert set(wrong(answer)) == {"#/model_id", "#/polygon", "#/rag"}


def test_a_body_that_is_no_json_object_is_refused() -> None:
    client = Bench().client
    for body in ("[1]", "{"):
        wrong(client.post("/v2/inferences/enqueue", data=body, headers=KEY,
                          content_type="application/json"))  # fmt: skip


def test_options_of_extraction_mean_nothing_to_the_other_products() -> None:
    assert Bench().submit(product="ocr", polygon="nonsense").status_code == 202


@pytest.mark.parametrize("allowed", [False, True])
def test_a_url_is_fetched_from_this_machine_only_and_only_when_allowed(allowed: bool) -> None:
    def files(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [TEXT]

    bench = Bench(fetch_loopback=allowed)
    with serving(files) as url:
        answer = bench.submit(None, url=f"{url}/papers/my%20invoice.txt")
        if not allowed:
            assert "#/url" in wrong(answer)
            return
        assert answer.json["job"]["filename"] == "my invoice.txt"
        bench.now += 10
        done = bench.get(bench.get(f"/v2/jobs/{answer.json['job']['id']}").location)
    assert done.json["inference"]["result"]["fields"]["supplier"]["value"] == "Marlow Garden Tools"


def test_a_public_url_ends_in_a_failed_job() -> None:
    job = Bench(fetch_loopback=True).finish(None, url="https://example.com/a.pdf")

    assert job["status"] == "Failed"
    assert job["error"]["detail"] == "The file could not be downloaded."


@pytest.mark.parametrize(
    ("header", "code"),
    [(None, "401-008"), ("Bearer md_test", "401-001"), ("sk_test", "401-001")],
)
def test_only_the_bare_key_opens(header: str | None, code: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = Bench().client.get("/v2/search/models", headers=headers)

    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert set(answer.json) == {"status", "title", "code", "detail", "errors"}


def test_with_a_key_set_no_other_opens() -> None:
    bench = Bench(key="md_right")

    assert bench.get("/v2/search/models").status_code == 401
    assert bench.get("/v2/search/models", Authorization="md_right").status_code == 200


def test_an_order_is_logged_as_it_came() -> None:
    bench = Bench()
    job = bench.submit(TEXT, alias="our-1").json["job"]
    seen = bench.log()["orders"]

    assert seen == [
        {
            "job": job["id"],
            "at": bench.now,
            "product": "extraction",
            "model_id": MODEL["extraction"],
            "filename": "given.pdf",
            "alias": "our-1",
            "sha256": hashlib.sha256(TEXT).hexdigest(),
            "webhook_ids": [],
        }
    ]
