"""DocuMind extracts while the connection is open: what if it breaks, and whose is what then?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.providers.people import BILL, PAID, PARTIES, review, waiting
from tests.providers.worlds import Ground, copy


def test_a_lost_answer_is_looked_up_and_never_ordered_again(
    documind: Ground, tmp_path: Path
) -> None:
    documind.system.misbehave("submit:drop-after*1")

    id = documind.ordered("extract", copy(tmp_path, "invoice.pdf"), schema=BILL)
    op = documind.ended(id)

    assert op["status"] == "succeeded"
    assert op["result"]["results"]["total_amount"] == 12330.0
    assert op["result"]["is_reviewed"] is False
    (order,) = documind.orders("submit")
    assert op["handle"] == op["result"]["extraction_id"] == order["job"]
    assert any("looking instead of ordering again" in note for note in documind.notes(id))


def test_a_lost_answer_may_need_people_too(documind: Ground, tmp_path: Path) -> None:
    documind.system.misbehave("submit:drop-after*1")
    id = documind.ordered("extract", copy(tmp_path), schema=BILL)

    open_ = waiting(documind, id)
    assert open_["preliminary"]["invoice_number"] == "PCR-2026-041"
    review(documind, open_["handle"], total_amount=PAID)

    assert documind.ended(id)["result"]["results"]["total_amount"] == PAID
    assert len(documind.orders("submit")) == 1


@pytest.mark.parametrize("fault", ["drop-after", "drop-mid", "malformed", "empty"])
def test_extract_now_finds_its_extraction_however_the_answer_was_lost(
    documind: Ground, tmp_path: Path, fault: str
) -> None:
    documind.system.misbehave(f"submit:{fault}*1")

    result = documind.result("extract_now", copy(tmp_path), schema=BILL)

    assert result["needs_review"] is True
    assert result["results"]["invoice_number"] == "PCR-2026-041"
    assert len(documind.orders("submit")) == 1


def test_an_extraction_that_goes_on_behind_a_proxys_back_is_waited_for(
    documind: Ground, tmp_path: Path
) -> None:
    documind.system.misbehave("submit:drop-after*1", "check_status:stuck*3")

    id = documind.ordered("extract", copy(tmp_path, "invoice.pdf"), schema=BILL)

    assert documind.ended(id)["result"]["results"]["total_amount"] == 12330.0
    assert len(documind.requests("check_status")) >= 4


def test_a_list_that_is_late_means_not_yet(documind: Ground, tmp_path: Path) -> None:
    documind.switch(list_lag="0.4")
    id = documind.ordered("extract", copy(tmp_path), schema=BILL)

    review(documind, waiting(documind, id)["handle"], total_amount=PAID)

    assert documind.ended(id)["result"]["results"]["total_amount"] == PAID
    assert "DocuMind does not list the extraction yet." in documind.notes(id)


def test_a_lost_answer_is_found_in_a_late_list(documind: Ground, tmp_path: Path) -> None:
    documind.switch(list_lag="0.4")
    documind.system.misbehave("submit:drop-after*1")

    op = documind.ended(documind.ordered("extract", copy(tmp_path, "invoice.pdf"), schema=BILL))

    assert op["result"]["results"]["total_amount"] == 12330.0
    assert len(documind.orders("submit")) == 1


@pytest.mark.parametrize("later_first", [False, True])
def test_two_extractions_of_one_document_end_each_with_its_own(
    documind: Ground, tmp_path: Path, later_first: bool
) -> None:
    paper = copy(tmp_path)
    ids = [documind.ordered("extract", paper, schema=each) for each in (BILL, PARTIES)]
    open_ = [waiting(documind, id) for id in ids]
    assert len({each["document"] for each in documind.orders("upload")}) == 1
    assert [set(each["preliminary"]) for each in open_] == [
        set(BILL["named_entities"]),
        set(PARTIES["named_entities"]),
    ]

    paid = {open_[0]["handle"]: 1.5, open_[1]["handle"]: 2.5}
    for handle in sorted(paid, key=paid.__getitem__, reverse=later_first):
        review(documind, handle, total_amount=paid[handle])

    first, second = (documind.ended(id)["result"]["results"] for id in ids)
    assert first == {"invoice_number": "PCR-2026-041", "total_amount": 1.5}
    assert second == {"supplier": "Pentland Cycle Repairs", "total_amount": 2.5}
