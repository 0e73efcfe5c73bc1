"""Does /openapi.json describe exactly what is served?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from connector.app import make_app
from tests.living import Living
from tests.service.acme import acme
from tests.service.worlds import quick, until_closed

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A system with two providers and some operations, of every ending."""
    folder = tmp_path_factory.mktemp("described")
    with acme() as (provider, settings), quick(folder, settings) as system:
        system.engine.parts.stopping.set()  # nobody waits for the end of anything here
        provider.state = "done"
        body = {"text": "a", "copies": 1}
        for path in ("/v1/acme/read", "/v1/acme/print"):
            until_closed(system, system.call("POST", path, json=body).json()["id"])
        until_closed(system, system.order().json()["id"])
        yield system


@pytest.fixture(scope="module")
def document(described: Living) -> Any:
    """The document, as anyone gets it."""
    answer = requests.get(f"{described.url}/openapi.json", timeout=10)
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json()


def test_the_document_is_valid(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_names_of_operations_are_unique(document: Any) -> None:
    names = [
        call["operationId"]
        for path in document["paths"].values()
        for method, call in path.items()
        if method != "parameters"
    ]
    assert len(names) == len(set(names))


def test_every_route_is_described_and_every_path_is_served(
    described: Living, document: Any
) -> None:
    app = make_app(described.site)
    routes = app.url_map.bind("")
    shown: dict[str, set[str]] = {}
    for path, item in document["paths"].items():
        for method in set(item) - {"parameters"}:
            filled = re.sub(r"{\w+}", "x", path)
            endpoint, _ = routes.match(filled, method.upper())
            shown.setdefault(endpoint, set()).add(method.upper())
    assert shown == {
        rule.endpoint: {*(rule.methods or ())} - {"HEAD", "OPTIONS"}
        for rule in app.url_map.iter_rules()
    }


def test_every_action_is_described_for_every_platform(described: Living, document: Any) -> None:
    for manifest in described.engine.parts.manifests.values():
        for action in manifest.actions:
            for platform in ("v1", "power-automate"):
                assert f"/{platform}/{manifest.name}/{action}" in document["paths"]
            for variant in ("submit", "callback"):
                path = f"/power-automate/{manifest.name}/{action}/{variant}"
                assert path in document["paths"]


def test_an_order_fits_its_description(described: Living, document: Any) -> None:
    body = document["paths"]["/v1/mindee/extraction"]["post"]["requestBody"]["content"]
    assert {"application/x-www-form-urlencoded", "application/json"} < set(body)
    for media in body:
        known = body[media]["schema"]["properties"]
        assert {"document", "document_url", "document_name", "model_id", "wait"} <= set(known)


@pytest.mark.timeout(120)
def test_nothing_that_is_sent_finds_a_gap(described: Living, tmp_path: Path, document: Any) -> None:
    done = run_schemathesis(described, tmp_path, document)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def run_schemathesis(
    system: Living, folder: Path, document: Any
) -> subprocess.CompletedProcess[str]:
    """Schemathesis in a process of its own, with ids of what is there among its values."""
    (op, *_) = system.call("GET", "/v1/operations?status=succeeded").json()
    for item in document["paths"].values():
        for parameter in item.get("parameters", ()):
            if parameter.get("name") == "id":
                parameter["schema"]["examples"] = [op["id"]]
    schema = folder / "openapi.json"
    schema.write_text(json.dumps(document))
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(schema)),
        *("--url", system.url, "--header", f"X-API-Key: {system.key}"),
        *("--checks", ",".join(CHECKS), "--max-examples", "3", "--seed", "1"),
        *("--phases", "examples,fuzzing", "--mode", "all", "--workers", "1"),
        *("--exclude-path-regex", "mindee/(classification|crop|split|ocr)(/|$)"),  # all alike
        *("--generation-database", "none", "--suppress-health-check", "all"),
    ]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        timeout=110,
    )
