"""What the door does when the other side misbehaves: sizes, depths, drips, cuts."""

from __future__ import annotations

import socket
import threading
import time
import zlib

import pytest

from connector.core.model import Failure, Request, Response
from connector.files import Files
from connector.http import Door
from tests.door.conftest import MakeDoor
from tests.door.raw import Play, hang_up, raw, read_head, reply, says

MEGABYTE = 1024 * 1024


def get(url: str, **more: object) -> Request:
    return Request("GET", url, own=True, **more)  # type: ignore[arg-type]


def test_a_gzip_bomb_stops_at_the_limit(door: Door) -> None:
    def bomb(sock: socket.socket, head: bytes) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        packer = zlib.compressobj(9, wbits=31)
        for _ in range(10 * 1024):
            sock.sendall(packer.compress(bytes(MEGABYTE)))
        hang_up(sock)

    with raw(bomb) as server:
        outcome = door.send(get(server.url))
    assert outcome == Failure("the answer is larger than 32 MB", sent=True)


def test_an_endless_body_stops_at_the_limit(door: Door) -> None:
    def endless(sock: socket.socket, head: bytes) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n[")
        while True:
            sock.sendall(b"1," * 32768)

    with raw(endless) as server:
        assert door.send(get(server.url)) == Failure("the answer is larger than 32 MB")


def test_a_hundred_megabytes_of_brackets_are_a_failure(make_door: MakeDoor) -> None:
    def brackets(sock: socket.socket, head: bytes) -> None:
        sock.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {100 * MEGABYTE}\r\n\r\n".encode())
        for _ in range(100):
            sock.sendall(b"[" * MEGABYTE)

    door = make_door(max_answer_bytes=200 * MEGABYTE)
    with raw(brackets) as server:
        assert door.send(get(server.url)) == Failure("the answer is nested too deep")


@pytest.mark.parametrize(("depth", "fine"), [(64, True), (65, False), (500, False)])
def test_nesting_is_limited(door: Door, depth: int, fine: bool) -> None:
    body = b'[{"a":' * (depth // 2) + b"[" * (depth % 2) + b"1" + b"]" * (depth % 2)
    body += b"}]" * (depth // 2)
    with raw(says(reply(body))) as server:
        outcome = door.send(get(server.url))
    assert isinstance(outcome, Response) is fine


def drip(data: bytes, then: bytes) -> Play:
    def play(sock: socket.socket, head: bytes) -> None:
        sock.sendall(data)
        while True:
            time.sleep(0.05)
            sock.sendall(then)

    return play


@pytest.mark.parametrize(
    "play",
    [
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b" "),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda sock, head: time.sleep(2),
    ],
    ids=["headers", "body", "body without length", "chunks", "informational", "silence"],
)
def test_the_whole_exchange_ends_in_time(door: Door, play: Play) -> None:
    with raw(play) as server:
        began = time.monotonic()
        outcome = door.send(get(server.url, timeout=0.4))
    assert outcome == Failure("timed out after 0.4 s", sent=True)
    assert 0.3 < time.monotonic() - began < 1.5


def test_a_body_nobody_reads_ends_in_time(door: Door) -> None:
    with raw(lambda sock, head: time.sleep(2), hear=False) as server:
        request = Request("POST", server.url, body="x" * 20 * MEGABYTE, timeout=0.4, own=True)
        outcome = door.send(request)
    assert outcome == Failure("timed out after 0.4 s", sent=True)


def test_a_slow_name_ends_in_time(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def slow(*args: object, **kwargs: object) -> list[object]:
        answered.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    outcome = door.send(get("https://slow.example", timeout=0.2))
    answered.set()
    assert outcome == Failure("timed out after 0.2 s", sent=False)


def test_a_silent_tls_server_ends_in_time(door: Door) -> None:
    with raw(lambda sock, head: time.sleep(2), hear=False) as server:
        outcome = door.send(get(server.url.replace("http:", "https:"), timeout=0.3))
    assert outcome == Failure("timed out after 0.3 s", sent=False)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nX-Half: ",
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
def test_half_an_answer_is_a_failure(door: Door, answer: bytes) -> None:
    def half(sock: socket.socket, head: bytes) -> None:
        sock.sendall(answer)
        hang_up(sock)

    with raw(half) as server:
        assert door.send(get(server.url)) == Failure("the connection broke", sent=True)


def test_a_connection_dropped_before_reading_may_have_been_sent(door: Door) -> None:
    with raw(lambda sock, head: None, hear=False) as server:
        outcome = door.send(get(server.url))
    assert isinstance(outcome, Failure)
    assert outcome.sent


def test_a_refused_port_was_never_sent(door: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = door.send(get(f"http://127.0.0.1:{port}/?token=secret"))
    assert outcome == Failure("connection refused", sent=False)


def test_an_unknown_name_was_never_sent(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outcome = door.send(Request("GET", "https://nobody.example/?token=secret"))
    assert outcome == Failure("the name cannot be resolved", sent=False, refused=False)


def test_plain_text_on_a_tls_port_was_never_sent(door: Door) -> None:
    with raw(says(b"HTTP/1.1 400 Bad\r\n\r\n"), hear=False) as server:
        outcome = door.send(get(server.url.replace("http:", "https:")))
    assert outcome == Failure("the TLS handshake failed", sent=False)


def test_an_early_refusal_of_a_large_body_is_heard(door: Door) -> None:
    def early(sock: socket.socket, head: bytes) -> None:
        sock.sendall(reply(b'{"error":"large"}', "413 Too Large", "Connection: close\r\n"))
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(MEGABYTE):
            pass

    with raw(early, hear=False) as server:
        request = Request("POST", server.url, body="x" * MEGABYTE, own=True)
        outcome = door.send(request)
    assert isinstance(outcome, Response)
    assert outcome.status == 413


def test_nothing_is_kept_of_an_incomplete_download(door: Door, files: Files) -> None:
    def half(sock: socket.socket, head: bytes) -> None:
        sock.sendall(reply(b"%PDF-1.7", length=100))
        hang_up(sock)

    with raw(half) as server:
        outcome = door.send(get(server.url, answer="bytes"))
    assert outcome == Failure("the connection broke")
    assert list(files.older_than(time.time() + 60)) == []


@pytest.mark.parametrize("length", ["", "Content-Length: 9000000\r\n"])
def test_nothing_is_kept_of_a_download_that_takes_too_long(
    door: Door, files: Files, length: str
) -> None:
    with raw(drip(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode(), b"x")) as server:
        outcome = door.send(get(server.url, answer="bytes", timeout=0.3))
    assert outcome == Failure("timed out after 0.3 s")
    assert list(files.older_than(time.time() + 60)) == []


def test_nothing_is_kept_of_a_download_that_is_too_large(make_door: MakeDoor, files: Files) -> None:
    with raw(says(reply(bytes(MEGABYTE + 1)))) as server:
        outcome = make_door(max_file_bytes=MEGABYTE).send(get(server.url, answer="bytes"))
    assert outcome == Failure("the answer is larger than 1 MB")
    assert list(files.older_than(time.time() + 60)) == []


def test_an_answer_to_an_early_hint_is_not_taken_for_the_next_one(door: Door) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    with raw(says(hint + reply(b'{"n":1}'))) as server:
        outcomes = [door.send(get(server.url)) for _ in range(2)]
    assert [getattr(outcome, "body", None) for outcome in outcomes] == [{"n": 1}, {"n": 1}]
    assert server.connections == 1


def test_reading_a_head_stops_when_the_client_leaves() -> None:
    here, there = socket.socketpair()
    here.close()
    with there:
        assert read_head(there) == b""
