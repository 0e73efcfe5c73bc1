"""Messages get lanes: what is owed to one host must not hold up what is owed to the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    for table in ("subscriptions", "deliveries"):
        op.add_column(table, sa.Column("lane", sa.Text, nullable=False, server_default=""))
    make_index(["due_at", "lane"])


def downgrade() -> None:
    make_index(["due_at"])
    for table in ("subscriptions", "deliveries"):
        op.drop_column(table, "lane")


def make_index(columns: list[str]) -> None:
    op.drop_index("deliveries_due", "deliveries")
    op.create_index("deliveries_due", "deliveries", columns, sqlite_where=DUE, postgresql_where=DUE)
