"""How do many writers share one commit? Knows transactions, but no tables and no queries."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

LOOK = 0.001  # seconds between two looks for another job, where more came the last time;
LOOKS = 3  # not get(timeout): SimpleQueue's may hang for ever when a signal comes
MOST = 256  # jobs in one transaction: bounds how long the first of them waits
TRIES = 3  # of a job alone, when PostgreSQL chose it as the victim of a deadlock
DEADLOCK = "40P01"


class NotBegun(Exception):
    """No transaction could be begun: the database is away, or locked for too long."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Entry:
    """A job in the queue, and what became of it. A bare lock: this is done for every order, and
    a Future costs ten times as much."""

    __slots__ = ("_done", "error", "job", "value")

    def __init__(self, job: Callable[[Connection], Any]) -> None:
        self.job = job
        self.value: Any = None
        self.error: BaseException | None = None
        self._done = Lock()
        self._done.acquire()

    def end(self, value: Any = None, error: BaseException | None = None) -> None:
        """Wakes who waits; once."""
        self.value, self.error = value, error
        self._done.release()

    def wait(self) -> Any:
        """What the job returned; what it raised is raised here."""
        self._done.acquire()
        if self.error is not None:
            raise self.error
        return self.value


class Writer:
    """One thread that runs all queued jobs in one transaction: a commit is a wait for the
    disk, and many can wait for the same one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: SimpleQueue[Entry | None] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._closed = False
        self._usual = 1  # jobs in the last batch

    def run(self, job: Callable[[Connection], T]) -> T:
        """What the job returned, once it is durable; what it raised is raised here.

        A job may be run more than once (never committed more than once), so it must do
        nothing but SQL.
        """
        entry = Entry(job)
        with self._lock:
            if self._closed:
                raise RuntimeError("the store is closed")
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="store-writer", daemon=True)
                self._thread.start()
            self._queue.put(entry)
        value: T = entry.wait()
        return value

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
        entry, batch, looks = self._queue.get(), list[Entry](), 0
        while entry is not None:
            batch.append(entry)
            while self._queue.empty() and len(batch) < self._usual and looks < LOOKS:
                looks += 1
                time.sleep(LOOK)
            if self._queue.empty() or len(batch) == MOST:
                self._usual = len(batch)
                return batch
            entry = self._queue.get()  # there is one, and nobody else takes any
        self._queue.put(None)  # seen too early: the jobs before it come first
        return batch

    def _commit(self, batch: list[Entry]) -> None:
        try:
            values = self._transact(batch)
        except NotBegun as error:
            for entry in batch:  # alone, each would wait as long again
                entry.end(error=error.reason)
            return
        except BaseException:
            # Whose fault it was does not matter: alone, each job meets only its own.
            for entry in batch:
                self._alone(entry)
            return
        for entry, value in zip(batch, values, strict=True):
            entry.end(value)

    def _alone(self, entry: Entry) -> None:
        for left in reversed(range(TRIES)):
            try:
                value = self._transact([entry])[0]
            except NotBegun as error:
                entry.end(error=error.reason)
            except BaseException as error:
                if left and is_deadlock(error):
                    continue
                entry.end(error=error)
            else:
                entry.end(value)
            return

    def _transact(self, batch: list[Entry]) -> list[Any]:
        with ExitStack() as transaction:
            try:
                connection = transaction.enter_context(self._engine.begin())
            except BaseException as error:
                raise NotBegun(error) from error
            return [entry.job(connection) for entry in batch]


def is_deadlock(error: BaseException) -> bool:
    """PostgreSQL ended this transaction because two waited for each other."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == DEADLOCK
