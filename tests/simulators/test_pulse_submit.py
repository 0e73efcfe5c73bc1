"""Is a submit taken and refused as Pulse does it?"""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from connector.simulators.pulse import house
from tests.serving import serving
from tests.simulators.pulse_bench import DOCUMENTS, KEY, Bench, code

TEXT = (DOCUMENTS / "invoice.txt").read_bytes()


def test_an_asynchronous_submit_is_acknowledged() -> None:
    answer = Bench().extract(**{"async": "true"})

    assert answer.status_code == 202
    assert answer.json["status"] == "pending"
    assert set(answer.json) == {"job_id", "status", "message"}


@pytest.mark.parametrize("status", [200, 202])
def test_the_status_of_the_acknowledgement_is_a_switch(status: int) -> None:
    bench = Bench({"ack": str(status)})
    assert bench.extract(**{"async": "true"}).status_code == status

    bench.client.post("/_simulator/switches", json={"ack": str(402 - status)})
    assert bench.extract(**{"async": "true"}).status_code == 402 - status
    assert bench.client.post("/_simulator/switches", json={"ack": "204"}).status_code == 422


def test_a_synchronous_extract_takes_its_time_and_answers_the_result() -> None:
    bench = Bench(seconds=3.0)
    answer = bench.extract()

    assert answer.status_code == 200
    assert bench.slept == 3.0
    assert answer.json["markdown"].startswith("# Harbour Lane Print Works")
    assert answer.json["plan_info"] == {"tier": "trial", "total_credits_used": 2, "pages_used": 2}
    assert "plan-info" not in answer.json


@pytest.mark.parametrize(
    "name", [("figure_processing", "show_images"), ("figureProcessing", "showImages"),
             ("figure-processing", "show-images")]
)  # fmt: skip
def test_all_three_spellings_are_taken(name: tuple[str, str]) -> None:
    outer, inner = name
    done = Bench().result(b"\x89PNG\r\n\x1a\n...", **{outer: json.dumps({inner: True})})

    assert done["bounding_boxes"]["Images"][0]["image_url"]


@pytest.mark.parametrize("mime", [None, "application/json"])
def test_objects_come_as_json_parts_with_or_without_a_content_type(mime: str | None) -> None:
    text = json.dumps({"chunking": {"chunkTypes": ["page"]}})
    part = FileStorage(io.BytesIO(text.encode()), content_type=mime)
    part.filename = None
    done = Bench().result(extensions=part if mime else text)

    assert len(done["extensions"]["chunking"]["page"]) == 2


@pytest.mark.parametrize("name", ["file_url", "fileUrl", "file-url"])
@pytest.mark.parametrize("encoding", ["json", "data"])
def test_a_url_is_taken_as_json_and_as_multipart(name: str, encoding: str) -> None:
    def files(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [TEXT]

    bench = Bench(fetch_loopback=True)
    with serving(files) as url:
        fields = {name: f"{url}/invoice.txt", "async": True if encoding == "json" else "true"}
        more = {"content_type": "multipart/form-data"} if encoding == "data" else {}
        job = bench.client.post("/extract", headers=KEY, **{encoding: fields}, **more)  # type: ignore[arg-type]
        bench.now += 10
        done = bench.job(job.json["job_id"])
    assert "Marlow Garden Tools" in done["result"]["markdown"]


@pytest.mark.parametrize("allowed", [False, True])
def test_a_url_that_cannot_be_fetched_ends_in_a_failed_job(allowed: bool) -> None:
    bench = Bench(fetch_loopback=allowed)
    id = bench.order(None, file_url="https://files.example/a.pdf")
    bench.now += 10
    job = bench.job(id)

    assert (job["status"], job["error"]) == ("failed", "Failed to download from URL")
    assert "result" not in job
    assert code(bench.extract(None, file_url="https://files.example/a.pdf"), 400) == "FILE_005"


@pytest.mark.parametrize(
    ("file", "fields", "expected"),
    [
        (None, {}, "REQ_001"),
        ("invoice.pdf", {"file_url": "https://files.example/a.pdf"}, "REQ_003"),
        (None, {"file_url": "ftp://files.example/a.pdf"}, "REQ_003"),
        ("invoice.pdf", {"async": "True"}, "REQ_003"),
        ("invoice.pdf", {"model": "gpt"}, "REQ_003"),
        ("invoice.pdf", {"extensions": "{"}, "REQ_003"),
        ("invoice.pdf", {"extensions": "[]"}, "REQ_003"),
        ("invoice.pdf", {"chunking": "semantic,odd"}, "REQ_003"),
        ("invoice.pdf", {"chunking": "page", "chunk_size": "99"}, "REQ_005"),
        ("invoice.pdf", {"pages": "2-1"}, "REQ_006"),
        ("invoice.pdf", {"pages": "0"}, "REQ_006"),
        ("invoice.pdf", {"pages": "all"}, "REQ_006"),
        ("invoice.pdf", {"pages": "7"}, "REQ_006"),
        (b"", {}, "FILE_004"),
        (b"\x00\x01\x02\xff", {}, "FILE_001"),
        (b"%PDF-1.7\nthis is where it ends", {}, "FILE_003"),
        ("invoice.pdf", {"schema": '{"properties": 1}'}, "SCHEMA_001"),
    ],
)
def test_what_is_wrong_has_its_own_code(
    file: str | bytes | None, fields: dict[str, Any], expected: str
) -> None:
    assert code(Bench().extract(file, **fields), 400) == expected


def test_a_saved_configuration_is_not_known() -> None:
    assert code(Bench().extract(extractionConfigId="preset"), 404) == "STORAGE_001"


def test_a_body_that_is_no_json_object_is_refused() -> None:
    client = Bench().client
    for body in ("[1]", "{"):
        answer = client.post("/extract", data=body, headers=KEY, content_type="application/json")
        assert code(answer, 400) == "REQ_002"


def test_a_file_over_the_limit_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.LARGEST == 100_000_000
    monkeypatch.setattr(house, "LARGEST", 1000)

    assert code(Bench().extract(b"x" * 1001), 413) == "FILE_002"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, "AUTH_001"), ({"x-api-key": "wrong"}, "AUTH_002"),
     ({"Authorization": "Bearer pulse_right"}, "AUTH_001")],
)  # fmt: skip
def test_only_the_right_key_opens(headers: dict[str, str], expected: str) -> None:
    client = Bench(key="pulse_right").client

    for answer in (client.get("/job/1", headers=headers), client.post("/webhook", headers=headers)):
        assert code(answer, 401) == expected
    assert client.post("/webhook", headers={"x-api-key": "pulse_right"}).json["link"]


def test_every_order_is_logged_so_that_a_second_one_shows() -> None:
    bench = Bench()
    first, second = bench.order(), bench.order()
    orders = bench.log()["orders"]

    assert [order["job"] for order in orders] == [first, second]
    sha256 = hashlib.sha256((DOCUMENTS / "invoice.pdf").read_bytes()).hexdigest()
    assert {order["sha256"] for order in orders} == {sha256}
    assert orders[0]["operation"] == "extract"
    assert bench.log()["requests"][0]["authorization"] is True


def test_the_deprecated_path_is_always_asynchronous() -> None:
    answer = Bench().extract(path="/extract_async")

    assert (answer.status_code, answer.json["status"]) == (202, "pending")


def test_paths_that_are_not_there_say_so_in_the_same_shape() -> None:
    assert code(Bench().get("/nowhere"), 404) == "GENERAL_003"
