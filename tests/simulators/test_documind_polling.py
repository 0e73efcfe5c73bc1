"""Does the documentation's own polling code find what a person has reviewed?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connector.simulators import SIMULATORS, Options
from tests.serving import serving
from tests.simulators import documind_samples as samples
from tests.simulators.bench import DOCUMENTS
from tests.simulators.documind_bench import BASE, SCHEMA

API_KEY = "dm_samples"
RIGHT = {"total_amount": 478.2}


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    app = SIMULATORS["documind"](Options(seconds=0.05, key=API_KEY))
    with serving(app) as origin:
        monkeypatch.setattr(samples, "BASE_URL", origin + BASE)
        yield origin


def extract(url: str, name: str = "smudged.pdf") -> dict[str, Any]:
    """As the documentation uploads and extracts."""
    with (DOCUMENTS / name).open("rb") as file:
        response = requests.post(
            f"{url}{BASE}/upload", headers={"X-API-Key": API_KEY}, files={"files": file}
        )
    document_id = response.json()[0]
    response = requests.post(
        f"{url}{BASE}/extract/{document_id}",
        headers={"X-API-Key": API_KEY, "Content-Type": "application/json"},
        json={"schema": SCHEMA, "prompt": "Extract data"},
    )
    result: dict[str, Any] = response.json()
    return result


def review(url: str, document_id: str, after: float = 0.2, **results: Any) -> threading.Timer:
    """A person who comes a little later."""

    def come() -> None:
        orders = requests.get(f"{url}/_simulator/log").json()["orders"]
        (id,) = (o["job"] for o in orders if o["kind"] == "submit" and o["document"] == document_id)
        requests.post(f"{url}/_review/{id}", json={"results": results})

    person = threading.Timer(after, come)
    person.start()
    return person


def test_the_basic_sample(url: str) -> None:
    result = extract(url)
    assert result["needs_review"]
    person = review(url, result["document_id"], **RIGHT)

    found = samples.poll_for_review(
        document_id=result["document_id"],
        api_key=API_KEY,
        base_url=url + BASE,
        poll_interval=0.05,
        timeout=10,
    )

    person.join()
    assert found == {**result["results"], **RIGHT}


def test_the_basic_sample_gives_up_when_nobody_comes(url: str) -> None:
    result = extract(url)
    waiting = {"api_key": API_KEY, "base_url": url + BASE, "poll_interval": 0.05, "timeout": 0.2}

    assert samples.poll_for_review(result["document_id"], **waiting) is None
    assert samples.poll_for_review("unknown", **waiting) is None


def test_the_basic_sample_outlives_errors_of_the_api(url: str) -> None:
    result = extract(url)
    faults = {"fail": ["check_status:500*2", "check_status:429*1"]}
    requests.post(f"{url}/_simulator/faults", json=faults)
    review(url, result["document_id"], after=0, **RIGHT).join()

    found = samples.poll_for_review(
        result["document_id"], API_KEY, url + BASE, poll_interval=0.05, timeout=10
    )

    assert found == {**result["results"], **RIGHT}


def test_the_backoff_sample(url: str) -> None:
    result = extract(url)
    person = review(url, result["document_id"], **RIGHT)

    found = samples.poll_with_backoff(
        result["document_id"], API_KEY, initial_interval=0.02, max_interval=0.1, timeout=10
    )

    person.join()
    assert found == {**result["results"], **RIGHT}


def test_the_batch_sample(url: str) -> None:
    first, second = extract(url), extract(url, "receipt.pdf")
    ids = [first["document_id"], second["document_id"]]
    people = [review(url, ids[0], **RIGHT), review(url, ids[1], invoice_number="KC-004512")]

    found = samples.poll_batch_reviews(ids, API_KEY, poll_interval=0.05, timeout=10)

    for person in people:
        person.join()
    assert found[ids[0]] == {**first["results"], **RIGHT}
    assert found[ids[1]]["invoice_number"] == "KC-004512"


def test_the_batch_sample_finds_nothing_when_needs_review_is_cleared(url: str) -> None:
    requests.post(f"{url}/_simulator/switches", json={"after_review": "clears"})
    id = extract(url)["document_id"]
    review(url, id, after=0).join()

    assert samples.poll_batch_reviews([id], API_KEY, poll_interval=0.05, timeout=0.3) == {id: None}


def test_the_complete_sample(url: str) -> None:
    result = extract(url)
    person = review(url, result["document_id"], **RIGHT)
    poller = samples.ReviewPoller(api_key=API_KEY, base_url=url + BASE)

    found = poller.poll(
        result["document_id"],
        samples.PollConfig(poll_interval=0.02, timeout=10, backoff=True, max_interval=0.1),
    )

    person.join()
    assert found == {**result["results"], **RIGHT}


def test_what_stands_in_the_document_needs_nobody(url: str) -> None:
    result = extract(url, "invoice.pdf")

    assert result["needs_review"] is False
    assert result["results"]["total_amount"] == 12330.0
