"""Does a flow stay on its gateway, and is nobody else believed to be one?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
import requests
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from connector.app import make_app
from connector.errors import CallerError, WrongKey
from connector.platforms import access
from connector.platforms.power_automate import location
from connector.platforms.site import Site
from tests.living import Living
from tests.service.worlds import Still, still

ORIGIN = "https://unitedstates-002.azure-apim.net"
GATEWAY = f"{ORIGIN}/apim/shared_acme-5f3e2/1b2c3d"
OPERATION = "/operations/6a0b0c/result"
ORDER = "/acme/extraction"

HOSTILE = {
    "another host": "https://evil.example/apim/a/b",
    "another scheme": f"http{ORIGIN[5:]}/apim/a/b",
    "no scheme": f"{ORIGIN[6:]}/apim/a/b",
    "a host alone": ORIGIN[8:],
    "the listed host in the path": "https://evil.example/azure-apim.net",
    "the listed host in front": "https://azure-apim.net.evil.example/apim/a/b",
    "the listed host with more before it": "https://evil-azure-apim.net/apim/a/b",
    "a user": f"https://someone@{ORIGIN[8:]}/apim",
    "a user that looks like the host": f"{ORIGIN}@evil.example/apim",
    "a user and password that look like it": f"{ORIGIN}:443@evil.example/apim",
    "a backslash before the host": f"https://evil.example\\@{ORIGIN[8:]}/apim",
    "a backslash in the host": "https://evil.example\\.azure-apim.net/apim",
    "a backslash in the path": f"{GATEWAY}\\..",
    "another port": f"{ORIGIN}:8443/apim",
    "the plain port": f"{ORIGIN}:80/apim",
    "no port after a colon": f"{ORIGIN}:/apim",
    "a query": f"{GATEWAY}?to=https://evil.example",
    "a bare question mark": f"{GATEWAY}?",
    "a fragment": f"{GATEWAY}#x",
    "a blank": f"{GATEWAY} x",
    "a blank in front": f" {GATEWAY}",
    "a tab": f"{GATEWAY}\tx",
    "a line end": f"{GATEWAY}\n",
    "a line end and a header": f"{GATEWAY}\r\nSet-Cookie: a=b",
    "a zero": f"{GATEWAY}\x00",
    "letters beyond ASCII": f"{GATEWAY}/\u00e9",
    "a dot beyond ASCII": "https://x\u3002azure-apim.net/apim".encode().decode("latin-1"),
    "a dot at the host's end": f"{ORIGIN}./apim",
    "a dot at the host's front": "https://.azure-apim.net/apim",
    "an address": "https://[::1]/apim",
    "a step up": f"{GATEWAY}/..",
    "an encoded step up": f"{GATEWAY}/%2e%2E",
    "an empty segment": f"{ORIGIN}//evil.example/apim",
    "a broken encoding": f"{GATEWAY}/%4",
    "several headers": f"{GATEWAY},{GATEWAY}",
    "several headers, one of them hostile": f"{GATEWAY}, https://evil.example",
    "a script": "javascript:alert(1)//azure-apim.net",
    "nothing": "",
}

GOOD = (
    GATEWAY,
    ORIGIN,
    f"{ORIGIN}:443/apim/a/b",
    "https://azure-apim.net/apim/a/b",
    "https://EUROPE.Azure-APIHub.NET/apim/Shared/b",
    f"{ORIGIN}/apim/a%20b/c.d~e!$&'()*+;=:@",
)


def asked(path: str, headers: Mapping[str, str] | None = None) -> Any:
    """The moment in which a request is answered; headers arrive byte for byte."""
    said = {
        f"HTTP_{name.upper().replace('-', '_')}": text for name, text in (headers or {}).items()
    }
    return Flask(__name__).test_request_context(path, environ_overrides=said)


def led(site: Site, headers: Mapping[str, str], path: str = ORDER) -> str:
    """Where Location leads when this path is asked with these headers."""
    with asked(location.BASE + path, headers):
        return location.at(site, "acme", OPERATION, token="t.o-ken")


def public(site: Site) -> str:
    """Where it leads without a gateway."""
    return site.addresses.at(f"/power-automate/acme{OPERATION}", token="t.o-ken")


@pytest.fixture(scope="session")
def site(system: Living) -> Site:
    return system.site


def test_without_a_gateway_location_is_at_the_public_url(system: Living) -> None:
    expected = f"{system.url}/power-automate/acme{OPERATION}?token=t.o-ken"
    assert led(system.site, {}) == public(system.site) == expected


@pytest.mark.parametrize("prefix", GOOD)
@pytest.mark.parametrize("end", ["", "/"])
def test_location_stays_on_the_gateway_without_our_base_path(
    site: Site, prefix: str, end: str
) -> None:
    headers = {location.PREFIX: prefix + end}
    assert led(site, headers) == f"{prefix}{OPERATION}?token=t.o-ken"


def test_the_query_of_location_is_encoded(site: Site) -> None:
    with asked(location.BASE + ORDER, {location.PREFIX: GATEWAY}):
        found = location.at(site, "acme", "/finished", state="a b", status="failed,canceled")
        assert found == f"{GATEWAY}/finished?state=a+b&status=failed%2Ccanceled"
        assert location.at(site, "acme", "/finished") == f"{GATEWAY}/finished"


@pytest.mark.parametrize("how", HOSTILE)
def test_a_prefix_that_cannot_be_a_gateways_changes_nothing(site: Site, how: str) -> None:
    good = {location.REFERRER: f"{GATEWAY}/extraction"}
    for more in ({}, good):
        assert led(site, {location.PREFIX: HOSTILE[how], **more}) == public(site)


@pytest.mark.parametrize("how", HOSTILE)
def test_a_referrer_that_cannot_be_a_gateways_changes_nothing(site: Site, how: str) -> None:
    for end in ("/extraction", "/extraction?wait=0"):
        assert led(site, {location.REFERRER: HOSTILE[how] + end}) == public(site)


PIECES = st.sampled_from(
    [*"/:@?#\\.,%[]\t\n \x00", "https:", "//", "azure-apim.net", "evil.example", "a", "%2f", "\xe9"]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60))
def test_whatever_is_sent_location_is_ours_or_on_a_listed_host(site: Site, text: str) -> None:
    for start in ("", "https://", f"{ORIGIN}"):
        for name, end in ((location.PREFIX, ""), (location.REFERRER, "/extraction")):
            found = led(site, {name: start + text + end})
            if found != public(site):
                for host in (urlsplit(found).hostname, parse_url(found).host):
                    assert re.fullmatch(r"(.+\.)?azure-api(m|hub)\.net", str(host).lower())
                assert found.isascii()
                assert found.isprintable()


def test_the_prefix_is_believed_rather_than_the_referrer(site: Site) -> None:
    headers = {location.PREFIX: GATEWAY, location.REFERRER: f"{ORIGIN}/another/extraction"}
    assert led(site, headers).startswith(f"{GATEWAY}/operations/")


SAME = {
    "an action": ("/extraction", "/extraction"),
    "a query": ("/extraction?wait=0", "/extraction?wait=0&on=a,b/c"),
    "two segments": ("/extraction/submit", "/extraction/submit"),
    "an id": (OPERATION, OPERATION),
    "a blank": ("/operations/a%20b/result", "/operations/a%20b/result"),
    "letters": ("/operations/%C3%A9%E2%82%AC", "/operations/%c3%a9%e2%82%ac"),
    "encoded more there": ("/operations/a~b-c/result", "/operations/a%7Eb%2Dc/result"),
    "encoded more here": ("/operations/a%7Eb/result", "/operations/a~b/result"),
    "a percent sign": ("/operations/a%25b", "/operations/a%25b"),
    "an encoded percent sign": ("/operations/a%252Fb", "/operations/a%252Fb"),
    "a slash": ("/operations/a%2Fb/result", "/operations/a%2Fb/result"),
    "the same word before": ("/operations/operations", "/operations/operations"),
}


@pytest.mark.parametrize("how", SAME)
def test_the_referrer_is_cut_before_the_path_of_its_request(site: Site, how: str) -> None:
    here, there = SAME[how]
    found = led(site, {location.REFERRER: GATEWAY + there}, "/acme" + here)
    assert found == f"{GATEWAY}{OPERATION}?token=t.o-ken"


OTHER = {
    "another action": ("/extraction", "/split"),
    "a longer word": ("/extraction", "/an-extraction"),
    "another case": ("/extraction", "/Extraction"),
    "only its end": ("/extraction/submit", "/submit"),
    "its beginning": ("/extraction/submit", "/extraction"),
    "a slash more": ("/extraction", "/extraction/"),
    "another id": (OPERATION, "/operations/7/result"),
    "decoded twice": ("/operations/a%20b", "/operations/a%2520b"),
    "several": ("/extraction", f"/extraction?a,{GATEWAY}/extraction"),
    "a dot": ("/extraction", "/./extraction"),
}


@pytest.mark.parametrize("how", OTHER)
def test_the_referrer_of_another_request_is_ignored(site: Site, how: str) -> None:
    here, there = OTHER[how]
    assert led(site, {location.REFERRER: GATEWAY + there}, "/acme" + here) == public(site)


def test_the_referrer_is_cut_right_for_every_route(site: Site) -> None:
    rules = [str(rule) for rule in make_app(site).url_map.iter_rules()]
    ours = [rule for rule in rules if rule.startswith(f"{location.BASE}/<provider>/")]
    assert len(ours) > 1
    for rule in ours:
        path = re.sub(
            r"<\w+>", quote("a b/\u00e9"), rule.removeprefix(f"{location.BASE}/<provider>")
        )
        for there in (path, unquote(path).replace(" ", "%20").replace("\u00e9", "%C3%A9")):
            found = led(site, {location.REFERRER: f"{GATEWAY}{there}?x=1"}, f"/acme{path}")
            assert found.startswith(f"{GATEWAY}/operations/"), rule


def ruled(site: Site, **rules: Any) -> Site:
    """The site, had its operator decided otherwise."""
    return replace(site, flow=replace(site.flow, **rules))


def test_public_means_that_no_header_is_read(site: Site) -> None:
    decided = ruled(site, location="public")
    headers = {location.PREFIX: GATEWAY, location.REFERRER: f"{GATEWAY}/extraction"}
    assert led(decided, headers) == public(site)
    with asked(location.BASE + ORDER, headers):
        location.require_gateway(decided)


def test_auto_asks_for_no_gateway(site: Site) -> None:
    with asked(location.BASE + ORDER):
        location.require_gateway(site)


@pytest.mark.parametrize("headers", [{}, {location.PREFIX: "https://evil.example/apim"}])
def test_gateway_refuses_who_names_none(site: Site, headers: dict[str, str]) -> None:
    decided = ruled(site, location="gateway")
    with asked(location.BASE + ORDER, headers), pytest.raises(CallerError) as caught:
        location.require_gateway(decided)
    assert (caught.value.status, caught.value.code) == (400, "no_gateway")
    assert "CONNECTOR_POWER_AUTOMATE_LOCATION" in caught.value.message
    assert led(decided, headers, f"/acme{OPERATION}") == public(site)  # who polls goes on


@pytest.mark.parametrize(
    "headers", [{location.PREFIX: GATEWAY}, {location.REFERRER: f"{GATEWAY}/extraction"}]
)
def test_gateway_takes_who_names_one(site: Site, headers: dict[str, str]) -> None:
    decided = ruled(site, location="gateway")
    with asked(location.BASE + ORDER, headers):
        location.require_gateway(decided)
    assert led(decided, headers).startswith(GATEWAY)


def test_a_sovereign_clouds_gateway_is_added_by_the_operator(site: Site) -> None:
    prefix = "https://tip1.azure-apihub.cn/apim/a/b"
    assert led(site, {location.PREFIX: prefix}) == public(site)
    decided = ruled(site, gateway_hosts=("azure-apihub.cn",))
    assert led(decided, {location.PREFIX: prefix}).startswith(prefix)
    assert led(decided, {location.PREFIX: GATEWAY}) == public(site)


PATH = "/power-automate/mindee"


def order(paused: Still, **headers: str) -> requests.Response:
    """A step of a flow orders the sample invoice."""
    return paused.system.order(f"{PATH}/extraction", headers=headers)


def through(paused: Still, url: str) -> requests.Response:
    """A URL of the gateway is asked there: it brings no key with it, and says what was asked."""
    path = url.removeprefix(GATEWAY)
    headers = {location.REFERRER: url}
    return requests.get(paused.system.url + PATH + path, headers=headers, timeout=10)


def test_a_flow_is_led_along_the_gateway_to_its_result(paused: Still) -> None:
    answer = order(paused, **{location.PREFIX: GATEWAY})
    first = answer.headers["Location"]
    assert first.startswith(f"{GATEWAY}/operations/{answer.json()['id']}/result?token=")
    while answer.status_code == 202:
        assert answer.headers["Location"] == first
        paused.pass_time(int(answer.headers["Retry-After"]))
        answer = through(paused, first)
    assert answer.status_code == 200
    assert answer.json()["result"]["fields"]


def test_operation_location_is_on_the_gateway_too(paused: Still) -> None:
    answer = order(paused, **{location.PREFIX: GATEWAY})
    look = through(paused, answer.headers["Operation-Location"])
    assert (look.status_code, look.json()["id"]) == (200, answer.json()["id"])


def test_what_a_flow_deletes_is_on_the_gateway_and_needs_no_key(paused: Still) -> None:
    body = {"callback_url": "http://127.0.0.1:9/hooks/1"}
    headers = {location.PREFIX: GATEWAY}
    answer = paused.system.call("POST", f"{PATH}/hooks/finished", json=body, headers=headers)
    assert answer.status_code == 201
    url = answer.headers["Location"]
    assert url.startswith(f"{GATEWAY}/subscriptions/")
    here = paused.system.url + PATH + url.removeprefix(GATEWAY)
    assert requests.delete(here.partition("?")[0], timeout=10).status_code == 401
    assert [requests.delete(here, timeout=10).status_code for _ in range(2)] == [204, 204]


def test_an_order_without_a_gateway_is_refused_before_it_is_one(tmp_path: Path) -> None:
    with still(tmp_path, {"CONNECTOR_POWER_AUTOMATE_LOCATION": "gateway"}) as paused:
        answer = order(paused)
        assert (answer.status_code, answer.json()["code"]) == (400, "no_gateway")
        assert paused.system.call("GET", "/v1/operations").json() == []
        assert order(paused, **{location.PREFIX: GATEWAY}).status_code == 202


def test_the_operator_says_where_location_leads(tmp_path: Path) -> None:
    with still(tmp_path, {"CONNECTOR_POWER_AUTOMATE_LOCATION": "public"}) as paused:
        found = order(paused, **{location.PREFIX: GATEWAY}).headers["Location"]
        assert found.startswith(f"{paused.system.url}{PATH}/operations/")


def test_a_callback_elsewhere_is_refused_without_repeating_its_address(paused: Still) -> None:
    body = {"callback_url": f"https://evil.example/{SECRET}"}
    answer = paused.system.call("POST", f"{PATH}/hooks/finished", json=body)
    assert answer.status_code == 422
    assert "CONNECTOR_FLOW_HOSTS" in answer.json()["detail"]
    assert "a-secret" not in answer.text


@pytest.mark.parametrize("variant", ["", "/submit", "/callback"])
def test_an_order_with_a_callback_elsewhere_is_refused(paused: Still, variant: str) -> None:
    data = {"callback_url": f"https://evil.example/{SECRET}"}
    answer = paused.system.order(f"{PATH}/extraction{variant}", data=data)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/callback_url"]
    assert paused.system.call("GET", "/v1/operations").json() == []


SECRET = "workflows/1/triggers/manual?sig=a-secret"

TAKEN = (
    "https://prod-29.westeurope.logic.azure.com:443",
    "https://logic.azure.com",
    "https://europe-001.azure-apim.net",
    "https://x.azure-apihub.net",
    "https://emea.flow.microsoft.com",
    "https://default.aa.environment.api.powerplatform.com:443",
    "https://api.PowerAutomate.com",
    "http://127.0.0.1:8000",  # one of CONNECTOR_ALLOWED_HOSTS
)


@pytest.mark.parametrize("origin", TAKEN)
def test_a_flow_is_called_back_where_flows_live(site: Site, origin: str) -> None:
    assert location.CALLBACKS.objection(site, f"{origin}/{SECRET}") is None


STRANGE = (
    "https://evil.example",
    "https://logic.azure.com.evil.example",
    "https://notlogic.azure.com",
    "https://azure.com",
)


@pytest.mark.parametrize("origin", STRANGE)
def test_nobody_else_is_called_back(site: Site, origin: str) -> None:
    said = location.CALLBACKS.objection(site, f"{origin}/{SECRET}")
    assert said is not None
    assert "CONNECTOR_FLOW_HOSTS" in said
    assert "secret" not in said
    assert location.CALLBACKS.objection(ruled(site, callback_hosts=("*",)), origin) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://prod-29.westeurope.logic.azure.com/x",
        "https://someone@prod-29.westeurope.logic.azure.com/x",
        "https://evil.example\\.logic.azure.com/x",
        "https://10.0.0.1/x",
        "https://localhost/x",
        "ftp://logic.azure.com",
        "",
    ],
)
def test_any_host_is_still_public_and_https(site: Site, url: str) -> None:
    for hosts in (site.flow.callback_hosts, ("*",)):
        assert location.CALLBACKS.objection(ruled(site, callback_hosts=hosts), url)


@pytest.fixture
def now(site: Site) -> float:
    return site.engine.parts.clock()


def opened(site: Site, token: str, id: str = "s1", **headers: str) -> str | None:
    """Whose subscription may be ended with this token."""
    with asked(f"{location.BASE}/acme/subscriptions/{id}?token={token}", headers):
        return access.subscription(site, id)


def test_a_token_ends_its_subscription_and_no_other(site: Site, now: float) -> None:
    token = site.addresses.token("subscription", "s1", now + 60)
    assert opened(site, token) is None
    with pytest.raises(WrongKey):
        opened(site, token, "s2")


@pytest.mark.parametrize(
    ("kind", "seconds"), [("operation", 60), ("file", 60), ("subscription", 0)]
)
def test_a_token_for_something_else_or_of_yesterday_ends_none(
    site: Site, now: float, kind: str, seconds: float
) -> None:
    with pytest.raises(WrongKey):
        opened(site, site.addresses.token(kind, "s1", now + seconds))


def test_a_subscriptions_token_opens_no_operation(site: Site, now: float) -> None:
    token = site.addresses.token("subscription", "s1", now + 60)
    with asked(f"/?token={token}"), pytest.raises(WrongKey):
        access.operation(site, "s1")


def test_the_owners_key_ends_a_subscription_of_theirs(system: Living) -> None:
    assert opened(system.site, "", **{"X-API-Key": system.key}) == "tests"
