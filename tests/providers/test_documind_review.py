"""Waiting for a review of what was extracted before; and people who take too long."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.providers.people import BILL, PAID, PARTIES, extract, items, review, waiting
from tests.providers.worlds import Ground, copy


@pytest.fixture
def extraction(documind: Ground, tmp_path: Path) -> dict[str, Any]:
    """An extraction that waits for people, as DocuMind lists it."""
    document = extract(documind.system, copy(tmp_path), BILL)
    return items(documind.system, document_id=document)[0]


@pytest.mark.parametrize(
    "by", [("document_id",), ("extraction_id",), ("document_id", "extraction_id")]
)
def test_a_review_is_waited_for_by_document_by_extraction_or_both(
    documind: Ground, extraction: dict[str, Any], by: tuple[str, ...]
) -> None:
    known = {"document_id": extraction["document_id"], "extraction_id": extraction["id"]}
    id = documind.ordered("wait_for_review", **{name: known[name] for name in by})

    open_ = waiting(documind, id)
    assert open_["preliminary"] == extraction["results"]
    review(documind, open_["handle"], total_amount=PAID)

    result = documind.ended(id)["result"]
    assert result["extraction_id"] == extraction["id"]
    assert result["document_id"] == extraction["document_id"]
    assert result["results"]["total_amount"] == PAID
    assert result["original_results"] == extraction["results"]


def test_without_an_id_nothing_can_be_waited_for(documind: Ground) -> None:
    answer = documind.order("wait_for_review")

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/", "detail": "Give document_id or extraction_id."}
    ]


def test_what_was_reviewed_before_is_there_at_once(
    documind: Ground, extraction: dict[str, Any]
) -> None:
    review(documind, extraction["id"], total_amount=PAID)

    result = documind.result("wait_for_review", extraction_id=extraction["id"])

    assert result["results"]["total_amount"] == PAID


def test_what_needs_no_review_is_there_at_once(documind: Ground, tmp_path: Path) -> None:
    document = extract(documind.system, copy(tmp_path, "invoice.pdf"), BILL)

    result = documind.result("wait_for_review", document_id=document)

    assert result["is_reviewed"] is False
    assert result["results"] == result["original_results"]
    assert result["results"]["total_amount"] == 12330.0


def test_the_newest_extraction_of_a_document_is_waited_for(
    documind: Ground, tmp_path: Path
) -> None:
    paper = copy(tmp_path)
    document = extract(documind.system, paper, BILL, PARTIES)
    id = documind.ordered("wait_for_review", document_id=document)
    open_ = waiting(documind, id)

    extract(documind.system, paper, BILL)  # came later: it is not the one
    review(documind, open_["handle"], total_amount=PAID)

    assert set(open_["preliminary"]) == set(PARTIES["named_entities"])
    assert documind.ended(id)["result"]["results"]["total_amount"] == PAID


def test_an_extraction_that_is_not_listed_is_not_there_yet(documind: Ground) -> None:
    id = documind.ordered("wait_for_review", extraction_id=str(uuid.uuid4()), timeout=1)

    op = documind.until(id, lambda op: op["note"])
    assert (op["status"], op["note"]) == ("pending", "DocuMind does not list the extraction yet.")

    assert documind.ended(id)["error"]["code"] == "timed_out"


def test_an_extraction_is_not_lost_among_many_that_came_later(
    documind: Ground, extraction: dict[str, Any], tmp_path: Path
) -> None:
    id = documind.ordered("wait_for_review", extraction_id=extraction["id"])
    waiting(documind, id)

    extract(documind.system, copy(tmp_path, "receipt.pdf"), *[BILL] * 101)
    assert extraction["id"] not in {each["id"] for each in items(documind.system, limit=100)}
    review(documind, extraction["id"], total_amount=PAID)

    assert documind.ended(id)["result"]["results"]["total_amount"] == PAID


def test_a_failed_extraction_ends_the_wait(documind: Ground, tmp_path: Path) -> None:
    document = extract(documind.system, copy(tmp_path), BILL)
    documind.system.misbehave("check_status:fail")

    op = documind.ended(documind.ordered("wait_for_review", document_id=document))

    assert (op["status"], op["error"]["code"]) == ("failed", "provider_failed")


def test_a_review_that_comes_too_late_leaves_what_was_read_and_the_id_to_wait_on(
    documind: Ground, tmp_path: Path
) -> None:
    id = documind.ordered("extract", copy(tmp_path), schema=BILL, timeout=1)

    op = documind.ended(id)
    (order,) = documind.orders("submit")
    review(documind, order["job"], total_amount=PAID)

    assert (op["status"], op["error"]["code"]) == ("failed", "timed_out")
    assert op["error"]["handle"] == order["job"]
    assert documind.look(id)["preliminary"]["invoice_number"] == "PCR-2026-041"
    again = documind.result("wait_for_review", extraction_id=op["error"]["handle"])
    assert again["results"]["total_amount"] == PAID
