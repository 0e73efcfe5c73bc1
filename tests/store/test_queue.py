"""Who takes due rows, and what is saved of them?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from connector.core.model import Move, Operation, Status
from connector.store import Change, Store
from tests.store.values import (
    NOW,
    at,
    claimed,
    closed,
    file,
    operation,
    owe_all,
    owe_none,
    subscription,
)


def test_a_claim_takes_the_longest_due_first_and_leases_them(store: Store) -> None:
    ops = [store.add_operation(operation(due_at=NOW - n, lease=30.0 + n)) for n in range(4)]
    taken = store.claim_operations(NOW, 2)
    expected = [replace(op, due_at=NOW + op.lease, claims=1, revision=1) for op in (ops[3], ops[2])]
    assert sorted(taken, key=lambda op: op.id) == sorted(expected, key=lambda op: op.id)
    assert store.get_operation(ops[3].id) == expected[0]


def test_what_is_not_due_closed_or_of_a_skipped_provider_stays(store: Store) -> None:
    store.add_operation(operation(due_at=NOW + 1))
    store.add_operation(closed(operation()))
    store.add_operation(operation(provider="busy"))
    assert store.claim_operations(NOW, 10, ["busy", "other"]) == []
    assert len(store.claim_operations(NOW, 10)) == 1


def test_a_row_whose_lease_ran_out_is_due_again(store: Store) -> None:
    op = claimed(store)
    assert store.claim_operations(NOW + op.lease - 1, 1) == []
    (again,) = store.claim_operations(NOW + op.lease, 1)
    assert (again.id, again.claims, again.revision) == (op.id, 2, 2)


def test_two_who_claim_at_the_same_time_never_get_the_same_row(store: Store, other: Store) -> None:
    ids = {store.add_operation(operation()).id for _ in range(60)}

    def claim_all(who: Store) -> list[str]:
        mine: list[str] = []
        while taken := who.claim_operations(NOW, 3):
            mine += [op.id for op in taken]
        return mine

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(claim_all, [store, other, store, other]))
    everything = [id for share in shares for id in share]
    # A row locked by the other may be passed over on PostgreSQL, but never taken twice.
    everything += claim_all(store)
    assert len(everything) == len(ids)
    assert set(everything) == ids


def test_an_answer_is_saved_with_history_files_and_owed_deliveries(store: Store) -> None:
    op = claimed(store, credential="enc")
    sub, one = subscription(), file()
    store.add_subscription(sub)
    after = closed(op, facts={"result": 1}, note="done", updated_at=NOW + 3, polls=2, misses=0)
    assert store.save_operations([Change(op, after, (one,))], owe_all, at(NOW + 3)) == [True]
    assert store.get_operation(op.id) == replace(after, credential=None, revision=2)
    assert store.history(op.id)[1:] == [Move(op.id, NOW + 3, Status.SUCCEEDED, "done")]
    assert store.files_of(op.id) == [replace(one, operation_id=op.id)]
    (owed,) = store.claim_deliveries(NOW + 3, 10, 30.0)
    assert (owed.operation_id, owed.subscription_id) == (op.id, sub.id)


def test_a_save_by_a_stale_revision_leaves_nothing_behind(store: Store, other: Store) -> None:
    op = claimed(store)
    store.add_subscription(subscription())
    won = replace(op, status=Status.RUNNING, due_at=NOW + 60)
    assert other.save_operations([Change(op, won)], owe_none, at(NOW + 1)) == [True]
    lost = Change(op, closed(op, note="late"), (file(),))
    assert store.save_operations([lost], owe_all, at(NOW + 2)) == [False]
    assert store.get_operation(op.id) == replace(won, revision=2)
    assert len(store.history(op.id)) == 2
    assert store.files_of(op.id) == []
    assert store.claim_deliveries(NOW + 9, 10, 30.0) == []


def test_a_note_alone_is_a_move_but_owes_nothing(store: Store) -> None:
    op = claimed(store)
    store.add_subscription(subscription())
    after = replace(op, note="unknown word", due_at=NOW + 60)
    store.save_operations([Change(op, after)], owe_all, at(NOW + 1))
    assert [move.note for move in store.history(op.id)] == [None, "unknown word"]
    assert store.claim_deliveries(NOW + 9, 10, 30.0) == []


def test_an_answer_that_says_nothing_new_is_no_move(store: Store) -> None:
    op = claimed(store)
    store.save_operations([Change(op, replace(op, due_at=NOW + 60, polls=1))], owe_all, at(NOW + 1))
    assert len(store.history(op.id)) == 1


@pytest.mark.parametrize(
    ("fields", "hears"),
    [
        ({}, True),
        ({"provider": "acme", "action": "extract"}, True),
        ({"provider": "acme"}, True),
        ({"expires_at": NOW + 60}, True),
        ({"provider": "other"}, False),
        ({"action": "split"}, False),
        ({"owner": "bob"}, False),
        ({"expires_at": NOW}, False),
    ],
)
def test_only_the_owners_live_matching_subscriptions_hear(
    store: Store, fields: dict[str, Any], hears: bool
) -> None:
    op = claimed(store)
    sub = subscription(**fields)
    store.add_subscription(sub)
    assert heard(store, op) == ([sub] if hears else [])


def test_a_callback_hears_of_its_own_operation_only(store: Store) -> None:
    op = claimed(store)
    store.add_operation(operation(id="not this one", due_at=NOW + 900))
    mine = subscription(operation_id=op.id, provider="whatever")
    store.add_subscription(mine)
    store.add_subscription(subscription(operation_id="not this one"))
    store.add_subscription(subscription(operation_id=op.id, owner="bob"))
    assert heard(store, op) == [mine]


def test_a_turn_saves_and_claims_in_one_commit(store: Store) -> None:
    op = claimed(store)
    due = store.add_operation(operation())
    commits: list[object] = []
    event.listen(store.database.engine, "commit", commits.append)
    changes = [Change(op, closed(op)), Change(op, closed(op))]
    saved, taken = store.turn(changes, owe_none, at(NOW + 1), 5)
    assert saved == [True, False]
    assert [op.id for op in taken] == [due.id]
    assert len(commits) == 1


def test_a_turn_without_free_threads_only_saves(store: Store) -> None:
    op = claimed(store)
    store.add_operation(operation())
    assert store.turn([Change(op, closed(op))], owe_none, at(NOW + 1), 0) == ([True], [])


def test_the_next_due_time_is_the_earliest_of_both_queues(store: Store) -> None:
    assert store.next_due() is None
    op = store.add_operation(operation(due_at=NOW + 60))
    assert store.next_due() == NOW + 60
    store.add_subscription(subscription())
    store.save_operations([Change(op, closed(op))], owe_all, at(NOW))
    assert store.next_due() == NOW


def test_a_claim_reads_the_index_of_due_rows(store: Store) -> None:
    if not store.database.is_sqlite:
        pytest.skip("PostgreSQL plans by statistics; small tables say nothing")
    statements: list[str] = []
    with store.database.engine.connect() as connection:
        # The writer's connection: the pool holds one.
        driver: Any = connection.connection.dbapi_connection
        driver.set_trace_callback(statements.append)
    store.claim_operations(NOW, 5, ["busy"])
    store.claim_deliveries(NOW, 5, 30.0)
    claims = [statement for statement in statements if statement.startswith("UPDATE")]
    for statement, index in zip(claims, ["operations_due", "deliveries_due"], strict=True):
        with store.database.reader.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        steps = [row[3] for row in plan]
        assert any(f"{index} (due_at<?)" in step for step in steps)
        assert not any("SCAN operations" in step or "TEMP B-TREE" in step for step in steps)


def heard(store: Store, op: Operation) -> list[Any]:
    concerned: list[Any] = []

    def owed(before: Operation, after: Operation, subscriptions: Any) -> list[Any]:
        concerned[:] = subscriptions
        return []

    store.save_operations([Change(op, closed(op))], owed, at(NOW + 1))
    return concerned


def test_a_change_that_cannot_be_written_stops_nobody_else(store: Store) -> None:
    bad, good = claimed(store), claimed(store)
    changes = [
        Change(bad, closed(bad), (file(size=10**30),)),
        Change(good, closed(good)),
    ]
    saved, _ = store.turn(changes, owe_none, at(NOW), 0)
    assert saved == [False, True]
    assert store.get_operation(bad.id) == bad
    after = store.get_operation(good.id)
    assert after is not None
    assert after.status == Status.SUCCEEDED
