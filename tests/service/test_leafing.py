"""How are operations listed, read and told about, and which bytes of a file come?"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.living import Living
from tests.service.worlds import Still, still


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Still, list[str]]]:
    """A system with 23 operations, some of them made in the same instant; ids oldest first."""
    with still(tmp_path_factory.mktemp("archive")) as paused:
        ids = []
        for nth in range(23):
            path = "/v1/mindee/ocr" if nth % 5 == 0 else "/v1/mindee/extraction"
            model = {"model_id": OCR} if nth % 5 == 0 else {}
            answer = paused.system.order(path, data=model)
            ids.append(answer.json()["id"])
            if nth == 9:
                paused.pass_time(0)
                paused.pass_time(3)
            if nth % 3:
                paused.clock.now += 1
        yield paused, ids


OCR = "1d52de5b-2a4c-4a9d-8c3e-4a1d5b6f7a01"
CHOICES = "/v1/providers/mindee/choices/extraction_models"


def pages(system: Living, query: str) -> list[list[dict[str, Any]]]:
    """All pages of a listing, by its links."""
    found, url = [], f"/v1/operations?{query}"
    while url:
        answer = system.call("GET", url)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        link = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("Link", ""))
        url = link[1] if link else ""
    return found


@pytest.mark.parametrize("limit", [1, 4, 22, 23, 24, 200])
def test_pages_have_neither_gaps_nor_repeats(archive: tuple[Still, list[str]], limit: int) -> None:
    paused, ids = archive
    found = [each for page in pages(paused.system, f"limit={limit}") for each in page]
    assert sorted(each["id"] for each in found) == sorted(ids)
    keys = [(each["created_at"], each["id"]) for each in found]
    assert keys == sorted(keys, reverse=True)


def test_a_new_operation_does_not_shift_the_pages(tmp_path: Path) -> None:
    with still(tmp_path) as paused:
        old = [paused.system.order().json()["id"] for _ in range(4)]
        first = paused.system.call("GET", "/v1/operations?limit=2")
        paused.clock.now += 10
        paused.system.order()
        link = re.search("<(.*)>", first.headers["Link"])
        assert link
        second = paused.system.call("GET", link[1]).json()
        assert sorted(each["id"] for each in [*first.json(), *second]) == sorted(old)


@pytest.mark.parametrize("limit", [3, 50])
def test_closed_ones_are_listed_by_when_they_ended(
    archive: tuple[Still, list[str]], limit: int
) -> None:
    paused, ids = archive
    found = [
        each
        for page in pages(paused.system, f"status=succeeded,failed&limit={limit}")
        for each in page
    ]
    assert {each["id"] for each in found} == set(ids[:10])
    ends = [(each["finished_at"], each["id"]) for each in found]
    assert ends == sorted(ends, reverse=True)


def test_filters_hold_on_every_page(archive: tuple[Still, list[str]]) -> None:
    paused, ids = archive
    query = "status=pending,running&action=ocr&provider=mindee&limit=1"
    found = [each for page in pages(paused.system, query) for each in page]
    assert sorted(each["id"] for each in found) == sorted([ids[10], ids[15], ids[20]])


def test_since_begins_at_the_moment_itself(archive: tuple[Still, list[str]]) -> None:
    paused, ids = archive
    document = paused.system.call("GET", f"/v1/operations/{ids[12]}").json()
    moment = paused.system.engine.get(ids[12], None).created_at
    listed = paused.system.call(
        "GET", "/v1/operations", params={"since": document["created_at"], "limit": 200}
    ).json()
    wanted = {
        each for each in ids if paused.system.engine.get(each, None).created_at >= moment - 0.001
    }
    assert {each["id"] for each in listed} <= wanted
    assert {each["id"] for each in listed} >= set(ids[14:])


def test_nothing_fits_an_unknown_provider(archive: tuple[Still, list[str]]) -> None:
    assert pages(archive[0].system, "provider=nobody") == [[]]


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("status=done", ["/status"]),
        ("limit=0", ["/limit"]),
        ("limit=201", ["/limit"]),
        ("limit=-1&since=yesterday", ["/since", "/limit"]),
        ("limit=%C2%B2", ["/limit"]),
        ("since=0001-01-01T00:00:00%2B23:59&limit=x", ["/limit"]),
        ("cursor=nonsense", ["/cursor"]),
        ("cursor=WzEsMl0&status=x&limit=y&since=z", ["/status", "/since", "/limit"]),
        ("cursor=WzFlOTk5LCAiYSJd%0A&limit=y", ["/limit"]),
    ],
)
def test_all_that_is_wrong_with_a_query_is_said_at_once(
    system: Living, query: str, pointers: list[str]
) -> None:
    answer = system.call("GET", f"/v1/operations?{query}")
    assert answer.status_code == 422
    said = [each["pointer"] for each in answer.json()["errors"]]
    assert [each for each in said if each != "/cursor"] == [
        each for each in pointers if each != "/cursor"
    ]


def test_a_cursor_that_nests_deep_is_only_a_wrong_cursor(system: Living) -> None:
    for text in ("[" * 20_000, f"[{'9' * 400}, 1]", '{"a": 1, "b": 2}'):
        cursor = urlsafe_b64encode(text.encode()).decode()
        answer = system.call("GET", "/v1/operations", params={"cursor": cursor})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/cursor"


def test_the_history_tells_every_step(paused: Still) -> None:
    id = paused.system.order().json()["id"]
    paused.finish(id)
    moves = paused.system.call("GET", f"/v1/operations/{id}/history").json()
    statuses = [each["status"] for each in moves]
    assert (statuses[0], statuses[-1]) == ("pending", "succeeded")
    assert [each["at"] for each in moves] == sorted(each["at"] for each in moves)
    assert all(each["at"].endswith("+00:00") for each in moves)


def test_providers_are_described_with_their_fields_and_a_sample(system: Living) -> None:
    (listed,) = (
        each for each in system.call("GET", "/v1/providers").json() if each["name"] == "mindee"
    )
    assert listed == system.call("GET", "/v1/providers/mindee").json()
    actions = {each["name"]: each for each in listed["actions"]}
    assert actions["extraction"]["fields"]["required"] == ["document", "model_id"]
    assert actions["extraction"]["sample"]
    assert "extraction_models" in listed["choices"]


def test_choices_are_read_from_the_provider_and_remembered(paused: Still) -> None:
    first, second = (paused.system.call("GET", CHOICES).json() for _ in range(2))
    assert {"id", "name"} == set(first[0])
    assert first == second
    assert paused.system.log()["counts"]["models"] == 1
    paused.clock.now += 61
    paused.system.call("GET", CHOICES)
    assert paused.system.log()["counts"]["models"] == 2


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("models:500", 503, "busy"),
        ("models:429=9", 503, "busy"),
        ("models:drop", 503, "busy"),
        ("models:malformed", 503, "busy"),
        ("models:401", 422, "refused"),
    ],
)
def test_choices_say_so_when_the_provider_does_not_answer(
    paused: Still, fault: str, status: int, code: str
) -> None:
    paused.system.misbehave(fault)
    answer = paused.system.call("GET", "/v1/providers/mindee/choices/ocr_models")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert answer.json().get("provider_status") == (401 if status == 422 else None)


def test_choices_that_several_want_at_once_are_asked_for_once(paused: Still) -> None:
    paused.system.misbehave("models:delay=0.5")
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(paused.system.call, "GET", CHOICES) for _ in range(4)]
        answers = [each.result() for each in asked]
    assert {each.status_code for each in answers} == {200}
    assert len({each.text for each in answers}) == 1
    assert paused.system.log()["counts"]["models"] == 1


def test_choices_that_could_not_be_read_are_asked_for_again(paused: Still) -> None:
    paused.system.misbehave("models:500")
    assert paused.system.call("GET", CHOICES).status_code == 503
    paused.system.misbehave()
    assert paused.system.call("GET", CHOICES).status_code == 200


def test_choices_hold_no_more_threads_than_there_are_places_to_wait(tmp_path: Path) -> None:
    with still(tmp_path, {"CONNECTOR_THREADS": "1"}) as paused:
        places = paused.system.engine.parts.waiters
        places.acquire()  # the one place there is
        answer = paused.system.call("GET", CHOICES)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert answer.headers["Retry-After"] == "5"
        assert paused.system.log()["counts"].get("models", 0) == 0
        places.release()
        assert paused.system.call("GET", CHOICES).status_code == 200
        places.acquire()  # and it was given back
        assert paused.system.call("GET", CHOICES).status_code == 200  # remembered: nobody waits


def test_health_needs_no_key_and_figures_do(system: Living) -> None:
    assert requests.get(f"{system.url}/healthz", timeout=10).json() == {"status": "ok"}
    assert requests.get(f"{system.url}/readyz", timeout=10).json() == {"status": "ready"}
    assert requests.get(f"{system.url}/metrics", timeout=10).status_code == 401
    figures = system.call("GET", "/metrics")
    assert "connector_operations" in figures.text
    assert figures.headers["Content-Type"].startswith("text/plain")
