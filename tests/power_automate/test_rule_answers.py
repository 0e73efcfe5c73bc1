"""Rules 1 to 6: how soon we answer, and where the answer leads."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.living import MODEL
from tests.power_automate.flow_engine import Answer, Connection, PollingTrigger, Run
from tests.power_automate.front_door import FrontDoor
from tests.power_automate.orders import job, order
from tests.power_automate.worlds import PROVIDERS, PUBLIC, WAYS, World, world
from tests.running.grounds import DOCUMENT, end_group, grounds

ways = pytest.mark.parametrize("way", WAYS)
ODD_NAME = "shared_connector-x-5f%2D7%20(1)/0a-b~c%C3%A9"
"""A connector and a connection with encoded characters in their names."""


class Haste(threading.Event):
    """Waiting takes no time, but the stopwatch shows it."""

    shown = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        """Nobody is ever told to stop."""
        self.shown += timeout or 0.0
        return False


def answers_with_location(connection: Connection, door: FrontDoor) -> list[Answer]:
    """One answer of every declared operation that names a Location, about open jobs."""
    run = Run(connection, retries=0)
    submitted = run.operation("POST", "/extraction/submit", order("apart")).json()["id"]
    encoded = "".join(f"%{ord(char):02X}" for char in submitted)
    back = {"callback_url": door.open().url}
    return [
        Run(connection).operation("POST", "/extraction", order("one")),
        Run(connection).operation("POST", "/extraction", order("two"), on_failure="answer"),
        Run(connection).operation("POST", "/extraction/callback", {**order("three"), **back}),
        run.operation("POST", f"/operations/{encoded}/callback", back),
        run.operation("GET", f"/operations/{submitted}/result"),
        run.operation("GET", f"/operations/{encoded}/result", on_failure="answer"),
        run.operation("GET", f"/results/{submitted}"),
        run.operation("GET", f"/results/{encoded}", action="extraction"),
        run.operation("POST", "/hooks/finished", {**back, "status": "succeeded"}),
        run.operation("GET", "/finished"),
        run.operation("GET", "/finished", status="failed", action="extraction"),
    ]


def test_rule_01_a_submit_is_answered_soon_though_the_provider_takes_minutes(here: World) -> None:
    here.misbehave("submit:delay=5")
    for path in ("/extraction", "/extraction/submit"):
        run = Run(here.direct("mindee"), retries=0)
        answer = run.operation("POST", path, order())
        assert answer.status == (202 if path == "/extraction" else 200)
        assert answer.took < 4, "2 s, and a wide margin"


def test_rule_01_no_request_is_held_for_100_seconds(tmp_path: Path) -> None:
    haste = Haste()
    settings = {"CONNECTOR_HOLD_SECONDS": "90", "CONNECTOR_WAIT_SECONDS": "20"}
    parts: dict[str, Any] = {"stopping": haste, "stopwatch": lambda: haste.shown}
    with world(tmp_path, settings, still=True, **parts) as still:
        longest = {}
        patient = {"Prefer": "wait=3600"}
        submitted = still.call("POST", "/power-automate/mindee/extraction/submit", json=order())
        id = submitted.json()["id"]
        for method, path, body in (
            ("POST", "/extraction", order("one")),
            ("POST", "/extraction", order("two", wait=3600)),
            ("POST", "/extraction/submit", order("three", wait=3600)),
            ("GET", f"/operations/{id}/result?wait=3600", None),
            ("GET", f"/results/{id}?wait=3600", None),
            ("GET", f"/operations/{id}?wait=3600", None),
            ("POST", f"/operations/{id}/cancel", None),
        ):
            haste.shown = 0.0
            answer = still.call(method, f"/power-automate/mindee{path}", json=body, headers=patient)
            assert answer.status_code in (200, 202), answer.text
            longest[path] = haste.shown
    assert max(longest.values()) > 5, "nothing was held at all: the test sees nothing"
    assert max(longest.values()) <= 100, longest


@ways
def test_rule_02_every_202_has_location_and_retry_after(
    standing: World, door: FrontDoor, way: str
) -> None:
    with standing.way(way) as connection:
        answers = answers_with_location(connection, door)
    assert {each.status for each in answers} == {201, 202}
    assert sum(each.status == 202 for each in answers) == 8
    for each in answers:
        assert each.headers.get("Location"), each.url
        if each.status == 202:
            assert each.headers.get("Retry-After", "").isdigit(), each.url


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_02_no_202_on_the_way_of_a_real_job_is_without_them(
    here: World, provider: str
) -> None:
    here.misbehave("check_status:stuck*3", provider=provider)
    path, body = job(provider, "rule 2")
    with here.way("gateway", provider) as connection:
        run = Run(connection)
        assert run.act(path, body).http == 200
        waits = [each for each in run.answers if each.status == 202]
    assert all({"Location", "Retry-After"} <= set(each.headers) for each in waits)
    assert waits or provider == "documind", "a surely read document is answered at once"


@ways
def test_rule_03_location_is_absolute_https_and_declared(
    standing: World, door: FrontDoor, way: str
) -> None:
    package = standing.package("mindee")
    with standing.way(way) as connection:
        answers = answers_with_location(connection, door)
        base = connection.base if way in ("gateway", "referrer") else package.base
    for each in answers:
        location = urlsplit(each.headers["Location"])
        assert (location.scheme, location.fragment, location.username) == ("https", "", None)
        assert location.hostname
        assert each.headers["Location"].startswith(f"{base}/")
        method = "DELETE" if each.status == 201 else "GET"
        path = location.path.removeprefix(urlsplit(base).path)
        assert package.declared(method, path), f"{each.url} leads to {path}"


def test_rule_04_with_an_allowed_prefix_location_stays_on_the_gateway(
    standing: World, door: FrontDoor
) -> None:
    with standing.gateway("mindee", name=ODD_NAME) as gateway:
        answers = answers_with_location(gateway.connection(), door)
        base = urlsplit(gateway.package.base).path
    for each in answers:
        location = each.headers["Location"]
        assert location.startswith(f"{gateway.prefix}/"), each.url
        assert base not in location
        assert "power-automate" not in location
        assert "//" not in location.removeprefix("https://")


@pytest.mark.parametrize(
    "prefix",
    [
        "http://unit.azure-apim.net/apim/x/y",
        "https://evil.example/apim/x/y",
        "https://azure-apim.net.evil.example/apim/x/y",
        "https://evilazure-apim.net/apim/x/y",
        "https://unit.azure-apim.net@evil.example/apim/x/y",
        "https://unit.azure-apim.net\\@evil.example/apim/x/y",
        "https://unit.azure-apim.net:8443@evil.example/x",
        "https://evil.example/.azure-apim.net/x",
        "https://evil.example?a=.azure-apim.net",
        "https://evil.example#.azure-apim.net",
        "https://unit.azure-apim.net/apim/x/y?to=",
        "https://unit.azure-apim.net/apim/x/y#",
        "https://unit.azure-apim.net, https://evil.example",
        "https://unit.azure-apim.net/apim/../../evil",
        "//unit.azure-apim.net/apim/x/y",
        "unit.azure-apim.net/apim/x/y",
        "javascript:alert(1)//unit.azure-apim.net",
        "https://",
        "",
    ],
)
def test_rule_04_a_hostile_prefix_falls_back_to_the_public_address(
    standing: World, prefix: str
) -> None:
    referrer = {"X-MS-APIM-Referrer": f"{prefix}/extraction"}
    for said in ({"X-MS-APIM-Referrer-Prefix": prefix}, {} if not prefix else referrer):
        run = Run(standing.direct("mindee"), said=said)
        answer = run.operation("POST", "/extraction", order())
        location = answer.headers["Location"]
        assert location.startswith(f"{PUBLIC}/power-automate/mindee/operations/"), location
        assert "evil" not in location


def test_rule_05_the_referrer_alone_gives_the_right_prefix(
    standing: World, door: FrontDoor
) -> None:
    for name in ("connector-x/conn-1", ODD_NAME, "extraction/finished/operations/results"):
        with standing.gateway("mindee", name=name, prefix_header=False) as gateway:
            answers = answers_with_location(gateway.connection(), door)
        for each in answers:
            location = each.headers["Location"]
            assert location.startswith(f"{gateway.prefix}/"), (each.url, location)
            path = urlsplit(location.removeprefix(gateway.prefix)).path
            method = "DELETE" if each.status == 201 else "GET"
            assert gateway.package.declared(method, path), (each.url, location)


def test_rule_05_the_referrer_of_another_path_is_not_believed(standing: World) -> None:
    said = {"X-MS-APIM-Referrer": "https://unit.azure-apim.net/apim/x/y/something-else"}
    answer = Run(standing.direct("mindee"), said=said).operation("POST", "/extraction", order())
    assert answer.headers["Location"].startswith(f"{PUBLIC}/")


def test_rule_06_location_can_be_read_at_once_in_every_process_and_after_a_restart(
    tmp_path: Path,
) -> None:
    with grounds(tmp_path, seconds=1.5) as here:
        service = here.serve("--workers", "2")
        places = []
        for number in range(8):
            answer = here.call(
                "POST",
                "/power-automate/swift/extraction",
                data={"model_id": MODEL, "alias": f"a-{number}", "wait": "0"},
                files={"document": ("a.txt", DOCUMENT, "text/plain")},
            )
            assert answer.status_code == 202, answer.text
            places.append(answer.headers["Location"])
            looks = {requests.get(places[-1], timeout=10).status_code for _ in range(3)}
            assert looks <= {200, 202}
        end_group(service)
        here.serve("--workers", "2")
        assert {requests.get(each, timeout=10).status_code for each in places} <= {200, 202}
        ends = time.monotonic() + 30
        while {requests.get(each, timeout=10).status_code for each in places} != {200}:
            assert time.monotonic() < ends
            time.sleep(0.2)
        assert sorted(here.orders()) == sorted(f"a-{number}" for number in range(8))


def test_rule_06_no_look_is_ever_too_early(here: World) -> None:
    for number in range(20):
        run = Run(here.direct("mindee"), retries=0)
        first = run.operation("POST", "/extraction", order(f"early {number}"), wait="0")
        assert first.status in (200, 202)
        if first.status == 202:
            assert run.retried("GET", first.headers["Location"]).status in (200, 202)


def test_rule_06_a_trigger_can_be_checked_at_once(standing: World) -> None:
    trigger = PollingTrigger(standing.direct("mindee"), "/finished")
    assert [trigger.check().status for _ in range(3)] == [202, 202, 202]
