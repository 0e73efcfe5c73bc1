"""Does Pulse's own SDK take the simulator for Pulse? All stories run at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.simulators import SIMULATORS, Options
from tests.sdks.running import answer, start
from tests.serving import serving
from tests.simulators.workbooks import template

INVOICE = Path(__file__).parents[2] / "samples" / "documents" / "invoice.pdf"
KEY = "pulse_sdk"
SIMULATED = {
    "plain": Options(seconds=0.8, key=KEY),
    "large": Options(seconds=0.3, key=KEY, switches={"large_pages": "2", "ack": "200"}),
    "busy": Options(seconds=0.0, key=KEY, fail=("submit:503*1",)),
    "broken": Options(seconds=0.0, key=KEY, fail=("check_status:500",)),
    "late": Options(seconds=0.0, key=KEY, fail=("check_status:429=1*1",)),
    "spoilt": Options(seconds=0.0, key=KEY, fail=("submit:fail*1",)),
}
"""Simulator -> how it behaves."""
PLAIN = ("later", "at_once", "steps", "batch", "cancel", "form", "fill", "excel")
RUNS = {
    **{name: ("plain", name, KEY) for name in PLAIN},
    "wrong key": ("plain", "later", "pulse_wrong"),
    "large": ("large", "large", KEY),
    "busy": ("busy", "at_once", KEY),
    "broken": ("broken", "later", KEY),
    "late": ("late", "later", KEY),
    "spoilt": ("spoilt", "at_once", KEY),
}
"""Run -> its simulator, its story, its key."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What every run printed, by name, and the simulators' logs under ``logs``."""
    invoice = tmp_path_factory.mktemp("papers") / INVOICE.name
    invoice.write_bytes(INVOICE.read_bytes())
    invoice.with_suffix(".xlsx").write_bytes(template(Lines=["Item", "Amount"]))
    with ExitStack() as stack:
        urls = {
            name: stack.enter_context(serving(SIMULATORS["pulse"](options)))
            for name, options in SIMULATED.items()
        }
        started = {
            run: start("pulse", "pulse_1.py", story, urls[simulator], key, str(invoice))
            for run, (simulator, story, key) in RUNS.items()
        }
        printed: dict[str, Any] = {run: answer(process) for run, process in started.items()}
        printed["logs"] = {
            name: requests.get(f"{url}/_simulator/log", timeout=5).json()
            for name, url in urls.items()
        }
        yield printed


def statuses(log: dict[str, Any], kind: str) -> Counter[int]:
    """How often which status was answered."""
    return Counter(seen["status"] for seen in log["requests"] if seen["kind"] == kind)


def test_the_sdk_completes_an_asynchronous_extraction(runs: dict[str, Any]) -> None:
    done = runs["later"]

    assert done["ack"] == "pending"
    assert done["seen"][-2:] == ["processing", "completed"]
    assert done["start"] == "# Harbour Lane Print Wor"
    assert (done["chunks"], done["plan"]) == (2, "trial")
    assert done["created"].endswith("+00:00")


def test_the_sdk_completes_an_extraction_and_all_steps_at_once(runs: dict[str, Any]) -> None:
    assert runs["at_once"] == {
        "pages": 2,
        "tier": "trial",
        "title": "Harbour Lane Print Works",
        "table": [17, 4],
        "chunks": 2,
        "payment": [2],
        "total": 12330.0,
        "tables": 1,
        "link": "https://",
    }


def test_the_sdk_follows_the_acknowledgements_of_all_steps(runs: dict[str, Any]) -> None:
    assert "split_output" in runs["steps"]["split"]
    assert "schema_output" in runs["steps"]["schema"]
    assert "tables_output" in runs["steps"]["tables"]


def test_the_sdk_sees_the_progress_of_a_batch(runs: dict[str, Any]) -> None:
    assert runs["batch"] == {
        "total": 2,
        "first": {"total": 2, "completed": 0, "failed": 0},
        "last": {"total": 2, "completed": 2, "failed": 0},
    }


def test_the_sdk_cancels_a_job(runs: dict[str, Any]) -> None:
    assert runs["cancel"] == {"message": "Job canceled successfully", "status": "canceled"}


def test_the_sdk_reads_a_form_and_fetches_its_pdf(runs: dict[str, Any]) -> None:
    assert runs["form"]["cells"] > 10
    assert runs["form"]["same"] is True


def test_the_sdk_fills_a_form_and_fetches_its_pdf(runs: dict[str, Any]) -> None:
    assert runs["fill"] == {"form": None, "filled": 0, "start": "%PDF-"}


def test_the_sdk_fills_a_template_and_fetches_the_workbook(runs: dict[str, Any]) -> None:
    assert runs["excel"] == {"rows": 20, "start": "PK", "status": 200}


def test_a_large_result_is_gone_at_the_second_reading(runs: dict[str, Any]) -> None:
    done = runs["large"]

    assert done["link"]["is_url"] is True
    assert (done["pages"], done["second"]) == (2, "GoneError")
    assert statuses(runs["logs"]["large"], "submit") == {200: 1}  # as its OpenAPI has it
    assert statuses(runs["logs"]["large"], "get_result") == {200: 1, 410: 1}


def test_the_sdk_reports_a_wrong_key(runs: dict[str, Any]) -> None:
    done = runs["wrong key"]

    assert (done["raised"], done["status"]) == ("UnauthorizedError", 401)
    assert done["body"]["error"]["code"] == "AUTH_002"


def test_the_sdk_orders_again_after_a_503(runs: dict[str, Any]) -> None:
    assert runs["busy"]["pages"] == 2
    assert statuses(runs["logs"]["busy"], "submit") == {503: 1, 200: 4}
    assert [order["operation"] for order in runs["logs"]["busy"]["orders"]].count("extract") == 1


def test_a_5xx_after_the_order_was_taken_makes_the_sdk_order_twice(runs: dict[str, Any]) -> None:
    assert runs["spoilt"]["pages"] == 2
    orders = [o["sha256"] for o in runs["logs"]["spoilt"]["orders"] if o["operation"] == "extract"]
    assert len(orders) == 2
    assert len(set(orders)) == 1


def test_the_sdk_asks_three_times_when_a_check_is_broken(runs: dict[str, Any]) -> None:
    assert (runs["broken"]["raised"], runs["broken"]["status"]) == ("InternalServerError", 500)
    assert statuses(runs["logs"]["broken"], "check_status") == {500: 3}


def test_the_sdk_waits_when_it_is_told_to(runs: dict[str, Any]) -> None:
    assert runs["late"]["seen"] == ["completed"]
    assert statuses(runs["logs"]["late"], "check_status") == {429: 1, 200: 1}
