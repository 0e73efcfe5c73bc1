"""Whose key is it, and which provider secrets did its owner leave? Knows hashes and
ciphertexts only; hashing and encrypting happen elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    Delete,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from connector.store import tables
from connector.store.rows import Part

key = tables.keys.c
secret = tables.secrets.c

OWNER = select(key.owner).where(key.key_hash == bindparam("hash"), key.revoked_at.is_(None))
SECRET = select(secret.ciphertext).where(
    secret.owner == bindparam("owner"), secret.provider == bindparam("provider")
)


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key as people see it; times in seconds since the epoch."""

    id: str
    owner: str
    label: str
    created_at: float
    revoked_at: float | None = None


class Access(Part):
    """Questions about keys and secrets."""

    def add_key(self, id: str, key_hash: str, owner: str, label: str, now: float) -> None:
        """A new live key of this owner."""
        row = {"id": id, "key_hash": key_hash, "owner": owner, "label": label, "created_at": now}
        self.database.write(lambda connection: connection.execute(insert(tables.keys), [row]))

    def owner_of(self, key_hash: str) -> str | None:
        """The owner of a live key."""
        found = self.database.read_often(OWNER, {"hash": key_hash})
        return found[0][0] if found else None

    def list_keys(self) -> list[Key]:
        """All keys, oldest first, revoked ones too."""
        query = select(key.id, key.owner, key.label, key.created_at, key.revoked_at)
        return [Key(*row) for row in self.database.read(query.order_by(key.created_at, key.id))]

    def revoke_key(self, id: str, now: float) -> bool:
        """End a key. False when there is no live key of this id."""
        live = (key.id == id) & key.revoked_at.is_(None)
        return self._changed(update(tables.keys).where(live).values(revoked_at=now))

    def count_keys(self) -> int:
        """How many keys were ever made, revoked ones too."""
        return int(self.database.read(select(func.count()).select_from(tables.keys))[0][0])

    def set_secret(self, owner: str, provider: str, ciphertext: str, now: float) -> None:
        """The owner's key for this provider, in place of the one before."""
        new = {"ciphertext": ciphertext, "updated_at": now}
        row = {"owner": owner, "provider": provider} | new
        setting = self.database.insert(tables.secrets).on_conflict_do_update(
            index_elements=["owner", "provider"], set_=new
        )
        self.database.write(lambda connection: connection.execute(setting, row))

    def get_secret(self, owner: str, provider: str) -> str | None:
        """The ciphertext, as it was set."""
        found = self.database.read_often(SECRET, {"owner": owner, "provider": provider})
        return found[0][0] if found else None

    def list_secrets(self) -> list[tuple[str, str, float]]:
        """All (owner, provider, updated_at), without the secrets themselves."""
        query = select(secret.owner, secret.provider, secret.updated_at)
        found = self.database.read(query.order_by(secret.owner, secret.provider))
        return [(owner, provider, updated_at) for owner, provider, updated_at in found]

    def remove_secret(self, owner: str, provider: str) -> bool:
        """False when there was none."""
        its = (secret.owner == owner) & (secret.provider == provider)
        return self._changed(delete(tables.secrets).where(its))

    def _changed(self, statement: Update | Delete) -> bool:
        def job(connection: Connection) -> bool:
            return connection.execute(statement).rowcount > 0

        return self.database.write(job)
