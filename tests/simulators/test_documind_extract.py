"""Do uploads and extractions answer as DocuMind's documentation says?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.simulators.documind_bench import BASE, KEY, SCHEMA, Bench

ANSWER = {"document_id", "results", "needs_review", "needs_review_metadata"}


def test_an_upload_answers_a_bare_list_of_ids_in_order() -> None:
    bench = Bench()
    answer = bench.send("invoice.pdf", "receipt.pdf")

    assert answer.status_code == 200
    assert [str(uuid.UUID(id)) for id in answer.json] == answer.json
    names = [order["filename"] for order in bench.log()["orders"]]
    assert names == ["invoice.pdf", "receipt.pdf"]
    assert bench.get(f"/documents/{answer.json[1]}/download").data.startswith(b"%PDF")


def test_the_same_file_keeps_its_id_for_five_minutes() -> None:
    bench = Bench()
    first = bench.upload()
    bench.now += 299
    assert bench.upload() == first
    assert bench.upload("receipt.pdf") != first
    bench.now += 1
    assert bench.upload() != first


def test_or_every_upload_gets_a_new_id() -> None:
    bench = Bench(switches={"same_file": "new"})
    assert bench.upload() != bench.upload()


@pytest.mark.parametrize("name", ["notes.txt", "sheet.xls", "page.webp"])
def test_other_types_are_refused_and_nothing_is_kept(name: str) -> None:
    bench = Bench()
    answer = bench.send("invoice.pdf", (name, b"some text"))

    assert answer.status_code == 400
    assert answer.json["detail"].startswith("File format not supported")
    assert bench.log()["orders"] == []


def test_an_upload_without_files_is_a_validation_error() -> None:
    answer = Bench().client.post(f"{BASE}/upload", data={"file": "x"}, headers=KEY)

    assert answer.status_code == 422
    assert answer.json["detail"] == [
        {"type": "missing", "loc": ["body", "files"], "msg": "Field required"}
    ]


def test_an_extraction_reads_the_fields_of_the_schema() -> None:
    bench = Bench()
    document = bench.upload()
    answer = bench.extract(document)

    assert answer.status_code == 200
    assert answer.json.keys() == ANSWER
    assert answer.json["document_id"] == document
    assert answer.json["results"] == {
        "invoice_number": "HL-2026-0117",
        "invoice_date": "2026-03-02",
        "total_amount": 12330.0,
        "reverse_charge": False,
    }
    assert answer.json["needs_review"] is False
    assert set(answer.json["needs_review_metadata"]["confidence_scores"].values()) == {97}


def test_it_takes_its_time_and_the_item_says_processing_meanwhile() -> None:
    seen: list[dict[str, Any]] = []
    bench = Bench(seconds=40.0)

    def look(seconds: float) -> None:
        seen.extend(bench.items())
        bench.now += seconds

    bench = Bench(seconds=40.0, sleep=look)
    began = bench.now
    bench.extract(bench.upload("smudged.pdf"))

    assert bench.now == began + 40
    assert [(each["status"], each["results"]) for each in seen] == [("processing", None)]
    assert bench.items()[0]["status"] == "completed"
    assert bench.items()[0]["id"] == seen[0]["id"]


def test_a_smudged_field_is_null_and_asks_for_a_person() -> None:
    bench = Bench()
    answer = bench.extract(bench.upload("smudged.pdf")).json

    assert answer["results"]["total_amount"] is None
    assert answer["results"]["invoice_number"] == "PCR-2026-041"
    assert answer["needs_review"] is True
    assert answer["needs_review_metadata"]["confidence_scores"]["total_amount"] == 20
    assert answer["needs_review_metadata"]["review_flags"]["total_amount"] is True
    assert answer["needs_review_metadata"]["review_flags"]["invoice_number"] is False


def test_a_missing_field_scores_nothing_and_a_like_label_little() -> None:
    answer = Bench().ask({"iban": {}, "total": {"type": "number"}, "paymnt_terms": {}})

    scores = answer["needs_review_metadata"]["confidence_scores"]
    assert answer["results"] == {"iban": None, "total": 10275.0, "paymnt_terms": "30 days net"}
    assert (scores["iban"], scores["total"]) == (0, 72)
    assert 80 < scores["paymnt_terms"] < 97
    assert answer["needs_review"] is True


def test_smudges_in_words_lower_the_score() -> None:
    text = b"Customer: Nor?hgate Trust\nQuestion: May we pay later?\n"
    answer = Bench().ask({"customer": {}, "question": {}}, ("letter.doc", text))

    scores = answer["needs_review_metadata"]["confidence_scores"]
    assert scores == {"customer": 45, "question": 97}


def test_tables_and_objects_are_read_too() -> None:
    row = {"item": {"type": "string"}, "qty": {"type": "integer"}}
    answer = Bench().ask(
        {
            "line_items": {"type": "array", "items": {"type": "object", "properties": row}},
            "unit_price": {"type": "array", "items": {"type": "number"}},
            "vat": {"type": "object", "named_entities": {"rate": {"type": "number"}}},
            "parties": {"type": "array", "items": {"type": "string"}},
        }
    )
    found = answer["results"]

    assert found["line_items"][0] == {
        "item": "Exhibition catalogue, 96 pages, thread sewn",
        "qty": 400,
    }
    assert len(found["line_items"]) == 20
    assert found["unit_price"][:2] == [9.85, 1.42]
    assert found["vat"] == {"rate": 20}
    assert found["parties"] is None


def test_only_required_fields_ask_for_a_person() -> None:
    schema = {"named_entities": {"supplier": {}, "iban": {}}, "required": ["supplier"]}
    assert Bench().extract(Bench().upload(), schema).status_code == 404
    bench = Bench()
    assert bench.extract(bench.upload(), schema).json["needs_review"] is False
    bench = Bench(switches={"watched": "asked"})
    assert bench.extract(bench.upload(), schema).json["needs_review"] is True


def test_the_threshold_decides() -> None:
    bench = Bench()
    assert bench.ask({"supplier": {}}, review_threshold=98)["needs_review"] is True
    assert bench.ask({"total": {}}, review_threshold=72)["needs_review"] is False


def test_reviews_can_be_had_always_or_never() -> None:
    always, never = Bench(switches={"review": "always"}), Bench(switches={"review": "never"})
    assert always.extract(always.upload()).json["needs_review"] is True
    assert never.extract(never.upload("smudged.pdf")).json["needs_review"] is False


def test_basic_mode_knows_no_confidence() -> None:
    answer = Bench().ask({"iban": {}}, model="google-gemini-2.0-flash")

    assert answer["needs_review"] is False
    assert answer["needs_review_metadata"] == {"confidence_scores": {}, "review_flags": {}}
    assert Bench().ask({"iban": {}}, extraction_mode="vlm")["needs_review"] is True


def test_a_document_that_cannot_be_read_fails() -> None:
    bench = Bench()
    answer = bench.extract(bench.upload(("broken.pdf", b"%PDF-1.7\nthis is the end")))

    assert answer.status_code == 500
    assert answer.json["detail"].startswith("Extraction failed: The PDF could not be read")
    assert [(each["status"], each["results"]) for each in bench.items()] == [("failed", None)]


@pytest.mark.parametrize("name", ["scan.png", "scan.bmp"])
def test_pictures_are_sound_but_nothing_is_read(name: str) -> None:
    content = b"BM" + bytes(60) if name.endswith("bmp") else b"\x89PNG\r\n\x1a\n"
    assert Bench().ask({"total": {}}, (name, content))["results"] == {"total": None}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ([], 422),
        ({"schema": "all"}, 422),
        ({"schema": SCHEMA, "review_threshold": 101}, 422),
        ({"schema": SCHEMA, "review_threshold": True}, 422),
        ({"schema": SCHEMA, "prompt": 7}, 422),
        ({"schema": SCHEMA, "model": "gpt-2"}, 400),
        ({"schema": {"type": "object"}}, 400),
        ({"schema": {"named_entities": {"total": "number"}}}, 400),
        ({"schema": {"named_entities": {"total": {"type": "money"}}}}, 400),
        ({"schema": {"named_entities": {"total": {}}, "required": ["iban"]}}, 400),
        ({"schema": {"named_entities": {"a": {"type": "object"}}}}, 400),
    ],
)
def test_bad_orders_are_refused_and_not_taken(body: Any, status: int) -> None:
    bench = Bench()
    document = bench.upload()
    answer = bench.client.post(f"{BASE}/extract/{document}", json=body, headers=KEY)

    assert answer.status_code == status
    assert isinstance(answer.json["detail"], list if status == 422 else str)
    assert [order["kind"] for order in bench.log()["orders"]] == ["upload"]
    assert bench.items() == []


def test_unknown_things_are_not_found() -> None:
    bench = Bench()
    gone = bench.upload()

    assert bench.extract(str(uuid.uuid4())).json == {"detail": "Document not found"}
    assert bench.client.delete(f"{BASE}/documents/{gone}", headers=KEY).status_code == 200
    assert bench.extract(gone).status_code == 404
    assert bench.client.delete(f"{BASE}/documents/{gone}", headers=KEY).status_code == 404
    assert bench.get(f"/documents/{gone}/download").status_code == 404
    assert bench.get("/nothing").json == {"detail": "Not Found"}
    assert bench.client.put(f"{BASE}/upload", headers=KEY).status_code == 405
    broken = bench.client.post(f"{BASE}/extract/{gone}", data="{", headers=KEY)
    assert broken.status_code == 422


def test_the_key_is_asked_for() -> None:
    bench = Bench(key="dm_right")
    path = f"{BASE}/data/extractions"

    assert bench.client.get(path).json == {"detail": "Invalid or missing API key"}
    assert bench.client.get(path, headers=KEY).status_code == 401
    assert bench.client.get(path, headers={"X-API-Key": "dm_right"}).status_code == 200
    assert bench.client.get("/_review").status_code == 200


def test_usage_is_counted() -> None:
    bench = Bench()
    bench.waiting()
    used = bench.get("/usage/current").json

    assert used["current_usage"]["extractions_count"] == 1
    assert used["current_usage"]["storage_bytes"] > 1000
    assert used["quota_exceeded"] is False


def test_switches_are_checked() -> None:
    with pytest.raises(ValueError, match="no switch 'speed'"):
        Bench(switches={"speed": "high"})
    bench = Bench()
    path = "/_simulator/switches"
    assert bench.client.get(path).json["review"] == "scored"
    assert bench.client.post(path, json={"review": "always"}).json["review"] == "always"
    assert bench.client.post(path, json={"review": "perhaps"}).status_code == 422
    assert bench.client.post(path, json=["review"]).status_code == 422
    assert bench.extract(bench.upload()).json["needs_review"] is True
    assert bench.client.delete(path).status_code == 204
    assert bench.client.get(path).json["review"] == "scored"
