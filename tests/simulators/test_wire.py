"""Does every fault go wrong on a real connection, under werkzeug and under Granian?"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from tests.serving import serving
from tests.simulators.bench import DOCUMENTS, KEY, MODEL
from tests.simulators.standing import app

GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
BIG = b"x" * 3_000_000


class Provider:
    """A simulator at ``url``, asked over the network."""

    def __init__(self, url: str) -> None:
        self.url = url

    def set(self, *specs: str) -> None:
        answer = requests.post(f"{self.url}/_simulator/faults", json={"fail": specs}, timeout=5)
        assert answer.json() == {"fail": list(specs)}

    def submit(self, content: bytes | None = None) -> requests.Response:
        file = content or (DOCUMENTS / "receipt.pdf").read_bytes()
        return requests.post(
            f"{self.url}/v2/products/extraction/enqueue",
            data={"model_id": MODEL["extraction"]},
            files={"file": ("receipt.pdf", file)},
            headers=KEY,
            timeout=5,
        )

    def check(self, id: str) -> requests.Response:
        return self.get(f"/v2/jobs/{id}?redirect=false")

    def get(self, path: str, timeout: float = 5) -> requests.Response:
        return requests.get(self.url + path, headers=KEY, timeout=timeout)

    def log(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self.url}/_simulator/log", timeout=5).json()
        return found


@pytest.fixture(scope="module")
def granian() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*GRANIAN, "--port", str(port), "--no-log", "tests.simulators.standing:app"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            requests.get(f"{url}/_simulator/log", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("Granian did not start")


@pytest.fixture(scope="module")
def werkzeug() -> Iterator[str]:
    with serving(app) as url:
        yield url


@pytest.fixture(params=["werkzeug", "granian"])
def provider(request: pytest.FixtureRequest) -> Iterator[Provider]:
    """The same app on both servers, clean before and after."""
    found = Provider(request.getfixturevalue(request.param))
    requests.delete(f"{found.url}/_simulator/log", timeout=5)
    yield found
    requests.delete(f"{found.url}/_simulator/faults", timeout=5)


@pytest.mark.parametrize("content", [None, BIG])
def test_drop_closes_before_anything_is_done(provider: Provider, content: bytes | None) -> None:
    provider.set("submit:drop*1")

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        provider.submit(content)
    assert provider.log()["orders"] == []
    assert provider.submit().status_code == 202


def test_drop_after_takes_the_order_and_loses_the_answer(provider: Provider) -> None:
    provider.set("submit:drop-after*1")

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        provider.submit()
    seen = provider.log()
    assert len(seen["orders"]) == 1
    assert provider.check(seen["orders"][0]["job"]).status_code == 200
    assert seen["requests"][-1]["status"] == 0


def test_drop_mid_sends_half_a_body(provider: Provider) -> None:
    id = provider.submit().json()["job"]["id"]
    provider.set("check_status:drop-mid*1")

    with pytest.raises(requests.exceptions.ChunkedEncodingError) as caught:
        provider.check(id)
    assert "IncompleteRead" in str(caught.value)
    assert provider.check(id).json()["job"]["status"] == "Processed"


def test_statuses_come_as_often_as_they_were_ordered(provider: Provider) -> None:
    id = provider.submit().json()["job"]["id"]
    provider.set("check_status:500*2", "check_status:429=7*1", "check_status:429=date:60*1")

    answers = [provider.check(id) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [500, 500, 429, 429, 200]
    assert answers[0].json()["status"] == 500
    assert "Retry-After" not in answers[0].headers
    assert answers[2].headers["Retry-After"] == "7"
    later = parsedate_to_datetime(answers[3].headers["Retry-After"]).timestamp()
    assert 50 < later - time.time() < 61
    assert provider.log()["counts"]["check_status"] == 5


def test_a_refused_upload_is_read_to_its_end(provider: Provider) -> None:
    provider.set("submit:503*1")

    assert provider.submit(BIG).status_code == 503
    assert provider.log()["orders"] == []


def test_bodies_go_wrong(provider: Provider) -> None:
    id = provider.submit().json()["job"]["id"]
    provider.set("check_status:malformed*1", "check_status:empty*1", "check_status:html*1")

    malformed, empty, html = (provider.check(id) for _ in range(3))

    assert malformed.status_code == 200
    assert malformed.text.startswith('{"job":')
    with pytest.raises(requests.exceptions.JSONDecodeError):
        malformed.json()
    assert (empty.status_code, empty.content) == (200, b"")
    assert html.status_code == 502
    assert html.headers["Content-Type"] == "text/html"


def test_results_can_be_gone(provider: Provider) -> None:
    id = provider.submit().json()["job"]["id"]
    provider.set("get_result:gone*1", "get_result:gone=410*1")
    path = f"/v2/products/extraction/results/{id}"

    assert [provider.get(path).status_code for _ in range(3)] == [404, 410, 200]


def test_answers_can_be_late_and_drip(provider: Provider) -> None:
    id = provider.submit().json()["job"]["id"]
    provider.set("check_status:delay=0.3*1", "check_status:drip=0.001*1")
    began = time.monotonic()

    assert provider.check(id).json()["job"]["id"] == id
    assert time.monotonic() - began > 0.3


def test_an_answer_can_be_endless(provider: Provider) -> None:
    provider.set("models:endless=0.02*1")
    with requests.get(
        f"{provider.url}/v2/search/models", headers=KEY, stream=True, timeout=5
    ) as answer:
        pieces = answer.iter_content(1)
        assert [next(pieces) for _ in range(5)] == [b" "] * 5


def test_jobs_can_fail_hang_and_speak_unknown_words(provider: Provider) -> None:
    provider.set("submit:fail*1", "submit:stuck*1", "submit:unknown=Paused*1")
    ids = [provider.submit().json()["job"]["id"] for _ in range(4)]

    found = [provider.check(id).json()["job"] for id in ids]

    assert [job["status"] for job in found] == ["Failed", "Processing", "Paused", "Processed"]
    assert found[0]["error"]["code"] == "500-012"


def test_one_check_can_say_something_else(provider: Provider) -> None:
    id = provider.submit().json()["job"]["id"]
    provider.set("check_status:unknown*1", "check_status:stuck*1")

    found = [provider.check(id).json()["job"]["status"] for _ in range(3)]

    assert found == ["Waiting", "Processing", "Processed"]


def test_faults_are_listed_replaced_and_refused_while_it_runs(provider: Provider) -> None:
    faults = f"{provider.url}/_simulator/faults"
    provider.set("any:500")

    bad = requests.post(faults, json={"fail": ["any:explode"]}, timeout=5)
    assert bad.status_code == 422
    assert "no word 'explode'" in bad.json()["detail"]
    assert requests.post(faults, json=["any:500"], timeout=5).status_code == 422
    assert requests.get(faults, timeout=5).json() == {"fail": ["any:500"]}
    assert requests.delete(faults, timeout=5).status_code == 204
    assert provider.submit().status_code == 202
    assert requests.delete(f"{provider.url}/_simulator/log", timeout=5).status_code == 204
    assert provider.log() == {"orders": [], "requests": [], "counts": {}}
