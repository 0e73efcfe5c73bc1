"""How can a document be ordered? As a part, as base64 in every dress, by URL."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.living import INVOICE, MODEL, Living
from tests.service.worlds import Still, documents, until_closed

CONTENT = INVOICE.read_bytes()
SHA = hashlib.sha256(CONTENT).hexdigest()
TEXT = base64.b64encode(CONTENT).decode()
ORDER = "/v1/mindee/extraction"


def ordered(system: Living, id: str) -> dict[str, Any]:
    """What the provider got for an operation that succeeded."""
    done = until_closed(system, id)
    assert done["status"] == "succeeded", done
    job = done["result"]["job"]["id"]
    found: dict[str, Any] = next(each for each in system.log()["orders"] if each["job"] == job)
    return found


@pytest.mark.parametrize(
    "document",
    [
        TEXT,
        f"data:application/pdf;base64,{TEXT}",
        f"data:application/pdf;name=invoice.pdf;base64,{TEXT}",
        {"$content-type": "application/pdf", "$content": TEXT},
        base64.urlsafe_b64encode(CONTENT).decode(),
        base64.urlsafe_b64encode(CONTENT).decode().rstrip("="),
        base64.encodebytes(CONTENT).decode(),
        "\r\n".join(TEXT[at : at + 64] for at in range(0, len(TEXT), 64)),
    ],
    ids=["plain", "data-url", "named-data-url", "power", "url-safe", "bare", "lines", "crlf"],
)
def test_a_document_comes_as_base64_in_any_dress(system: Living, document: Any) -> None:
    body = {"document": document, "document_name": "bill.pdf", "model_id": MODEL}
    answer = system.call("POST", ORDER, json=body)
    assert answer.status_code in (200, 202), answer.text
    order = ordered(system, answer.json()["id"])
    assert (order["sha256"], order["filename"]) == (SHA, "bill.pdf")


def test_a_document_without_a_name_gets_one_that_fits_it(system: Living) -> None:
    answer = system.call("POST", ORDER, json={"document": TEXT, "model_id": MODEL})
    assert ordered(system, answer.json()["id"])["filename"] == "document.pdf"


def test_a_document_comes_as_a_part_with_its_name(system: Living) -> None:
    order = ordered(system, system.order().json()["id"])
    assert (order["sha256"], order["filename"]) == (SHA, "invoice.pdf")


def test_the_name_of_a_part_loses_its_folders(system: Living) -> None:
    files = {"document": ("/papers/../bill.pdf", CONTENT)}
    answer = system.call("POST", ORDER, data={"model_id": MODEL}, files=files)
    assert ordered(system, answer.json()["id"])["filename"] == "bill.pdf"


def test_a_field_beside_the_part_can_name_it(system: Living) -> None:
    answer = system.order(data={"document_name": "other.pdf"})
    assert ordered(system, answer.json()["id"])["filename"] == "other.pdf"


def test_a_form_takes_the_document_as_base64(system: Living) -> None:
    data = {"model_id": MODEL, "document": TEXT, "document_name": "bill.pdf", "rag": "false"}
    answer = system.call("POST", ORDER, data=data)
    order = ordered(system, answer.json()["id"])
    assert (order["sha256"], order["filename"]) == (SHA, "bill.pdf")


@pytest.mark.parametrize("multipart", [False, True])
def test_a_form_takes_a_document_of_some_megabytes(system: Living, multipart: bool) -> None:
    content = CONTENT + b" " * 2_000_000
    data = {"model_id": MODEL, "document": base64.b64encode(content).decode()}
    said: Any = {"files": {k: (None, v) for k, v in data.items()}} if multipart else {"data": data}
    answer = system.call("POST", ORDER, **said)
    assert answer.status_code in (200, 202), answer.text
    assert ordered(system, answer.json()["id"])["sha256"] == hashlib.sha256(content).hexdigest()


def test_lists_and_truths_of_a_form_arrive_as_what_they_are(paused: Still) -> None:
    first, second = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    given = {"rag": "yes", "raw_text": "0", "webhook_ids": f"{first}, {second}"}
    id = paused.system.order(data=given).json()["id"]
    kept = paused.system.engine.get(id, None).input
    assert (kept["rag"], kept["raw_text"]) == (True, False)
    assert kept["webhook_ids"] == [first, second]


def test_a_document_is_fetched_from_its_url(system: Living) -> None:
    with documents(CONTENT) as url:
        answer = system.call("POST", ORDER, json={"document_url": url, "model_id": MODEL})
        order = ordered(system, answer.json()["id"])
    assert (order["sha256"], order["filename"]) == (SHA, "bill.pdf")


def test_a_document_from_a_url_can_be_named(system: Living) -> None:
    with documents(CONTENT) as url:
        body = {"document_url": url, "document_name": "mine.pdf", "model_id": MODEL}
        order = ordered(system, system.call("POST", ORDER, json=body).json()["id"])
    assert order["filename"] == "mine.pdf"


def test_a_url_that_brings_nothing_fails_the_job_and_orders_nothing(paused: Still) -> None:
    with documents(CONTENT, status=404) as url:
        answer = paused.system.call("POST", ORDER, json={"document_url": url, "model_id": MODEL})
        done = paused.finish(answer.json()["id"])
    assert done["error"]["code"] == "file_unavailable"
    assert "404" in done["error"]["message"]
    assert paused.system.log()["orders"] == []


@pytest.mark.parametrize("media", ["application/json", "application/vnd.acme+json"])
def test_any_json_type_is_read(paused: Still, media: str) -> None:
    body = f'{{"document": "{TEXT}", "model_id": "{MODEL}"}}'
    answer = paused.system.call("POST", ORDER, data=body, headers={"Content-Type": media})
    assert answer.status_code == 202


def test_null_means_that_a_field_was_not_given(paused: Still) -> None:
    body = {"document": TEXT, "model_id": MODEL, "alias": None, "rag": None, "document_url": None}
    answer = paused.system.call("POST", ORDER, json=body)
    assert answer.status_code == 202, answer.text
    assert "alias" not in paused.system.engine.get(answer.json()["id"], None).input


@pytest.mark.parametrize("way", ["body", "query", "form"])
def test_the_callers_own_reference_comes_back(paused: Still, way: str) -> None:
    words = {"client_ref": "order 4711 / ü"}
    if way == "form":
        answer = paused.system.order(data=words)
    elif way == "query":
        answer = paused.system.order(params=words)
    else:
        body = {"document": TEXT, "model_id": MODEL, **words}
        answer = paused.system.call("POST", ORDER, json=body)
    assert answer.json()["client_ref"] == words["client_ref"]
    found = paused.system.call("GET", f"/v1/operations/{answer.json()['id']}").json()
    assert found["client_ref"] == words["client_ref"]
