"""Rule 25: a file of 75 MB, one that is too large, and what the log must not hold."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import socket
import uuid
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import MODEL
from tests.power_automate.flow_engine import Run
from tests.power_automate.front_door import FrontDoor
from tests.power_automate.orders import order
from tests.power_automate.worlds import World
from tests.running.grounds import Grounds, grounds, until, web_of
from tests.service.worlds import LOOPBACK

MB = 1_000_000
FILE = 75 * MB
PATH = "/power-automate/swift/extraction"
SECRETS = ("x-ms-signature", "x-ms-callback-sig", "X-MS-APIM-Callback", "x-ms-client-request-id")


def memory(pid: int, what: str = "VmHWM") -> float:
    """A process's memory in MB: VmRSS now, VmHWM at its most since it was forgotten."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) * 1024 / MB


def idling(pid: int) -> float:
    """Its memory now, in MB; what was its most is forgotten (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    return memory(pid, "VmRSS")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Grounds, int]]:
    """A service in processes of its own, and its web's process."""
    tmp_path = tmp_path_factory.mktemp("payload")
    here_only = LOOPBACK["CONNECTOR_ALLOWED_HOSTS"]
    with grounds(
        tmp_path, timeout=60, CONNECTOR_LOG_LEVEL="DEBUG", CONNECTOR_ALLOWED_HOSTS=here_only
    ) as here:
        yield here, web_of(here.serve())


def test_rule_25_a_file_of_75_mb_comes_through_in_bounded_memory(
    service: tuple[Grounds, int],
) -> None:
    here, web = service
    content = os.urandom(FILE // 75) * 75
    body = b'{"model_id": "%s", "document_name": "large.bin", "document": "%s"}' % (
        MODEL.encode(),
        b64encode(content),
    )
    assert len(body) > 100 * MB
    idle = idling(web)
    headers = {"Content-Type": "application/json"}
    answer = here.call("POST", PATH, data=body, headers=headers)
    assert answer.status_code in (200, 202), answer.text
    assert memory(web) - idle < 3.5 * len(body) / MB
    until(lambda: here.orders() != [])
    assert here.log()["orders"][0]["sha256"] == hashlib.sha256(content).hexdigest()


def half_said(here: Grounds, *headers: str) -> tuple[int, dict[str, Any]]:
    """The answer to a request of which only the beginning was sent."""
    host, _, port = here.url.removeprefix("http://").partition(":")
    head = [
        f"POST {PATH} HTTP/1.1",
        f"Host: {host}",
        f"X-API-Key: {here.key}",
        "Content-Type: application/json",
        *headers,
    ]
    with contextlib.closing(socket.create_connection((host, int(port)), timeout=20)) as line:
        line.sendall("\r\n".join((*head, "", "")).encode() + b'{"document": "' + b"QUJD" * 10_000)
        heard = b""
        while b"\r\n\r\n" not in heard or not heard.rstrip().endswith(b"}"):
            piece = line.recv(65536)
            if not piece:
                break
            heard += piece
    said, _, content = heard.partition(b"\r\n\r\n")
    return int(said.split()[1]), json.loads(content[content.index(b"{") : content.rindex(b"}") + 1])


def test_rule_25_what_is_too_large_is_a_413_before_it_is_read(
    service: tuple[Grounds, int],
) -> None:
    here, web = service
    idle = idling(web)
    status, answer = half_said(here, f"Content-Length: {300 * MB}")
    assert status == 413
    assert answer["error"]["code"] == "too_large"
    assert "MB" in answer["error"]["message"]
    assert memory(web) - idle < 50


def test_rule_25_nothing_secret_is_logged_or_kept_in_clear(
    service: tuple[Grounds, int], door: FrontDoor
) -> None:
    here, _ = service
    callbacks = [door.open(), door.open(500, 202)]
    secret = uuid.uuid4().hex
    headers = {name: f"{secret}-{name}" for name in SECRETS}
    headers["x-ms-workflow-run-id"] = "run"
    target = f"https://prod-1.westeurope.logic.azure.com/workflows/x?sig={secret}"
    signatures = [each.url.rpartition("sig=")[2] for each in callbacks]
    document = {"document": "QUJDREVGRw==", "document_name": "a.txt", "model_id": MODEL}
    for path, body in (
        ("/extraction", document),
        ("/extraction", {"model_id": 7}),
        ("/hooks/finished", {"callback_url": callbacks[0].url}),
        ("/hooks/finished", {"callback_url": callbacks[1].url}),
        ("/extraction/callback", {**document, "callback_url": target}),
        ("/hooks/finished", {"callback_url": f"http://evil.example/{secret}"}),
        ("/nothing", {}),
    ):
        here.call("POST", f"/power-automate/swift{path}", json=body, headers=headers)
    location = here.call("POST", PATH, json=document, headers=headers).headers.get("Location", "")
    here.call("GET", f"/power-automate/swift/finished?token={secret}", headers=headers)
    ops = here.call("GET", "/v1/operations").json()
    assert len(ops) >= 3
    here.ended([each["id"] for each in ops])
    until(lambda: all(each.tries for each in callbacks))
    said = here.said()
    assert said, "nothing was logged at all: the test sees nothing"
    for each in (secret, *signatures):
        assert each not in said
    assert location.rpartition("token=")[2][:20] not in said or not location
    for kept in here.folder.glob("connector.db*"):
        for each in (secret, *signatures):
            assert each.encode() not in kept.read_bytes(), f"{kept} holds a signature"


def test_rule_25_a_bug_of_ours_logs_no_header_either(
    standing: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = uuid.uuid4().hex
    said = {name: f"{secret}-{name}" for name in SECRETS}

    def broken(self: Any, order: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(type(standing.system.engine), "submit", broken)
    run = Run(standing.direct("mindee"), retries=0, said=said)
    answer = run.operation("POST", "/extraction", order(), token=secret)
    assert answer.status == 500
    lines = [each for each in caplog.records if not each.name.startswith("urllib3")]  # ours here
    shown = "\n".join(caplog.handler.format(each) for each in lines)
    assert "a bug" in shown
    assert secret not in shown
    assert secret not in answer.content.decode()


def test_rule_25_unknown_headers_change_nothing(standing: World) -> None:
    for name in ("x-ms-unheard-of", "x-ms-content-length", "x-ms-date", "x-ms-version"):
        run = Run(standing.direct("mindee"), said={name: "whatever; =,"})
        assert run.operation("POST", "/extraction", order()).status == 202
