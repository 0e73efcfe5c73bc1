"""In what form does a result come by a poll, how large may it be, and whom do its links let in?"""

from __future__ import annotations

import base64
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connector.platforms.sellershorts.answers import LARGEST_INLINE
from tests.sellershorts.worlds import HERE, PDF, World, world

DAY = 86_400


def printed(here: World, content: bytes, name: str = "a.pdf", kind: str = "application/pdf") -> str:
    """The id of an order whose result is this file."""
    here.prints((content, name, kind))
    return here.done(action="print")


def packed(here: World, first: bytes, second: bytes, found: Any = None) -> str:
    """The id of an order whose result holds two files, and what stands beside them."""
    here.prints((first, "one.pdf", "application/pdf"), (second, "two.bin", ""))
    return here.done(found, action="pack")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("plain words", "text", "plain words"),
        ("", "text", ""),
        ("=1+1\n\"a\";'b'\u2028", "text", "=1+1\n\"a\";'b'\u2028"),
        ({"a": [1, None, "ü"]}, "json", '{"a":[1,null,"ü"]}'),
        ([], "json", "[]"),
        (5, "json", "5"),
        (False, "json", "false"),
    ],
)
def test_texts_and_json_come_as_text(here: World, value: Any, kind: str, text: str) -> None:
    said = here.poll(here.done(value))

    assert (said["status"], said["output_type"], said["result_text"]) == ("completed", kind, text)


def test_large_json_comes_as_text_too_while_it_is_below_5_mb(here: World) -> None:
    value = {"lines": ['a "quoted" \\ line\n\t'] * 40_000}
    order_id = here.done(value)

    said = here.poll(order_id)

    assert said["output_type"] == "json"
    assert json.loads(said["result_text"]) == value
    assert len(said["result_text"]) > 64_000


def test_json_over_5_mb_comes_as_a_link(here: World) -> None:
    here.at_https()
    value = {"lines": ["x" * 99] * 60_000}

    said = here.poll(here.done(value), "read")

    assert (said["output_type"], said["filename"]) == ("url", "result.json")
    assert here.get(said["result_url"]).json() == value


@pytest.mark.parametrize(
    ("content", "name", "kind", "shown"),
    [
        (b"a;b\n1;2\n", "t.csv", "text/csv", "csv"),
        ("ä;ß\n".encode(), "t.csv", "text/csv; charset=utf-8", "csv"),
        (b"some words", "t.txt", "text/plain", "text"),
        (b'{"a":1}', "t.json", "application/json", "json"),
    ],
)
def test_small_files_of_text_are_shown_as_such(
    here: World, content: bytes, name: str, kind: str, shown: str
) -> None:
    said = here.poll(printed(here, content, name, kind), "print")

    assert (said["output_type"], said["result_text"]) == (shown, content.decode())


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "ma\u00dfe.pdf", "application/pdf"),
        ("ä;ß\n".encode("latin-1"), "t.csv", "text/csv"),
        (b"<html></html>", "t.html", "text/html"),
        (b"\xef\xbb\xbf\xff", "t.txt", "text/plain"),
        (os.urandom(1000), "noise", "application/octet-stream"),
    ],
)
def test_other_files_come_as_base64(here: World, content: bytes, name: str, kind: str) -> None:
    said = here.poll(printed(here, content, name, kind), "print")

    assert said["output_type"] == "file"
    assert (said["filename"], said["mime_type"]) == (name, kind)
    assert base64.b64decode(said["file_base64"], validate=True) == content


def test_several_files_come_in_a_list(here: World) -> None:
    said = here.poll(packed(here, PDF, b"\x00\x01"), "pack")

    assert said["output_type"] == "file"
    assert [(each["filename"], each["mime_type"]) for each in said["files"]] == [
        ("one.pdf", "application/pdf"),
        ("two.bin", "application/octet-stream"),
    ]
    assert [base64.b64decode(each["file_base64"]) for each in said["files"]] == [PDF, b"\x00\x01"]


def test_what_stands_beside_the_files_is_a_file_of_its_own(here: World) -> None:
    said = here.poll(packed(here, PDF, b"\x00", {"score": 97}), "pack")

    assert [each["filename"] for each in said["files"]] == ["result.json", "one.pdf", "two.bin"]
    assert json.loads(base64.b64decode(said["files"][0]["file_base64"])) == {
        "first": {"name": "one.pdf"},
        "found": {"score": 97},
        "second": {"name": "two.bin"},
    }


def test_however_large_it_is(here: World) -> None:
    lines = ["x" * 99] * 1000

    said = here.poll(packed(here, PDF, b"\x00", {"lines": lines}), "pack")

    assert [each["filename"] for each in said["files"]] == ["result.json", "one.pdf", "two.bin"]
    beside = json.loads(base64.b64decode(said["files"][0]["file_base64"]))
    assert beside["found"] == {"lines": lines}
    assert base64.b64decode(said["files"][1]["file_base64"]) == PDF


def test_two_files_of_one_name_are_told_apart(here: World) -> None:
    here.prints((b"\x01", "A.bin", ""), (b"\x02", "a.bin", ""))

    said = here.poll(here.done(action="pack"), "pack")

    assert [each["filename"] for each in said["files"]] == ["A.bin", "a (2).bin"]


@pytest.mark.parametrize("megabytes", [4, 12])
def test_a_file_comes_whole_however_large(here: World, megabytes: int) -> None:
    here.at_https()
    content = PDF + os.urandom(megabytes * 1_000_000 - len(PDF))

    said = here.poll(printed(here, content), "print")

    if megabytes <= 5:
        assert said["output_type"] == "file"
        assert base64.b64decode(said["file_base64"]) == content
        return
    assert said["output_type"] == "url"
    assert (said["filename"], said["mime_type"]) == ("a.pdf", "application/pdf")
    assert said["result_url"].startswith(f"{HERE}/v1/files/")
    assert here.get(said["result_url"]).content == content


def test_of_several_files_only_those_are_linked_that_do_not_fit(here: World) -> None:
    here.at_https()

    said = here.poll(packed(here, PDF, os.urandom(6_000_000)), "pack")

    assert said["output_type"] == "file"
    assert [set(each) - {"filename", "mime_type"} for each in said["files"]] == [
        {"file_base64"},
        {"result_url"},
    ]


def test_links_never_begin_with_http_and_files_come_whole_instead(here: World) -> None:
    content = PDF + os.urandom(12_000_000)

    answer = here.ask(printed(here, content), "print")

    assert "result_url" not in answer.text
    assert base64.b64decode(answer.json()["file_base64"]) == content


def test_without_https_a_file_of_more_than_50_mb_in_base64_fails_the_order(
    here: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("connector.platforms.sellershorts.answers.LARGEST_INLINE", 9_000)
    order_id = printed(here, os.urandom(9_001), "a.bin", "")

    with caplog.at_level(logging.ERROR):
        said = here.poll(order_id, "print")

    assert (said["ok"], said["status"]) == (False, "failed")
    assert said["error"].startswith("The result is too large to be handed over here")
    assert "CONNECTOR_PUBLIC_URL" in caplog.text
    here.at_https()
    assert here.poll(order_id, "print")["status"] == "completed"


def test_the_largest_file_that_is_sent_whole_is_50_mb_in_base64() -> None:
    assert (LARGEST_INLINE + 2) // 3 * 4 <= 50_000_000 < (LARGEST_INLINE + 5) // 3 * 4


# Links.


@pytest.fixture
def link(here: World) -> str:
    """The link of a large file."""
    here.at_https()
    url: str = here.poll(printed(here, PDF + bytes(5_000_000)), "print")["result_url"]
    return url


def test_a_link_needs_no_key_and_knows_head_and_ranges(here: World, link: str) -> None:
    head = here.get(link, method="HEAD")
    part = here.get(link, headers={"Range": "bytes=0-4"})

    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(PDF) + 5_000_000))
    assert head.headers["Content-Type"] == "application/pdf"
    assert (part.status_code, part.content) == (206, b"%PDF-")
    assert here.get(link, headers={"Range": "bytes=9000000-"}).status_code == 416


def test_a_link_is_the_same_at_every_poll(here: World) -> None:
    here.at_https()
    order_id = printed(here, PDF + bytes(5_000_000))

    links = {here.poll(order_id, "print")["result_url"] for _ in range(3)}

    assert len(links) == 1


def test_a_link_lives_as_long_as_the_result_and_no_longer(own: World) -> None:
    own.at_https()
    link = own.poll(printed(own, PDF + bytes(5_000_000)), "print")["result_url"]

    own.clock.now += 7 * DAY - 60
    assert own.get(link).status_code == 200
    own.clock.now += 120
    assert own.get(link).status_code == 401


def test_a_link_opens_nothing_else(here: World, link: str) -> None:
    token = parse_qs(urlsplit(link).query)["token"][0]
    order_id = printed(here, b"%PDF-1.7 another")
    op = here.operation(order_id)
    other = op.facts["result"]["$file"]
    id = urlsplit(link).path.rpartition("/")[2]
    paths = [
        f"/v1/files/{other}",
        f"/v1/operations/{op.id}",
        f"/v1/operations/{op.id}/result",
        f"/sellershorts/printer/print/orders/{order_id}",
        f"/v1/files/{id[:-1]}",
        "/v1/operations",
    ]

    for path in paths:
        assert requests.get(f"{here.url}{path}?token={token}", timeout=10).status_code == 401
    assert requests.delete(link.replace(HERE, here.url), timeout=10).status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path + "/",
        lambda path: path + "/../../../etc/passwd",
        lambda path: path.replace("/v1/files/", "/v1/files/..%2f"),
        lambda path: path.replace("/v1/files/", "/v1/files/%00"),
        lambda path: path.upper(),
    ],
)
def test_games_with_the_path_open_nothing(
    here: World, link: str, change: Callable[[str], str]
) -> None:
    parts = urlsplit(link)

    answer = requests.get(f"{here.url}{change(parts.path)}?{parts.query}", timeout=10)

    assert answer.status_code in (401, 404)


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "", lambda t: t + "x"])
def test_a_spoiled_token_opens_nothing(here: World, link: str, spoil: Callable[[str], str]) -> None:
    path, _, token = link.partition("?token=")

    assert here.get(f"{path}?token={spoil(token)}").status_code == 401


def test_a_reference_that_a_provider_forges_opens_nothing(here: World) -> None:
    secret = printed(here, b"%PDF-1.7 of somebody else")
    id = here.operation(secret).facts["result"]["$file"]

    said = here.poll(here.done({"$file": id, "name": "x", "size": 1, "type": "text/plain"}))

    assert said["output_type"] == "json"
    assert "file_base64" not in said


def test_a_file_that_is_gone_says_so(own: World) -> None:
    order_id = printed(own, PDF)
    for path in (own.system.folder / "files").rglob("*"):
        if path.is_file():
            path.unlink()

    answer = own.ask(order_id, "print")

    assert (answer.status_code, answer.json()["code"]) == (410, "result_deleted")


def test_a_result_of_12_mb_by_https_is_fetched_by_its_link(tmp_path: Path, prepared: None) -> None:
    with world(tmp_path, {"CONNECTOR_PUBLIC_URL": HERE}) as here:
        here.at_https()
        content = PDF + os.urandom(12_000_000)
        bought = here.buy("print", callback=False)
        here.prints((content, "a.pdf", "application/pdf"))
        here.provider.state = "done"
        here.pass_time(times=4)

        order = here.polled(bought["order_id"])

        assert order["status"] == "completed"
        assert here.get(order["result"]["url"]).content == content
