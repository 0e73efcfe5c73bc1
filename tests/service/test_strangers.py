"""Who is let in, and what does a key of someone else open? Nothing, and it learns nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from connector.app import make_app
from connector.engine.keys import FRESH
from tests.living import Living
from tests.service.worlds import Still, another_key, until_closed

KEYED = [
    ("GET", "/v1/me"),
    ("GET", "/v1/providers"),
    ("GET", "/v1/providers/mindee"),
    ("GET", "/v1/providers/mindee/choices/ocr_models"),
    ("GET", "/v1/providers/mindee/extraction/output"),
    ("POST", "/v1/mindee/extraction"),
    ("GET", "/v1/operations"),
    ("GET", "/v1/operations/{id}"),
    ("GET", "/v1/operations/{id}/history"),
    ("GET", "/v1/operations/{id}/result"),
    ("POST", "/v1/operations/{id}/cancel"),
    ("DELETE", "/v1/operations/{id}"),
    ("GET", "/v1/files/{id}"),
    ("POST", "/v1/subscriptions"),
    ("POST", "/v1/subscriptions/{id}/rotate"),
    ("DELETE", "/v1/subscriptions/{id}"),
    ("POST", "/power-automate/mindee/extraction"),
    ("POST", "/power-automate/mindee/extraction/submit"),
    ("POST", "/power-automate/mindee/extraction/callback"),
    ("GET", "/power-automate/mindee/operations/{id}"),
    ("GET", "/power-automate/mindee/operations/{id}/result"),
    ("POST", "/power-automate/mindee/operations/{id}/cancel"),
    ("POST", "/power-automate/mindee/operations/{id}/callback"),
    ("GET", "/power-automate/mindee/results/{id}"),
    ("POST", "/power-automate/mindee/hooks/finished"),
    ("DELETE", "/power-automate/mindee/subscriptions/{id}"),
    ("GET", "/power-automate/mindee/finished"),
    ("GET", "/power-automate/mindee/choices/ocr_models"),
    ("GET", "/power-automate/mindee/output"),
    ("POST", "/zapier/mindee/extraction"),
    ("GET", "/zapier/mindee/jobs"),
    ("GET", "/zapier/mindee/jobs/{id}"),
    ("GET", "/zapier/mindee/jobs/{id}/result"),
    ("POST", "/zapier/mindee/jobs/{id}/cancel"),
    ("POST", "/zapier/mindee/hooks"),
    ("DELETE", "/zapier/mindee/hooks/{id}"),
    ("GET", "/zapier/mindee/choices/ocr_models"),
    ("GET", "/zapier/mindee/fields/extraction"),
    ("POST", "/sellershorts/mindee/extraction"),
    ("GET", "/sellershorts/mindee/extraction/orders/{id}"),
    ("GET", "/metrics"),
]
OPEN = {"/healthz", "/readyz", "/openapi.json"}


@pytest.fixture(scope="module")
def theirs(system: Living) -> dict[str, Any]:
    """A finished operation of the system's owner."""
    return until_closed(system, system.order().json()["id"])


def test_every_route_but_three_asks_for_a_key(system: Living) -> None:
    routes = make_app(system.site).url_map
    at = routes.bind("")
    shown = [at.match(path.format(id="x"), method)[0] for method, path in KEYED]
    open_to_all = [at.match(path, "GET")[0] for path in OPEN]
    assert sorted([*shown, *open_to_all]) == sorted(each.endpoint for each in routes.iter_rules())


@pytest.mark.parametrize(("method", "path"), KEYED)
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "no_key"),
        ({"X-API-Key": ""}, "no_key"),
        ({"X-API-Key": "ck_wrong"}, "wrong_key"),
        ({"X-API-Key": "\u00fc'; drop table keys"}, "wrong_key"),
        ({"Authorization": "Bearer ck_wrong"}, "wrong_key"),
        ({"Authorization": "Bearer"}, "no_key"),
        ({"Authorization": "Basic Y2tfd3Jvbmc6"}, "wrong_key"),
        ({"Authorization": "Basic @@@"}, "no_key"),
        ({"Authorization": "Digest a=b"}, "no_key"),
    ],
)
def test_only_a_live_key_of_ours_is_let_in(
    system: Living,
    theirs: dict[str, Any],
    method: str,
    path: str,
    headers: dict[str, str],
    code: str,
) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    url = system.url + path.format(id=theirs["id"])
    answer = requests.request(method, url, headers=sent, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_no_key(alone: Living) -> None:
    store = alone.engine.parts.store
    (key,) = store.list_keys()
    assert alone.call("GET", "/v1/me").status_code == 200
    store.revoke_key(key.id, 1.0)
    time.sleep(FRESH)  # so long a service may remember it
    assert alone.call("GET", "/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/operations/{id}"),
        ("GET", "/v1/operations/{id}/result"),
        ("GET", "/v1/operations/{id}/history"),
        ("POST", "/v1/operations/{id}/cancel"),
        ("DELETE", "/v1/operations/{id}"),
        ("GET", "/power-automate/mindee/operations/{id}/result"),
    ],
)
def test_what_belongs_to_another_is_as_if_it_never_was(
    system: Living, stranger: str, theirs: dict[str, Any], method: str, path: str
) -> None:
    headers = {"X-API-Key": stranger}
    known = system.call(method, path.format(id=theirs["id"]), headers=headers)
    unknown = system.call(method, path.format(id="f" * 32), headers=headers)
    assert known.status_code == unknown.status_code == 404
    assert known.json() == unknown.json()
    assert system.call("GET", f"/v1/operations/{theirs['id']}").json() == theirs


def test_what_belongs_to_another_is_not_listed(
    system: Living, stranger: str, theirs: dict[str, Any]
) -> None:
    assert system.call("GET", "/v1/operations", headers={"X-API-Key": stranger}).json() == []


def test_the_document_of_another_cannot_be_read(paused: Still) -> None:
    system = paused.system
    system.order()
    (file,) = (each.name for each in (system.folder / "files").rglob("*") if each.is_file())
    assert system.call("GET", f"/v1/files/{file}").status_code == 200
    headers = {"X-API-Key": another_key(system)}
    assert system.call("GET", f"/v1/files/{file}", headers=headers).status_code == 404


@pytest.mark.parametrize("id", ["%00", "a%2fb", "..", "'", "%ff%fe", "x" * 5000, "-", "%20"])
def test_an_odd_id_is_only_an_unknown_one(system: Living, id: str) -> None:
    for path in ("/v1/operations/{}", "/v1/operations/{}/result", "/v1/files/{}"):
        assert system.call("GET", path.format(id)).status_code == 404
