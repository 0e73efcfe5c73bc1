"""Is what a writer was told really durable, and do jobs keep out of each other's way?"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from connector.store import Store
from connector.store.writer import is_deadlock
from tests.store.values import NOW, operation

ROOT = Path(__file__).parents[2]


def test_many_writers_share_a_commit(store: Store) -> None:
    commits: list[object] = []
    event.listen(store.database.engine, "commit", commits.append)
    with ThreadPoolExecutor(8) as pool:
        busy, release = hold_the_writer(store, pool)
        futures = [pool.submit(store.add_operation, operation()) for _ in range(7)]
        while store.database._writer._queue.qsize() < 7:
            time.sleep(0.001)
        release.set()
        added = {future.result().id for future in futures}
        busy.result()
    assert len(commits) == 2
    assert {op.id for op in store.list_operations("ann")} == added


def test_a_job_that_fails_does_not_hurt_the_others_of_its_batch(store: Store) -> None:
    def bad(connection: Connection) -> None:
        connection.execute(text("DELETE FROM operations"))
        raise LookupError("this one only")

    store.add_operation(operation(id="before"))
    with ThreadPoolExecutor(4) as pool:
        busy, release = hold_the_writer(store, pool)
        good = pool.submit(store.add_operation, operation(id="good"))
        failed = pool.submit(store.database.write, bad)
        while store.database._writer._queue.qsize() < 2:
            time.sleep(0.001)
        release.set()
        assert good.result().id == "good"
        with pytest.raises(LookupError, match="this one only"):
            failed.result()
        busy.result()
    assert {op.id for op in store.list_operations("ann")} == {"before", "good"}


def test_closing_finishes_what_is_queued_and_takes_nothing_more(store: Store, other: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        busy, release = hold_the_writer(store, pool)
        futures = [pool.submit(store.add_operation, operation()) for _ in range(3)]
        while store.database._writer._queue.qsize() < 3:
            time.sleep(0.001)
        closing = pool.submit(store.close)
        release.set()
        closing.result()
        added = {future.result().id for future in futures}
        busy.result()
    assert {op.id for op in other.list_operations("ann")} == added
    with pytest.raises(RuntimeError, match="closed"):
        store.add_operation(operation())
    store.close()


def test_the_victim_of_a_deadlock_is_tried_again(store: Store) -> None:
    class Victim(Exception):
        sqlstate = "40P01"

    tries: list[int] = []

    def job(connection: Connection) -> int:
        tries.append(1)
        if len(tries) < 4:
            raise DBAPIError("UPDATE", {}, Victim())
        return len(tries)

    assert store.database.write(job) == 4
    assert is_deadlock(DBAPIError("UPDATE", {}, Victim()))
    assert not is_deadlock(LookupError())


def test_a_read_survives_a_server_that_dropped_its_connections(store: Store, other: Store) -> None:
    if store.database.is_sqlite:
        pytest.skip("there is no server")
    op = store.add_operation(operation())
    assert store.get_operation(op.id) == op
    with other.database.reader.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert store.get_operation(op.id) == op
    assert store.nudge(op.id, NOW)


ADDS = """
import sys
from connector.store import Store
from tests.store.values import operation
store = Store(sys.argv[1])
for n in range(100_000):
    print(store.add_operation(operation(id=f"{n}")).id, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 23, 60])
def test_what_was_acknowledged_is_there_after_a_kill(store: Store, url: str, lines: int) -> None:
    command = [sys.executable, "-c", ADDS, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline().strip() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        # What it still printed before it died was promised as well; a torn line was not.
        printed += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert len(printed) >= lines
    found = {op.id for op in store.list_operations("ann", limit=100_000)}
    assert set(printed) <= found
    assert all(len(store.history(id)) == 1 for id in found)


def hold_the_writer(store: Store, pool: ThreadPoolExecutor) -> tuple[Any, Event]:
    """Keep the writer inside a job until the event is set, so that a batch gathers."""
    inside, release = Event(), Event()

    def wait(connection: Connection) -> None:
        inside.set()
        release.wait(30)

    busy = pool.submit(store.database.write, wait)
    assert inside.wait(30)
    return busy, release
