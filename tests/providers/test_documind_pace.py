"""How long and how often is DocuMind asked? By names, with a clock in hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.providers.people import BILL, extract
from tests.providers.worlds import Ground, copy
from tests.service.worlds import Still, still


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Still]:
    """A service whose clock stands, before a DocuMind."""
    with still(tmp_path, provider="documind", dice=lambda: 0.5) as made:
        yield made


def delays(world: Still, id: str, count: int) -> list[float]:
    """The waits between the next checks, each lived through to its end."""
    found = []
    for _ in range(count):
        due = world.system.engine.get(id, None).due_at
        assert due is not None
        found.append(round(due - world.clock.now, 3))
        world.pass_time(found[-1])
    return found


def ordered(world: Still, action: str, **fields: Any) -> str:
    id = Ground(world.system, "documind").ordered(action, **fields)
    world.pass_time(0)
    return id


@pytest.mark.parametrize(
    ("pace", "waits"),
    [(None, [10, 10, 10, 10]), ("backoff", [5, 10, 20, 40, 60, 60])],
)
def test_a_review_is_asked_for_at_the_pace_that_was_chosen(
    world: Still, tmp_path: Path, pace: str | None, waits: list[int]
) -> None:
    words = {"pace": pace} if pace else {}
    document = extract(world.system, copy(tmp_path), BILL)

    waited = ordered(world, "wait_for_review", document_id=document, **words)
    extracted = ordered(world, "extract", file=copy(tmp_path), schema=BILL, **words)

    assert world.system.engine.get(extracted, None).status == "needs_review"
    assert delays(world, waited, len(waits)) == waits


@pytest.mark.parametrize(
    ("pace", "waits"),
    [(None, [10, 10, 10, 10]), ("backoff", [5, 10, 20, 40, 60, 60])],
)
def test_an_extraction_is_looked_after_at_the_pace_that_was_chosen(
    world: Still, tmp_path: Path, pace: str | None, waits: list[int]
) -> None:
    words = {"pace": pace} if pace else {}

    id = ordered(world, "extract", file=copy(tmp_path), schema=BILL, **words)

    assert delays(world, id, len(waits)) == waits


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [(None, 600), ("critical", 300), ("standard", 600), ("batch", 3600), (45, 45)],
)
def test_a_deadline_has_a_name_or_a_number(
    world: Still, tmp_path: Path, timeout: Any, seconds: float
) -> None:
    words = {} if timeout is None else {"timeout": timeout}
    id = ordered(world, "extract", file=copy(tmp_path), schema=BILL, **words)

    world.pass_time(seconds - 1)
    assert world.system.engine.get(id, None).status == "needs_review"
    world.pass_time(1)

    error = world.system.call("GET", f"/v1/operations/{id}").json()["error"]
    assert error["code"] == "timed_out"


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        ({"timeout": "soon"}, "critical, standard, batch"),
        ({"timeout": 0}, "critical, standard, batch"),
        ({"pace": "hasty"}, "backoff"),
    ],
)
def test_an_unknown_name_is_answered_with_those_there_are(
    world: Still, words: dict[str, Any], detail: str
) -> None:
    answer = Ground(world.system, "documind").order("wait_for_review", document_id="x", **words)

    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert problem["pointer"] == f"/{next(iter(words))}"
    assert detail in problem["detail"]
