"""What do the tests of this folder live in? A service before a stand-in, and before a provider
whose answers the test decides; at its door, what Webhooks by Zapier and an app send."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.living import MODEL, Living
from tests.service.acme import Acme, acme
from tests.service.worlds import CLOSED, Clock, quick, still, until_closed

JOB = {
    *("id", "status", "provider", "action", "client_ref"),
    *("created_at", "updated_at", "finished_at"),
    *("progress_done", "progress_total", "progress_text", "note", "handle"),
    *("error", "error_code", "error_message"),
    *("result", "result_url", "file_url", "warning"),
}
"""The members of a flat job, wherever one is shown."""

TEXTS = {"text": "a", "copies": "2"}
"""What a maker fills in for a job of the provider whose answers the test decides."""


@dataclass(frozen=True)
class World:
    """The service; ``provider`` is behind the actions of ``acme`` and ``forms``, a stand-in behind
    those of ``mindee``. ``clock`` is that of a still world."""

    system: Living
    provider: Acme
    clock: Clock | None = None

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call below ``/zapier``, with the key."""
        return self.system.call(method, f"/zapier/{path}", **options)

    def submit(self, path: str = "acme/read", **fields: Any) -> requests.Response:
        """An order with texts, as JSON."""
        return self.call("POST", path, json={**TEXTS, **fields})

    def document(self, path: str = "mindee/extraction", **options: Any) -> requests.Response:
        """An order of the sample invoice, as multipart."""
        return self.system.order(f"/zapier/{path}", **options)

    def job(self, id: str, provider: str = "acme") -> dict[str, Any]:
        """The flat job."""
        answer = self.call("GET", f"{provider}/jobs/{id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def done(self, state: str = "done", value: Any = None, **fields: Any) -> dict[str, Any]:
        """A job that ended so."""
        self.provider.state, self.provider.value = state, value or {"score": 97}
        id = self.submit(**fields).json()["id"]
        self.finish(id)
        return self.job(id)

    def finish(self, id: str) -> None:
        """The job comes to its end."""
        if self.clock is None:
            until_closed(self.system, id)
            return
        for _ in range(50):
            if self.system.engine.get(id, None).status in CLOSED:
                return
            self.pass_time(3)
        raise AssertionError(self.system.engine.get(id, None))

    def pass_time(self, seconds: float) -> None:
        """So many seconds later, everything that was due by then is done: in a still world."""
        assert self.clock is not None
        self.clock.now += seconds
        while self.system.engine.tick():
            pass

    def input(self, answer: requests.Response) -> Any:
        """What an order was understood to ask for."""
        assert answer.status_code in (200, 202), answer.text
        return self.system.engine.get(answer.json()["id"], None).input


@contextlib.contextmanager
def world(
    folder: Path, settings: Mapping[str, str] | None = None, standing: bool = False, **parts: Any
) -> Iterator[World]:
    """A world; in one that is ``standing`` the test moves the clock, and is the worker."""
    with acme() as (provider, known):
        environment = {**known, "FORMS_BASE_URL": provider.url, **(settings or {})}
        if standing:
            with still(folder, environment, **parts) as paused:
                yield World(paused.system, provider, paused.clock)
        else:
            with quick(folder, environment, **parts) as system:
                yield World(system, provider)


def order(**more: Any) -> dict[str, Any]:
    """Fields of an extraction by the stand-in, without the document."""
    return {"model_id": MODEL, **more}
