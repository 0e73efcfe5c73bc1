"""Does a callback hear of an end exactly once, however subscribe and end meet?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from connector.core.model import CLOSED, Delivery, DeliveryChange, Operation, Subscription
from connector.store import Change, Store
from tests.store.values import (
    NOW,
    at,
    claimed,
    closed,
    delivery,
    operation,
    owe_all,
    subscription,
)


def owed_to(callback: Subscription) -> Callable[[Operation], Sequence[Delivery]]:
    """One message if the operation is closed."""

    def owed(op: Operation) -> list[Delivery]:
        return [delivery(op, callback)] if op.status in CLOSED else []

    return owed


def watch(store: Store, callback: Subscription) -> bool:
    return store.watch(callback, owed_to(callback))


def messages(store: Store) -> list[Delivery]:
    return store.claim_deliveries(NOW + 99, 1000, 30.0)


def close(store: Store, op: Operation, callback: Subscription) -> None:
    assert store.save_operations([Change(op, closed(op))], owe_all, at(NOW + 5)) == [True]


def test_a_callback_of_an_open_operation_waits_for_its_end(store: Store) -> None:
    op = claimed(store)
    callback = subscription(operation_id=op.id)
    assert watch(store, callback)
    assert store.get_subscription(callback.id) == callback
    assert messages(store) == []
    close(store, op, callback)
    assert [each.subscription_id for each in messages(store)] == [callback.id]


def test_a_callback_of_a_closed_operation_is_owed_at_once(store: Store) -> None:
    op = claimed(store)
    callback = subscription(operation_id=op.id)
    close(store, op, callback)
    assert watch(store, callback)
    assert [each.operation_id for each in messages(store)] == [op.id]


@pytest.mark.parametrize("first", ["watch", "close"])
def test_a_repeat_owes_nothing_more(store: Store, first: str) -> None:
    op = claimed(store)
    callback = subscription(operation_id=op.id)
    steps = [partial(watch, store, callback), partial(close, store, op, callback)]
    for step in steps if first == "watch" else reversed(steps):
        step()
    assert [watch(store, callback) for _ in range(2)] == [False, False]
    assert len(messages(store)) == 1


def test_a_repeat_before_the_end_only_puts_the_message_off(store: Store) -> None:
    op = claimed(store)
    callback = subscription(operation_id=op.id, not_before=NOW + 2)
    later = replace(callback, not_before=NOW + 9, target="another ciphertext", created_at=NOW + 7)
    assert watch(store, callback)
    assert watch(store, later)
    assert store.get_subscription(callback.id) == replace(callback, not_before=NOW + 9)


def test_what_was_told_is_not_told_again(store: Store) -> None:
    op = claimed(store)
    callback = subscription(operation_id=op.id)
    close(store, op, callback)
    watch(store, callback)
    (message,) = messages(store)
    done = DeliveryChange(message, replace(message, due_at=None, note="200"), unsubscribe=True)
    assert store.save_deliveries([done]) == [True]
    assert not watch(store, callback)
    assert store.get_subscription(callback.id) is None
    assert messages(store) == []


def test_who_unsubscribed_may_come_again(store: Store) -> None:
    op = claimed(store)
    callback = subscription(operation_id=op.id)
    close(store, op, callback)
    watch(store, callback)
    assert store.remove_subscription(callback.id, "ann")
    assert messages(store) == []
    assert watch(store, callback)
    assert len(messages(store)) == 1


def test_an_operation_that_is_gone_takes_no_callback(store: Store) -> None:
    callback = subscription(operation_id="gone")
    assert not watch(store, callback)
    assert store.get_subscription(callback.id) is None


def test_however_end_and_subscribe_meet_there_is_one_message(store: Store, other: Store) -> None:
    """Two processes, and each operation is closed by one while the other subscribes to it."""
    ops = [claimed(store) for _ in range(40)]
    gate = threading.Barrier(3)

    def closing() -> None:
        gate.wait()
        for op in ops:
            close(store, op, subscription())

    def watching(step: int) -> None:
        gate.wait()
        for op in ops[::step]:
            watch(other, subscription(id=f"of-{op.id}", operation_id=op.id))

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(closing), *(pool.submit(watching, step) for step in (1, -1))]
        for each in done:
            each.result()
    assert sorted(each.subscription_id for each in messages(store)) == sorted(
        f"of-{op.id}" for op in ops
    )


def test_a_subscription_takes_the_place_of_the_one_before(store: Store) -> None:
    op = claimed(store)
    before = subscription(id="0123-a")
    others = [
        subscription(id="0124-a"),
        subscription(id="0123-b", owner="bob"),
        subscription(id="0123-c", operation_id=op.id),
    ]
    for each in (before, *others):
        store.add_subscription(each)
    store.save_operations([Change(op, closed(op))], owe_some(before), at(NOW))
    after = subscription(id="0123-z", action="extract")
    store.replace_subscription(after, "0123-")
    assert {each.id for each in store.list_subscriptions("ann")} == {"0124-a", "0123-c", "0123-z"}
    assert store.get_subscription("0123-b") == others[1]
    assert store.get_subscription("0123-z") == after
    assert [each.subscription_id for each in messages(store)] == ["0123-z"]


def test_a_message_in_flight_is_handed_over_and_not_lost(store: Store) -> None:
    op = claimed(store)
    before = subscription(id="0123-a")
    store.add_subscription(before)
    store.save_operations([Change(op, closed(op))], owe_some(before), at(NOW))
    (held,) = store.claim_deliveries(NOW, 1, 30.0)
    store.replace_subscription(subscription(id="0123-b"), "0123-")
    nobody = DeliveryChange(held, replace(held, due_at=None, note="Nobody to tell any more."))
    assert store.save_deliveries([nobody]) == [False]
    assert [each.subscription_id for each in messages(store)] == ["0123-b"]


def test_the_same_subscribe_twice_at_once_leaves_one(store: Store, other: Store) -> None:
    for nth in range(25):
        gate = threading.Barrier(2)

        def replace_all(way: Store, id: str, gate: threading.Barrier = gate) -> None:
            gate.wait()
            way.replace_subscription(subscription(id=id), id[:4])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(replace_all, (store, other), (f"{nth:04}-a", f"{nth:04}-b")))
    assert len(store.list_subscriptions("ann")) == 25


def test_an_end_that_is_saved_while_its_subscription_is_replaced_is_told(
    store: Store, other: Store
) -> None:
    op = claimed(store)
    store.add_subscription(subscription(id="0123-a"))
    after = subscription(id="0123-b")
    with ThreadPoolExecutor(1) as pool:

        def owed(*change: Any) -> list[Delivery]:
            replacing = pool.submit(other.replace_subscription, after, "0123-")
            wait([replacing], timeout=0.5)  # it goes ahead, or waits for this commit
            return owe_all(*change)

        store.save_operations([Change(op, closed(op))], owed, at(NOW))
    assert store.list_subscriptions("ann") == [after]
    assert [each.subscription_id for each in messages(store)] == ["0123-b"]


@pytest.mark.parametrize("beginning", ["%", "_", "0_2", "0%"])
def test_only_the_beginning_itself_counts(store: Store, beginning: str) -> None:
    kept = subscription(id="0123-a")
    store.add_subscription(kept)
    store.replace_subscription(subscription(id="another"), beginning)
    assert store.get_subscription(kept.id) == kept


def test_callbacks_of_one_operation_are_counted(store: Store) -> None:
    op = store.add_operation(operation())
    assert store.count_callbacks(op.id) == 0
    for _ in range(2):
        watch(store, subscription(operation_id=op.id))
    store.add_subscription(subscription())
    assert store.count_callbacks(op.id) == 2


def owe_some(*wanted: Subscription) -> Any:
    def owed(before: Operation, after: Operation, found: Sequence[Subscription]) -> list[Delivery]:
        return [delivery(after, each) for each in found if each in wanted]

    return owed
