"""Which messages are owed, to whom, and what became of them?"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from connector.core.model import Delivery, Move, Operation, Status, Subscription
from connector.store import Change, DeliveryChange, Store
from tests.store.values import NOW, at, claimed, closed, delivery, owe_all, subscription


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


def test_lanes_that_have_their_share_are_passed_over(store: Store) -> None:
    for lane in ("slow", "slow", "quick", "other"):
        store.add_subscription(subscription(lane=lane))
    store.save_operations([change(claimed(store))], owe_by_lane, at(NOW))
    first = store.claim_deliveries(NOW, 10, 30.0, {"slow", "other"})
    assert [each.lane for each in first] == ["quick"]
    rest = store.claim_deliveries(NOW, 10, 30.0)
    assert sorted(each.lane for each in rest) == ["other", "slow", "slow"]


def test_a_claim_can_be_made_longer_by_who_has_it(store: Store, other: Store) -> None:
    owing(store)
    (held,) = store.claim_deliveries(NOW, 10, 30.0)
    longer = store.hold_delivery(held, NOW + 300)
    assert longer == replace(held, due_at=NOW + 300, revision=held.revision + 1)
    assert other.claim_deliveries(NOW + 299, 10, 30.0) == []
    assert store.hold_delivery(held, NOW + 900) is None
    ended = replace(longer, due_at=None, note="delivered")
    assert store.save_deliveries([DeliveryChange(longer, ended)]) == [True]


def test_a_claim_that_ran_out_cannot_be_made_longer(store: Store, other: Store) -> None:
    owing(store)
    (held,) = store.claim_deliveries(NOW, 10, 30.0)
    (theirs,) = other.claim_deliveries(NOW + 30, 10, 30.0)
    assert store.hold_delivery(held, NOW + 900) is None
    assert other.claim_deliveries(NOW + 60, 10, 30.0)[0].claims == theirs.claims + 1


def test_a_secret_is_changed_for_its_owner_alone(store: Store) -> None:
    signed, unsigned = subscription(secret="a"), subscription()
    for sub in (signed, unsigned):
        store.add_subscription(sub)
    changed = replace(signed, secret="a b")
    assert store.change_secret(signed.id, "ann", lambda kept: f"{kept} b") == changed
    assert store.get_subscription(signed.id) == changed
    assert store.change_secret(signed.id, "bob", lambda kept: "theirs") is None
    assert store.change_secret("nothing", "ann", lambda kept: "new") is None
    assert store.change_secret(unsigned.id, "ann", lambda kept: "new") == unsigned
    assert [store.get_subscription(each.id) for each in (signed, unsigned)] == [changed, unsigned]


def test_no_change_of_a_secret_is_lost_among_others(store: Store, other: Store) -> None:
    sub = subscription(secret="")
    store.add_subscription(sub)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            for door in (store, other):
                pool.submit(door.change_secret, sub.id, "ann", lambda kept: kept + "x")
    found = store.get_subscription(sub.id)
    assert found is not None
    assert found.secret == "x" * 40


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

    store.save_operations([Change(op, closed(op))], owed, at(NOW))
    return sub, op, made[0]


def change(op: Operation) -> Change:
    """The operation ends."""
    return Change(op, closed(op))


def owe_by_lane(
    before: Operation, after: Operation, subscriptions: Sequence[Subscription]
) -> list[Delivery]:
    """A message for each, on its lane."""
    return [delivery(after, each, lane=each.lane) for each in subscriptions]
