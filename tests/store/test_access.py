"""Whose key is it, and which secrets were left?"""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from connector.store import Key, Store
from tests.store.values import NOW


def test_a_live_key_has_an_owner(store: Store) -> None:
    assert store.owner_of("hash") is None
    store.add_key("1", "hash", "ann", "laptop", NOW)
    assert store.owner_of("hash") == "ann"


def test_a_revoked_key_has_none_but_is_listed(store: Store) -> None:
    store.add_key("1", "hash", "ann", "laptop", NOW)
    store.add_key("2", "other", "bob", "phone", NOW + 1)
    assert store.revoke_key("1", NOW + 2)
    assert not store.revoke_key("1", NOW + 3)
    assert not store.revoke_key("nothing", NOW + 3)
    assert store.owner_of("hash") is None
    assert store.count_keys() == 2
    assert store.list_keys() == [
        Key("1", "ann", "laptop", NOW, NOW + 2),
        Key("2", "bob", "phone", NOW + 1),
    ]


def test_a_hash_is_of_one_key(store: Store) -> None:
    store.add_key("1", "hash", "ann", "laptop", NOW)
    with pytest.raises(IntegrityError):
        store.add_key("2", "hash", "bob", "phone", NOW)


def test_a_secret_is_replaced_by_the_next(store: Store) -> None:
    assert store.get_secret("ann", "acme") is None
    store.set_secret("ann", "acme", "one", NOW)
    store.set_secret("ann", "acme", "two", NOW + 1)
    store.set_secret("bob", "acme", "three", NOW + 2)
    assert store.get_secret("ann", "acme") == "two"
    assert store.list_secrets() == [("ann", "acme", NOW + 1), ("bob", "acme", NOW + 2)]


def test_removing_a_secret_twice_is_no_error(store: Store) -> None:
    store.set_secret("ann", "acme", "one", NOW)
    assert not store.remove_secret("bob", "acme")
    assert store.remove_secret("ann", "acme")
    assert not store.remove_secret("ann", "acme")
    assert store.list_secrets() == []
