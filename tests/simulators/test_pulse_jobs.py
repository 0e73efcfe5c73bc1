"""Do jobs go their way as Pulse's do: pending, processing, an end, and then forgotten?"""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from connector.simulators import SIMULATORS, Options
from tests.simulators.pulse_bench import KEY, Bench, code


def test_a_job_is_pending_then_processing_then_completed() -> None:
    bench = Bench(seconds=8.0)
    id = bench.order()
    seen = []
    for _ in range(5):
        job = bench.job(id)
        seen.append(job["status"])
        assert ("result" in job) == (job["status"] == "completed")
        bench.now += 2

    assert seen == ["pending", "processing", "processing", "processing", "completed"]
    assert job["created_at"] == "2026-03-20T09:46:40Z"
    assert job["updated_at"] == "2026-03-20T09:46:48Z"


def test_a_completed_job_has_the_result_with_the_old_key_of_the_plan() -> None:
    bench = Bench()
    first, again = bench.result(), bench.result()

    assert first["plan-info"] == {"tier": "trial", "total_credits_used": 2, "pages_used": 2}
    assert "plan_info" not in first
    assert again["plan-info"]["total_credits_used"] == 4
    assert first["credits_used"] == 2
    assert first["extraction_url"].endswith(first["extraction_id"])


def test_asking_twice_gives_the_same_result() -> None:
    bench = Bench()
    id = bench.order()
    bench.now += 10

    assert bench.job(id) == bench.job(id)


def test_the_error_of_a_failed_job_is_a_string() -> None:
    bench = Bench()
    id = bench.order(b"%PDF-1.7\nthis is where it ends")
    bench.now += 10
    job = bench.job(id)

    assert job["status"] == "failed"
    assert "could not be read" in job["error"]


def test_an_old_job_is_expired_then_gone_then_unknown() -> None:
    bench = Bench(seconds=1.0, retention=100.0)
    id = bench.order()
    bench.now += 100
    assert bench.job(id)["status"] == "completed"

    bench.now += 2
    expired = bench.job(id)
    assert expired["status"] == "expired"
    assert "markdown" not in expired["result"]
    bench.now += 100
    assert code(bench.get(f"/job/{id}"), 410) == "JOB_003"
    bench.now += 100
    assert code(bench.get(f"/job/{id}"), 404) == "JOB_001"


def test_a_job_that_never_was_is_unknown() -> None:
    assert code(Bench().get("/job/7f7b2a9e"), 404) == "JOB_001"
    assert code(Bench().client.delete("/job/7f7b2a9e", headers=KEY), 404) == "JOB_001"


@pytest.mark.parametrize("old", [False, True])
def test_a_job_that_runs_is_canceled(old: bool) -> None:
    bench = Bench()
    id = bench.order()

    def cancel() -> TestResponse:
        if old:
            return bench.client.post(f"/cancel/{id}", headers=KEY)
        return bench.client.delete(f"/job/{id}", headers=KEY)

    answer = cancel()
    assert answer.status_code == 200
    assert set(answer.json) == {"job_id", "message"}
    bench.now += 10
    assert bench.job(id)["status"] == "canceled"
    assert cancel().status_code == 200


def test_a_completed_job_stays_as_it_is() -> None:
    bench = Bench()
    id = bench.order()
    bench.now += 10

    assert bench.client.delete(f"/job/{id}", headers=KEY).status_code == 200
    assert bench.job(id)["status"] == "completed"


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("submit:fail", {"status": "failed", "error": "Processing failed"}),
        ("submit:stuck", {"status": "processing"}),
        ("submit:unknown=archiving", {"status": "archiving"}),
        ("check_status:fail", {"status": "failed"}),
        ("check_status:unknown=cancelled", {"status": "cancelled"}),
    ],
)
def test_faults_decide_what_becomes_of_a_job(fault: str, seen: dict[str, Any]) -> None:
    bench = Bench(fail=(fault,), retention=50.0)
    id = bench.order()
    bench.now += 40

    job = bench.job(id)
    assert job | seen == job
    assert "result" not in job


@pytest.mark.parametrize(
    ("fault", "status", "expected"),
    [
        ("submit:429=3", 429, "GENERAL_004"),
        ("submit:503", 503, "PROC_004"),
        ("any:500", 500, "GENERAL_001"),
        ("submit:fail", 500, "PROC_001"),
        ("submit:stuck", 504, "PROC_002"),
    ],
)
def test_faults_speak_in_pulses_codes(fault: str, status: int, expected: str) -> None:
    answer = Bench(fail=(fault,)).extract()

    assert code(answer, status) == expected
    assert answer.headers.get("Retry-After") == ("3" if status == 429 else None)


def test_faults_know_what_each_route_is_for() -> None:
    bench = Bench({"large_pages": "1"}, fail=("get_result:gone=410*1", "cancel:403*1"))
    id = bench.order()
    bench.now += 10

    assert code(bench.get(f"/large_results/{id}"), 410) == "JOB_003"
    assert code(bench.client.delete(f"/job/{id}", headers=KEY), 403) == "AUTH_004"
    assert bench.get(f"/large_results/{id}").status_code == 200
    assert [seen["kind"] for seen in bench.log()["requests"]] == [
        "submit", "get_result", "cancel", "get_result",
    ]  # fmt: skip


def test_a_simulator_is_not_built_with_a_bad_switch() -> None:
    with pytest.raises(ValueError, match="large_pages"):
        SIMULATORS["pulse"](Options(switches={"large_pages": "many"}))
