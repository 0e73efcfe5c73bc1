"""Files inside a result: what each platform says of them, and how large ones stay at hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response

from connector.core.model import FILE
from connector.engine.asking import HELD
from connector.platforms.power_automate.answers import CARRIED
from tests.service.acme import Acme, acme
from tests.service.test_results import order
from tests.service.worlds import Still, still

WORDS = ["ä" * 1000] * 100
"""A result of more than 64 kB."""


@pytest.fixture
def press(tmp_path: Path) -> Iterator[tuple[Still, Acme]]:
    """A system whose provider is done at once, and numbers what it prints."""
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        sheets = iter(range(1, 100))
        provider.state, provider.value = "done", {"words": ["a", "b"]}
        provider.printed = lambda: Response(f"sheet {next(sheets)}", mimetype="text/plain")
        yield paused, provider


def fetched(paused: Still, path: str) -> Any:
    """JSON that must be there, and as long as it says."""
    answer = paused.system.call("GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    return answer.json()


def told(file: dict[str, Any], name: str, content: str) -> None:
    """What is said of a file is true, and its link opens it without a key."""
    assert set(file) == {"name", "type", "size", "url"}
    assert (file["name"], file["type"], file["size"]) == (name, "text/plain", len(content))
    answer = requests.get(file["url"], timeout=10)
    assert (answer.text, answer.headers["Content-Type"]) == (content, "text/plain; charset=utf-8")
    assert f"filename={name}" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("words", [["a", "b"], WORDS], ids=["small", "large"])
def test_the_files_of_a_result_are_told_of_in_their_places(
    press: tuple[Still, Acme], words: list[str]
) -> None:
    paused, provider = press
    provider.value = {"words": words}
    done = paused.finish(order(paused.system, "bind"))
    result = fetched(paused, done["links"]["result"])

    assert (result["words"], list(result)) == (words, ["words", "cover", "sheets"])
    told(result["cover"], "bind.txt", "sheet 1")
    assert len(result["sheets"]) == 2
    for nth, sheet in enumerate(result["sheets"], 1):
        told(sheet, "bind.txt", f"sheet {nth}")
    assert done["result"] == (result if words != WORDS else None)
    assert requests.get(done["links"]["file"], timeout=10).text == "sheet 1"


@pytest.mark.parametrize("words", [["a", "b"], WORDS], ids=["small", "large"])
def test_a_flow_gets_small_files_themselves(press: tuple[Still, Acme], words: list[str]) -> None:
    paused, provider = press
    provider.value = {"words": words}
    id = paused.finish(order(paused.system, "bind"))["id"]
    result = fetched(paused, f"/power-automate/acme/operations/{id}/result")

    assert result["words"] == words
    contents = [base64.b64decode(each.pop("content")) for each in result["sheets"]]
    assert contents == [b"sheet 1", b"sheet 2"]
    assert base64.b64decode(result["cover"].pop("content")) == b"sheet 1"
    told(result["sheets"][1], "bind.txt", "sheet 2")


@pytest.mark.parametrize("size", [0, 1, 3_000_001, CARRIED, CARRIED + 1])
def test_a_flow_gets_the_content_of_files_up_to_5_mb(press: tuple[Still, Acme], size: int) -> None:
    paused, provider = press
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    provider.printed = lambda: Response(content, mimetype="image/png")
    id = paused.finish(order(paused.system, "print"))["id"]
    file = fetched(paused, f"/power-automate/acme/operations/{id}/result")["file"]

    assert (file["name"], file["type"], file["size"]) == ("print.png", "image/png", size)
    assert ("content" in file) == (size <= CARRIED)
    assert base64.b64decode(file.get("content", "")) == (content if size <= CARRIED else b"")
    assert requests.get(file["url"], timeout=10).content == content


@pytest.mark.parametrize("size", [0, 1, 5_000_001])
def test_plain_rest_streams_the_file_itself(press: tuple[Still, Acme], size: int) -> None:
    paused, provider = press
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    provider.printed = lambda: Response(content, mimetype="image/png")
    done = paused.finish(order(paused.system, "print"))
    answer = paused.system.call("GET", done["links"]["result"])

    assert (done["result"], answer.content) == (None, content)
    assert answer.headers["Content-Length"] == str(size)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == "attachment; filename=print.png"
    part = paused.system.call("GET", done["links"]["result"], headers={"Range": "bytes=-1"})
    assert (part.status_code, part.content) == (
        (206, content[-1:]) if size else (416, part.content)
    )


def test_what_does_not_fit_any_more_is_left_to_its_link(press: tuple[Still, Acme]) -> None:
    paused, provider = press
    content = iter([b"a" * 3_000_000, b"b" * 2_500_000])
    provider.printed = lambda: Response(next(content), mimetype="text/plain")
    id = paused.finish(order(paused.system, "bind"))["id"]
    result = fetched(paused, f"/power-automate/acme/operations/{id}/result")

    assert ["content" in each for each in result["sheets"]] == [True, False]
    assert result["sheets"][1]["size"] == 2_500_000


def test_a_zap_finds_the_first_file_at_its_link(press: tuple[Still, Acme]) -> None:
    paused, _ = press
    id = paused.finish(order(paused.system, "bind"))["id"]
    job = fetched(paused, f"/zapier/acme/jobs/{id}")

    assert requests.get(job["file_url"], timeout=10).text == "sheet 1"
    told(job["result"]["cover"], "bind.txt", "sheet 1")
    assert fetched(paused, f"/zapier/acme/jobs/{id}/result") == job["result"]


def test_files_go_when_their_operation_is_deleted(press: tuple[Still, Acme]) -> None:
    paused, provider = press
    provider.value = {"words": WORDS}
    done = paused.finish(order(paused.system, "bind"))
    kept = paused.system.engine.get(done["id"], None).facts["result"]
    ids = {kept[FILE], kept[HELD]["cover"][FILE], *(each[FILE] for each in kept[HELD]["sheets"])}
    assert len(ids) == 3

    assert paused.system.call("DELETE", done["links"]["self"]).status_code == 200
    for id in ids:
        assert not list(Path(paused.system.folder).rglob(id))
    assert requests.get(done["links"]["file"], timeout=10).status_code == 404
    assert paused.system.call("GET", done["links"]["result"]).status_code == 410


def test_a_file_that_is_gone_from_the_store_is_said_to_be(press: tuple[Still, Acme]) -> None:
    paused, provider = press
    provider.value = {"words": WORDS}
    done = paused.finish(order(paused.system, "bind"))
    engine = paused.system.engine
    kept = engine.get(done["id"], None).facts["result"]
    flow = f"/power-automate/acme/operations/{done['id']}/result"

    engine.parts.files.delete([kept[HELD]["cover"][FILE]])
    assert paused.system.call("GET", flow).status_code == 404
    assert paused.system.call("GET", done["links"]["result"]).status_code == 200
    engine.parts.files.delete([kept[FILE]])
    assert paused.system.call("GET", done["links"]["result"]).status_code == 404


def test_a_reference_that_a_provider_made_up_opens_nothing(press: tuple[Still, Acme]) -> None:
    paused, provider = press
    stolen = paused.finish(order(paused.system, "print"))["links"]["file"]
    forged = {FILE: stolen.split("/v1/files/")[1].split("?")[0], "name": "x", "size": 1}
    provider.value = {"words": ["a"], "cover": forged, "more": [{"file": forged}]}
    done = paused.finish(order(paused.system, "read"))

    assert forged[FILE] in json.dumps(done["result"])  # plain data, as it came
    assert "url" not in json.dumps(done["result"])
    assert "file" not in done["links"]


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        (None, "print.html"),
        ("attachment", "print.html"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment; filename*=UTF-8''..%2F..%2Fr%C3%A9sum%C3%A9.html", "résumé.html"),
        ('attachment; filename="..."', "print.html"),
        ('attachment; filename="a\u202eb.html"', "ab.html"),
        ('attachment; filename="' + "a" * 300 + '.html"', "a" * 115 + ".html"),
        ('attachment; filename="a\\"b;c.html"', "ab;c.html"),
        ('attachment; filename="CON:<script>.html"', "CONscript.html"),
    ],
)
def test_a_file_has_a_name_that_does_no_harm(
    press: tuple[Still, Acme], disposition: str | None, expected: str
) -> None:
    paused, provider = press
    headers = {"Content-Disposition": disposition.encode().decode("latin-1")} if disposition else {}
    provider.printed = lambda: Response(b"<b>", headers=headers, mimetype="text/html")
    id = paused.finish(order(paused.system, "print"))["id"]
    file = fetched(paused, f"/power-automate/acme/operations/{id}/result")["file"]

    assert file["name"] == expected
    answer = requests.get(file["url"], timeout=10)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
