"""Which messages are owed, to whom, and what became of them?"""

from __future__ import annotations

from dataclasses import replace

from connector.core.model import Delivery, Move, Operation, Status, Subscription
from connector.store import Change, DeliveryChange, Store
from tests.store.values import NOW, claimed, closed, owe_all, subscription


def test_a_subscription_comes_back_as_it_was_added(store: Store) -> None:
    sub = subscription(
        statuses=(Status.FAILED, Status.RUNNING), provider="acme", secret="enc", expires_at=NOW + 1
    )
    store.add_subscription(sub)
    assert store.get_subscription(sub.id) == sub
    assert store.get_subscription("nothing") is None


def test_subscriptions_are_listed_by_owner(store: Store) -> None:
    second, first = subscription(created_at=NOW + 1), subscription()
    for sub in (second, first, subscription(owner="bob")):
        store.add_subscription(sub)
    assert store.list_subscriptions("ann") == [first, second]


def test_removing_a_subscription_twice_is_no_error(store: Store) -> None:
    sub = subscription()
    store.add_subscription(sub)
    assert not store.remove_subscription(sub.id, "bob")
    assert store.remove_subscription(sub.id, "ann")
    assert not store.remove_subscription(sub.id)
    assert store.get_subscription(sub.id) is None


def test_removing_a_subscription_ends_what_is_owed_to_it(store: Store) -> None:
    sub, _, owed = owing(store)
    (held,) = store.claim_deliveries(NOW, 10, 30.0)
    store.remove_subscription(sub.id)
    assert store.claim_deliveries(NOW + 99, 10, 30.0) == []
    retry = replace(held, due_at=NOW + 60)
    assert store.save_deliveries([DeliveryChange(held, retry)]) == [False]
    assert store.stats(NOW).deliveries_open == 0
    assert owed.id == held.id


def test_a_claimed_delivery_is_leased(store: Store) -> None:
    _, _, owed = owing(store)
    taken = store.claim_deliveries(NOW, 10, 30.0)
    assert taken == [replace(owed, due_at=NOW + 30.0, claims=1, revision=1)]
    assert store.claim_deliveries(NOW + 29, 10, 30.0) == []
    assert len(store.claim_deliveries(NOW + 30, 10, 30.0)) == 1


def test_a_sent_delivery_ends_and_leaves_a_line_of_history(store: Store) -> None:
    _, op, _ = owing(store)
    (held,) = store.claim_deliveries(NOW, 10, 30.0)
    sent = replace(held, due_at=None, note="delivered")
    move = Move(op.id, NOW + 2, Status.SUCCEEDED, "told zapier")
    assert store.save_deliveries([DeliveryChange(held, sent, move)]) == [True]
    assert store.history(op.id)[-1] == move
    assert store.claim_deliveries(NOW + 99, 10, 30.0) == []


def test_a_stale_delivery_is_not_saved_and_leaves_no_line(store: Store, other: Store) -> None:
    sub, op, _ = owing(store)
    (held,) = store.claim_deliveries(NOW, 10, 1.0)
    other.claim_deliveries(NOW + 2, 10, 30.0)
    sent = replace(held, due_at=None)
    lines = store.history(op.id)
    move = Move(op.id, NOW + 2, Status.SUCCEEDED, "told")
    change = DeliveryChange(held, sent, move, unsubscribe=True)
    assert store.save_deliveries([change]) == [False]
    assert store.history(op.id) == lines
    assert store.get_subscription(sub.id) == sub


def test_a_target_that_is_gone_ends_the_subscription_with_the_delivery(store: Store) -> None:
    sub, _, _ = owing(store)
    (held,) = store.claim_deliveries(NOW, 10, 30.0)
    ended = replace(held, due_at=None, note="410")
    assert store.save_deliveries([DeliveryChange(held, ended, unsubscribe=True)]) == [True]
    assert store.get_subscription(sub.id) is None


def owing(store: Store) -> tuple[Subscription, Operation, Delivery]:
    """One subscription, one closed operation, one delivery that is due."""
    sub, op = subscription(), claimed(store)
    store.add_subscription(sub)
    made: list[Delivery] = []

    def owed(*args: object) -> list[Delivery]:
        made[:] = owe_all(*args)  # type: ignore[arg-type]
        return made

    store.save_operations([Change(op, closed(op))], owed, NOW)
    return sub, op, made[0]
