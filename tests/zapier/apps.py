"""What do the tests of the app stand on? Apps written to folders, in Zapier's own runtime, before
a living service or before a stub that answers as a test says."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, request

from connector.core.language import Manifest
from connector.core.model import CLOSED
from connector.exporters.table import EXPORTERS, Options, Package
from connector.manifest import load
from connector.manifest.load import files_in
from tests.living import INVOICE, MODEL, ROOT, Living
from tests.service.acme import MANIFESTS, Acme, acme
from tests.service.worlds import documents, quick
from tests.serving import serving
from tests.zapier.runtime import App, Runtime, runtime

URL = "https://connector.example.com"
OURS = [path.stem for path in files_in(ROOT / "manifests")]
FOLDERS = (ROOT / "manifests", ROOT / "samples" / "manifests", MANIFESTS)


@cache
def manifest(name: str) -> Manifest:
    """One of ours, or of the tests' own providers."""
    paths = (folder / f"{name}.json" for folder in reversed(FOLDERS))
    return load(next(path for path in paths if path.exists()))


def package(name: str, url: str = URL, **options: Any) -> Package:
    """The app of a manifest."""
    return EXPORTERS["zapier"].export(manifest(name), Options(url, **options))


def write(folder: Path, files: Package) -> Path:
    """The app in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@dataclass(frozen=True)
class World:
    """The service before two providers, and the apps that speak to it."""

    system: Living
    acme: Acme
    node: Runtime
    folder: Path
    document: str
    """Where Zapier says that the file of a step is found."""

    def app(self, name: str = "mindee", **options: Any) -> App:
        """The provider's app with a connection to the service."""
        made = "-".join([name, *map(str, options.values())])
        folder = write(self.folder / made, package(name, self.system.url, **options))
        return App(self.node, folder, {"base_url": self.system.url, "api_key": self.system.key})

    def invoice(self, **more: Any) -> dict[str, Any]:
        """What a maker fills in to have the sample invoice read."""
        return {"document": self.document, "model_id": MODEL, **more}

    def ended(self, id: str) -> None:
        """Waits until the operation is closed."""
        until(lambda: self.system.engine.get(id, None).status in CLOSED)

    def fresh(self) -> World:
        """Both providers behave as usual from now on, and the stand-in has seen nothing."""
        vars(self.acme).update(vars(Acme(url=self.acme.url)))
        for what in ("faults", "log"):
            address = f"{self.system.provider}/_simulator/{what}"
            assert requests.delete(address, timeout=10).ok
        return self


@contextlib.contextmanager
def world(folder: Path, node: Runtime) -> Iterator[World]:
    """A quick system that knows Mindee's stand-in and the tests' own provider."""
    with (
        acme() as (provider, settings),
        documents(INVOICE.read_bytes()) as document,
        quick(folder, {**settings, "CONNECTOR_WAIT_SECONDS": "0.2"}) as system,
    ):
        yield World(system, provider, node, folder, document)


@pytest.fixture(scope="module")
def node() -> Iterator[Runtime]:
    """Zapier's runtime, started once for the tests of a module."""
    with runtime() as made:
        yield made


@pytest.fixture(scope="module")
def ground(
    prepared: None, node: Runtime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One quick world for the tests of a module; see ``world``."""
    with world(tmp_path_factory.mktemp("apps"), node) as made:
        yield made


@dataclass
class Stub:
    """A service that answers whatever it is told to, and remembers what it was asked."""

    url: str = ""
    answer: Callable[[], Response] = lambda: Response("{}", mimetype="application/json")
    heard: list[Any] = field(default_factory=list)

    def take(self, path: str = "") -> Response:
        """One request."""
        self.heard.append({
            "method": request.method,
            "path": request.full_path.rstrip("?"),
            "headers": dict(request.headers),
            "body": request.get_json(silent=True, force=True),
        })  # fmt: skip
        return self.answer()


@contextlib.contextmanager
def stubbed() -> Iterator[Stub]:
    """A stub on a socket."""
    stub = Stub()
    app = Flask(__name__)
    methods = ["GET", "POST", "DELETE"]
    app.add_url_rule("/<path:path>", view_func=stub.take, methods=methods)
    with serving(app) as url:
        stub.url = url
        yield stub


def until(true: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What ``true`` gives, once it gives something."""
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.03)
    return found
