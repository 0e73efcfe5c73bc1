"""What do the tests of this folder live in? A service before a provider whose answers the test
decides, and before it the marketplace's stand-in; the test moves the clock."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from flask import Response

from connector.core.model import CLOSED, Status
from connector.simulators import BUYERS, Options
from tests.living import Living
from tests.service.acme import Acme
from tests.service.worlds import Clock, still
from tests.serving import serving

SECRET = "the secret of the marketplace"
MANIFESTS = Path(__file__).parent / "manifests"
PDF = b"%PDF-1.7 a small one"
HERE = "https://connector.example"
OPEN = [each for each in Status if each not in CLOSED]


@dataclass(frozen=True)
class World:
    """The service; ``provider`` is behind the actions of ``printer``, ``market`` is the address of
    the marketplace."""

    system: Living
    provider: Acme
    market: str
    clock: Clock

    @property
    def url(self) -> str:
        """Where the service listens, whatever it says of itself."""
        return self.system.url

    def webhook(self, action: str = "read", query: str = "", provider: str = "printer") -> str:
        """A job webhook."""
        return f"{self.url}/sellershorts/{provider}/{action}" + (f"?{query}" if query else "")

    def post(self, body: Any, action: str = "read", query: str = "", **more: Any) -> Any:
        """Any body, to a job webhook."""
        return self.system.call("POST", self.webhook(action, query), json=body, **more)

    def order(self, action: str = "read", query: str = "", **payload: Any) -> requests.Response:
        """An order in the usual payload, which ``payload`` changes."""
        usual = {
            "short_id": "tool-1",
            "order_id": str(uuid.uuid4()),
            "inputs": {},
            "callback_url": None,
            "ts": 1_774_000_000,
        }
        answer: requests.Response = self.post({**usual, **payload}, action, query)
        return answer

    def ordered(self, action: str = "read", query: str = "", **payload: Any) -> str:
        """The id of an order that was taken."""
        answer = self.order(action, query, **payload)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["order_id"])

    def read(self, **payload: Any) -> str:
        """The id of an order to read a small document."""
        inputs = {"document": "aGVsbG8=", **payload.pop("inputs", {})}
        return self.ordered(inputs=inputs, **payload)

    def ask(self, order_id: str, action: str = "read", **options: Any) -> requests.Response:
        """The answer to a poll."""
        path = f"/sellershorts/printer/{action}/orders/{order_id}"
        return self.system.call(options.pop("method", "GET"), path, **options)

    def poll(self, order_id: str, action: str = "read") -> dict[str, Any]:
        """What the answer to a poll says."""
        answer = self.ask(order_id, action)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def operation(self, order_id: str) -> Any:
        """The operation behind an order."""
        return self.system.engine.ordered("tests", "sellershorts", order_id)

    def pass_time(self, seconds: float = 3.0, times: int = 1) -> None:
        """So many seconds later, so many times, everything that was due by then is done."""
        for _ in range(times):
            self.clock.now += seconds
            while self.system.engine.tick():
                pass

    def end_all(self) -> None:
        """Cancels whatever is open."""
        engine = self.system.engine
        for op in engine.find("tests", statuses=OPEN, limit=200):
            engine.parts.store.ask_cancel(op.id, self.clock.now)
        self.pass_time()

    def done(self, value: Any = None, action: str = "read", **payload: Any) -> str:
        """The id of an order whose job came to a good end, by no callback."""
        self.provider.state, self.provider.value = "done", value
        made = self.read if action == "read" else self.ordered
        order_id = made(**payload) if action == "read" else made(action, **payload)
        self.pass_time(times=4)
        return order_id

    def prints(self, *files: tuple[bytes, str, str]) -> None:
        """What the provider prints from now on: content, name and type, one after the other."""
        left = list(files)

        def printed() -> Response:
            content, name, kind = left.pop(0) if len(left) > 1 else left[0]
            named = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(content, headers=named, mimetype=kind)

        self.provider.printed = printed

    def at_https(self) -> None:
        """The service stands behind https from now on, or says so."""
        self.system.site.addresses._public_url = HERE

    def buy(self, action: str = "read", polled: bool = True, **more: Any) -> dict[str, Any]:
        """What the marketplace heard when it ordered."""
        webhook = self.webhook(action, more.pop("query", ""), more.pop("provider", "printer"))
        said = {
            "webhook": webhook,
            "status": webhook.partition("?")[0] + "/orders/{order_id}" if polled else None,
            "headers": {"x-auth-token": self.system.key},
            **more,
        }
        bought = requests.post(f"{self.market}/_buy", json=said, timeout=30)
        assert bought.ok, bought.text
        found: dict[str, Any] = bought.json()
        return found

    def bought(self, order_id: str) -> dict[str, Any]:
        """What the marketplace knows of an order."""
        found: dict[str, Any] = requests.get(f"{self.market}/_orders/{order_id}", timeout=10).json()
        return found

    def polled(self, order_id: str) -> dict[str, Any]:
        """The order once the marketplace has polled."""
        answer = requests.post(f"{self.market}/_orders/{order_id}/poll", timeout=30)
        found: dict[str, Any] = answer.json()
        return found

    def misbehave(self, *specs: str) -> None:
        """Makes the marketplace go wrong from now on."""
        answer = requests.post(
            f"{self.market}/_simulator/faults", json={"fail": list(specs)}, timeout=10
        )
        assert answer.ok, answer.text

    def requests(self, kind: str) -> Sequence[dict[str, Any]]:
        """The requests of a kind that the marketplace answered."""
        seen = requests.get(f"{self.market}/_simulator/log", timeout=10).json()["requests"]
        return [each for each in seen if each["kind"] == kind]

    def notes(self, order_id: str) -> list[str]:
        """What the history of an order says, oldest first."""
        lines = self.system.engine.history(self.operation(order_id))
        return [line.note for line in lines if line.note]

    def get(self, link: str, **options: Any) -> requests.Response:
        """What is behind a link of ours, without a key, wherever it says that we are."""
        return requests.request(
            options.pop("method", "GET"), link.replace(HERE, self.url), timeout=30, **options
        )


@contextlib.contextmanager
def world(
    folder: Path, settings: Mapping[str, str] | None = None, secret: str | None = SECRET
) -> Iterator[World]:
    """A world. ``secret`` is what goes with callbacks, None for none."""
    provider, clocks = Acme(), [Clock()]
    market = BUYERS["sellershorts"](Options(seconds=0, key=SECRET, clock=lambda: clocks[-1].now))
    with serving(provider.app()) as origin, serving(market) as address:
        environment = {
            "CONNECTOR_MANIFESTS": str(MANIFESTS),
            "PRINTER_BASE_URL": origin,
            **({"CONNECTOR_SELLERSHORTS_SECRET": secret} if secret else {}),
            **(settings or {}),
        }
        with still(folder, environment) as paused:
            clocks.append(paused.clock)
            yield World(paused.system, provider, address, paused.clock)
