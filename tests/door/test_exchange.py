"""What comes back when the other side behaves, and over which connection."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import Any

import pytest

from connector.core.model import FILE, Failure, Request, Response
from connector.files import Files
from connector.http import Door
from connector.http.exchange import Exchange, Watchdog
from tests.door.conftest import MakeDoor
from tests.door.raw import hang_up, raw, reply, says

BIG = 12345678901234567890123
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 700
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("body", "type_", "read"),
    [
        (b'{"a":1}', "text/html", {"a": 1}),
        (b"", "application/json", None),
        (b" \r\n", "application/json", None),
        (b"<html>", "text/html", None),
        (b"sorry", "text/plain", "sorry"),
        (b"s\xf6rry\0", "text/plain; charset=latin-1", "sörry"),
        (b"sorry", "text/plain; charset=klingon", "sorry"),
        (b"x" * 9000, "text/plain", "x" * 2000),
        (
            b'{"a":NaN,"b":1e999,"c":%d}' % BIG,
            "",
            {"a": None, "b": None, "c": BIG},
        ),
        (b'{"a":1,"a":2}', "", {"a": 2}),
        (b'["\\ud800","\\ud83d\\ude00","\\u0000a"]', "", ["\ufffd", "😀", "a"]),
        (b'{"\\u0000k":["\\u0000"]}', "", {"k": [""]}),
        (b'["\xff\xed\xa0\x80"]', "", ["\ufffd" * 4]),
        (b'\xef\xbb\xbf{"a":1}', "", {"a": 1}),
        ('{"ä":1}'.encode("utf-16"), "", {"ä": 1}),
        (b'{"a":1} x', "", None),
        (b"9" * 5000, "", None),
    ],
)
def test_an_answer_is_read_as_json_whatever_it_says(
    door: Door, body: bytes, type_: str, read: Any
) -> None:
    with raw(says(reply(body, headers=f"Content-Type: {type_}\r\n"))) as server:
        outcome = door.send(Request("GET", server.url, own=True))
    assert isinstance(outcome, Response)
    assert outcome.body == read
    assert repr(outcome.body) == repr(read)


def test_header_names_are_lower_case_and_joined(door: Door) -> None:
    with raw(says(reply(headers="X-A: 1\r\nx-a: 2\r\nRetry-After: 3\r\n"))) as server:
        outcome = door.send(Request("GET", server.url, own=True))
    assert isinstance(outcome, Response)
    assert outcome.headers["x-a"] == "1, 2"
    assert outcome.headers["retry-after"] == "3"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_without_a_body_is_fine(door: Door, status: str) -> None:
    with raw(says(f"HTTP/1.1 {status}\r\n\r\n".encode())) as server:
        outcomes = [door.send(Request("GET", server.url, own=True)) for _ in range(2)]
    assert all(isinstance(one, Response) and one.body is None for one in outcomes)
    assert server.connections == 1


def test_only_repeatable_calls_share_a_connection(door: Door) -> None:
    with raw(says(reply())) as server:
        for _ in range(3):
            assert isinstance(door.send(Request("GET", server.url, own=True)), Response)
        assert server.connections == 1
        for _ in range(3):
            once = Request("GET", server.url, own=True, repeatable=False)
            assert isinstance(door.send(once), Response)
        assert server.connections == 4
    assert [b"Connection: close" in head for head in server.requests] == [False] * 3 + [True] * 3


def test_a_kept_connection_the_server_closed_is_opened_anew(door: Door) -> None:
    def once(sock: Any, head: bytes) -> None:
        sock.sendall(reply())
        hang_up(sock)

    with raw(once) as server:
        for _ in range(3):
            assert isinstance(door.send(Request("GET", server.url, own=True)), Response)
            time.sleep(0.05)
    assert server.connections == 3


def test_no_proxy_of_the_environment_is_used(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with raw(says(reply())) as server:
        assert isinstance(door.send(Request("GET", server.url, own=True)), Response)


@pytest.mark.parametrize(
    ("disposition", "path", "name"),
    [
        ("", "/a/report.pdf?key=secret", "report.pdf"),
        ("", "/", "file"),
        ('filename="a b.pdf"', "/x", "a b.pdf"),
        ("filename=\"x.pdf\"; filename*=UTF-8''%e2%82%ac.pdf", "/x", "€.pdf"),
        ("filename*=klingon''%78; filename=y.pdf", "/x", "y.pdf"),
        ('filename="../../etc/.pass\x07wd"', "/x", "passwd"),
        ("filename=..\\..\\c.txt", "/x", "c.txt"),
    ],
)
def test_a_download_becomes_a_file(
    door: Door, files: Files, disposition: str, path: str, name: str
) -> None:
    header = f"Content-Disposition: attachment; {disposition}\r\n"
    with raw(says(reply(PDF, headers=header))) as server:
        outcome = door.send(Request("GET", server.url + path, answer="bytes", own=True))
    assert isinstance(outcome, Response)
    reference = outcome.body
    with files.open(reference.pop(FILE)) as stream:
        assert stream.read() == PDF
    digest = hashlib.sha256(PDF).hexdigest()
    told = {"name": name, "type": "application/pdf", "size": len(PDF), "sha256": digest}
    assert reference == told


@pytest.mark.parametrize(
    ("disposition", "declared", "content", "name"),
    [
        ("attachment", "application/pdf", PDF, "fill_form.pdf"),
        ('attachment; filename="a.pdf"', "text/plain", PDF, "a.pdf"),
        ('attachment; filename=".. / \x01"', "text/csv", b"a,b", "fill_form.csv"),
        ("attachment", "text/nonsense", b"a,b", "fill_form"),
        ("attachment", XLSX, b"PK\3\4", "fill_form.xlsx"),
        ("attachment", "application/octet-stream", b"PK\3\4", "fill_form.zip"),
    ],
)
def test_a_file_that_nobody_named_is_called_after_its_action(
    door: Door, disposition: str, declared: str, content: bytes, name: str
) -> None:
    header = f"Content-Type: {declared}\r\nContent-Disposition: {disposition}\r\n"
    asked = {"answer": "bytes", "own": True, "called": "fill_form"}
    with raw(says(reply(content, headers=header))) as server:
        outcome = door.send(Request("GET", f"{server.url}/../secret.exe", **asked))
    assert isinstance(outcome, Response)
    assert outcome.body["name"] == name


def test_a_refused_download_is_read_as_json(door: Door) -> None:
    with raw(says(reply(b'{"error":"gone"}', "410 Gone"))) as server:
        outcome = door.send(Request("GET", server.url, answer="bytes", own=True))
    assert isinstance(outcome, Response)
    assert (outcome.status, outcome.body) == (410, {"error": "gone"})


def test_threads_share_a_door(door: Door) -> None:
    def many() -> None:
        outcomes = [door.send(Request("GET", server.url, own=True)) for _ in range(20)]
        good.append(all(isinstance(one, Response) for one in outcomes))

    good: list[bool] = []
    with raw(says(reply())) as server:
        threads = [threading.Thread(target=many) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert good == [True] * 4
    assert server.connections == 4


def test_a_closed_door_sends_nothing(make_door: MakeDoor) -> None:
    door = make_door()
    with raw(says(reply())) as server:
        door.send(Request("GET", server.url, own=True))
        door.close()
        outcome = door.send(Request("GET", server.url, own=True))
    assert outcome == Failure("the door is closed", sent=False)


def test_the_watchdog_forgets_what_is_finished() -> None:
    watchdog = Watchdog()
    for _ in range(1000):
        with watchdog.guarding(Exchange(600)):
            pass
    assert len(watchdog._due) <= 2 * Watchdog.SPARE
    watchdog.close()
