"""Which operations are there?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import pytest

from connector.core.model import (
    Delivery,
    Move,
    Operation,
    Status,
    StoredFile,
    Subscription,
)
from connector.store import Store, tables
from tests.store.values import NOW, closed, file, operation, subscription


@pytest.mark.parametrize(
    ("table", "value"),
    [
        (tables.operations, Operation),
        (tables.subscriptions, Subscription),
        (tables.deliveries, Delivery),
        (tables.files, StoredFile),
    ],
)
def test_a_values_table_has_its_fields_in_their_order(table: Any, value: Any) -> None:
    assert [column.name for column in table.columns] == [field.name for field in fields(value)]


def test_an_operation_comes_back_as_it_was_added(store: Store) -> None:
    op = operation(
        key="k", client_ref="ref", credential="enc", note="waiting", facts={"job": "j", "n": 2**70}
    )
    assert store.add_operation(op) == op
    assert store.get_operation(op.id) == op


def test_text_that_no_database_takes_is_made_storable(store: Store) -> None:
    op = operation(note="a\0b\ud800", facts={"text": "a\0b\ud800"})
    store.add_operation(op)
    found = store.get_operation(op.id)
    assert found is not None
    assert found.note == "ab?"
    assert found.facts == op.facts
    assert store.get_operation("no\0such\ud800id") is None


def test_its_history_begins_with_it(store: Store) -> None:
    op = store.add_operation(operation())
    assert store.history(op.id) == [Move(op.id, NOW, Status.PENDING, None)]


def test_its_files_and_its_callback_are_written_with_it(store: Store) -> None:
    op, sub, one = operation(), subscription(), file()
    sub = replace(sub, operation_id=op.id)
    store.add_operation(op, [one], sub)
    assert store.files_of(op.id) == [replace(one, operation_id=op.id)]
    assert store.get_subscription(sub.id) == sub


def test_another_owners_operation_is_not_there(store: Store) -> None:
    op = store.add_operation(operation())
    assert store.get_operation(op.id, "ann") == op
    assert store.get_operation(op.id, "bob") is None


def test_a_key_that_is_taken_returns_who_has_it_and_writes_nothing(store: Store) -> None:
    first = store.add_operation(operation(key="k"))
    second, one = operation(key="k"), file()
    sub = subscription(operation_id=second.id)
    assert store.add_operation(second, [one], sub) == first
    assert store.get_operation(second.id) is None
    assert store.get_file(one.id) is None
    assert store.get_subscription(sub.id) is None
    assert store.history(second.id) == []


def test_a_key_is_of_one_owner_on_one_platform(store: Store) -> None:
    ops = [
        store.add_operation(operation(key="k")),
        store.add_operation(operation(key="k", owner="bob")),
        store.add_operation(operation(key="k", platform="zapier")),
    ]
    assert store.find_by_key("ann", "rest", "k") == ops[0]
    assert store.find_by_key("bob", "rest", "k") == ops[1]
    assert store.find_by_key("ann", "zapier", "k") == ops[2]
    assert store.find_by_key("bob", "zapier", "k") is None


def test_operations_without_a_key_are_never_the_same(store: Store) -> None:
    first, second = (store.add_operation(operation()) for _ in range(2))
    assert store.list_operations("ann") == [second, first]


def test_of_many_who_bring_the_same_key_at_once_one_is_written(store: Store, other: Store) -> None:
    tries = [operation(key="k") for _ in range(8)]
    stores = [store, other] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda s, op: s.add_operation(op).id, stores, tries))
    assert len(set(answers)) == 1
    assert [op.id for op in store.list_operations("ann")] == [answers[0]]


def test_adding_the_same_operation_again_is_no_second_one(store: Store) -> None:
    op = store.add_operation(operation())
    assert store.add_operation(op) == op
    assert len(store.history(op.id)) == 1


def test_one_read_tells_the_keys_owner_and_the_operation(store: Store) -> None:
    store.add_key("key-1", "hash", "ann", "label", NOW)
    mine = store.add_operation(operation())
    theirs = store.add_operation(operation(owner="bob"))
    assert store.read_for_key("hash", mine.id) == ("ann", mine)
    assert store.read_for_key("hash", theirs.id) == ("ann", None)
    assert store.read_for_key("hash", "nothing") == ("ann", None)
    assert store.read_for_key("other", mine.id) == (None, None)
    store.revoke_key("key-1", NOW)
    assert store.read_for_key("hash", mine.id) == (None, None)


def test_lists_are_newest_first_and_page_by_time_and_id(store: Store) -> None:
    ops = [
        store.add_operation(operation(id=f"x{n}", created_at=NOW + n // 2)) for n in (3, 1, 0, 2)
    ]
    newest = sorted(ops, key=lambda op: (op.created_at, op.id), reverse=True)
    assert store.list_operations("ann") == newest
    page = store.list_operations("ann", limit=3)
    rest = store.list_operations("ann", limit=3, before=(page[-1].created_at, page[-1].id))
    assert page + rest == newest
    assert store.list_operations("ann", limit=3, offset=3) == rest
    assert store.list_operations("ann", limit=1, offset=2) == page[2:]
    assert store.list_operations("ann", offset=4) == []
    assert store.list_operations("bob") == []


def test_lists_are_narrowed_by_what_is_asked(store: Store) -> None:
    one = store.add_operation(operation(provider="other"))
    two = store.add_operation(operation(action="split", created_at=NOW + 1))
    three = store.add_operation(closed(operation(created_at=NOW + 2, client_ref="row 7")))
    assert store.list_operations("ann", provider="other") == [one]
    assert store.list_operations("ann", client_ref="row 7") == [three]
    assert store.list_operations("ann", client_ref="row") == []
    assert store.list_operations("ann", action="split") == [two]
    assert store.list_operations("ann", statuses=[Status.SUCCEEDED, Status.FAILED]) == [three]
    assert store.list_operations("ann", since=NOW + 1) == [three, two]


def test_closed_lists_go_by_the_time_of_finishing(store: Store) -> None:
    late = store.add_operation(closed(operation(), finished_at=NOW + 9))
    soon = store.add_operation(closed(operation(created_at=NOW + 1), finished_at=NOW + 7))
    store.add_operation(operation())
    assert store.list_operations("ann", by="finished_at") == [late, soon]
    assert store.list_operations("ann", by="finished_at", since=NOW + 8) == [late]
    assert store.list_operations("ann", by="finished_at", before=(NOW + 9, late.id)) == [soon]
    with pytest.raises(KeyError):
        store.list_operations("ann", by="due_at")


def test_forgetting_keeps_the_error_and_drops_input_result_and_files(store: Store) -> None:
    op = closed(operation(), Status.FAILED, facts={"result": 1, "error": {"code": "x"}, "job": "j"})
    kept = file()
    first, second = file(), file()
    store.add_operation(op, [first, second])
    store.add_files([kept])
    assert set(store.forget(op.id, NOW + 9)) == {first.id, second.id}
    facts = {"error": {"code": "x"}, "job": "j"}
    assert store.get_operation(op.id) == replace(op, input={}, facts=facts, forgotten_at=NOW + 9)
    assert store.known_files([first.id, second.id, kept.id]) == {kept.id}
    assert store.forget(op.id, NOW + 10) == []


def test_an_open_operation_is_not_forgotten(store: Store) -> None:
    op = store.add_operation(operation(), [file()])
    assert store.forget(op.id, NOW) == []
    assert store.get_operation(op.id) == op
    assert len(store.files_of(op.id)) == 1
