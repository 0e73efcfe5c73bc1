"""Extracting with Pulse: each way to hand in a document, and every option reaches it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Request

from connector.simulators.pulse import app
from connector.simulators.pulse.form import Form
from tests.providers.worlds import DOCUMENTS, Ground, copy, form
from tests.service.worlds import documents
from tests.simulators.pulse_bench import PNG

INVOICE = DOCUMENTS / "invoice.pdf"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The parts of every order as they came over the wire, but for files."""
    parts: list[dict[str, str]] = []
    read = app.read_form

    def listen(request: Request) -> Form:
        parts.append(request.form.to_dict())
        return read(request)

    monkeypatch.setattr(app, "read_form", listen)
    return parts


def test_a_file_is_read(pulse: Ground) -> None:
    id = pulse.ordered("extract", INVOICE)

    op = pulse.ended(id)

    assert op["status"] == "succeeded"
    assert op["handle"] == pulse.orders()[0]["job"]
    assert op["preliminary"] is None
    assert op["result"]["page_count"] == 2
    assert "HL-2026-0117" in op["result"]["markdown"]
    assert pulse.orders()[0]["filename"] == "invoice.pdf"
    assert all(each["authorization"] for each in pulse.requests("check_status"))


def test_a_file_is_fetched_by_its_url(pulse: Ground) -> None:
    with documents(INVOICE.read_bytes()) as url:
        result = pulse.result("extract", document_url=url, document_name="ours.pdf")

    assert result["page_count"] == 2
    order = pulse.orders()[0]
    assert (order["filename"], order["file_url"]) == ("ours.pdf", None)
    assert order["sha256"] is not None


def test_every_option_reaches_pulse_as_its_own_part(
    pulse: Ground, heard: list[dict[str, str]]
) -> None:
    options = {
        "model": "pulse-ultra-2",
        "pages": "2",
        "figure_description": True,
        "show_images": True,
        "footnote_references": True,
        "chunk_types": ["page", "header"],
        "chunk_size": 500,
        "return_html": True,
        "return_xml": True,
        "word_boxes": True,
        "include_hidden_rows": True,
        "include_hidden_cols": True,
        "include_hidden_sheets": False,
        "use_raw_values": True,
        "store": True,
        "folder_name": "bills",
    }

    pulse.result("extract", INVOICE, **options)

    (parts,) = heard
    plain = {name: parts[name] for name in ("model", "pages", "async")}
    assert plain == {"model": "pulse-ultra-2", "pages": "2", "async": "true"}
    nested = {name: json.loads(text) for name, text in parts.items() if name not in plain}
    assert nested == {
        "figure_processing": {"description": True, "show_images": True},
        "extensions": {
            "footnote_references": True,
            "chunking": {"chunk_types": ["page", "header"], "chunk_size": 500},
            "alt_outputs": {"wlbb": True, "return_html": True, "return_xml": True},
        },
        "spreadsheet": {
            "include_hidden_rows": True,
            "include_hidden_cols": True,
            "include_hidden_sheets": False,
            "use_raw_values": True,
        },
        "storage": {"enabled": True, "folder_name": "bills"},
    }


def test_the_options_of_a_form_reach_pulse_with_their_types(
    pulse: Ground, heard: list[dict[str, str]]
) -> None:
    fields = form(pages="1", chunk_types="page,header", chunk_size="200", store="false")
    with INVOICE.open("rb") as file:
        answer = pulse.system.call(
            "POST", "/v1/pulse/extract", data=fields, files={"document": file}
        )

    assert pulse.ended(answer.json()["id"])["result"]["page_count"] == 1
    assert json.loads(heard[0]["extensions"])["chunking"] == {
        "chunk_types": ["page", "header"],
        "chunk_size": 200,
    }
    assert json.loads(heard[0]["storage"]) == {"enabled": False}


def test_pages_chunks_and_other_forms_change_the_result(pulse: Ground) -> None:
    whole = pulse.result("extract", INVOICE)

    options = {"pages": "2", "chunk_types": ["page"], "return_html": True, "return_xml": True}
    part = pulse.result("extract", INVOICE, word_boxes=True, **options)

    assert "Exhibition catalogue" in whole["markdown"]
    assert "Exhibition catalogue" not in part["markdown"]
    assert part["page_count"] == 1
    assert "extensions" not in whole
    assert len(part["extensions"]["chunking"]["page"]) == 1
    assert {"html", "xml", "wlbb"} <= part["extensions"]["altOutputs"].keys()


def test_what_is_not_stored_has_no_id_to_go_on_with(pulse: Ground) -> None:
    kept = pulse.result("extract", INVOICE)
    passing = pulse.result("extract", INVOICE, store=False)

    assert kept["extraction_id"]
    assert "extraction_id" not in passing


def test_figures_are_described_and_shown_when_that_is_asked_for(
    pulse: Ground, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(PNG)

    def images(**options: Any) -> list[dict[str, Any]]:
        found = pulse.result("extract", picture, **options)
        return found["bounding_boxes"].get("Images", [])

    (plain,) = images()
    (shown,) = images(show_images=True, figure_description=True)
    assert "image_url" not in plain
    assert "/images/" in shown["image_url"]
    assert shown != plain


@pytest.mark.parametrize("status", ["200", "202"])
def test_an_order_is_acknowledged_with_either_status(pulse: Ground, status: str) -> None:
    pulse.switch(ack=status)

    result = pulse.result("extract", INVOICE)

    assert result["page_count"] == 2
    assert [each["status"] for each in pulse.requests("submit")] == [int(status)]


def test_an_option_that_pulse_refuses_comes_back_with_its_words(pulse: Ground) -> None:
    answer = pulse.system.call(
        "POST", "/v1/pulse/extract?wait=10", data={"chunk_size": "5"}, files=file_of(INVOICE)
    )

    assert answer.status_code == 422, answer.text
    said = answer.json()
    assert (said["code"], said["provider_status"]) == ("refused", 400)
    assert said["provider_code"] == "REQ_005"
    assert "chunk_size must be 100 to 10000" in said["error"]["message"]
    assert pulse.orders() == []


def test_a_file_that_pulse_cannot_read_is_refused(pulse: Ground, tmp_path: Path) -> None:
    empty = tmp_path / "empty.bin"
    empty.write_bytes(b"\x00\x01\x02")

    op = pulse.ended(pulse.ordered("extract", empty))

    assert op["status"] == "failed"
    assert op["error"]["provider_code"] == "FILE_001"


def test_the_same_file_is_read_anew_for_every_order(pulse: Ground, tmp_path: Path) -> None:
    paper = copy(tmp_path, "receipt.pdf")

    first, second = (pulse.result("extract", paper) for _ in range(2))

    assert first["extraction_id"] != second["extraction_id"]
    assert len(pulse.orders()) == 2


def file_of(path: Path) -> dict[str, tuple[str, bytes]]:
    return {"document": (path.name, path.read_bytes())}
