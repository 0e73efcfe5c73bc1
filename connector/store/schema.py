"""Is the schema up to date, and how does it get there? The changes lie in ``migrations``.

Alembic is loaded only where something is to be done: it takes longer than all of SQLAlchemy.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from connector.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 7_236_101_944  # any number, as long as every process names the same one


def migrate(database: Database) -> None:
    """Bring the schema to head, in one transaction; who comes second waits and finds it done."""
    if at_head(database):
        return
    from alembic import command

    with database.engine.begin() as connection:
        # On SQLite the transaction itself is the lock: it began with BEGIN IMMEDIATE.
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        command.upgrade(configuration(connection), "head")


def at_head(database: Database) -> bool:
    """True when the database answers and its schema is the one this program knows."""
    try:
        found = database.read(text("SELECT version_num FROM alembic_version"))
    except Exception:  # whatever stands in the way, the answer is no
        return False
    return [row.version_num for row in found] == [head()]


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file: they must work from inside an installed wheel."""
    from alembic.config import Config

    config = Config()
    # A percent sign in a path would be read as an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def head() -> str:
    """The newest revision: files are named ``r`` and their revision, which counts up."""
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("r*.py"))
    return newest[1:].partition("_")[0]
