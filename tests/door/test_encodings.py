"""What goes out: every encoding as the other side understands it, files in little memory."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from werkzeug import Request as Heard
from werkzeug import Response as Said

from connector.core.model import FILE, Failure, Request, Response
from connector.files import Files
from connector.http import Door
from tests.door.raw import raw, reply, says
from tests.serving import serving

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 700


def stored(files: Files, content: bytes = PDF, name: str = 'résumé "1".pdf') -> dict[str, Any]:
    id = hashlib.sha256(content + name.encode()).hexdigest()[:20]
    with files.create(id) as writer:
        writer.write(content)
    return {FILE: id, "name": name, "type": "application/pdf", "size": 1, "sha256": ""}


def heard(door: Door, body: Any, encoding: str, **more: Any) -> dict[str, Any]:
    """Send a body to werkzeug and return what it understood."""
    seen: dict[str, Any] = {}

    def app(environ: Any, start: Any) -> Any:
        request = Heard(environ)
        seen["length"] = request.content_length
        seen["type"] = request.content_type
        seen["chunked"] = "Transfer-Encoding" in request.headers
        if request.mimetype != "multipart/form-data":
            seen["raw"] = request.get_data(parse_form_data=False)
        seen["form"] = request.form.to_dict(flat=False)
        seen["files"] = [
            (name, one.filename, one.content_type, one.read())
            for name, several in request.files.lists()
            for one in several
        ]
        request.close()
        return Said(status=204)(environ, start)

    with serving(app) as url:
        request = Request("POST", url, body=body, encoding=encoding, own=True, **more)
        outcome = door.send(request)
    assert isinstance(outcome, Response), outcome
    return seen


SHAPES = {
    "tags": ["a", "b", "3"],
    "options": ['{"deep":[1,null]}'],
    "people": ['[{"name":"Ann"},{"name":"Bob"}]'],
    "urgent": ["true"],
    "score": ["1.5"],
    "note": ["größe"],
}


def test_multipart_has_a_part_for_every_shape(door: Door, files: Files) -> None:
    one, two = stored(files), stored(files, b"", "empty.pdf")
    body = {
        "document": one,
        "pages": [one, two],
        "tags": ["a", "b", 3],
        "options": {"deep": [1, None]},
        "people": [{"name": "Ann"}, {"name": "Bob"}],
        "urgent": True,
        "score": 1.5,
        "note": "größe",
        "absent": None,
        "none": [],
    }
    seen = heard(door, body, "multipart")
    assert seen["form"] == SHAPES
    named = [(name, type_, content) for name, _file, type_, content in seen["files"]]
    assert named == [
        ("document", "application/pdf", PDF),
        ("pages", "application/pdf", PDF),
        ("pages", "application/pdf", b""),
    ]
    assert seen["files"][0][1].startswith("résumé")
    assert not seen["chunked"]


def test_a_json_part_says_that_it_is_json(door: Door) -> None:
    bodies: list[bytes] = []

    def app(environ: Any, start: Any) -> Any:
        bodies.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        return Said(status=204)(environ, start)

    with serving(app) as url:
        body = {"o": {"a": 1}, "n": 5}
        door.send(Request("POST", url, body=body, encoding="multipart", own=True))
    assert b'name="o"\r\nContent-Type: application/json\r\n\r\n{"a":1}' in bodies[0]
    assert b'name="n"\r\n\r\n5\r\n' in bodies[0]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 48 * 1024, 48 * 1024 + 1, 200_000])
def test_a_file_in_json_is_base64_text(door: Door, files: Files, size: int) -> None:
    content = bytes(size)
    body = {"a": [{"file": stored(files, content)}, "x"], "b": stored(files, PDF), "ü": 2**70}
    seen = heard(door, body, "json")
    told = json.loads(seen["raw"])
    assert base64.b64decode(told["a"][0]["file"]) == content
    assert base64.b64decode(told["b"]) == PDF
    assert told["ü"] == 2**70
    assert seen["length"] == len(seen["raw"])
    assert not seen["chunked"]


def test_a_file_as_the_whole_body_keeps_its_type(door: Door, files: Files) -> None:
    seen = heard(door, stored(files), "bytes")
    assert (seen["raw"], seen["type"], seen["length"]) == (PDF, "application/pdf", len(PDF))


def test_a_form_repeats_lists(door: Door) -> None:
    seen = heard(door, {"a": ["x", "y"], "b": True, "c": {"d": 1}, "e": None, "f": "ä&="}, "form")
    assert seen["form"] == {"a": ["x", "y"], "b": ["true"], "c": ['{"d":1}'], "f": ["ä&="]}


def test_no_body_is_no_body(door: Door) -> None:
    seen = heard(door, None, "json")
    assert (seen["raw"], seen["type"], seen["length"]) == (b"", None, 0)


@pytest.mark.parametrize(
    "more",
    [
        {"body": {FILE: "gone-gone-gone"}},
        {"body": {FILE: "../../etc/passwd"}},
        {"body": "text", "encoding": "multipart"},
        {"body": "text", "encoding": "bytes"},
        {"body": {}, "encoding": "morse"},
        {"body": "\ud800"},
        {"headers": {"X-Key": "secret\r\nX-Other: 1"}},
        {"headers": {"bad\nname": "secret"}},
        {"method": "GET /secret HTTP/1.1"},
    ],
)
def test_what_cannot_be_written_is_refused(door: Door, more: dict[str, Any]) -> None:
    with raw(says(reply())) as server:
        outcome = door.send(replace(Request("POST", server.url, own=True), **more))
    assert isinstance(outcome, Failure)
    assert (outcome.sent, outcome.refused) == (False, True)
    assert "secret" not in outcome.reason


MEMORY = """
import pathlib, re, sys
from connector.core.model import FILE, Request
from connector.files import Files
from connector.http import Door

folder, url, encoding = sys.argv[1:]
files = Files(folder)
door = Door(files, new_id=lambda: "unused-unused")
document = {FILE: "large-file-1", "name": "a.pdf", "type": "application/pdf"}
body = document if encoding == "bytes" else {"document": document, "n": 1}
small = {FILE: "small-file-1", "name": "a.pdf", "type": "application/pdf"}
warm = small if encoding == "bytes" else {"document": small, "n": 1}

def memory(name):
    # Not ru_maxrss: a child starts with its parent's.
    return int(re.search(name + r":\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])

door.send(Request("POST", url, body=warm, encoding=encoding, own=True))
pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
idle = memory("VmRSS")
outcome = door.send(Request("POST", url, body=body, encoding=encoding, own=True))
print(outcome.status, memory("VmHWM") - idle)
door.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("encoding", ["multipart", "json", "bytes"])
def test_a_large_file_goes_out_in_little_memory(files: Files, encoding: str) -> None:
    stored_as = {"large-file-1": 37, "small-file-1": 1}
    for id, megabytes in stored_as.items():
        with files.create(id) as writer:
            for _ in range(megabytes):
                writer.write(bytes(1024 * 1024))

    def app(environ: Any, start: Any) -> Any:
        left = int(environ["CONTENT_LENGTH"])
        while left:
            left -= len(environ["wsgi.input"].read(min(left, 65536)))
        return Said(status=204)(environ, start)

    with serving(app) as url:
        told = subprocess.run(
            [sys.executable, "-c", MEMORY, files._root, url, encoding],
            capture_output=True,
            text=True,
            check=True,
        )
    status, kilobytes = map(int, told.stdout.split())
    assert status == 204
    assert kilobytes < 8 * 1024, f"{kilobytes} kB"
