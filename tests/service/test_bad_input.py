"""What is said of an order that cannot be taken? Everything at once, and what to do."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.living import MODEL, Living
from tests.service.acme import acme
from tests.service.worlds import Still, documents, quick, still

ORDER = "/v1/mindee/extraction"
TEXT = b64encode(b"%PDF-1.7 of the tests").decode()
GOOD = {"document": TEXT, "model_id": MODEL}


def pointers(answer: requests.Response) -> list[str]:
    """The fields that a 422 complains of."""
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "bad_input"
    return [each["pointer"] for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/nobody/extraction", "unknown_provider"),
        ("/v1/mindee/nothing", "unknown_action"),
        ("/power-automate/nobody/extraction", "unknown_provider"),
        ("/power-automate/mindee/nothing", "unknown_action"),
    ],
)
def test_unknown_providers_and_actions_are_named_with_the_known_ones(
    system: Living, path: str, code: str
) -> None:
    answer = system.call("POST", path, json=GOOD)
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert ("mindee" if code == "unknown_provider" else "extraction") in answer.json()["detail"]


def test_all_that_is_wrong_is_said_at_once(system: Living) -> None:
    body = {
        "document": TEXT,
        "model_id": 5,
        "rag": "perhaps",
        "webhook_ids": [1, "x"],
        "alias": "a" * 257,
        "nonsense": 1,
        "~/odd": 1,
        "timeout": "soon",
        "callback_url": "http://receiver.example",
    }
    answer = system.call("POST", ORDER, json=body)
    assert set(pointers(answer)) == {
        "/model_id",
        "/rag",
        "/webhook_ids/0",
        "/webhook_ids/1",
        "/alias",
        "/nonsense",
        "/~0~1odd",
        "/timeout",
        "/callback_url",
    }
    assert "more in errors" in answer.json()["detail"]
    assert all(each["detail"].endswith(".") for each in answer.json()["errors"])


def test_each_problem_is_said_once(tmp_path: Path) -> None:
    with acme() as (_, settings), still(tmp_path, settings) as paused:
        answer = paused.system.call("POST", "/v1/acme/read", json={})
        assert sorted(pointers(answer)) == ["/copies", "/text"]
        nested = {"text": "a", "copies": 0, "weight": "much", "paper": {"a/b": 1, "c": 2}}
        answer = paused.system.call("POST", "/v1/acme/read", json=nested)
        assert sorted(pointers(answer)) == ["/copies", "/paper/a~1b", "/paper/c", "/weight"]


@pytest.mark.parametrize("weight", ["nan", "inf", "-Infinity", "1e999"])
def test_a_form_brings_no_numbers_that_json_does_not_know(tmp_path: Path, weight: str) -> None:
    with acme() as (_, settings), still(tmp_path, settings) as paused:
        form = {"text": "a", "copies": "1", "weight": weight, "paper": '{"a/b": "c"}'}
        assert pointers(paused.system.call("POST", "/v1/acme/read", data=form)) == ["/weight"]


def test_a_missing_document_is_asked_for_in_all_its_forms(system: Living) -> None:
    for body in ({"model_id": MODEL}, {"model_id": MODEL, "document": None}):
        answer = system.call("POST", ORDER, json=body)
        assert pointers(answer) == ["/document"]
        assert "document_url" in answer.json()["detail"]
    assert pointers(system.call("POST", ORDER)) == ["/document", "/model_id"]


@pytest.mark.parametrize(
    "document",
    [
        "not base64 at all!",
        "a",
        "====",
        "data:application/pdf;base64,@@@",
        "data:application/pdf,plain",
        "\u00e4\u00e4\u00e4\u00e4",
        5,
        True,
        [TEXT],
        {},
        {"$content": 5},
        {"$content": "@@"},
        {"$content-type": "application/pdf"},
        {"$file": "6b0278933548ced5380279efec084f7e"},
    ],
)
def test_an_unreadable_document_is_a_wrong_field(system: Living, document: Any) -> None:
    answer = system.call("POST", ORDER, json={"document": document, "model_id": MODEL})
    assert pointers(answer) == ["/document"]


def test_a_strange_content_type_beside_a_content_is_passed_over(paused: Still) -> None:
    document = {"$content": TEXT, "$content-type": {"not": "text"}}
    answer = paused.system.call("POST", ORDER, json={**GOOD, "document": document})
    assert answer.status_code == 202


def test_an_unreadable_document_in_a_form_is_a_wrong_field(system: Living) -> None:
    answer = system.call("POST", ORDER, data={"document": "@@@", "model_id": MODEL})
    assert pointers(answer) == ["/document"]


def test_a_part_of_an_unknown_name_is_an_unknown_field(paused: Still) -> None:
    files = {"paper": ("a.pdf", b"%PDF"), "document": ("b.pdf", b"%PDF")}
    answer = paused.system.call("POST", ORDER, data={"model_id": MODEL}, files=files)
    assert pointers(answer) == ["/paper"]
    assert [each for each in (paused.system.folder / "files").rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("field", ["document_url", "callback_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://files.example/a.pdf",
        "ftp://files.example/a.pdf",
        "file:///etc/passwd",
        "https://127.0.0.1/a.pdf",
        "https://localhost/a.pdf",
        "https://10.1.2.3/a.pdf",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.pdf",
        "https://[::ffff:127.0.0.1]/a.pdf",
        "https://0x7f.1/a.pdf",
        "https://user:word@files.example/a.pdf",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public_https_are_refused(
    strict: Living, field: str, url: str
) -> None:
    body = {**GOOD, field: url} if field == "callback_url" else {"model_id": MODEL, field: url}
    assert pointers(strict.call("POST", ORDER, json=body)) == [f"/{field}"]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A system that lets callers name no private address."""
    with quick(tmp_path_factory.mktemp("strict"), {"CONNECTOR_ALLOWED_HOSTS": ""}) as made:
        yield made


def test_a_private_host_is_fetched_from_only_where_the_operator_lists_it(strict: Living) -> None:
    with documents(b"%PDF") as url:
        body = {"model_id": MODEL, "document_url": url}
        assert pointers(strict.call("POST", ORDER, json=body)) == ["/document_url"]


def test_a_document_and_its_url_together_are_too_much(system: Living) -> None:
    body = {**GOOD, "document_url": "https://files.example/a.pdf"}
    assert pointers(system.call("POST", ORDER, json=body)) == ["/document_url"]


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        ({"wait": "long"}, "/wait"),
        ({"wait": -1}, "/wait"),
        ({"wait": [1]}, "/wait"),
        ({"wait": "nan"}, "/wait"),
        ({"wait": "1" + "0" * 400}, "/wait"),
        ({"timeout": "soon"}, "/timeout"),
        ({"timeout": 0}, "/timeout"),
        ({"timeout": 10**18}, "/timeout"),
        ({"timeout": "9" * 5000}, "/timeout"),
        ({"timeout": {"a": 1}}, "/timeout"),
        ({"timeout": "nan"}, "/timeout"),
        ({"client_ref": 5}, "/client_ref"),
        ({"client_ref": "a\u0000b"}, "/client_ref"),
        ({"client_ref": "x" * 256}, "/client_ref"),
        ({"callback_url": {"a": 1}}, "/callback_url"),
        ({"callback_url": "https://a.example/\u0007"}, "/callback_url"),
    ],
)
def test_wrong_reserved_words_are_wrong_fields(
    system: Living, words: dict[str, Any], pointer: str
) -> None:
    assert pointers(system.call("POST", ORDER, json={**GOOD, **words})) == [pointer]


@pytest.mark.parametrize("length", [256, 20_000])
def test_a_huge_idempotency_key_is_refused(system: Living, length: int) -> None:
    answer = system.order(headers={"Idempotency-Key": "k" * length})
    assert pointers(answer) == ["/Idempotency-Key"]


def test_nul_in_a_text_field_hurts_nobody(paused: Still) -> None:
    body = {**GOOD, "alias": "a\u0000b", "document_name": "\u0000../x\u0000.pdf"}
    answer = paused.system.call("POST", ORDER, json=body)
    assert answer.status_code == 202, answer.text
    assert paused.finish(answer.json()["id"])["status"] in ("succeeded", "failed")


@pytest.mark.parametrize("field", ["alias", "text_context", "nonsense", "document_name"])
def test_a_callers_reference_to_a_file_of_ours_opens_nothing(paused: Still, field: str) -> None:
    system = paused.system
    system.order()
    (file,) = (each.name for each in (system.folder / "files").rglob("*") if each.is_file())
    for platform in ("/v1", "/power-automate"):
        for value in ({"$file": file}, [{"$file": file}], {"a": {"$file": file, "name": "x"}}):
            headers = {"x-ms-workflow-run-id": "1"}
            body = {"model_id": MODEL, "document_url": "https://a.example/b", field: value}
            answer = system.call(
                "POST", f"{platform}/mindee/extraction", json=body, headers=headers
            )
            assert f"/{field}" in pointers(answer)


def test_the_order_of_a_stranger_cannot_name_our_file_as_its_document(paused: Still) -> None:
    system = paused.system
    system.order()
    (file,) = (each.name for each in (system.folder / "files").rglob("*") if each.is_file())
    forged = {"$file": file, "name": "a.pdf", "type": "application/pdf", "size": 1, "sha256": "0"}
    for document in (forged, {**forged, "$content": TEXT}):
        answer = system.call("POST", ORDER, json={"model_id": MODEL, "document": document})
        if answer.status_code == 202:
            kept = system.engine.get(answer.json()["id"], None).input["document"]
            assert kept["$file"] != file
