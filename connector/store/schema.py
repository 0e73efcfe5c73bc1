"""Is the schema up to date, and how does it get there? The changes lie in ``migrations``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from connector.store.database import Database

LOCK = 7_236_101_944  # any number, as long as every process names the same one


def migrate(database: Database) -> None:
    """Bring the schema to head, in one transaction; who comes second waits and finds it done."""
    with database.engine.begin() as connection:
        # On SQLite the transaction itself is the lock: it began with BEGIN IMMEDIATE.
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        command.upgrade(configuration(connection), "head")


def at_head(database: Database) -> bool:
    """True when the database answers and its schema is the one this program knows."""
    try:
        with database.reader.connect() as connection:
            heads = MigrationContext.configure(connection).get_current_heads()
    except Exception:  # whatever stands in the way, the answer is no
        return False
    return heads == known_heads()


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file: they must work from inside an installed wheel."""
    config = Config()
    # A percent sign in a path would be read as an interpolation.
    folder = str(Path(__file__).with_name("migrations")).replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.attributes["connection"] = connection
    return config


@cache
def known_heads() -> tuple[str, ...]:
    """The newest revision, as a tuple of one."""
    return tuple(ScriptDirectory.from_config(configuration()).get_heads())
