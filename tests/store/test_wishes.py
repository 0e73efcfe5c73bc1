"""Are wishes heard, whoever holds the row?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.core.model import Operation, Status
from connector.store import Change, Store
from tests.store.values import NOW, at, claimed, closed, operation, owe_none


def test_a_cancel_makes_a_waiting_row_due_and_keeps_its_revision(store: Store) -> None:
    op = store.add_operation(operation(due_at=NOW + 900))
    assert store.ask_cancel(op.id, NOW + 1)
    found = store.get_operation(op.id)
    assert found == replace(op, cancel_asked_at=NOW + 1, due_at=NOW + 1)


def test_the_time_of_the_first_cancel_stays(store: Store) -> None:
    op = store.add_operation(operation(due_at=NOW + 900))
    assert store.ask_cancel(op.id, NOW + 1)
    assert store.ask_cancel(op.id, NOW + 2)
    assert read(store, op).cancel_asked_at == NOW + 1


def test_a_nudge_makes_a_waiting_row_due(store: Store) -> None:
    op = store.add_operation(operation(due_at=NOW + 900))
    assert store.nudge(op.id, NOW + 1)
    assert store.get_operation(op.id) == replace(op, nudged_at=NOW + 1, due_at=NOW + 1)


def test_a_row_that_is_late_keeps_its_place(store: Store) -> None:
    op = store.add_operation(operation(due_at=NOW - 60))
    assert store.nudge(op.id, NOW)
    assert read(store, op).due_at == NOW - 60


def test_a_row_that_is_being_asked_keeps_its_lease(store: Store) -> None:
    op = claimed(store)
    assert store.ask_cancel(op.id, NOW + 1)
    assert store.nudge(op.id, NOW + 1)
    assert read(store, op).due_at == NOW + op.lease


def test_wishes_for_closed_or_unknown_operations_are_not_taken(store: Store) -> None:
    op = store.add_operation(closed(operation()))
    assert not store.ask_cancel(op.id, NOW)
    assert not store.nudge(op.id, NOW)
    assert not store.ask_cancel("nothing", NOW)
    assert store.get_operation(op.id) == op


@pytest.mark.parametrize("wish", ["ask_cancel", "nudge"])
def test_a_wish_between_claim_and_save_survives_and_is_due_at_once(
    store: Store, other: Store, wish: str
) -> None:
    op = claimed(store)
    getattr(other, wish)(op.id, NOW + 1)
    answer = replace(op, status=Status.RUNNING, due_at=NOW + 600, claims=0, facts={"job": "j"})
    assert store.save_operations([Change(op, answer)], owe_none, at(NOW + 2)) == [True]
    found = read(store, op)
    assert found.due_at == NOW + 2
    assert found.facts == {"job": "j"}
    assert NOW + 1 in (found.cancel_asked_at, found.nudged_at)


def test_a_wish_that_was_known_before_the_claim_is_not_due_again(store: Store) -> None:
    store.add_operation(operation(id="x", due_at=NOW + 900))
    store.ask_cancel("x", NOW - 1)
    store.nudge("x", NOW - 1)
    (op,) = store.claim_operations(NOW, 1)
    answer = replace(op, due_at=NOW + 600, claims=0)
    store.save_operations([Change(op, answer)], owe_none, at(NOW + 2))
    assert read(store, op).due_at == NOW + 600


def test_an_answer_that_closes_the_row_wins_over_a_wish(store: Store) -> None:
    op = claimed(store)
    store.ask_cancel(op.id, NOW + 1)
    assert store.save_operations([Change(op, closed(op))], owe_none, at(NOW + 2)) == [True]
    found = read(store, op)
    assert (found.status, found.due_at) == (Status.SUCCEEDED, None)
    assert found.cancel_asked_at == NOW + 1


def read(store: Store, op: Operation) -> Operation:
    found = store.get_operation(op.id)
    assert found is not None
    return found
