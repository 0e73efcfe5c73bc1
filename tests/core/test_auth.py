"""Whom the provider's key is told, and in which form."""

from __future__ import annotations

from typing import Any

import pytest

from connector.core.ask import to_request
from connector.core.auth import KINDS, authorize, origin
from connector.core.language import Call
from connector.core.model import Failure, Request

BASE = "https://api.acme.example/v1"
HOSTS = ("files.acme.example", "cdn.acme.example:8443")
ASKED = Request("GET", f"{BASE}/x?a=1", headers={"Accept": "text/plain"}, credentials=True)

FORMS: list[tuple[dict[str, Any], dict[str, str], str]] = [
    ({"kind": "header", "name": "X-Key"}, {"X-Key": "k&1"}, ""),
    ({"kind": "header", "name": "X-Key", "value": "Key {key}"}, {"X-Key": "Key k&1"}, ""),
    ({"kind": "bearer"}, {"Authorization": "Bearer k&1"}, ""),
    ({"kind": "basic"}, {"Authorization": "Basic ayYxOg=="}, ""),
    ({"kind": "basic", "user": "u", "password": "{key}"}, {"Authorization": "Basic dTprJjE="}, ""),
    ({"kind": "query", "name": "api key"}, {}, "&api%20key=k%261"),
    ({"kind": "none"}, {}, ""),
]


@pytest.mark.parametrize(("auth", "headers", "query"), FORMS)
def test_a_key_travels_in_the_form_that_the_manifest_asks_for(
    auth: dict[str, Any], headers: dict[str, str], query: str
) -> None:
    request = authorize(ASKED, auth, "k&1")

    assert request.headers == {"Accept": "text/plain", **headers}
    assert request.url == ASKED.url + query
    assert ASKED.headers == {"Accept": "text/plain"}


def test_every_kind_of_auth_is_in_the_table_above() -> None:
    assert {auth["kind"] for auth, *_ in FORMS} == set(KINDS)


def test_a_key_in_the_query_of_a_url_without_one() -> None:
    request = authorize(
        Request("GET", "https://a.example/x", credentials=True), {"kind": "query", "name": "k"}, "v"
    )

    assert request.url == "https://a.example/x?k=v"


@pytest.mark.parametrize("auth", [auth for auth, *_ in FORMS])
def test_without_leave_or_key_nothing_is_added(auth: dict[str, Any]) -> None:
    stranger = Request("GET", "https://evil.example/", credentials=False)

    assert authorize(stranger, auth, "k") is stranger
    assert authorize(ASKED, auth, None) is ASKED


def follow(url: str, base: str = BASE, **call: Any) -> Request:
    request = to_request(Call("get", follow="url", **call), base, HOSTS, {"url": url})
    assert isinstance(request, Request)
    return request


OWN = [
    f"{BASE}/results/1",
    "https://api.acme.example/elsewhere",
    "https://API.ACME.example:443/x",
    "https://api.acme.example./x",
    "https://files.acme.example/r?sig=1",
    "https://cdn.acme.example:8443/r",
    "//files.acme.example/r",
    "/v2/results/1",
    "results/1",
    "?page=2",
]

FOREIGN = [
    "https://evil.example/",
    "http://api.acme.example/x",
    "http://files.acme.example/r",
    "https://api.acme.example:8443/x",
    "https://cdn.acme.example/r",
    "https://api.acme.example.evil.example/",
    "https://api.acme.example@evil.example/",
    "https://evilapi.acme.example/",
    "https://sub.files.acme.example/",
    "//evil.example/x",
    "ftp://api.acme.example/x",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("url", OWN)
def test_the_key_goes_to_the_providers_own_origins(url: str) -> None:
    request = follow(url)

    assert request.own
    assert request.credentials


@pytest.mark.parametrize("url", FOREIGN)
def test_the_key_goes_to_no_other_origin(url: str) -> None:
    request = follow(url)

    assert not request.own
    assert not request.credentials


@pytest.mark.parametrize("url", OWN)
def test_a_call_without_credentials_never_takes_the_key(url: str) -> None:
    request = follow(url, credentials="none")

    assert request.own
    assert not request.credentials


def test_a_base_url_of_the_operator_may_be_http_and_has_its_own_origin() -> None:
    assert follow("/jobs/1", "http://127.0.0.1:9/v1").url == "http://127.0.0.1:9/jobs/1"
    assert follow("/jobs/1", "http://127.0.0.1:9").credentials
    assert not follow("https://api.acme.example/x", "http://127.0.0.1:9").credentials


def test_relative_urls_are_meant_from_the_base_url() -> None:
    assert follow("results/1").url == f"{BASE}/results/1"
    assert follow("/results/1").url == "https://api.acme.example/results/1"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example\\@api.acme.example/",
        "https://evil.example\\.api.acme.example/",
        "\\\\evil.example/x",
        "https://api.acme.example/\x00",
        "https://[api.acme.example/",
        "https://api.acme.example:port/",
        "https://api.acme.example:99999/",
    ],
)
def test_a_url_that_clients_read_differently_is_not_asked(url: str) -> None:
    outcome = to_request(Call("get", follow="url"), BASE, HOSTS, {"url": url})

    assert isinstance(outcome, Failure)
    assert outcome.refused
    assert "unreadable" in outcome.reason


@pytest.mark.parametrize("url", [None, "", 7, ["https://api.acme.example"], {}])
def test_a_url_that_is_none_is_missing(url: object) -> None:
    assert isinstance(to_request(Call("get", follow="url"), BASE, HOSTS, {"url": url}), Failure)


def test_an_origin_is_scheme_host_and_port() -> None:
    assert (
        origin("https://A.example/x")
        == origin("https://a.example:443")
        != origin("http://a.example")
    )
