"""Does every provider's action go for an AI Tool? Orders of the marketplace, start to end, before
the stand-ins of the providers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.simulators import BUYERS, DEMOS, Options
from tests.living import ROOT, Living, living
from tests.providers.worlds import hurry
from tests.sellershorts.worlds import SECRET
from tests.service.worlds import stay_here
from tests.serving import serving

DOCUMENTS = ROOT / "samples" / "documents"
SETTINGS = {"CONNECTOR_ALLOWED_HOSTS": "127.0.0.1", "CONNECTOR_SELLERSHORTS_SECRET": SECRET}
SHOWS = {"mindee": "HL-2026-0117", "pulse": "Equipment Loan Agreement", "documind": "needs_review"}
"""What the sample document of each demonstration is known by in the result."""


class Shop:
    """A provider's tool, and the marketplace that it is sold at."""

    def __init__(self, system: Living, market: str, provider: str) -> None:
        self.system, self.market, self.provider = system, market, provider
        self.show = DEMOS[provider]
        self.action = "extract_now" if provider == "documind" else self.show.action

    def buy(self, polled: bool, **more: Any) -> dict[str, Any]:
        """An order of the sample document, which the marketplace keeps for us."""
        path = DOCUMENTS / self.show.document
        kept = requests.post(
            f"{self.market}/_files/{path.name}", data=path.read_bytes(), timeout=10
        ).json()
        webhook = f"{self.system.url}/sellershorts/{self.provider}/{self.action}"
        said = {
            "webhook": webhook,
            "status": f"{webhook}/orders/{{order_id}}" if polled else None,
            "callback": not polled,
            "headers": {"Authorization": f"Bearer {self.system.key}"},
            "inputs": {**self.fields(), "document": kept["url"]},
            **more,
        }
        bought: dict[str, Any] = requests.post(f"{self.market}/_buy", json=said, timeout=30).json()
        return bought

    def fields(self) -> Mapping[str, Any]:
        """What a buyer fills in beside the document: texts, as in every form."""
        models = {"model_id": "8f6f3c1e-2b7a-4d55-9a0e-1c4b7d2e6f01"}
        given = {**self.show.fields, **(models if self.provider == "mindee" else {})}
        given.pop("pace", None)
        return {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}

    def ended(self, order_id: str) -> dict[str, Any]:
        """The order once the marketplace knows its end."""
        ends = time.monotonic() + 30
        while True:
            found: dict[str, Any] = requests.get(
                f"{self.market}/_orders/{order_id}", timeout=10
            ).json()
            if found["status"] != "processing":
                return found
            assert time.monotonic() < ends, found
            time.sleep(0.05)


@pytest.fixture(scope="module", params=sorted(DEMOS))
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared: None
) -> Iterator[Shop]:
    """One shop for each provider."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    market = BUYERS["sellershorts"](Options(seconds=0.2, key=SECRET))
    with (
        serving(market) as address,
        living(folder, SETTINGS, 0.1, provider=request.param) as system,
    ):
        stay_here(system)
        hurry(system.engine.parts.manifests, 0.05)
        yield Shop(system, address, request.param)


@pytest.mark.parametrize("polled", [True, False])
def test_an_order_is_completed(shop: Shop, polled: bool) -> None:
    bought = shop.buy(polled)
    assert (bought["http"], bought["answer"]["status"]) == (200, "processing"), bought

    order = shop.ended(bought["order_id"])

    assert order["status"] == "completed", order
    assert order["result"]["type"] == "json"
    assert SHOWS[shop.provider] in order["result"]["text"]
    kinds = {each["kind"] for each in order["events"]}
    assert kinds == {"order", "poll" if polled else "callback"}
    assert [each["wrong"] for each in order["events"] if each.get("wrong")] == []


def test_an_order_without_what_it_needs_is_refused(shop: Shop) -> None:
    bought = shop.buy(polled=False, inputs={})

    assert bought["http"] == 422
    assert bought["answer"]["ok"] is False
    assert "/document" in {each["pointer"] for each in bought["answer"]["errors"]}


def test_a_template_with_the_fixed_fields_in_it_does_as_well(shop: Shop) -> None:
    fixed = {**shop.fields(), "document": "{inputs.upload}"}
    template = {"order": "{order_id}", "form": fixed, "back": "{callback_url}"}
    webhook = f"{shop.system.url}/sellershorts/{shop.provider}/{shop.action}"
    path = DOCUMENTS / shop.show.document
    kept = requests.post(f"{shop.market}/_files/{path.name}", data=path.read_bytes(), timeout=10)

    bought = shop.buy(
        polled=False,
        callback=True,
        form=template,
        inputs={"upload": kept.json()["url"]},
        webhook=f"{webhook}?at.order_id=order&at.inputs=form&at.callback_url=back",
    )

    assert bought["http"] == 200, bought
    assert shop.ended(bought["order_id"])["status"] == "completed"
