"""Which bytes of a result come, and whom do links let in?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response

from connector.signing import Links
from tests.living import Living
from tests.service.acme import Acme, acme
from tests.service.worlds import Still, another_key, still

BYTES = bytes(range(100))


@dataclass(frozen=True)
class Printed:
    """A system with a result that is a file, of 100 bytes."""

    paused: Still
    provider: Acme
    id: str
    link: str

    def get(self, **headers: str) -> requests.Response:
        """The file by its link, without a key."""
        return requests.get(self.link, headers=headers, timeout=10)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    """One such system for all tests that only read."""
    folder = tmp_path_factory.mktemp("printed")
    with acme() as (provider, settings), still(folder, settings) as paused:
        provider.state = "done"
        named = {"Content-Disposition": 'attachment; filename="ma\u00dfe.html"'}
        provider.printed = lambda: Response(BYTES, headers=named, mimetype="text/html")
        id = order(paused.system)
        yield Printed(paused, provider, id, paused.finish(id)["links"]["file"])


def order(system: Living, action: str = "print") -> str:
    """The id of a new job."""
    body = {"text": "a", "copies": 1}
    found: str = system.call("POST", f"/v1/acme/{action}", json=body).json()["id"]
    return found


def test_the_whole_file_comes_by_its_link(printed: Printed) -> None:
    answer = printed.get()
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == "100"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=90-", 90, 100),
        ("bytes=99-99", 99, 100),
        ("bytes=50-5000", 50, 100),
        ("bytes=-7", 93, 100),
        ("bytes=-100", 0, 100),
        ("bytes=-5000", 0, 100),
    ],
)
def test_one_range_comes_alone(printed: Printed, asked: str, start: int, stop: int) -> None:
    answer = printed.get(Range=asked)
    assert (answer.status_code, answer.content) == (206, BYTES[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/100"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,4-5", "bytes=5-2", "lines=0-1", "bytes=", "bytes=--1", "bytes=a-b", "nonsense"],
)
def test_ranges_that_we_do_not_serve_bring_the_whole_file(printed: Printed, asked: str) -> None:
    answer = printed.get(Range=asked)
    assert (answer.status_code, answer.content) == (200, BYTES)


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=5000-6000"])
def test_a_range_outside_of_the_file_is_a_problem(printed: Printed, asked: str) -> None:
    answer = printed.get(Range=asked)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */100"
    assert answer.json()["code"] == "range_not_satisfiable"


def test_an_empty_result_file_is_served(tmp_path: Path) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        provider.state = "done"
        provider.printed = lambda: Response(b"", mimetype="text/plain")
        link = paused.finish(order(paused.system))["links"]["file"]
        assert requests.get(link, timeout=10).content == b""
        assert requests.get(link, headers={"Range": "bytes=0-"}, timeout=10).status_code == 416
        assert requests.get(link, headers={"Range": "bytes=-1"}, timeout=10).status_code == 416


def test_the_result_of_a_file_is_the_file(printed: Printed) -> None:
    path = f"/v1/operations/{printed.id}/result"
    answer = printed.paused.system.call("GET", path, headers={"Range": "bytes=1-3"})
    assert (answer.status_code, answer.content) == (206, BYTES[1:4])


def test_a_large_result_is_a_link_in_the_document_and_whole_at_its_address(
    tmp_path: Path,
) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        provider.state, provider.value = "done", {"words": ["ä" * 1000] * 100}
        id = order(paused.system, "read")
        done = paused.finish(id)
        assert done["result"] is None
        result = paused.system.call("GET", f"/v1/operations/{id}/result")
        assert result.json() == provider.value
        assert result.headers["Content-Type"] == "application/json"
        assert requests.get(done["links"]["file"], timeout=10).json() == provider.value
        flow = paused.system.call("GET", f"/power-automate/acme/operations/{id}/result")
        assert flow.json() == provider.value


def test_power_automate_gets_a_file_as_a_link(printed: Printed) -> None:
    path = f"/power-automate/acme/operations/{printed.id}/result"
    answer = printed.paused.system.call("GET", path).json()
    assert answer["file"]["size"] == 100
    assert requests.get(answer["file"]["url"], timeout=10).content == BYTES


def tokens(printed: Printed) -> tuple[Links, float]:
    """What signs tokens in this system, and the time there."""
    return printed.paused.system.site.addresses._links, printed.paused.clock.now


def file_id(printed: Printed) -> str:
    """The id of the result file."""
    return printed.link.split("/v1/files/")[1].split("?")[0]


def opened(printed: Printed, path: str, token: str) -> int:
    """The status for whoever comes with a token and no key."""
    url = printed.paused.system.url + path
    return requests.get(url, params={"token": token}, timeout=10).status_code


def test_a_token_opens_its_operation_and_nothing_else(printed: Printed) -> None:
    links, now = tokens(printed)
    other = order(printed.paused.system)
    token = links.token("operation", printed.id, now + 60)
    assert opened(printed, f"/v1/operations/{printed.id}", token) == 200
    assert opened(printed, f"/v1/operations/{printed.id}/result", token) == 200
    assert opened(printed, f"/power-automate/acme/operations/{printed.id}/result", token) == 200
    assert opened(printed, f"/v1/operations/{other}", token) == 401
    assert opened(printed, f"/v1/files/{file_id(printed)}", token) == 401
    assert opened(printed, "/v1/operations", token) == 401
    assert opened(printed, "/v1/me", token) == 401


def test_a_token_only_reads(printed: Printed) -> None:
    links, now = tokens(printed)
    said: Any = {"params": {"token": links.token("operation", printed.id, now + 60)}}
    url = f"{printed.paused.system.url}/v1/operations/{printed.id}"
    assert requests.post(f"{url}/cancel", timeout=10, **said).status_code == 401
    assert requests.delete(url, timeout=10, **said).status_code == 401


def test_a_token_of_another_kind_or_time_or_hand_opens_nothing(printed: Printed) -> None:
    links, now = tokens(printed)
    path, good = f"/v1/operations/{printed.id}", links.token("operation", printed.id, now + 60)
    wrong = [
        links.token("file", printed.id, now + 60),
        links.token("operation", printed.id, now - 1),
        links.token("operation", printed.id[:-1], now + 60),
        Links("another secret").token("operation", printed.id, now + 60),
        good[:-2] + ("aa" if good[-2:] != "aa" else "bb"),
        "x" + good,
        good.split(".")[0],
        "nonsense",
        "\u00e4.\x00",
        "",
    ]
    assert [opened(printed, path, each) for each in wrong] == [401] * len(wrong)


def test_a_link_to_a_file_that_is_given_late_lives_for_a_day(printed: Printed) -> None:
    clock, system = printed.paused.clock, printed.paused.system
    before = clock.now
    try:
        clock.now += 3 * 86_400
        flow = system.call("GET", f"/power-automate/acme/results/{printed.id}").json()
        zap = system.call("GET", f"/zapier/acme/jobs/{printed.id}").json()
        plain = system.call("GET", f"/v1/operations/{printed.id}").json()
        links = [flow["file"]["url"], zap["file_url"], plain["links"]["file"]]
        clock.now += 86_400 - 5
        assert [requests.get(each, timeout=10).status_code for each in links] == [200] * 3
        clock.now += 10
        assert [requests.get(each, timeout=10).status_code for each in links] == [401] * 3
    finally:
        clock.now = before


def test_a_link_to_a_file_ends_a_day_after_its_operation(printed: Printed) -> None:
    before = printed.paused.clock.now
    try:
        op = printed.paused.system.engine.get(printed.id, None)
        printed.paused.clock.now = op.deadline_at + 86_400 - 5
        assert printed.get().status_code == 200
        printed.paused.clock.now += 10
        assert printed.get().status_code == 401
    finally:
        printed.paused.clock.now = before


def test_a_file_opens_for_its_owners_key_only(printed: Printed) -> None:
    system, path = printed.paused.system, f"/v1/files/{file_id(printed)}"
    assert system.call("GET", path).status_code == 200
    theirs = {"X-API-Key": another_key(system)}
    assert system.call("GET", path, headers=theirs).status_code == 404
    assert requests.get(system.url + path, timeout=10).status_code == 401
    for odd in ("nothing-like-it", "%00", "..%2f..%2fconnector.db", "ü"):
        assert system.call("GET", f"/v1/files/{odd}").status_code == 404
