"""Large results of Pulse: behind a link that works once, on its own host or on a foreign one."""

from __future__ import annotations

import pytest

from tests.providers.worlds import DOCUMENTS, Ground

INVOICE = DOCUMENTS / "invoice.pdf"
EVERYTHING = {"word_boxes": True, "return_html": True, "return_xml": True}
"""Options that make the result of a short invoice longer than 64 kB."""


@pytest.mark.parametrize("switch", [{"large_pages": "2"}, {"large_bytes": "100"}])
def test_a_large_result_is_fetched_once_and_read_many_times(
    pulse: Ground, switch: dict[str, str]
) -> None:
    pulse.switch(**switch)

    id = pulse.ordered("extract", INVOICE)
    results = [pulse.ended(id)["result"], *(read(pulse, id) for _ in range(3))]

    assert all(each == results[0] for each in results)
    assert "HL-2026-0117" in results[0]["markdown"]
    fetched = pulse.requests("get_result")
    assert [(each["status"], each["authorization"]) for each in fetched] == [(200, True)]


def test_a_result_over_64_kb_is_kept_as_a_file_and_read_as_often_as_wanted(pulse: Ground) -> None:
    pulse.switch(large_pages="2")

    id = pulse.ordered("extract", INVOICE, **EVERYTHING)
    op = pulse.ended(id)

    assert op["result"] is None
    assert op["links"]["file"]
    first, second = read(pulse, id), read(pulse, id)
    flow = f"/power-automate/pulse/operations/{id}/result"
    assert first == second == pulse.system.call("GET", flow).json()
    assert first == pulse.system.call("GET", op["links"]["file"]).json()
    assert first["extensions"]["altOutputs"]["wlbb"]
    assert len(pulse.requests("get_result")) == 1


def test_a_foreign_host_gets_no_key(pulse: Ground) -> None:
    foreign = pulse.system.provider.replace("127.0.0.1", "localhost")
    pulse.switch(large_pages="2", foreign_host=foreign)

    result = pulse.result("extract", INVOICE)

    assert "HL-2026-0117" in result["markdown"]
    (fetched,) = pulse.requests("get_result")
    assert fetched["host"].startswith("localhost:")
    assert fetched["authorization"] is False
    assert all(each["authorization"] for each in pulse.requests("check_status"))


def test_a_result_that_is_gone_is_said_to_be_gone(pulse: Ground) -> None:
    pulse.switch(large_pages="2")
    pulse.system.misbehave("get_result:gone=410")

    op = pulse.ended(pulse.ordered("extract", INVOICE))

    assert (op["status"], op["error"]["code"]) == ("failed", "result_gone")
    assert op["error"]["handle"] == op["handle"] == pulse.orders()[0]["job"]
    assert len(pulse.requests("get_result")) == 1


def test_a_result_whose_only_reading_was_lost_on_its_way_is_gone(pulse: Ground) -> None:
    pulse.switch(large_pages="2")
    pulse.system.misbehave("get_result:drop-after*1")

    op = pulse.ended(pulse.ordered("extract", INVOICE))

    assert (op["status"], op["error"]["code"]) == ("failed", "result_gone")
    assert [each["status"] for each in pulse.requests("get_result")] == [0, 410]


def read(pulse: Ground, id: str) -> object:
    answer = pulse.system.call("GET", f"/v1/operations/{id}/result")
    assert answer.status_code == 200, answer.text
    return answer.json()
