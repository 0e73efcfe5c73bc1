"""``connector keys|secrets``: who may call, and with which provider keys; on the database."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from connector.cli.show import as_json, err, out, print_json, table
from connector.engine.parts import fresh_id
from connector.platforms import sellershorts
from connector.settings import read_settings
from connector.store import Store
from connector.vault import Vault, hash_key, new_key
from connector.wiring import find_secret_key, load_manifests, make_store


@click.group()
def keys() -> None:
    """Make, list and revoke callers' keys. Each belongs to an owner and is shown once."""


@keys.command("add")
@click.argument("owner", default="default")
@click.option("--label", default="", help="A name to tell it by.")
@as_json
def add_key(owner: str, label: str, json_: bool) -> None:
    """Make a key for OWNER and show it, this once."""
    if not owner.strip():
        raise click.BadParameter("give the owner a name")
    with _store() as store:
        id, key = make_key(store, owner, label)
    if json_:
        print_json({"id": id, "owner": owner, "key": key})
        return
    out.print(f"Key {id} of {owner}; it is not shown again:", highlight=False)
    out.print(key, markup=False, highlight=False, soft_wrap=True)


@keys.command("list")
@as_json
def list_keys(json_: bool) -> None:
    """List keys; they themselves are not stored."""
    with _store() as store:
        found = [
            (k.id, k.owner, k.label, _day(k.created_at), _day(k.revoked_at))
            for k in store.list_keys()
        ]
    columns = ("id", "owner", "label", "created", "revoked")
    if json_:
        print_json([dict(zip(columns, row, strict=True)) for row in found])
    else:
        table(columns, found)


@keys.command("revoke")
@click.argument("id")
def revoke_key(id: str) -> None:
    """End a key at once."""
    with _store() as store:
        done = store.revoke_key(id, time.time())
    if not done:
        err.print(f"There is no live key {id}; 'connector keys list' shows them.", highlight=False)
        sys.exit(1)
    out.print(f"Key {id} is revoked.", highlight=False)


@click.group()
def secrets() -> None:
    """Keep owners' own keys for providers. They are encrypted and never shown."""


@secrets.command("set")
@click.argument("provider")
@click.option("--owner", default="default", show_default=True)
def set_secret(provider: str, owner: str) -> None:
    """Store OWNER's key for PROVIDER; it is read from standard input.

    PROVIDER may be sellershorts too, whose secret goes with callbacks.
    """
    settings = read_settings()
    known = [*load_manifests(settings), sellershorts.NAME]
    if provider not in known:
        raise click.BadParameter(f"there is no provider {provider}; there is: {', '.join(known)}")
    asked = sys.stdin.isatty()
    key = click.prompt("Key", hide_input=True, err=True) if asked else sys.stdin.read()
    if not key.strip():
        raise click.UsageError("nothing came on standard input")
    token = Vault(find_secret_key(settings)).encrypt(key.strip())
    with _store() as store:
        store.set_secret(owner, provider, token, time.time())
    out.print(f"The key of {owner} for {provider} is stored, encrypted.", highlight=False)


@secrets.command("list")
@as_json
def list_secrets(json_: bool) -> None:
    """List which keys are stored, not the keys."""
    with _store() as store:
        found = [(owner, name, _day(at)) for owner, name, at in store.list_secrets()]
    columns = ("owner", "provider", "stored")
    if json_:
        print_json([dict(zip(columns, row, strict=True)) for row in found])
    else:
        table(columns, found)


@secrets.command("remove")
@click.argument("provider")
@click.option("--owner", default="default", show_default=True)
def remove_secret(provider: str, owner: str) -> None:
    """Delete OWNER's key for PROVIDER."""
    with _store() as store:
        done = store.remove_secret(owner, provider)
    out.print("Deleted." if done else "There was none.")


def make_key(store: Store, owner: str, label: str) -> tuple[str, str]:
    """A new key: its id, and itself, which nobody can read again."""
    now = time.time()
    id, key = fresh_id(now)[:16], new_key()
    store.add_key(id, hash_key(key), owner, label, now)
    return id, key


@contextmanager
def _store() -> Iterator[Store]:
    store = make_store(read_settings())
    try:
        yield store
    finally:
        store.close()


def _day(moment: float | None) -> str | None:
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
