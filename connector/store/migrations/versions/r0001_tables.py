"""What was the first schema? As it was then: never reads the tables of today."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    make_operations()
    make_subscriptions()
    make_deliveries()
    make_moves()
    make_files()
    make_access()


def downgrade() -> None:
    for table in ("secrets", "keys", "files", "moves", "deliveries", "subscriptions", "operations"):
        op.drop_table(table)


def make_operations() -> None:
    op.create_table(
        "operations",
        text("id", primary_key=True),
        *map(text, ("owner", "provider", "action", "platform", "input")),
        *map(time, ("created_at", "deadline_at")),
        maybe_text("next_call"),
        maybe_time("due_at"),
        maybe_text("key"),
        text("fingerprint"),
        *map(maybe_text, ("client_ref", "credential")),
        *map(text, ("status", "facts")),
        maybe_text("note"),
        *map(count, ("claims", "misses", "lost", "denials", "polls")),
        *map(time, ("lease", "updated_at")),
        *map(maybe_time, ("finished_at", "cancel_asked_at", "cancel_sent_at")),
        *map(maybe_time, ("nudged_at", "forgotten_at")),
        count("revision"),
    )
    index("by_key", "operations", ["owner", "platform", "key"], "key IS NOT NULL", unique=True)
    index("due", "operations", ["due_at", "provider"], "due_at IS NOT NULL")
    index("by_creation", "operations", ["owner", "created_at", "id"])
    index("by_finish", "operations", ["owner", "finished_at", "id"], "finished_at IS NOT NULL")
    index("by_status", "operations", ["provider", "status"])
    unforgotten = "finished_at IS NOT NULL AND forgotten_at IS NULL"
    index("to_forget", "operations", ["finished_at"], unforgotten)
    index("to_delete", "operations", ["finished_at"], "forgotten_at IS NOT NULL")


def make_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        text("id", primary_key=True),
        *map(text, ("owner", "platform", "target")),
        *map(maybe_text, ("statuses", "provider", "action")),
        of_operation(nullable=True),
        maybe_text("secret"),
        *map(time, ("created_at", "not_before")),
        maybe_time("expires_at"),
    )
    index("by_owner", "subscriptions", ["owner", "operation_id"])
    index("by_operation", "subscriptions", ["operation_id"])
    index("by_expiry", "subscriptions", ["expires_at"])


def make_deliveries() -> None:
    op.create_table(
        "deliveries",
        text("id", primary_key=True),
        text("subscription_id"),
        of_operation(),
        text("status"),
        time("created_at"),
        maybe_time("due_at"),
        count("claims"),
        maybe_text("note"),
        count("revision"),
    )
    index("due", "deliveries", ["due_at"], "due_at IS NOT NULL")
    index("by_operation", "deliveries", ["operation_id"])
    index("by_subscription", "deliveries", ["subscription_id"], "due_at IS NOT NULL")


def make_moves() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "moves",
        of_operation(),
        time("at"),
        text("status"),
        maybe_text("note"),
        sa.Column("id", number, primary_key=True),
    )
    index("by_operation", "moves", ["operation_id", "id"])


def make_files() -> None:
    op.create_table(
        "files",
        text("id", primary_key=True),
        *map(text, ("owner", "name", "type")),
        sa.Column("size", sa.BigInteger, nullable=False),
        text("sha256"),
        time("created_at"),
        maybe_text("operation_id"),
    )
    index("by_operation", "files", ["operation_id", "created_at"])


def make_access() -> None:
    op.create_table(
        "keys",
        text("id", primary_key=True),
        *map(text, ("key_hash", "owner", "label")),
        time("created_at"),
        maybe_time("revoked_at"),
    )
    index("by_hash", "keys", ["key_hash"], unique=True)
    op.create_table(
        "secrets",
        text("owner", primary_key=True),
        text("provider", primary_key=True),
        text("ciphertext"),
        time("updated_at"),
    )


def text(name: str, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=primary_key, nullable=False)


def maybe_text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text)


def time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False)


def maybe_time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double)


def count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def of_operation(nullable: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey("operations.id", ondelete="CASCADE")
    return sa.Column("operation_id", sa.Text, reference, nullable=nullable)


def index(
    name: str, table: str, columns: list[str], where: str | None = None, unique: bool = False
) -> None:
    kept = None if where is None else sa.text(where)
    op.create_index(
        f"{table}_{name}",
        table,
        columns,
        unique=unique,
        sqlite_where=kept,
        postgresql_where=kept,
    )
