"""Jobs of Pulse whose results are files: a form as a PDF, an Excel template with its rows."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from connector.exporters.power_automate.job import result_schema
from connector.exporters.power_automate.schemas import to_swagger
from tests.providers.worlds import DOCUMENTS, Ground
from tests.simulators.workbooks import XLSX, contents, template

CONTRACT = DOCUMENTS / "contract.pdf"
WISHES = "The borrower is Mira Holt."
LINES = template(Lines=["Item", "Amount"])


@pytest.fixture(scope="module")
def extraction(pulse_of_all: Ground) -> str:
    """The id of an extraction, as the extract action returned it."""
    return str(pulse_of_all.result("extract", DOCUMENTS / "invoice.pdf")["extraction_id"])


def filling(extraction: str, workbook: bytes = LINES) -> dict[str, Any]:
    """The input of an Excel job."""
    return {"extraction_id": extraction, "template": base64.b64encode(workbook).decode()}


def flow(pulse: Ground, id: str) -> Any:
    """What a step of a flow gets."""
    answer = pulse.system.call("GET", f"/power-automate/pulse/operations/{id}/result")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_form_comes_as_a_pdf_beside_what_is_told_of_it(pulse: Ground) -> None:
    op = pulse.ended(pulse.ordered("fill_form", CONTRACT, instructions=WISHES))
    result = op["result"]

    assert (op["status"], result["page_count"], result["fields_filled"]) == ("succeeded", 1, 0)
    assert len(result["form_fields"]) == 8
    file = result["file"]
    assert (file["name"], file["type"]) == ("fill_form.pdf", "application/pdf")
    pdf = requests.get(file["url"], timeout=10)
    assert len(PdfReader(io.BytesIO(pdf.content)).pages) == 1
    assert (pdf.headers["Content-Type"], len(pdf.content)) == ("application/pdf", file["size"])
    assert op["links"]["file"].split("?")[0] == file["url"].split("?")[0]
    (order,) = pulse.orders()
    assert (order["operation"], order["filename"]) == ("form_fill", "contract.pdf")
    assert [each["authorization"] for each in pulse.requests("get_result")] == [True]


def test_a_flow_gets_the_form_itself(pulse: Ground) -> None:
    id = pulse.ordered("fill_form", CONTRACT, instructions=WISHES, pages="1")
    pulse.ended(id)
    result = flow(pulse, id)

    assert base64.b64decode(result["file"]["content"]) == CONTRACT.read_bytes()
    assert result["form_id"]


def test_a_form_is_filled_in_again_by_its_id(pulse: Ground) -> None:
    first = pulse.result("fill_form", CONTRACT, instructions=WISHES)
    again = pulse.result("fill_form", form_id=first["form_id"], instructions=WISHES)

    assert again["file"]["size"] == first["file"]["size"]
    assert again["form_id"] != first["form_id"]


@pytest.mark.parametrize(
    ("file", "fields", "code", "message"),
    [
        (None, {}, "refused", "No file or URL provided"),
        (None, {"form_id": "nobody"}, "refused", "Form not found"),
        (DOCUMENTS / "invoice.txt", {}, "provider_failed", "Forms must be PDF files"),
    ],
)
def test_what_pulse_says_of_a_form_reaches_the_caller(
    pulse: Ground, file: Path | None, fields: dict[str, str], code: str, message: str
) -> None:
    op = pulse.ended(pulse.ordered("fill_form", file, instructions=WISHES, **fields))

    assert op["status"] == "failed"
    assert (op["error"]["code"], op["error"]["message"]) == (code, message)


def test_the_result_of_a_template_is_the_workbook(pulse: Ground, extraction: str) -> None:
    op = pulse.ended(pulse.ordered("fill_excel", **filling(extraction)))
    whole = pulse.system.call("GET", f"/v1/operations/{op['id']}/result")

    assert (op["status"], op["result"]) == ("succeeded", None)
    assert whole.headers["Content-Type"] == XLSX
    assert whole.headers["Content-Disposition"] == "attachment; filename=fill_excel.xlsx"
    cells = contents(whole.content)
    assert (cells["A2"], cells["B2"]) == ("Item", "Amount")
    assert cells["A3"] == "Exhibition catalogue, 96 pages, thread sewn"
    assert cells["A22"] == "Storage of printed stock, per month"
    assert requests.get(op["links"]["file"], timeout=10).content == whole.content
    part = pulse.system.call("GET", f"/v1/operations/{op['id']}/result",
                             headers={"Range": "bytes=0-1"})  # fmt: skip
    assert (part.status_code, part.content) == (206, b"PK")


def test_what_a_flow_gets_is_what_it_was_told(pulse: Ground, extraction: str) -> None:
    actions = pulse.system.engine.parts.manifests["pulse"].actions
    given = {
        "fill_form": {"file": CONTRACT, "instructions": WISHES},
        "fill_excel": filling(extraction),
    }
    for name, fields in given.items():
        id = pulse.ended(pulse.ordered(name, **fields))["id"]
        said = result_schema(actions[name].output)
        asked = pulse.system.call("GET", f"/power-automate/pulse/output?action={name}").json()

        Draft202012Validator(said).validate(flow(pulse, id))
        told = said["properties"]["file"]["properties"]
        assert set(flow(pulse, id)["file"]) == set(told)
        assert told["content"]["format"] == "byte"
        assert asked["schema"] == to_swagger(said)


def test_every_platform_hands_the_workbook_over(pulse: Ground, extraction: str) -> None:
    id = pulse.ended(pulse.ordered("fill_excel", **filling(extraction)))["id"]
    file = flow(pulse, id)["file"]
    job = pulse.system.call("GET", f"/zapier/pulse/jobs/{id}").json()

    assert (file["name"], file["type"]) == ("fill_excel.xlsx", XLSX)
    assert contents(base64.b64decode(file["content"]))["B2"] == "Amount"
    assert job["result"] is None
    assert len(requests.get(job["file_url"], timeout=10).content) == file["size"]


def test_columns_that_no_table_has_make_a_single_row(pulse: Ground, extraction: str) -> None:
    given = filling(extraction, template(Bill=["Invoice number", "Nothing like it"]))
    id = pulse.ordered("fill_excel", **given, schema_prompt="One row.", effort=True)
    op = pulse.ended(id)
    cells = contents(requests.get(op["links"]["file"], timeout=10).content)

    assert (cells["A3"], cells.get("B3")) == ("HL-2026-0117", None)


def test_what_is_no_template_is_refused_in_pulses_words(pulse: Ground, extraction: str) -> None:
    op = pulse.ended(pulse.ordered("fill_excel", **filling(extraction, b"no workbook")))

    assert (op["status"], op["error"]["code"]) == ("failed", "refused")
    assert op["error"]["message"] == "excel_template is no .xlsx workbook"


def test_a_file_that_is_late_is_asked_for_again(pulse: Ground, extraction: str) -> None:
    pulse.system.misbehave("get_result:404*2", "get_result:503*1")

    op = pulse.ended(pulse.ordered("fill_excel", **filling(extraction)))

    assert op["status"] == "succeeded", op
    assert [each["status"] for each in pulse.requests("get_result")][-1] == 200


def test_a_file_that_breaks_off_is_fetched_again_and_whole(pulse: Ground) -> None:
    pulse.system.misbehave("get_result:drop-after*1")

    result = pulse.result("fill_form", CONTRACT, instructions=WISHES)

    assert requests.get(result["file"]["url"], timeout=10).content == CONTRACT.read_bytes()
    assert len(pulse.requests("get_result")) == 2


def test_a_file_that_is_gone_is_said_to_be_gone(pulse: Ground, extraction: str) -> None:
    pulse.system.misbehave("get_result:410")

    op = pulse.ended(pulse.ordered("fill_excel", **filling(extraction)))

    assert (op["status"], op["error"]["code"]) == ("failed", "result_gone")
