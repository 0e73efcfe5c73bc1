"""Is everything that a connector declares served, and everything served declared?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter

from connector.app import make_app
from connector.settings import read_settings
from connector.wiring import make_site
from tests.exporters.exported import OURS, definition
from tests.exporters.test_definition import operations

PREFIX = "/power-automate/"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> MapAdapter:
    """The routes of the service."""
    folder: Path = tmp_path_factory.mktemp("routes")
    environment = {
        "CONNECTOR_DATABASE_URL": f"sqlite:///{folder}/connector.db",
        "CONNECTOR_FILES_URL": str(folder / "files"),
        "CONNECTOR_PUBLIC_URL": "https://connector.example.com",
    }
    app = make_app(make_site(read_settings(environment)))
    return app.url_map.bind("connector.example.com")


def route(served: MapAdapter, name: str, path: str, method: str) -> tuple[str, str] | None:
    """The route that answers a declared operation, if there is one."""
    filled = re.sub(r"\{.*?\}", "0123456789abcdef", path)
    try:
        endpoint, _ = served.match(f"{PREFIX}{name}{filled}", method=method.upper())
    except (NotFound, MethodNotAllowed):
        return None
    return str(endpoint), method.upper()


@pytest.mark.parametrize("name", OURS)
def test_every_operation_that_is_declared_is_served(served: MapAdapter, name: str) -> None:
    missing = [
        f"{method} {path}"
        for path, method, _ in operations(definition(name))
        if route(served, name, path, method) is None
    ]

    assert missing == []


def test_every_route_for_power_automate_is_declared(served: MapAdapter) -> None:
    declared = {
        route(served, name, path, method)
        for name in OURS
        for path, method, _ in operations(definition(name))
    }
    routes = {
        (rule.endpoint, method)
        for rule in served.map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routes - declared == set()
