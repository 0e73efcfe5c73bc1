"""Does the schema get to head, and is head what the queries expect?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from connector.store import Change, Store
from connector.store.schema import configuration, head
from connector.store.tables import metadata
from tests.store.values import NOW, at, closed, operation, owe_all, subscription

ROOT = Path(__file__).parents[2]
MIGRATE = """
import sys
from connector.store import Store
store = Store(sys.argv[1])
store.migrate()
store.close()
"""


def test_the_migrations_lead_to_the_tables(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_partial_indexes_keep_the_same_rows(bare_url: str) -> None:
    """What autogenerate does not compare: the conditions, as the database wrote them down."""
    store = Store(bare_url)
    store.migrate()
    by_migrations = conditions(store)
    with store.database.engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert conditions(store) == by_migrations
    store.close()


def test_migrations_lead_back_as_well(bare_url: str) -> None:
    store = Store(bare_url)
    store.migrate()
    with store.database.engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    store.close()


def test_messages_from_before_there_were_lanes_are_still_owed(bare_url: str) -> None:
    store = Store(bare_url)
    store.migrate()
    op, sub = store.add_operation(operation()), subscription()
    store.add_subscription(sub)
    store.save_operations([Change(op, closed(op))], owe_all, at(NOW))
    with store.database.engine.begin() as connection:
        command.downgrade(configuration(connection), "0001")
        command.upgrade(configuration(connection), "head")
    (owed,) = store.claim_deliveries(NOW, 9, 30.0, {"a host"})
    assert (owed.subscription_id, owed.lane) == (sub.id, "")
    assert store.get_subscription(sub.id) == sub
    store.close()


def test_a_store_is_ready_once_it_is_migrated(bare_url: str) -> None:
    store = Store(bare_url)
    assert not store.ready()
    store.migrate()
    assert store.ready()
    store.migrate()
    assert store.ready()
    store.close()


def test_the_newest_file_holds_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [head()]


def test_a_schema_of_another_program_is_not_ready(bare_url: str) -> None:
    store = Store(bare_url)
    store.migrate()
    with store.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
    assert not store.ready()
    store.close()


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:9/nothing", "sqlite:////proc/nowhere/store.db"]
)
def test_a_database_that_cannot_be_reached_is_not_ready(url: str) -> None:
    store = Store(url)
    assert not store.ready()
    store.close()


def test_processes_may_migrate_at_once(bare_url: str) -> None:
    command_line = [sys.executable, "-W", "error", "-c", MIGRATE, bare_url]
    running = [
        subprocess.Popen(command_line, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    complaints = [process.communicate()[1] for process in running]
    assert complaints == [""] * 3
    store = Store(bare_url)
    assert store.ready()
    assert store.add_operation(operation()).revision == 0
    store.close()


def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/folder/store.db")
    for engine in (store.database.engine, store.database.reader):
        with engine.connect() as connection:
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        assert settings == ["wal", 2, 1, 30_000]
    store.close()


def conditions(store: Store) -> set[tuple[str, str]]:
    queries = {
        True: "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        False: "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    with store.database.reader.connect() as connection:
        found = connection.execute(text(queries[store.database.is_sqlite])).all()
    return {
        (name, " ".join(definition.split()).replace('"', ""))
        for name, definition in found
        if "alembic" not in name
    }
