"""Which tables, columns and indexes are there? No queries here.

The columns of a value's table are its fields, in the same order and under the same names, so
that ``Operation(*row)`` is all it takes to read one. Times are seconds since the epoch.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
)

from connector.store.columns import Json, Word, WordList, Words

metadata = MetaData()

operations = Table(
    "operations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("provider", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("platform", Words, nullable=False),
    Column("input", Json, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("deadline_at", Double, nullable=False),
    Column("next_call", Words),
    Column("due_at", Double),
    Column("key", Words),
    Column("fingerprint", Words, nullable=False),
    Column("client_ref", Words),
    Column("credential", Words),
    Column("status", Word, nullable=False),
    Column("facts", Json, nullable=False),
    Column("note", Words),
    Column("claims", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("denials", Integer, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("lease", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("finished_at", Double),
    Column("cancel_asked_at", Double),
    Column("cancel_sent_at", Double),
    Column("nudged_at", Double),
    Column("forgotten_at", Double),
    Column("revision", Integer, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("platform", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("statuses", WordList),
    Column("provider", Words),
    Column("action", Words),
    Column("operation_id", Words, ForeignKey("operations.id", ondelete="CASCADE")),
    Column("secret", Words),
    Column("created_at", Double, nullable=False),
    Column("not_before", Double, nullable=False),
    Column("expires_at", Double),
    Column("lane", Words, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Words, primary_key=True),
    # No foreign key: the record of what was sent outlives the subscription.
    Column("subscription_id", Words, nullable=False),
    Column("operation_id", Words, ForeignKey("operations.id", ondelete="CASCADE"), nullable=False),
    Column("status", Word, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("due_at", Double),
    Column("claims", Integer, nullable=False),
    Column("note", Words),
    Column("revision", Integer, nullable=False),
    Column("lane", Words, nullable=False),
)

moves = Table(
    "moves",
    metadata,
    Column("operation_id", Words, ForeignKey("operations.id", ondelete="CASCADE"), nullable=False),
    Column("at", Double, nullable=False),
    Column("status", Word, nullable=False),
    Column("note", Words),
    # The order of writing, for moves of the same instant. SQLite counts up only an INTEGER.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
)

files = Table(
    "files",
    metadata,
    Column("id", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("created_at", Double, nullable=False),
    # No foreign key: the row is what knows that there are bytes to remove.
    Column("operation_id", Words),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Words, primary_key=True),
    Column("key_hash", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("revoked_at", Double),
)

secrets = Table(
    "secrets",
    metadata,
    Column("owner", Words, primary_key=True),
    Column("provider", Words, primary_key=True),
    Column("ciphertext", Words, nullable=False),
    Column("updated_at", Double, nullable=False),
)


def index(name: str, *columns: Column[object], where: object = None, unique: bool = False) -> None:
    """An index, over only the rows that ``where`` keeps: what is not in it costs nothing."""
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


op = operations.c
index("operations_by_key", op.owner, op.platform, op.key, where=op.key.is_not(None), unique=True)
# With the lane (here the provider), so that rows of one that has its share are passed over in
# the index.
index("operations_due", op.due_at, op.provider, where=op.due_at.is_not(None))
index("operations_by_creation", op.owner, op.created_at, op.id)
index("operations_by_finish", op.owner, op.finished_at, op.id, where=op.finished_at.is_not(None))
index("operations_by_status", op.provider, op.status)
index(
    "operations_to_forget",
    op.finished_at,
    where=op.finished_at.is_not(None) & op.forgotten_at.is_(None),
)
index("operations_to_delete", op.finished_at, where=op.forgotten_at.is_not(None))
index("subscriptions_by_owner", subscriptions.c.owner, subscriptions.c.operation_id)
index("subscriptions_by_operation", subscriptions.c.operation_id)
index("subscriptions_by_expiry", subscriptions.c.expires_at)
index(
    "deliveries_due",
    *(deliveries.c.due_at, deliveries.c.lane),
    where=deliveries.c.due_at.is_not(None),
)
index("deliveries_by_operation", deliveries.c.operation_id)
index(
    "deliveries_by_subscription",
    deliveries.c.subscription_id,
    where=deliveries.c.due_at.is_not(None),
)
index("moves_by_operation", moves.c.operation_id, moves.c.id)
index("files_by_operation", files.c.operation_id, files.c.created_at)
index("keys_by_hash", keys.c.key_hash, unique=True)
