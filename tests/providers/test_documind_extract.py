"""Extracting with DocuMind: read at once, or corrected by people first."""

from __future__ import annotations

import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.providers.people import BILL, PAID, review, reviewed_by, waiting
from tests.providers.worlds import DOCUMENTS, Ground, copy, form
from tests.service.flow import Flow


def test_what_is_sure_is_there_at_once(documind: Ground, tmp_path: Path) -> None:
    id = documind.ordered("extract", copy(tmp_path, "invoice.pdf"), schema=BILL)

    op = documind.ended(id)

    assert op["status"] == "succeeded"
    result = op["result"]
    assert result["results"] == {"invoice_number": "HL-2026-0117", "total_amount": 12330.0}
    assert result["original_results"] == result["results"]
    assert (result["needs_review"], result["is_reviewed"]) == (False, False)
    assert op["handle"] == result["document_id"] == documind.orders("upload")[0]["document"]
    assert documind.requests("check_status") == []


@pytest.mark.parametrize("after", ["stays", "clears"])
def test_what_is_unsure_waits_for_people_and_brings_their_values(
    documind: Ground, tmp_path: Path, after: str
) -> None:
    documind.switch(after_review=after)
    id = documind.ordered("extract", copy(tmp_path), schema=BILL)

    open_ = waiting(documind, id)
    assert open_["preliminary"]["invoice_number"] == "PCR-2026-041"
    assert open_["result"] is None
    review(documind, open_["handle"], total_amount=PAID)
    op = documind.ended(id)

    assert op["status"] == "succeeded"
    assert op["preliminary"] is None
    result = op["result"]
    assert result["results"] == {"invoice_number": "PCR-2026-041", "total_amount": PAID}
    assert result["original_results"] == open_["preliminary"] != result["results"]
    assert result["is_reviewed"] is True
    assert result["reviewed_by"] == reviewed_by("ines")
    assert result["extraction_id"] == open_["handle"] == op["handle"]


def test_a_flow_gets_the_bare_result_with_what_people_made_of_it(
    documind: Ground, tmp_path: Path
) -> None:
    def sleep(seconds: float) -> None:
        time.sleep(0.1)
        if len(flow.waits) == 1:
            handle = waiting(documind, flow.answers[0].json()["id"])["handle"]
            review(documind, handle, total_amount=PAID)

    flow = Flow(documind.system, sleep)
    paper = copy(tmp_path)
    answer = flow.run("/power-automate/documind/extract", json_of(paper, schema=BILL))

    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert result["results"]["total_amount"] == PAID
    assert result["original_results"]["total_amount"] != PAID
    assert result["reviewed_by"] == reviewed_by("ines")


def test_people_may_be_quicker_than_our_first_look(documind: Ground, tmp_path: Path) -> None:
    documind.switch(list_lag="0.5")
    id = documind.ordered("extract", copy(tmp_path), schema=BILL)
    open_ = documind.until(id, lambda op: op["status"] == "needs_review")

    assert open_["handle"] == documind.orders("upload")[0]["document"]  # no more is known yet
    review(documind, open_["handle"], total_amount=PAID)

    assert documind.ended(id)["result"]["results"]["total_amount"] == PAID


def test_an_approval_as_it_is_keeps_the_values(documind: Ground, tmp_path: Path) -> None:
    id = documind.ordered("extract", copy(tmp_path), schema=BILL)

    review(documind, waiting(documind, id)["handle"])

    result = documind.ended(id)["result"]
    assert result["results"] == result["original_results"]
    assert result["is_reviewed"] is True


def test_extract_now_returns_at_once_with_the_flag(documind: Ground, tmp_path: Path) -> None:
    result = documind.result("extract_now", copy(tmp_path), schema=BILL)

    assert result["needs_review"] is True
    assert result["results"]["invoice_number"] == "PCR-2026-041"
    assert result["needs_review_metadata"]["review_flags"]["total_amount"] is True
    assert documind.requests("check_status") == []


def test_the_schema_comes_as_an_object_or_as_the_text_of_a_form(
    documind: Ground, tmp_path: Path
) -> None:
    by_json = documind.result("extract", copy(tmp_path, "invoice.pdf"), schema=BILL)
    paper = copy(tmp_path, "invoice.pdf")
    with paper.open("rb") as file:
        answer = documind.system.call(
            "POST",
            "/v1/documind/extract",
            data=form(schema=BILL, prompt="A bill.", review_threshold="70"),
            files={"document": file},
        )
    by_form = documind.ended(answer.json()["id"])["result"]

    assert by_form["results"] == by_json["results"]
    first, second = documind.orders("submit")
    assert first["fields"] == second["fields"] == ["invoice_number", "total_amount"]
    assert (first["review_threshold"], second["review_threshold"]) == (80, 70)


def test_options_reach_documind(documind: Ground, tmp_path: Path) -> None:
    paper = copy(tmp_path)
    result = documind.result("extract", paper, schema=BILL, model="openai-gpt-4.1")
    documind.result("extract_now", copy(tmp_path), schema=BILL, extraction_mode="vlm")

    assert result["needs_review"] is False  # a basic model knows no confidence
    basic, vision = documind.orders("submit")
    assert (basic["model"], basic["extraction_mode"]) == ("openai-gpt-4.1", None)
    assert (vision["model"], vision["extraction_mode"]) == (None, "vlm")


def test_a_refusal_reaches_the_caller_in_the_words_of_documind(
    documind: Ground, tmp_path: Path
) -> None:
    documind.system.misbehave("submit:402")
    body = json_of(copy(tmp_path), schema=BILL)

    answer = documind.system.call("POST", "/v1/documind/extract?wait=10", json=body)

    assert answer.status_code == 422
    said = answer.json()
    assert (said["code"], said["provider_status"]) == ("refused", 402)
    assert said["error"]["message"] == "Insufficient credits"


def test_a_schema_that_makes_no_sense_is_refused_in_the_words_of_documind(
    documind: Ground, tmp_path: Path
) -> None:
    op = documind.ended(documind.ordered("extract", copy(tmp_path), schema={"fields": {}}))

    assert op["status"] == "failed"
    assert "named_entities" in op["error"]["message"]
    assert op["error"]["provider_status"] == 400


def test_an_extraction_that_failed_ends_the_wait(documind: Ground, tmp_path: Path) -> None:
    documind.system.misbehave("submit:fail")

    op = documind.ended(documind.ordered("extract", copy(tmp_path), schema=BILL))

    assert (op["status"], op["error"]["code"]) == ("failed", "provider_failed")
    (order,) = documind.orders("submit")
    assert op["handle"] == order["job"]
    assert documind.requests("check_status")


def test_a_document_may_be_an_invoice_of_several_pages(documind: Ground) -> None:
    result = documind.result("extract_now", DOCUMENTS / "invoice.pdf", schema=BILL)

    assert result["results"]["total_amount"] == 12330.0


def json_of(paper: Path, **fields: Any) -> dict[str, Any]:
    content = b64encode(paper.read_bytes()).decode()
    return {"document": content, "document_name": paper.name, **fields}
