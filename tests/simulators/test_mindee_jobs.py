"""Do checks, results and the search of models answer as Mindee's do?"""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from connector.simulators.mindee import MODELS
from tests.serving import serving
from tests.simulators.bench import START, Bench

ERROR = {"status", "title", "code", "detail", "errors"}


def test_a_job_is_processing_until_its_time_has_come() -> None:
    bench = Bench(seconds=30.0)
    job = bench.submit(alias="our-1").json["job"]
    bench.now += 29.9

    early = bench.get(job["polling_url"])
    assert early.status_code == 200
    assert early.json["job"] == job
    assert bench.get(f"/v2/products/extraction/results/{job['id']}").status_code == 404

    bench.now += 0.1
    assert bench.get(job["polling_url"]).status_code == 302


def test_a_processed_job_is_a_302_with_the_job_as_its_body() -> None:
    bench = Bench()
    job = bench.submit().json["job"]
    bench.now += 10
    answer = bench.get(job["polling_url"])

    assert answer.status_code == 302
    assert answer.content_type == "application/json"
    assert answer.json["job"]["status"] == "Processed"
    assert answer.json["job"]["result_url"] == answer.location
    assert answer.location.startswith("http://localhost/v2/")


def test_without_redirect_it_is_a_200_with_the_same_body() -> None:
    bench = Bench()
    job = bench.submit().json["job"]
    bench.now += 10
    plain = bench.get(f"/v2/jobs/{job['id']}?redirect=false")

    assert plain.status_code == 200
    assert plain.json == bench.get(job["polling_url"]).json
    assert bench.get(f"/v2/jobs/{job['id']}?redirect=perhaps").status_code == 422


def test_alias_and_result_url_are_there_even_when_they_are_null() -> None:
    job = Bench().submit().json["job"]

    assert job["alias"] is None
    assert job["result_url"] is None
    assert list(job) == [
        "id", "model_id", "filename", "alias", "created_at", "completed_at", "status",
        "polling_url", "result_url", "webhooks", "error",
    ]  # fmt: skip


def test_times_have_microseconds_and_no_zone() -> None:
    job = Bench(seconds=5.0).finish()

    assert job["created_at"] == "2026-03-20T09:46:40.250000"
    assert job["completed_at"] == "2026-03-20T09:46:45.250000"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", job["created_at"])


def test_a_failed_job_is_a_200_with_a_problem() -> None:
    bench = Bench()
    job = bench.submit(b"%PDF-1.7\nthis is where it ends").json["job"]
    bench.now += 10
    answer = bench.get(job["polling_url"])

    assert answer.status_code == 200
    assert answer.json["job"]["status"] == "Failed"
    assert set(answer.json["job"]["error"]) == ERROR
    assert answer.json["job"]["result_url"] is None
    assert bench.get(f"/v2/products/extraction/results/{job['id']}").status_code == 404


def test_unknown_ids_and_paths_are_problems() -> None:
    bench = Bench()
    job = bench.finish()

    for path in (
        "/v2/jobs/none",
        "/v2/inferences/none",
        "/v2/nothing",
        f"/v2/products/ocr/results/{job['id']}",
    ):
        answer = bench.get(path)
        assert answer.status_code == 404
        assert set(answer.json) == ERROR
    assert bench.submit(path="/v2/products/translation/enqueue").status_code == 404


def test_there_is_no_cancel_and_no_list() -> None:
    bench = Bench()
    id = bench.submit().json["job"]["id"]
    key = {"Authorization": "md_test"}

    assert bench.client.delete(f"/v2/jobs/{id}", headers=key).status_code == 405
    assert bench.client.post(f"/v2/jobs/{id}/cancel", headers=key).status_code == 404
    assert bench.get("/v2/jobs").status_code == 404
    assert bench.log()["counts"]["cancel"] == 2


def test_after_the_retention_the_job_and_its_result_are_gone() -> None:
    bench = Bench(seconds=2.0, retention=60.0)
    job = bench.finish()
    bench.now = START + 61
    assert bench.get(job["result_url"]).status_code == 200

    bench.now = START + 63
    assert bench.get(job["result_url"]).status_code == 404
    assert bench.get(job["polling_url"]).status_code == 404


def test_results_that_are_deleted_when_fetched_are_fetched_once() -> None:
    bench = Bench(delete_when_fetched=True)
    job = bench.finish()

    assert bench.get(job["result_url"]).status_code == 200
    assert bench.get(job["result_url"]).status_code == 404


def test_results_may_stand_on_another_origin_which_tells_whether_the_key_came_along() -> None:
    bench = Bench(second_origin="http://127.0.0.2:9")
    job = bench.submit().json["job"]
    bench.now += 10
    checked = bench.get(job["polling_url"])
    path = checked.location.removeprefix("http://127.0.0.2:9")

    assert path != checked.location
    assert checked.json["job"]["polling_url"].startswith("http://localhost/")
    for headers in ({}, {"Authorization": "md_test"}):
        there = bench.client.get(path, base_url="http://127.0.0.2:9", headers=headers)
        assert there.status_code == 200
    last = bench.log()["requests"][-2:]
    assert [seen["authorization"] for seen in last] == [False, True]
    assert last[0]["host"] == "127.0.0.2:9"


def test_urls_name_the_host_that_was_asked() -> None:
    bench = Bench()
    with serving(bench.app) as url:
        body = {"model_id": MODELS[0].id, "file_base64": "VG90YWw6IDUgRVVSIGFuZCBtb3Jl"}
        answer = requests.post(
            f"{url}/v2/inferences/enqueue",
            json=body,
            headers={"Authorization": "md_x"},
            timeout=5,
        )
    assert answer.json()["job"]["polling_url"].startswith(f"{url}/v2/jobs/")


@pytest.mark.parametrize(
    ("query", "count", "unfiltered"),
    [
        ("", 7, None),
        ("?model_type=extraction", 3, 7),
        ("?name=inVOICE", 1, 7),
        ("?name=e&model_type=ocr", 1, 7),
        ("?name=zzz", 0, 7),
    ],
)
def test_models_are_searched(query: str, count: int, unfiltered: int | None) -> None:
    found: Any = Bench().get(f"/v2/search/models{query}").json

    assert len(found["models"]) == found["pagination"]["total_items"] == count
    assert found["pagination"]["total_items_unfiltered"] == unfiltered


def test_models_come_in_pages() -> None:
    bench = Bench()
    found: Any = bench.get("/v2/search/models?page=2&per_page=5").json

    assert [model["name"] for model in found["models"]] == ["Page splitter", "Text reader"]
    assert found["models"][0]["webhooks"][0].keys() == {"id", "name", "url"}
    assert found["pagination"]["total_pages"] == 2
    assert bench.get("/v2/search/models?page=0").status_code == 422
