"""How do many writers share one commit? Knows transactions, but no tables and no queries."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
Entry = tuple[Callable[[Connection], Any], "Future[Any]"]

LINGER = 0.003  # seconds to wait for another job, where more came together the last time
MOST = 256  # jobs in one transaction: bounds how long the first of them waits
TRIES = 3  # of a job alone, when PostgreSQL chose it as the victim of a deadlock
DEADLOCK = "40P01"


class NotBegun(Exception):
    """No transaction could be begun: the database is away, or locked for too long."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Writer:
    """One thread that runs all queued jobs in one transaction: a commit is a wait for the
    disk, and many can wait for the same one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: Queue[Entry | None] = Queue()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._closed = False
        self._usual = 1  # jobs in the last batch

    def run(self, job: Callable[[Connection], T]) -> T:
        """What the job returned, once it is durable; what it raised is raised here.

        A job may be run more than once (never committed more than once), so it must do
        nothing but SQL.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the store is closed")
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="store-writer", daemon=True)
                self._thread.start()
            self._queue.put((job, future))
        return future.result()

    def close(self) -> None:
        """Finish what is queued, take nothing more."""
        with self._lock:
            self._closed = True
            self._queue.put(None)
            thread = self._thread
        if thread is not None:
            thread.join()

    def _serve(self) -> None:
        while batch := self._next_batch():
            self._commit(batch)

    def _next_batch(self) -> list[Entry]:
        """All that is queued by now, at least one; nothing only at the end. While there are
        fewer than the last time, whoever comes a moment later may come along."""
        entry = self._queue.get()
        batch: list[Entry] = []
        while entry is not None:
            batch.append(entry)
            if len(batch) == MOST:
                return batch
            try:
                entry = self._queue.get(len(batch) < self._usual, LINGER)
            except Empty:
                self._usual = len(batch)
                return batch
        self._queue.put(None)  # seen too early: the jobs before it come first
        return batch

    def _commit(self, batch: list[Entry]) -> None:
        try:
            results = self._transact([job for job, _ in batch])
        except NotBegun as error:
            for _, future in batch:  # alone, each would wait as long again
                future.set_exception(error.reason)
            return
        except BaseException:
            # Whose fault it was does not matter: alone, each job meets only its own.
            for job, future in batch:
                self._alone(job, future)
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)

    def _alone(self, job: Callable[[Connection], Any], future: Future[Any]) -> None:
        for left in reversed(range(TRIES)):
            try:
                result = self._transact([job])[0]
            except NotBegun as error:
                future.set_exception(error.reason)
            except BaseException as error:
                if left and is_deadlock(error):
                    continue
                future.set_exception(error)
            else:
                future.set_result(result)
            return

    def _transact(self, jobs: list[Callable[[Connection], Any]]) -> list[Any]:
        with ExitStack() as transaction:
            try:
                connection = transaction.enter_context(self._engine.begin())
            except BaseException as error:
                raise NotBegun(error) from error
            return [job(connection) for job in jobs]


def is_deadlock(error: BaseException) -> bool:
    """PostgreSQL ended this transaction because two waited for each other."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == DEADLOCK
