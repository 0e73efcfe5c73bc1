"""How does SellerShorts have a job done? A buyer orders twice: one order is polled, where a second
and a half stands for 15 minutes, the other is called back."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from connector.client import Refused
from connector.core.template import as_text
from connector.demo.processes import local, stand_in
from connector.demo.steps import Scene, Steps

NAME = "sellershorts"
SECRET = "a secret of the demonstration"
BETWEEN = 1.5  # seconds between two polls, for 15 minutes
LOOK = 0.2
PATIENCE = 120.0  # seconds for an order


def open_market(running: ExitStack, steps: Steps) -> str:
    """The marketplace's stand-in as a process, and its address."""
    market = local()
    options = ("--seconds", str(BETWEEN), "--key", SECRET)
    running.enter_context(stand_in(NAME, market, *options))
    steps.say(f"a stand-in for SellerShorts answers at {market}, and polls every {BETWEEN:g} s")
    return market


def settings(market: str) -> Mapping[str, str]:
    """What a service needs to know of the marketplace, if there is one."""
    if not market:
        return {}
    return {
        "CONNECTOR_ALLOWED_HOSTS": urlsplit(market).netloc,
        "CONNECTOR_SELLERSHORTS_SECRET": SECRET,
    }


def show(scene: Scene) -> Any:
    """Both orders; returns the result of the one that was called back."""
    inputs = {name: as_text(value) for name, value in scene.fields().items() if name != "pace"}
    with scene.path.open("rb") as file:
        url = f"{scene.market}/_files/{scene.path.name}"
        inputs["document"] = scene.client.call("POST", url, data=file).json()["url"]
    scene.steps.say(f"a buyer uploads {scene.path.name} and fills in the form")
    _completed(scene, inputs, polled=True)
    return json.loads(_completed(scene, inputs, polled=False)["text"])


def _completed(scene: Scene, inputs: Mapping[str, str], polled: bool) -> Any:
    """The result of one order, every event of which is said; raises Refused."""
    path = f"/{NAME}/{scene.provider}/{scene.show.action}"
    bought = scene.client.call(
        "POST", f"{scene.market}/_buy", json=_order(scene, path, inputs, polled)
    ).json()
    said, ends = 0, time.monotonic() + PATIENCE
    while True:
        for event in bought["events"][said:]:
            scene.steps.say(_seen(event, path))
        said = len(bought["events"])
        if bought["status"] == "completed":
            return bought["result"]
        if bought["status"] == "failed" or bought["events"][0]["http"] != 200:
            raise Refused(f"the order failed: {bought['error'] or bought.get('answer')}")
        if time.monotonic() > ends:
            raise Refused(f"the order did not end within {PATIENCE:g} s")
        time.sleep(LOOK)
        for op in scene.client.get("/v1/operations").json() if scene.show.corrections else ():
            scene.review(op["id"])
        bought = scene.client.get(f"{scene.market}/_orders/{bought['order_id']}").json()


def _order(scene: Scene, path: str, inputs: Mapping[str, str], polled: bool) -> dict[str, Any]:
    """What the marketplace is told to order, and how it hears of the end."""
    pace = scene.show.fields.get("pace")
    return {
        "webhook": scene.client.url + path + (f"?pace={pace}" if pace else ""),
        "status": f"{scene.client.url}{path}/orders/{{order_id}}" if polled else None,
        "callback": not polled,
        "headers": {"x-api-key": scene.key},
        "inputs": inputs,
    }


def _seen(event: Mapping[str, Any], path: str) -> str:
    if event["kind"] == "callback":
        return "the connector calls back, with the result"
    said = event["said"]
    more = [f"{said['progress']} %"] if said["progress"] is not None else []
    words = ", ".join([str(said["status"]), *more, *filter(None, [said["message"]])])
    asked = f"POST {path}" if event["kind"] == "order" else "GET its status"
    return f"SellerShorts: {asked} -> {event['http']} {words}"
