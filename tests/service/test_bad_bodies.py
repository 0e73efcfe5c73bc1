"""What becomes of a body that cannot be read, or is too much to read?"""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.living import MODEL, Living
from tests.service.worlds import quick

ORDER = "/v1/mindee/extraction"
MB = 1_000_000


@pytest.mark.parametrize("platform", ["v1", "power-automate"])
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"{'model_id': 1}", 400, "bad_json"),
        (b'{"model_id": NaN}', 400, "bad_json"),
        (b'{"model_id": 1e999}', 400, "bad_json"),
        (b'{"model_id": ' + b"9" * 5000 + b"}", 400, "bad_json"),
        (b'{"alias": "\\ud800"}', 400, "bad_json"),
        (b'{"alias": "\xff"}', 400, "bad_json"),
        (b'{"document": "\xff"}', 400, "bad_json"),
        (b'{"document_name": "\xff", "document": "YWJj"}', 400, "bad_json"),
        (b'{"alias": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "bad_json"),
        (b'{"alias": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}", 400, "bad_json"),
        (b'{"alias": ' + b"[" * 900 + b"]" * 900 + b"}", 400, "bad_json"),
        (b'{"alias": ' + b"[" * 65 + b"]" * 65 + b"}", 400, "bad_json"),
        (b'{"document": ' + b"[" * 900 + b"]" * 900 + b"}", 422, "bad_input"),
        (b"[" * 100_000, 422, "not_an_object"),
        (b"[]", 422, "not_an_object"),
        (b'"text"', 422, "not_an_object"),
        (b"null", 422, "not_an_object"),
        (b"", 422, "bad_input"),
    ],
)
def test_json_that_cannot_be_read_is_the_callers_mistake(
    system: Living, platform: str, body: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json", "x-ms-workflow-run-id": "run"}
    answer = system.call("POST", f"/{platform}/mindee/extraction", data=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("media", ["text/plain", "application/octet-stream", "application/xml"])
def test_other_media_are_415(system: Living, media: str) -> None:
    answer = system.call("POST", ORDER, data=b"<a/>", headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary="},
        {"Content-Type": 'multipart/form-data; boundary="x"'},
        {"Content-Type": "multipart/form-data; boundary=" + "x" * 300},
    ],
)
def test_broken_multipart_is_the_callers_mistake(system: Living, headers: dict[str, str]) -> None:
    bodies = (b"", b"nonsense", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\na")
    for body in bodies:
        answer = system.call("POST", ORDER, data=body, headers=headers)
        assert 400 <= answer.status_code < 500, answer.text


def test_a_form_field_that_nests_deep_is_the_callers_mistake(system: Living) -> None:
    for depth in (70, 900, 100_000):
        text = "[" * depth + "]" * depth
        data = {"model_id": MODEL, "webhook_ids": text}
        assert system.call("POST", ORDER, data=data).status_code in (400, 422)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A system that takes files of 1 MB."""
    with quick(tmp_path_factory.mktemp("small"), {"CONNECTOR_MAX_FILE_MB": "1"}) as made:
        yield made


def test_a_part_over_the_limit_is_too_large_and_not_kept(small: Living) -> None:
    for size in (MB + 1, 2 * MB, 5 * MB):
        files = {"document": ("a.pdf", b"x" * size)}
        answer = small.call("POST", ORDER, data={"model_id": MODEL}, files=files)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert files_of(small) == []


def test_base64_over_the_limit_is_too_large_and_not_kept(small: Living) -> None:
    for size in (MB + 1, 3 * MB):
        text = b64encode(b"x" * size).decode()
        for body in ({"json": {"document": text}}, {"data": {"document": text}}):
            answer = small.call("POST", ORDER, **body)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert files_of(small) == []


def test_a_file_at_the_limit_is_taken(small: Living) -> None:
    files = {"document": ("a.pdf", b"%PDF" + b"x" * (MB - 4))}
    answer = small.call("POST", ORDER, data={"model_id": MODEL}, files=files)
    assert answer.status_code in (200, 202)
    small.call("POST", f"/v1/operations/{answer.json()['id']}/cancel")
    small.call("DELETE", f"/v1/operations/{answer.json()['id']}")


def files_of(system: Living) -> list[Path]:
    """The stored files, unfinished ones too."""
    return [each for each in (system.folder / "files").rglob("*") if each.is_file()]


MULTIPART = b'--x\r\nContent-Disposition: form-data; name="document"; filename="a.pdf"\r\n\r\n'


def answered_early(system: Living, headers: bytes, send: Iterator[bytes], most: int) -> bytes:
    """The first bytes of the answer to a request of which at most ``most`` bytes are sent; the
    sender stops as soon as an answer is there, and never ends its body."""
    host, port = system.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        key = system.key.encode()
        connection.sendall(
            b"POST /v1/mindee/extraction HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n%s\r\n\r\n"
            % (key, headers)
        )
        sent = 0
        connection.settimeout(0.05)
        for piece in send:
            try:
                return the_rest(connection, connection.recv(4000))
            except TimeoutError:
                pass
            if sent > most:
                break
            try:
                connection.sendall(piece)
            except OSError:
                break
            sent += len(piece)
        return the_rest(connection, b"")


def the_rest(connection: socket.socket, heard: bytes) -> bytes:
    """A whole JSON answer, of which ``heard`` was heard already."""
    connection.settimeout(5)
    while not heard.endswith(b"}\n") and (piece := connection.recv(4000)):
        heard += piece
    return heard


@pytest.mark.parametrize("media", [b"application/json", b"multipart/form-data; boundary=x"])
def test_a_length_over_the_limit_is_refused_before_the_body_was_sent(
    small: Living, media: bytes
) -> None:
    headers = b"Content-Type: %s\r\nContent-Length: 50000000" % media
    answer = answered_early(small, headers, iter([b"", b""]), most=0)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"too_large" in answer


@pytest.mark.parametrize("media", [b"application/json", b"multipart/form-data; boundary=x"])
def test_a_body_without_a_length_is_refused_at_the_limit(small: Living, media: bytes) -> None:
    first = MULTIPART if media.startswith(b"multi") else b'{"document": "'
    pieces = (b"a" * 250_000 for _ in range(400))
    chunks = (b"%x\r\n%s\r\n" % (len(each), each) for each in (first, *pieces))
    headers = b"Content-Type: %s\r\nTransfer-Encoding: chunked" % media
    answer = answered_early(small, headers, chunks, most=4 * MB)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert files_of(small) == []


def test_without_a_key_nothing_of_the_body_is_read(small: Living) -> None:
    host, port = small.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            b"POST /v1/mindee/extraction HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
            b"Content-Type: application/json\r\n\r\n"
        )
        assert connection.recv(4000).startswith(b"HTTP/1.1 401 ")


def test_a_request_that_breaks_off_leaves_no_file(small: Living) -> None:
    host, port = small.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            b"POST /v1/mindee/extraction HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n"
            b"Content-Length: 900000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n%s"
            % (small.key.encode(), MULTIPART + b"a" * 300_000)
        )
        connection.shutdown(socket.SHUT_WR)
        connection.recv(4000)
    assert files_of(small) == []
