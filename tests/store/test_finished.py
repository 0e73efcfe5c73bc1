"""Does whoever goes through closed operations by their ends see each of them once?"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from connector.core.model import Operation, Status
from connector.store import Change, Store
from tests.store.values import NOW, at, claimed, closed, operation, owe_none

BEGIN = (NOW - 1, "")


def end(store: Store, moment: float, status: Status = Status.SUCCEEDED, **fields: Any) -> Operation:
    """A closed operation that was written at this moment."""
    shut = closed(operation(**fields), status, finished_at=moment)
    return store.add_operation(shut)


def pages(store: Store, limit: int, until: float = NOW + 99, **more: Any) -> list[list[str]]:
    """What is found from BEGIN on, page by page."""
    found, after = [], BEGIN
    while page := store.list_finished("ann", "acme", after=after, until=until, limit=limit, **more):
        found.append([op.id for op in page])
        after = (page[-1].finished_at or 0.0, page[-1].id)
    return found


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_every_end_comes_once_and_in_order(store: Store, limit: int) -> None:
    ended = [end(store, NOW + nth // 5) for nth in range(12)]
    order = sorted(ended, key=lambda op: (op.finished_at, op.id))
    found = pages(store, limit)
    assert [id for page in found for id in page] == [op.id for op in order]
    assert max(map(len, found)) <= limit


def test_only_what_ended_behind_the_place_and_by_the_time_counts(store: Store) -> None:
    ended = [end(store, NOW + nth, id=f"op-at-{nth}") for nth in range(4)]
    store.add_operation(operation())
    after = (NOW + 1, ended[1].id)
    found = store.list_finished("ann", "acme", after=after, until=NOW + 2)
    assert found == [ended[2]]


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ({}, True),
        ({"statuses": [Status.FAILED]}, True),
        ({"statuses": [Status.FAILED, Status.CANCELED], "action": "extract"}, True),
        ({"statuses": [Status.SUCCEEDED]}, False),
        ({"action": "split"}, False),
    ],
)
def test_filters(store: Store, filters: dict[str, Any], fits: bool) -> None:
    op = end(store, NOW, Status.FAILED)
    assert pages(store, 5, **filters) == ([[op.id]] if fits else [])


def test_the_ends_of_others_and_of_other_providers_are_left_out(store: Store) -> None:
    end(store, NOW, owner="bob")
    end(store, NOW, provider="other")
    assert pages(store, 5) == []


def test_an_operation_ends_when_it_is_written(store: Store) -> None:
    """Not when the answer was heard: whoever goes on from a later end would never see it."""
    op = claimed(store)
    heard = closed(op, finished_at=NOW + 5, updated_at=NOW + 5)
    store.save_operations([Change(op, heard)], owe_none, at(NOW + 60))
    saved = store.get_operation(op.id)
    assert saved is not None
    assert (saved.finished_at, saved.updated_at) == (NOW + 60, NOW + 60)
    assert store.history(op.id)[-1].at == NOW + 60


def test_the_time_of_an_end_is_read_in_its_transaction(store: Store) -> None:
    """A clock that is read by who waits for the writer is long past when it commits."""
    op = claimed(store)
    free, asked = threading.Event(), threading.Event()

    def clock() -> float:
        asked.set()
        return NOW + 60

    with ThreadPoolExecutor(2) as pool:
        pool.submit(store.database.write, lambda connection: free.wait(10))
        saving = pool.submit(store.save_operations, [Change(op, closed(op))], owe_none, clock)
        assert not asked.wait(0.3)
        free.set()
        assert saving.result() == [True]
    assert asked.is_set()


def test_a_save_of_an_open_operation_keeps_its_times(store: Store) -> None:
    op = claimed(store)
    store.save_operations([Change(op, op)], owe_none, at(NOW + 60))
    saved = store.get_operation(op.id)
    assert saved is not None
    assert (saved.finished_at, saved.updated_at) == (None, NOW)


def test_going_through_the_ends_reads_their_index(store: Store) -> None:
    if not store.database.is_sqlite:
        pytest.skip("PostgreSQL plans by statistics; small tables say nothing")
    statements: list[str] = []
    with store.database.reader.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.set_trace_callback(statements.append)
    store.list_finished("ann", "acme", after=BEGIN, until=NOW)
    (query,) = (each for each in statements if each.startswith("SELECT"))
    with store.database.reader.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    steps = [row[3] for row in plan]
    assert any("operations_by_finish (owner=? AND (finished_at,id)>" in each for each in steps), (
        steps
    )
    assert not any("TEMP B-TREE" in each for each in steps)
