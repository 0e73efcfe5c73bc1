"""Are the five results shaped as Mindee's, and do the options change them?"""

from __future__ import annotations

import json
from typing import Any

from tests.simulators.bench import MODEL, Bench


def fields_of(inference: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = inference["result"]["fields"]
    return found


def schema(*fields: dict[str, Any]) -> str:
    return json.dumps({"replace": {"fields": list(fields)}})


def wanted(name: str, type: str, **rest: Any) -> dict[str, Any]:
    return {"name": name, "title": name.title(), "type": type, "is_array": False, **rest}


def test_an_inference_names_its_job_model_and_file() -> None:
    done = Bench().result(alias="our-1")

    assert list(done) == ["id", "job", "model", "file", "result", "active_options"]
    assert done["model"] == {"id": MODEL["extraction"]}
    assert done["file"] == {
        "name": "invoice.pdf",
        "alias": "our-1",
        "page_count": 2,
        "mime_type": "application/pdf",
    }


def test_another_document_gives_another_result() -> None:
    bench = Bench()
    invoice, receipt = (
        fields_of(bench.result("invoice.pdf")),
        fields_of(bench.result("receipt.pdf")),
    )

    assert invoice["total_amount"]["value"] == 12330.0
    assert receipt["total"]["value"] == 27.0
    assert len(invoice["line_items"]["items"]) == 20
    assert receipt["line_items"]["items"][3]["fields"]["item"]["value"] == "Cheese scone"


def test_without_options_a_field_has_only_its_value() -> None:
    done = Bench().result()

    assert fields_of(done)["due_date"] == {
        "value": "2026-04-01",
        "confidence": None,
        "locations": [],
    }
    assert done["result"]["raw_text"] is None
    assert done["result"]["rag"] is None
    assert not any(done["active_options"][name] for name in ("polygon", "confidence", "raw_text"))


def test_options_add_what_they_say() -> None:
    asked = dict.fromkeys(("polygon", "confidence", "raw_text", "rag"), "true")
    done = Bench().result(text_context="an invoice", **asked)
    total = fields_of(done)["total_amount"]

    assert total["confidence"] == "High"
    assert total["locations"][0]["page"] == 1
    assert len(total["locations"][0]["polygon"]) == 4
    assert "HL-2026-0117" in done["result"]["raw_text"]["pages"][0]["content"]
    assert done["result"]["rag"] == {"retrieved_document_id": None}
    assert done["active_options"] == {
        "raw_text": True, "polygon": True, "confidence": True, "rag": True,
        "multipage_context": False, "text_context": True, "data_schema": {"replace": False},
    }  # fmt: skip


def test_a_data_schema_gets_just_its_fields() -> None:
    item = wanted(
        "line_items",
        "nested_object",
        is_array=True,
        nested_fields=[wanted("item", "string"), wanted("amount", "number")],
    )
    done = Bench().result(
        data_schema=schema(
            wanted("total_amount", "number"),
            wanted("due_date", "date"),
            wanted("supplier", "number"),
            wanted("colour", "string"),
            wanted("kind", "classification", classification_values=["receipt", "invoice"]),
            wanted("item", "string", is_array=True),
            item,
        )
    )
    fields = fields_of(done)

    assert len(fields) == 7
    assert fields["total_amount"]["value"] == 12330.0
    assert fields["due_date"]["value"] == "2026-04-01"
    assert fields["supplier"]["value"] is None  # a name is no number
    assert fields["colour"]["value"] is None
    assert fields["kind"]["value"] == "invoice"
    assert len(fields["item"]["items"]) == 20
    assert list(fields["line_items"]["items"][0]["fields"]) == ["item", "amount"]
    assert done["active_options"]["data_schema"] == {"replace": True}


def test_a_data_schema_finds_by_title_and_keeps_unique_values() -> None:
    done = Bench().result(
        "receipt.pdf",
        data_schema=schema(
            {"name": "paid_by", "title": "Payment method", "type": "string"},
            wanted("qty", "number", is_array=True, unique_values=True),
            wanted("barcode", "barcode"),
        ),
    )
    fields = fields_of(done)

    assert fields["paid_by"]["value"] == "card"
    assert [one["value"] for one in fields["qty"]["items"]] == [2, 1]
    assert fields["barcode"]["value"] is None


def test_the_utility_products_have_no_active_options() -> None:
    bench = Bench()
    done = {
        product: bench.result("contract.pdf", product)
        for product in ("classification", "crop", "split", "ocr")
    }

    assert all("active_options" not in inference for inference in done.values())
    assert done["classification"]["result"] == {"classification": {"document_type": "contract"}}
    assert done["split"]["result"] == {
        "splits": [{"page_range": [0, 0], "document_type": "contract"}]
    }
    crop = done["crop"]["result"]["crops"][0]
    assert (crop["object_type"], crop["location"]["page"]) == ("contract", 0)
    assert len(crop["location"]["polygon"]) == 4
    page = done["ocr"]["result"]["pages"][0]
    assert [word["content"] for word in page["words"][:3]] == ["Equipment", "Loan", "Agreement"]


def test_an_image_says_that_it_was_not_read() -> None:
    fields = fields_of(Bench().result(b"\x89PNG\r\n\x1a\n and pixels"))

    assert list(fields) == ["simulator_note"]
    assert "no text layer" in fields["simulator_note"]["value"]
