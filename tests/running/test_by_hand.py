"""A person with curl, a stand-in and a service, each a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from connector.serve import free_port
from tests.living import INVOICE, MODEL
from tests.running.grounds import Grounds, grounds, until

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")


class Answer(NamedTuple):
    """What curl saw."""

    status: int
    headers: dict[str, str]
    body: bytes


def test_curl_follows_location_until_the_result_is_there(tmp_path: Path) -> None:
    stand_in = f"http://127.0.0.1:{free_port()}"
    with grounds(tmp_path, SWIFT_BASE_URL=stand_in) as here:
        here.start("simulate", "mindee", "--port", stand_in.rsplit(":", 1)[1], "--seconds", "0.5")
        here.serve()
        until(lambda: is_up(f"{stand_in}/_simulator/log"))

        plain = ordered(here, "/v1/swift/extraction")
        power = ordered(here, "/power-automate/swift/extraction")

        assert json.loads(plain.body)["result"]["fields"]["total_amount"]["value"] == 12330.0
        assert json.loads(power.body)["result"]["fields"]["total_amount"]["value"] == 12330.0
        asked = f"{stand_in}/_simulator/log"
        assert len(requests.get(asked, timeout=10).json()["orders"]) == 2


def ordered(here: Grounds, path: str) -> Answer:
    """The way of a person: post, then look where Location says, when Retry-After says."""
    form = [f"document=@{INVOICE}", f"model_id={MODEL}", "wait=0"]
    answer = curl(here, path, *(word for field in form for word in ("-F", field)))
    while answer.status == 202:
        time.sleep(int(answer.headers["retry-after"]))
        answer = curl(here, answer.headers["location"])
    assert answer.status == 200, answer.body
    return answer


def curl(here: Grounds, path: str, *more: str) -> Answer:
    """One request by curl."""
    url = path if path.startswith("http") else here.url + path
    key = f"X-API-Key: {here.key}"
    said = subprocess.check_output(["curl", "-si", "-H", "Expect:", "-H", key, *more, url])
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): text for name, _, text in pairs}, body)


def is_up(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
