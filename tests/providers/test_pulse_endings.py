"""How jobs at Pulse end, and what is done when it has no time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.providers.worlds import DOCUMENTS, Ground, brisk
from tests.service.worlds import Clock

INVOICE = DOCUMENTS / "invoice.pdf"


def test_cancel_stops_the_job_at_pulse(pulse: Ground) -> None:
    pulse.system.misbehave("submit:stuck")
    id = pulse.ordered("extract", INVOICE)
    running = pulse.until(id, lambda op: op["handle"])

    pulse.system.misbehave()
    stopped = pulse.system.call("POST", f"/v1/operations/{id}/cancel").json()

    assert pulse.ended(id)["status"] == "canceled", stopped
    (asked,) = pulse.requests("cancel")
    assert (asked["method"], asked["path"]) == ("DELETE", f"/job/{running['handle']}")


def test_a_job_that_failed_brings_the_words_of_pulse(pulse: Ground) -> None:
    pulse.system.misbehave("submit:fail")

    op = pulse.ended(pulse.ordered("extract", INVOICE))

    assert op["status"] == "failed"
    told = {"code": "provider_failed", "message": "Processing failed", "handle": op["handle"]}
    assert op["error"] == told


def test_a_job_whose_output_was_deleted_is_expired_and_its_stub_no_result(
    prepared: None, tmp_path: Path
) -> None:
    clock = Clock()
    with brisk(tmp_path, "pulse", seconds=5, retention=100, clock=clock) as pulse:
        id = pulse.ordered("extract", INVOICE)
        pulse.until(id, lambda op: op["handle"])
        clock.now += 150
        op = pulse.ended(id)

    assert (op["status"], op["error"]["code"]) == ("failed", "expired")
    assert op["result"] is None
    assert "retention" in op["note"]


def test_an_unknown_word_leaves_the_job_open_with_a_note(pulse: Ground) -> None:
    pulse.system.misbehave("check_status:unknown=resting*3")

    id = pulse.ordered("extract", INVOICE)

    assert pulse.ended(id)["status"] == "succeeded"
    assert any("does not know its answer" in note for note in pulse.notes(id))


@pytest.mark.parametrize("word", ["canceled", "cancelled"])
def test_a_job_that_pulse_canceled_is_canceled_in_both_spellings(pulse: Ground, word: str) -> None:
    pulse.system.misbehave(f"submit:unknown={word}")

    assert pulse.ended(pulse.ordered("extract", INVOICE))["status"] == "canceled"


def test_retry_after_is_obeyed(pulse: Ground) -> None:
    pulse.system.misbehave("check_status:429=1*1")

    assert pulse.result("extract", INVOICE)["page_count"] == 2

    asked = pulse.requests("check_status")
    pauses = [later["at"] - sooner["at"] for sooner, later in pairwise(asked)]
    assert asked[0]["status"] == 429
    assert pauses[0] >= 1.0


@pytest.mark.parametrize("fault", ["submit:503*1", "submit:429=1*1"])
def test_an_order_that_a_busy_pulse_did_not_take_is_sent_again(pulse: Ground, fault: str) -> None:
    pulse.system.misbehave(fault)

    assert pulse.result("extract", INVOICE)["page_count"] == 2

    assert [each["status"] for each in pulse.requests("submit")] == [int(fault[7:10]), 202]
    assert len(pulse.orders()) == 1


def test_an_order_whose_answer_is_lost_is_not_sent_twice(pulse: Ground) -> None:
    pulse.system.misbehave("submit:drop-after*1")

    op = pulse.ended(pulse.ordered("extract", INVOICE))

    assert (op["status"], op["error"]["code"]) == ("failed", "cut_short")
    assert len(pulse.orders()) == 1
