"""A whole system in one process: a stand-in provider, the service and its worker, on sockets."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from connector.app import make_app
from connector.cli.accounts import make_key
from connector.engine import Engine
from connector.platforms.site import Site
from connector.settings import read_settings
from connector.simulators import SIMULATORS, Options
from connector.wiring import make_site
from connector.worker import Worker
from tests.serving import serving

ROOT = Path(__file__).parent.parent
INVOICE = ROOT / "samples" / "documents" / "invoice.pdf"
BASE_PATHS = {"documind": "/api/v1"}
MODEL = "8f6f3c1e-2b7a-4d55-9a0e-1c4b7d2e6f01"
"""The stand-in's invoice model."""


@dataclass(frozen=True)
class Living:
    """The running system: ``url`` of the service, ``provider`` of the stand-in, a live key."""

    url: str
    provider: str
    key: str
    site: Site
    folder: Path

    @property
    def engine(self) -> Engine:
        """The engine, to look behind the wire."""
        return self.site.engine

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call with the key, without redirects."""
        url = path if path.startswith("http") else self.url + path
        headers = {"X-API-Key": self.key, **options.pop("headers", {})}
        return requests.request(
            method, url, headers=headers, allow_redirects=False, timeout=30, **options
        )

    def order(self, path: str = "/v1/mindee/extraction", **options: Any) -> requests.Response:
        """Orders the sample invoice, as multipart; ``data`` adds fields."""
        data = {"model_id": MODEL, **options.pop("data", {})}
        with INVOICE.open("rb") as file:
            return self.call("POST", path, data=data, files={"document": file}, **options)

    def log(self) -> Any:
        """What the stand-in saw: orders, requests, counts."""
        return requests.get(f"{self.provider}/_simulator/log", timeout=10).json()

    def misbehave(self, *specs: str) -> None:
        """Makes the stand-in go wrong from now on."""
        url = f"{self.provider}/_simulator/faults"
        answer = requests.post(url, json={"fail": list(specs)}, timeout=10)
        assert answer.ok, answer.text


@contextlib.contextmanager
def living(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    seconds: float = 0.1,
    worker: bool = True,
    provider: str = "mindee",
    stand_in: Mapping[str, Any] | None = None,
    **parts: Any,
) -> Iterator[Living]:
    """Everything up; ``settings`` are environment variables, ``stand_in`` further options of the
    stand-in, ``parts`` replace the engine's."""
    options = Options(seconds=seconds, **(stand_in or {}))
    with serving(SIMULATORS[provider](options)) as origin:
        environment = {
            "CONNECTOR_DATABASE_URL": f"sqlite:///{folder}/connector.db",
            "CONNECTOR_FILES_URL": str(folder / "files"),
            "CONNECTOR_SECRET_KEY": "a secret key of the tests",
            f"{provider.upper()}_BASE_URL": origin + BASE_PATHS.get(provider, ""),
            f"{provider.upper()}_API_KEY": "md_of_the_tests",
            **(settings or {}),
        }
        site = make_site(read_settings(environment), **parts)
        _, key = make_key(site.engine.parts.store, "tests", "tests")
        with _working(site.engine if worker else None), serving(make_app(site)) as url:
            site.addresses._public_url = url
            yield Living(url, origin, key, site, folder)
        site.engine.parts.store.close()


@contextlib.contextmanager
def _working(engine: Engine | None) -> Iterator[None]:
    if engine is None:
        yield
        return
    worker = Worker(engine, threads=8)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()
