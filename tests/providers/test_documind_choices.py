"""The list of extractions that a picker shows, narrowed down by its fields."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.providers.people import BILL, PAID, extract, items, review
from tests.providers.worlds import Ground, copy

LIST = "/v1/providers/documind/choices/extractions"


@pytest.fixture
def papers(documind: Ground, tmp_path: Path) -> dict[str, str]:
    """The extractions of three documents: reviewed, waiting and sure."""
    names = {"reviewed": "smudged.pdf", "waiting": "smudged.pdf", "sure": "invoice.pdf"}
    found = {}
    for name, sample in names.items():
        document = extract(documind.system, copy(tmp_path, sample), BILL)
        found[name] = items(documind.system, document_id=document)[0]["id"]
    review(documind, found["reviewed"], total_amount=PAID)
    return found


def listed(documind: Ground, since: datetime, **query: Any) -> set[str]:
    """The ids in the list of what was made since the test began."""
    answer = documind.system.call(
        "GET", LIST, params={"created_after": since.isoformat(), "limit": 100, **query}
    )
    assert answer.status_code == 200, answer.text
    assert all(set(each) == {"id", "name"} for each in answer.json())
    return {each["id"] for each in answer.json()}


def test_the_list_is_narrowed_down_by_what_became_of_the_extractions(
    documind: Ground, papers: dict[str, str]
) -> None:
    since = began(documind, papers)

    def names(**query: Any) -> set[str]:
        ids = listed(documind, since, **query)
        return {name for name, id in papers.items() if id in ids}

    assert names() == names(is_reviewed="true", status="completed") == {"reviewed"}
    assert names(is_reviewed="false") == {"waiting", "sure"}
    assert names(is_reviewed="false", needs_review="true") == {"waiting"}
    assert names(is_reviewed="false", needs_review="no") == {"sure"}
    assert names(is_reviewed="false", status="failed") == set()


def test_the_list_is_narrowed_down_to_a_time(documind: Ground, papers: dict[str, str]) -> None:
    since = began(documind, papers)

    assert papers["reviewed"] in listed(documind, since)
    assert listed(documind, since + timedelta(days=1)) == set()


def test_a_choice_is_named_by_its_document(documind: Ground, papers: dict[str, str]) -> None:
    item = next(each for each in items(documind.system) if each["id"] == papers["reviewed"])

    answer = documind.system.call("GET", LIST, params={"document_id": item["document_id"]})

    assert answer.json() == [{"id": item["id"], "name": item["original_filename"]}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("is_reviewed", "perhaps"),
        ("status", "finished"),
        ("limit", "0"),
        ("limit", "many"),
        ("colour", "red"),
    ],
)
def test_a_bad_filter_is_said_to_be_bad(documind: Ground, name: str, value: str) -> None:
    answer = documind.system.call("GET", LIST, params={name: value})

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{name}"]
    assert documind.requests("check_status") == []


def test_a_time_that_documind_cannot_read_is_refused(documind: Ground) -> None:
    answer = documind.system.call("GET", LIST, params={"created_after": "yesterday"})

    assert answer.status_code == 422
    assert answer.json()["provider_status"] == 422


def began(documind: Ground, papers: dict[str, str]) -> datetime:
    """Just before the first of these extractions."""
    made = [each["created_at"] for each in items(documind.system) if each["id"] in papers.values()]
    return datetime.fromisoformat(min(made)).astimezone(UTC)
