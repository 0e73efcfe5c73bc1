"""What goes when its time is past, and which files are known?"""

from __future__ import annotations

from dataclasses import replace

from connector.core.model import Operation, Status
from connector.store import Change, Stats, Store
from tests.store.values import (
    NOW,
    at,
    claimed,
    closed,
    file,
    operation,
    owe_all,
    subscription,
)


def test_files_are_known_until_they_are_removed(store: Store) -> None:
    late, soon = file(created_at=NOW + 1, operation_id="x"), file(operation_id="x")
    store.add_files([late, soon])
    assert store.get_file(late.id) == late
    assert store.files_of("x") == [soon, late]
    assert store.known_files([late.id, "nothing"]) == {late.id}
    store.remove_files([late.id, "nothing"])
    assert store.get_file(late.id) is None
    assert store.known_files([late.id, soon.id]) == {soon.id}


def test_many_files_are_known_and_removed_in_parts(store: Store) -> None:
    files = [file() for _ in range(1100)]
    store.add_files(files)
    ids = [each.id for each in files]
    assert store.known_files(ids) == set(ids)
    store.remove_files(ids)
    assert store.known_files(ids) == set()


def test_old_results_are_forgotten_and_newer_ones_kept(store: Store) -> None:
    old = [finished(store, NOW - 90 + n) for n in range(5)]
    new = finished(store, NOW)
    still_open = store.add_operation(operation(created_at=NOW - 900), [file()])
    gone = [one.id for op in old for one in store.files_of(op.id)]
    assert sorted(store.prune(NOW, NOW - 60, NOW - 120, limit=2)) == sorted(gone)
    assert store.get_operation(old[0].id) == replace(
        old[0], input={}, facts={"job": "j"}, forgotten_at=NOW
    )
    assert store.get_operation(new.id) == new
    assert store.get_operation(still_open.id) == still_open
    assert len(store.files_of(still_open.id)) == 1
    assert store.prune(NOW + 1, NOW - 60, NOW - 120) == []


def test_old_operations_go_with_everything_of_theirs(store: Store) -> None:
    lasting = subscription(created_at=NOW - 99)
    store.add_subscription(lasting)
    ops = []
    for _ in range(3):
        op = claimed(store)
        store.add_subscription(subscription(operation_id=op.id))
        over = closed(op, finished_at=NOW - 50)
        store.save_operations([Change(op, over, (file(),))], owe_all, at(NOW - 50))
        ops.append(op)
    gone = [one.id for op in ops for one in store.files_of(op.id)]
    assert sorted(store.prune(NOW, NOW - 60, NOW - 40, limit=2)) == sorted(gone)
    assert [store.get_operation(op.id) for op in ops] == [None] * 3
    assert [store.history(op.id) for op in ops] == [[]] * 3
    assert store.list_subscriptions("ann") == [lasting]
    assert store.claim_deliveries(NOW + 9, 10, 30.0) == []


def test_expired_subscriptions_go_unless_a_message_is_still_owed(store: Store) -> None:
    op = claimed(store)
    owed = subscription(operation_id=op.id, expires_at=NOW + 5)
    over, live = subscription(expires_at=NOW + 5), subscription(expires_at=NOW + 50)
    store.add_subscription(owed)
    store.save_operations([Change(op, closed(op))], owe_all, at(NOW))
    store.add_subscription(over)
    store.add_subscription(live)
    store.prune(NOW + 6, NOW - 60, NOW - 60)
    assert {sub.id for sub in store.list_subscriptions("ann")} == {owed.id, live.id}


def test_files_of_no_operation_go_when_results_do(store: Store) -> None:
    old, new = file(created_at=NOW - 90), file()
    store.add_files([old, new])
    assert store.prune(NOW, NOW - 60, NOW - 120) == [old.id]
    assert store.known_files([old.id, new.id]) == {new.id}


def test_figures_count_what_is_there(store: Store) -> None:
    assert store.stats() == Stats({}, 0, None, 0, 0)
    op = claimed(store)
    store.add_subscription(subscription())
    store.save_operations([Change(op, closed(op))], owe_all, at(NOW))
    store.add_operation(operation(due_at=NOW - 7))
    store.add_operation(operation(due_at=NOW + 7))
    counts = {("acme", Status.SUCCEEDED): 1, ("acme", Status.PENDING): 2}
    assert store.stats(NOW) == Stats(counts, 1, NOW - 7, 1, 1)
    assert store.stats().due == 2


def finished(store: Store, at: float) -> Operation:
    facts = {"result": {"score": 97}, "job": "j"}
    return store.add_operation(closed(operation(), facts=facts, finished_at=at), [file()])
