"""Is a batch many jobs of their own under one?"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.simulators.pulse_bench import DOCUMENTS, KEY, Bench, code

OUTPUT = {"s3_prefix": "s3://results/out/"}
SCHEMA = {"input_schema": {"properties": {"total_amount": {"type": "number"}}}}


def files(*names: str) -> dict[str, Any]:
    return {"files": [
        {"filename": name, "content": base64.b64encode(
            (DOCUMENTS / name).read_bytes() if (DOCUMENTS / name).exists() else b"\x00\xff"
        ).decode()} for name in names
    ]}  # fmt: skip


def start(bench: Bench, *names: str, **more: Any) -> str:
    answer = bench.post("/batch/extract", input=files(*names), output=OUTPUT, **more)
    assert answer.status_code == 202
    assert set(answer.json) == {"batch_job_id", "status", "total_files"}
    assert (answer.json["status"], answer.json["total_files"]) == ("processing", len(names))
    return str(answer.json["batch_job_id"])


def test_a_batch_tells_its_progress_while_it_runs() -> None:
    bench = Bench(seconds=4.0)
    id = start(bench, "invoice.pdf", "receipt.pdf", "odd.bin", "contract.pdf", workers=2)
    seen = []
    for _ in range(3):
        job = bench.job(id)
        seen.append((job["status"], *job["result"]["progress"].values()))
        assert set(job["result"]["jobs"]) == {"completed", "failed", "processing"}
        bench.now += 4.5

    assert seen == [("processing", 4, 0, 0), ("processing", 4, 2, 0), ("completed", 4, 3, 1)]
    jobs = job["result"]["jobs"]
    assert [one["file"] for one in jobs["completed"]] == [
        "invoice.pdf",
        "receipt.pdf",
        "contract.pdf",
    ]
    assert (
        jobs["failed"][0] | {"file": "odd.bin", "error": "Invalid file type"} == jobs["failed"][0]
    )
    child = bench.job(jobs["completed"][1]["job_id"])
    assert child["result"]["markdown"].startswith("# KETTLE & CRUMB")


def test_a_batch_is_one_order() -> None:
    bench = Bench()
    start(bench, "invoice.pdf", "receipt.pdf")
    [order] = bench.log()["orders"]

    assert order["operation"] == "batch_extract"
    assert [child["filename"] for child in order["children"]] == ["invoice.pdf", "receipt.pdf"]


def test_canceling_a_batch_cancels_its_children() -> None:
    bench = Bench()
    id = start(bench, "invoice.pdf", "receipt.pdf")
    children = bench.job(id)["result"]["jobs"]["processing"]
    bench.client.delete(f"/job/{id}", headers=KEY)
    bench.now += 10

    assert {bench.job(one)["status"] for one in (id, *children)} == {"canceled"}


@pytest.mark.parametrize(
    ("step", "body", "member"),
    [
        ("schema", {"schema_config": SCHEMA}, "schema_output"),
        ("tables", {"tables_config": {"merge": True}}, "tables_output"),
        ("split", {"split_config": {"split_input": [{"name": "invoice"}]}}, "split_output"),
    ],
)
def test_the_other_batches_go_over_an_earlier_one(
    step: str, body: dict[str, Any], member: str
) -> None:
    bench = Bench()
    earlier = start(bench, "invoice.pdf", "receipt.pdf")
    bench.now += 10
    answer = bench.post(f"/batch/{step}", batch_extract_id=earlier, output=OUTPUT, **body)
    assert answer.status_code == 202
    assert answer.json["total_extractions"] == 2
    bench.now += 10
    done = bench.job(answer.json["batch_job_id"])["result"]

    assert done["progress"] == {"total": 2, "completed": 2, "failed": 0}
    assert member in bench.job(done["jobs"]["completed"][0]["job_id"])["result"]


def test_a_batch_of_schemas_goes_over_splits_too() -> None:
    bench = Bench()
    split = bench.post(
        "/split",
        extraction_id=bench.extraction(),
        split_config={"split_input": [{"name": "invoice"}]},
    ).json["split_id"]
    config = {"invoice": {"schema": SCHEMA["input_schema"]}}
    answer = bench.post(
        "/batch/schema", split_ids=[split], split_schema_config=config, output=OUTPUT
    )
    bench.now += 10
    [child] = bench.job(answer.json["batch_job_id"])["result"]["jobs"]["completed"]

    assert answer.json["total_splits"] == 1
    results = bench.job(child["job_id"])["result"]["results"]
    assert results["invoice"]["values"] == {"total_amount": 12330.0}


def test_a_schema_reads_a_whole_batch_as_one() -> None:
    bench = Bench()
    batch = start(bench, "invoice.pdf", "receipt.pdf")
    bench.now += 10
    done = bench.post("/schema", extraction_id=batch, schema_config=SCHEMA).json

    assert done["schema_output"]["values"] == {"total_amount": 12330.0}
    assert len(done["extraction_ids"]) == 2


def test_a_prefix_that_nobody_can_list_ends_in_a_failed_batch() -> None:
    bench = Bench()
    answer = bench.post("/batch/extract", input={"s3_prefix": "s3://ours/in/"}, output=OUTPUT)
    bench.now += 10
    job = bench.job(answer.json["batch_job_id"])

    assert answer.json["total_files"] == 0
    assert (job["status"], job["error"]) == (
        "failed",
        "No files could be listed under s3://ours/in/",
    )


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("extract", {"output": OUTPUT}, 400),
        ("extract", {"input": {"file_urls": ["https://a.example/b.pdf"]}}, 400),
        ("extract", {"input": {"file_urls": []}, "output": OUTPUT}, 400),
        ("extract", {"input": {"file_urls": [1]}, "output": OUTPUT}, 400),
        ("extract", {"input": files("invoice.pdf"), "output": OUTPUT, "workers": 11}, 400),
        ("extract", {"input": files("invoice.pdf"), "output": OUTPUT,
                     "extract_options": {"pages": "x"}}, 400),
        ("extract", {"input": {"files": [{"filename": "a", "content": "%"}]},
                     "output": OUTPUT}, 400),
        ("tables", {"output": OUTPUT}, 400),
        ("tables", {"output": OUTPUT, "extraction_ids": ["nobody"]}, 404),
        ("tables", {"output": OUTPUT, "batch_extract_id": "nobody"}, 404),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_batch_refuses_it(
    path: str, body: dict[str, Any], status: int
) -> None:
    code(Bench().post(f"/batch/{path}", **body), status)
