"""The steps after an extraction: schema, split and tables. And many documents in one batch."""

from __future__ import annotations

import pytest

from tests.providers.worlds import DOCUMENTS, Ground, brisk
from tests.service.worlds import documents

INVOICE = DOCUMENTS / "invoice.pdf"
SCHEMA = {
    "type": "object",
    "properties": {
        "invoice_number": {"type": "string"},
        "total_amount": {"type": "number"},
    },
}
OUT = "s3://bucket/out"


@pytest.fixture(scope="module")
def extraction(pulse_of_all: Ground) -> str:
    """The id of an extraction, as the extract action returned it."""
    return str(pulse_of_all.result("extract", INVOICE)["extraction_id"])


def test_fields_are_read_by_a_schema_of_ones_own(pulse: Ground, extraction: str) -> None:
    result = pulse.result("schema", extraction_id=extraction, input_schema=SCHEMA, effort=True)

    values = result["schema_output"]["values"]
    assert values == {"invoice_number": "HL-2026-0117", "total_amount": 12330.0}
    assert result["schema_id"]
    assert pulse.orders()[0]["extraction_id"] == extraction


def test_pages_are_split_by_topic(pulse: Ground, extraction: str) -> None:
    topics = [
        {"name": "Wall label", "description": "Signs for exhibitions."},
        {"name": "Severn Mutual Bank", "description": "Where money goes."},
    ]

    result = pulse.result("split", extraction_id=extraction, topics=topics)

    assert result["split_output"]["splits"] == {"Wall label": [1], "Severn Mutual Bank": [2]}


def test_tables_are_read_as_html_or_json(pulse: Ground, extraction: str) -> None:
    html = pulse.result("tables", extraction_id=extraction)
    merged = pulse.result("tables", extraction_id=extraction, table_format="json", merge=True)

    assert len(html["tables_output"]["tables"]) == 2
    assert "<table" in html["tables_output"]["tables"][0]["table_content"]
    (table,) = merged["tables_output"]["tables"]
    rows = table["table_content"]["rows"]
    assert rows[0]["Item"] == "Exhibition catalogue, 96 pages, thread sewn"
    assert rows[-1]["Item"] == "Storage of printed stock, per month"


def test_tables_are_followed_by_an_id_of_their_own(pulse: Ground, extraction: str) -> None:
    op = pulse.ended(pulse.ordered("tables", extraction_id=extraction))

    assert op["handle"] == op["result"]["tables_id"] == pulse.orders()[0]["job"]


def test_a_step_on_an_extraction_that_is_not_there_is_refused(pulse: Ground) -> None:
    op = pulse.ended(pulse.ordered("tables", extraction_id="not-there"))

    assert op["status"] == "failed"
    assert op["error"]["provider_status"] == 404
    assert op["error"]["message"] == "Extraction not found"


def test_a_batch_tells_how_far_it_is_and_never_takes_that_for_the_result(
    prepared: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("batch")
    with (
        documents(INVOICE.read_bytes()) as url,
        brisk(folder, "pulse", seconds=0.25, fetch_loopback=True) as pulse,
    ):
        urls = [f"{url}?copy={n}" for n in range(19)]
        urls.append(url.replace("bill.pdf", "none.pdf"))
        id = pulse.ordered("batch_extract", file_urls=urls, output_s3_prefix=OUT, workers=5)
        seen = [pulse.until(id, lambda op: op["progress"])]
        seen.append(pulse.until(id, lambda op: op["progress"]["done"] >= 10))
        op = pulse.ended(id)

    assert {each["status"] for each in seen} == {"running"}
    assert all(each["result"] is None for each in seen)
    assert all(each["progress"]["total"] == 20 for each in seen)
    assert seen[0]["progress"]["done"] < seen[1]["progress"]["done"] < 20
    assert op["status"] == "succeeded", op
    assert op["result"]["progress"] == {"total": 20, "completed": 19, "failed": 1}
    assert len({each["job_id"] for each in op["result"]["jobs"]["completed"]}) == 19
    assert op["result"]["jobs"]["failed"][0]["file"] == "none.pdf"


def test_a_batch_says_at_once_what_is_missing(pulse: Ground) -> None:
    answer = pulse.order("batch_extract", workers=2)

    assert answer.status_code == 422
    said = {each["pointer"]: each["detail"] for each in answer.json()["errors"]}
    assert said == {
        "/output_s3_prefix": "This field is required.",
        "/": "Give file_urls or s3_prefix.",
    }
    assert pulse.orders() == []


def test_a_bucket_that_pulse_cannot_list_ends_the_batch_with_its_words(pulse: Ground) -> None:
    op = pulse.ended(pulse.ordered("batch_extract", s3_prefix="s3://ours/in", output_s3_prefix=OUT))

    assert op["status"] == "failed"
    assert op["error"]["message"] == "No files could be listed under s3://ours/in"
