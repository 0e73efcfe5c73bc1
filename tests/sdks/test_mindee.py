"""Do Mindee's own SDKs take the simulator for Mindee? All runs share one simulator, at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.simulators import SIMULATORS, Options
from connector.simulators.mindee import MODELS
from tests.sdks.running import answer, start
from tests.serving import serving

DOCUMENTS = Path(__file__).parents[2] / "samples" / "documents"
INVOICE = str(DOCUMENTS / "invoice.pdf")
MODEL = {model.product: model.id for model in reversed(MODELS)}
KEY = "md_sdk"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sdks") / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nthis is where it ends")
    return str(path)


@pytest.fixture(scope="module")
def runs(broken: str) -> Iterator[dict[str, Any]]:
    """What every run printed, by name, and the simulator's log under ``log``."""
    app = SIMULATORS["mindee"](Options(seconds=0.8, key=KEY))
    with serving(app) as url:
        new = [(p, (KEY, p, MODEL[p], INVOICE)) for p in MODEL]
        new.append(("failed job", (KEY, "classification", MODEL["classification"], broken)))
        new.append(("wrong key", ("md_wrong", "ocr", MODEL["ocr"], INVOICE)))
        old = [
            ("extraction", (KEY, MODEL["extraction"], INVOICE)),
            ("failed job", (KEY, MODEL["extraction"], broken)),
            ("wrong key", ("md_wrong", MODEL["extraction"], INVOICE)),
        ]
        started = {
            f"5 {name}": start("mindee-5", "mindee_5.py", *given, MINDEE_V2_BASE_URL=url)
            for name, given in new
        } | {
            f"4 {name}": start("mindee-4", "mindee_4.py", *given, MINDEE_V2_BASE_URL=f"{url}/v2")
            for name, given in old
        }
        printed: dict[str, Any] = {name: answer(process) for name, process in started.items()}
        printed["log"] = requests.get(f"{url}/_simulator/log", timeout=5).json()
        yield printed


def test_sdk_5_completes_an_extraction(runs: dict[str, Any]) -> None:
    done = runs["5 extraction"]

    assert done["total"] == 12330.0
    assert done["items"] == 20
    assert done["raw"] == "Harbour Lane Print Works"
    assert done["alias"] == "our-7"
    assert "on page 1" in done["place"]


@pytest.mark.parametrize(
    ("product", "seen"),
    [
        ("classification", {"type": "invoice"}),
        ("crop", {"crops": [["invoice", 0], ["invoice", 1]]}),
        ("split", {"splits": [["invoice", [0, 1]]]}),
        ("ocr", {"words": ["Harbour", "Lane", "Print", "Works"]}),
    ],
)
def test_sdk_5_completes_every_other_product(
    runs: dict[str, Any], product: str, seen: dict[str, Any]
) -> None:
    done = runs[f"5 {product}"]

    assert done | seen == done
    assert done["pages"] == 2
    assert done["models"] == [model.id for model in MODELS if model.product == product]


def test_sdk_4_completes_an_extraction_by_the_old_paths(runs: dict[str, Any]) -> None:
    paths = {request["path"] for request in runs["log"]["requests"]}

    assert runs["4 extraction"] == {"alias": "our-4", "total": 12330.0, "items": 20}
    assert "/v2/inferences/enqueue" in paths


@pytest.mark.parametrize("version", ["4", "5"])
def test_sdks_report_a_failed_job_with_its_reason(runs: dict[str, Any], version: str) -> None:
    done = runs[f"{version} failed job"]

    assert done["raised"] == "job"
    assert "The PDF could not be read" in done["message"]


def test_sdks_report_a_wrong_key(runs: dict[str, Any]) -> None:
    assert runs["5 wrong key"] == {"raised": "http", "status": 401, "code": "401-001"}
    assert runs["4 wrong key"]["status"] == 401


def test_both_forms_of_webhook_ids_arrive_as_two(runs: dict[str, Any]) -> None:
    seen = {order["alias"]: order["webhook_ids"] for order in runs["log"]["orders"]}

    assert len(seen["our-7"]) == 2  # SDK 5 repeats the field
    assert seen["our-4"] == seen["our-7"]  # SDK 4 joins with commas
