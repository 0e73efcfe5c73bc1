"""Do the steps after an extraction read what the extraction stored?"""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader

from connector.simulators.pulse.xlsx import cell
from tests.simulators.pulse_bench import DOCUMENTS, KEY, Bench, code
from tests.simulators.workbooks import XLSX, contents, template

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "invoiceNumber": {"type": "string"},
        "total": {"type": ["number", "null"], "title": "Total amount"},
        "invoice_date": {"type": "string", "format": "date"},
        "reverse_charge": {"type": "boolean"},
        "currency": {"type": "string", "enum": ["EUR", "GBP"]},
        "shoe_size": {"type": "integer"},
        "seller": {"type": "object", "properties": {"supplier": {"type": "string"}}},
        "line_items": {
            "type": "array",
            "items": {"properties": {"item": {"type": "string"}, "qty": {"type": "integer"}}},
        },
    },
}
TOPICS = {
    "split_input": [
        {"name": "invoice", "description": "the invoice itself"},
        {"name": "payment", "description": "payment terms and bank account"},
        {"name": "recipes"},
    ]
}


def asked(**config: Any) -> dict[str, Any]:
    return {"schema_config": {"input_schema": SCHEMA, **config}}


def test_a_schema_gets_the_makers_fields_out_of_the_document() -> None:
    bench = Bench()
    done = bench.post("/schema", extraction_id=bench.extraction(), **asked()).json
    values, citations = done["schema_output"]["values"], done["schema_output"]["citations"]

    rows = values.pop("line_items")
    assert values == {
        "invoiceNumber": "HL-2026-0117",
        "total": 12330.0,
        "invoice_date": "2026-03-02",
        "reverse_charge": False,
        "currency": "GBP",
        "shoe_size": None,
        "seller": {"supplier": "Harbour Lane Print Works"},
    }
    assert len(rows) == 20
    assert rows[0] == {"item": "Exhibition catalogue, 96 pages, thread sewn", "qty": 400}
    assert citations["invoiceNumber"] == ["txt-2"]
    assert citations["line_items"][19]["item"] == ["tbl-2"]
    assert "shoe_size" not in citations
    assert (done["version"], done["credits_used"]) == (1, 2)


def test_another_document_gives_other_values_and_versions_count() -> None:
    bench = Bench()
    schema = {"properties": {"lender": {"type": "string"}, "total_amount": {"type": "number"}}}
    id = bench.extraction("contract.pdf")
    first, second = (
        bench.post("/schema", extractionId=id, schemaConfig={"inputSchema": schema, "effort": e})
        for e in (False, True)
    )

    assert first.json["schema_output"]["values"] == {
        "lender": "Fernhill Observatory", "total_amount": None,
    }  # fmt: skip
    assert [first.json["version"], second.json["version"]] == [1, 2]
    assert second.json["credits_used"] == 4 * first.json["credits_used"]


def test_several_extractions_are_read_as_one() -> None:
    bench = Bench()
    ids = [bench.extraction("receipt.pdf"), bench.extraction()]
    schema = {"properties": {"receipt_number": {}, "due_date": {"format": "date"}}}
    done = bench.post(
        "/schema", extraction_ids=ids, schema_config={"input_schema": schema}
    ).json  # fmt: skip

    assert done["schema_output"]["values"] == {
        "receipt_number": "KC-004512", "due_date": "2026-04-01",
    }  # fmt: skip
    assert done["schema_output"]["citations"]["due_date"][0].startswith(f"{ids[1]}-txt-")
    assert done["extraction_ids"] == ids


def test_a_split_names_pages_and_a_schema_reads_just_those() -> None:
    bench = Bench()
    id = bench.extraction()
    split = bench.post("/split", extraction_id=id, split_config=TOPICS).json
    assert split["split_output"]["splits"] == {"invoice": [1, 2], "payment": [2], "recipes": []}

    inner = {"properties": {"bank": {"type": "string"}, "invoice_number": {"type": "string"}}}
    config = {"payment": {"schema": inner}, "recipes": {"schema": inner}}
    done = bench.post("/schema", split_id=split["split_id"], split_schema_config=config).json
    assert done["results"]["payment"]["values"] == {
        "bank": "Severn Mutual Bank", "invoice_number": None,
    }  # fmt: skip
    assert list(done["errors"]) == ["recipes"]
    assert done["split_id"] == split["split_id"]


def test_tables_come_as_html_or_json_and_are_merged() -> None:
    bench = Bench()
    id = bench.extraction()

    def tables(**config: Any) -> list[dict[str, Any]]:
        answer = bench.post("/tables", extraction_id=id, tables_config=config)
        return answer.json["tables_output"]["tables"]  # type: ignore[index, no-any-return]

    apart = tables()
    assert [table["citations"] for table in apart] == [["tbl-1"], ["tbl-2"]]
    assert apart[1]["table_content"].startswith("<table><tr><th>Item</th>")
    [whole] = tables(merge=True, table_format="json")
    assert whole["citations"] == ["tbl-1", "tbl-2"]
    assert whole["table_content"]["headers"] == ["Item", "Qty", "Unit price", "Amount"]
    assert len(whole["table_content"]["rows"]) == 20
    assert tables(merge=True)[0]["table_content"].count("<tr>") == 21


@pytest.mark.parametrize(
    ("path", "field", "body"),
    [("/split", "job_id", {"split_config": TOPICS}), ("/schema", "job_id", asked()),
     ("/tables", "tables_id", {})],
)  # fmt: skip
def test_each_step_has_its_own_name_for_the_job(
    path: str, field: str, body: dict[str, Any]
) -> None:
    bench = Bench()
    answer = bench.post(path, extraction_id=bench.extraction(), **{"async": True}, **body)
    assert answer.status_code == 202
    assert set(answer.json) == {field, "status", "message"}

    bench.now += 10
    job = bench.job(answer.json[field])
    assert job["status"] == "completed"
    assert job["result"]["plan-info"]["tier"] == "trial"
    if path == "/tables":
        assert job["result"]["tables_id"] == answer.json[field]


@pytest.mark.parametrize(
    ("path", "body", "status", "expected"),
    [
        ("/split", {}, 400, "REQ_004"),
        ("/split", {"extraction_id": "nobody", "split_config": TOPICS}, 404, "STORAGE_001"),
        ("/split", {"extraction_id": "ID"}, 400, "REQ_004"),
        ("/split", {"extraction_id": "ID", "split_config_id": "saved"}, 404, "STORAGE_001"),
        ("/tables", {"extraction_id": "nobody"}, 404, "STORAGE_001"),
        ("/tables", {"extraction_id": "ID", "tables_config": {"table_format": "csv"}}, 400,
         "REQ_003"),
        ("/schema", {"extraction_id": "nobody", **asked()}, 404, "STORAGE_001"),
        ("/schema", {"extraction_id": "ID"}, 400, "REQ_004"),
        ("/schema", {"extraction_id": "ID", "split_id": "x", **asked()}, 400, "REQ_004"),
        ("/schema", {"extraction_ids": [], **asked()}, 400, "REQ_004"),
        ("/schema", {"split_id": "nobody", "split_schema_config": {}}, 404, "STORAGE_001"),
        ("/schema", {"extraction_id": "ID", "schema_config": {"input_schema": {"a": 1}}}, 400,
         "SCHEMA_001"),
        ("/schema", {"extraction_id": "ID", "schema_config": {"excel_template": "%"}}, 400,
         "REQ_003"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_step_has_its_own_code(
    path: str, body: dict[str, Any], status: int, expected: str
) -> None:
    bench = Bench()
    if body.get("extraction_id") == "ID":
        body = {**body, "extraction_id": bench.extraction()}

    assert code(bench.post(path, **body), status) == expected


def excel(bench: Bench, template: bytes, **more: Any) -> Any:
    config = {"excel_template": base64.b64encode(template).decode(), **more}
    return bench.post("/schema", extraction_id=bench.extraction(), schema_config=config)


def test_a_template_is_filled_row_by_row_and_otherwise_stays_as_it_is() -> None:
    bench = Bench()
    given = template(**{"Lines & more": ["Item", "Amount"], "Bill": ["Invoice number", "Colour"]})
    done = excel(bench, given).json
    rows = done["schema_output"]["values"]["lines_more"]
    answer = bench.get(done["excel_output_url"])

    assert done["excel_output_url"] == f"/schema/{done['schema_id']}/excel"
    assert answer.content_type == XLSX
    lines = contents(answer.data)
    assert {k: lines[k] for k in ("A2", "B2")} == {"A2": "Item", "B2": "Amount"}
    assert len(rows) == 20
    assert [lines[f"A{n}"] for n in range(3, 23)] == [row["Item"] for row in rows]
    assert lines["B3"] == rows[0]["Amount"]
    assert lines["A900"] == "at the end"
    assert contents(answer.data, 2) == {
        "A2": "Invoice number", "B2": "Colour", "A3": "HL-2026-0117", "A900": "at the end",
    }  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        assert 'mc:Ignorable="x14ac"' in book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1250.00", '<c r="A1"><v>1250.00</v></c>'),
        ("-3", '<c r="A1"><v>-3</v></c>'),
        ("007", '<t xml:space="preserve">007</t>'),
        ("1234567890123456", '<t xml:space="preserve">1234567890123456</t>'),
        ("a<b\x00&\ud800", '<t xml:space="preserve">a&lt;b&amp;</t>'),
    ],
)
def test_a_cell_holds_what_was_read(text: str, expected: str) -> None:
    assert expected in cell("", "A1", text)


def test_a_schema_without_a_template_has_no_workbook() -> None:
    bench = Bench()
    id = bench.post("/schema", extraction_id=bench.extraction(), **asked()).json["schema_id"]

    assert code(bench.get(f"/schema/{id}/excel"), 404) == "STORAGE_001"
    assert code(bench.get("/schema/nobody/excel"), 404) == "STORAGE_001"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"PK", "FILE_003"),
        (template(), "SCHEMA_001"),
        (template(Sheet=["A"])[:-30], "FILE_003"),
    ],
)
def test_what_is_no_template_is_refused(content: bytes, expected: str) -> None:
    assert code(excel(Bench(), content), 400) == expected


def test_a_template_and_a_schema_are_one_too_many() -> None:
    answer = excel(Bench(), template(Sheet=["A"]), input_schema={"properties": {"a": {}}})

    assert code(answer, 400) == "REQ_003"


def form(bench: Bench, deed: str, name: str | None = "contract.pdf", **fields: Any) -> Any:
    data: dict[str, Any] = {"instructions": "Deposit: 10 EUR", **fields}
    if name:
        data["file"] = (io.BytesIO((DOCUMENTS / name).read_bytes()), name)
    return bench.client.post(
        f"/form/{deed}", data=data, headers=KEY, content_type="multipart/form-data"
    )


def test_a_form_is_read_and_its_pdf_can_be_fetched_again() -> None:
    bench = Bench()
    done = form(bench, "detect").json
    cell = next(c for c in done["form_fields"] if c["text"] == "FO-LOAN-31")

    assert len(cell["bounding_box"]) == 4
    assert (cell["page_number"], cell["type"], done["credits_used"]) == (1, "text", 1)
    for _ in range(2):
        pdf = bench.get(done["pdf_url"])
        assert pdf.content_type == "application/pdf"
        assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 1


@pytest.mark.parametrize(
    ("deed", "count"), [("fill", "fields_filled"), ("clear", "fields_cleared")]
)
def test_a_form_is_known_by_its_id_and_said_to_be_unchanged(deed: str, count: str) -> None:
    bench = Bench()
    known = form(bench, "detect").json["form_id"]
    ack = form(bench, deed, None, form_id=known, **{"async": "true"})
    assert (ack.status_code, ack.json["status"]) == (202, "pending")
    bench.now += 10
    done = bench.job(ack.json["job_id"])["result"]

    assert done[count] == 0
    assert "no field was changed" in done["warnings"][0]
    assert bench.get(done["pdf_url"]).data == (DOCUMENTS / "contract.pdf").read_bytes()


def test_forms_are_pdfs_and_only_forms_have_them() -> None:
    bench = Bench()

    assert code(form(bench, "detect", "invoice.txt"), 400) == "FILE_001"
    assert code(form(bench, "fill", instructions=""), 400) == "REQ_004"
    assert code(form(bench, "detect", None, form_id="nobody"), 404) == "STORAGE_001"
    id = bench.order()
    bench.now += 10
    assert code(bench.get(f"/results/{id}/pdf"), 404) == "STORAGE_001"
