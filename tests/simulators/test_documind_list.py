"""Does the list of extractions filter, sort and lag as it should, and do faults strike it?"""

from __future__ import annotations

import pytest
import requests

from tests.serving import serving
from tests.simulators.bench import DOCUMENTS
from tests.simulators.documind_bench import BASE, KEY, SCHEMA, Bench

ITEM = {
    "id",
    "document_id",
    "original_filename",
    "status",
    "created_at",
    "updated_at",
    "needs_review",
    "is_reviewed",
    "reviewed_at",
    "reviewed_by",
    "results",
    "reviewed_results",
    "needs_review_metadata",
}


def three() -> Bench:
    """An invoice, a minute later a smudged one, a minute later the first again."""
    bench = Bench()
    for file in ("invoice.pdf", "smudged.pdf", "invoice.pdf"):
        bench.extract(bench.upload(file))
        bench.now += 60
    return bench


def test_a_page_has_items_newest_first() -> None:
    bench = three()
    page = bench.get("/data/extractions").json

    assert page.keys() == {"items", "total", "skip", "limit"}
    assert (page["total"], page["skip"], page["limit"]) == (3, 0, 100)
    assert all(item.keys() == ITEM for item in page["items"])
    assert page["items"][0]["created_at"] == "2026-03-20T09:48:40.250000Z"
    times = [item["created_at"] for item in page["items"]]
    assert times == sorted(times, reverse=True)


def test_one_document_can_have_several_extractions() -> None:
    bench = three()
    newest, oldest = bench.items(f"document_id={bench.items()[0]['document_id']}")

    assert newest["id"] != oldest["id"]
    assert newest["original_filename"] == oldest["original_filename"] == "invoice.pdf"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=completed", 3),
        ("status=pending", 0),
        ("needs_review=true", 1),
        ("needs_review=True&is_reviewed=False", 1),
        ("is_reviewed=1", 0),
        ("original_filename=invoice.pdf", 2),
        ("original_filename=invoice", 0),
        ("created_after=2026-03-20T09:47:40.250Z", 2),
        ("created_before=2026-03-20T10:47:40.250000%2B01:00", 2),
        ("created_after=2026-03-21", 0),
        ("organization_id=00000000-0000-4000-8000-000000000000", 0),
        ("document_id=none", 0),
        ("skip=1&limit=1", 1),
        ("skip=3", 0),
        ("unknown=1", 3),
    ],
)
def test_filters(query: str, count: int) -> None:
    assert len(three().items(query)) == count


def test_sorting_and_paging() -> None:
    bench = three()
    names = [item["original_filename"] for item in bench.items("sort_by=original_filename")]
    assert names == ["smudged.pdf", "invoice.pdf", "invoice.pdf"]
    oldest = bench.items("sort_order=asc&limit=1")[0]
    assert bench.items("skip=2&limit=1")[0] == oldest
    assert bench.get("/data/extractions?skip=2&limit=1").json["total"] == 3


@pytest.mark.parametrize(
    ("query", "type"),
    [
        ("limit=1001", "less_than_equal"),
        ("limit=0", "greater_than_equal"),
        ("skip=-1", "greater_than_equal"),
        ("limit=many", "int_parsing"),
        ("needs_review=perhaps", "bool_parsing"),
        ("created_after=yesterday", "datetime_parsing"),
        ("sort_by=size", "enum"),
        ("sort_order=up", "enum"),
    ],
)
def test_bad_parameters_are_validation_errors(query: str, type: str) -> None:
    answer = Bench().get(f"/data/extractions?{query}")

    assert answer.status_code == 422
    (problem,) = answer.json["detail"]
    assert (problem["type"], problem["loc"]) == (type, ["query", query.split("=")[0]])
    assert problem["msg"]


def test_the_list_can_be_behind() -> None:
    bench = Bench(switches={"list_lag": "5"}, seconds=2.0)
    document = bench.upload()
    bench.extract(document)

    assert bench.get(f"/data/extractions?document_id={document}").json == {
        "items": [],
        "total": 0,
        "skip": 0,
        "limit": 100,
    }
    bench.now += 3
    assert bench.items()[0]["status"] == "processing"
    bench.now += 2
    assert bench.items()[0]["status"] == "completed"


def test_extractions_are_forgotten_after_their_time() -> None:
    bench = Bench(retention=100.0)
    bench.waiting()
    bench.now += 101
    assert bench.items() == []


def test_an_extraction_can_fail_hang_and_speak_an_unknown_word() -> None:
    bench = Bench(fail=("submit:fail*1", "submit:stuck*1", "submit:unknown=archived*1"))
    document = bench.upload()
    answers = [bench.extract(document) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [500, 504, 200, 200]
    assert answers[0].json == {"detail": "Extraction failed: internal error"}
    statuses = [item["status"] for item in bench.items("sort_order=asc")]
    assert statuses == ["failed", "processing", "archived", "completed"]


def test_one_look_at_the_list_can_say_something_else() -> None:
    bench = Bench(fail=("check_status:fail*1", "check_status:unknown*1", "check_status:stuck*1"))
    bench.extract(bench.upload())
    seen = [bench.items()[0] for _ in range(4)]

    assert [item["status"] for item in seen] == ["failed", "Waiting", "processing", "completed"]
    assert [item["results"] is None for item in seen] == [True, True, True, False]


def test_uploads_extracts_and_lists_are_struck_apart() -> None:
    bench = Bench(fail=("upload:413*1", "submit:402*1", "check_status:429=9*1"))

    assert bench.send("invoice.pdf").json == {"detail": "File size exceeds limit"}
    document = bench.upload()
    assert bench.extract(document).json == {"detail": "Insufficient credits"}
    limited = bench.get("/data/extractions")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "9")
    assert limited.json == {"detail": "Rate limit exceeded"}
    assert bench.extract(document).status_code == 200
    assert bench.log()["counts"] == {"upload": 2, "submit": 2, "check_status": 1}


def test_no_fault_strikes_the_person() -> None:
    bench = Bench(fail=("any:503",))

    assert bench.get("/data/extractions").status_code == 503
    assert bench.client.get("/_review").status_code == 200


def test_an_extract_can_be_done_and_its_answer_lost() -> None:
    bench = Bench(fail=("submit:drop-after*1",))
    file = (DOCUMENTS / "invoice.pdf").read_bytes()
    with serving(bench.app) as url:
        url += BASE
        files = {"files": ("invoice.pdf", file)}
        (document,) = requests.post(f"{url}/upload", files=files, headers=KEY, timeout=5).json()
        with pytest.raises(requests.ConnectionError):
            requests.post(
                f"{url}/extract/{document}", json={"schema": SCHEMA}, headers=KEY, timeout=5
            )

    orders = bench.log()["orders"]
    assert [order["kind"] for order in orders] == ["upload", "submit"]
    assert bench.items(f"document_id={document}")[0]["id"] == orders[1]["job"]
    assert bench.items()[0]["status"] == "completed"
