"""How far has one exchange come, and is its time over? Knows sockets, not HTTP."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import socket
import threading
import time
from collections.abc import Iterator


class Ended(Exception):
    """An exchange ends here. The message is ours, short and free of URLs: it becomes
    ``Failure.reason``."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


class Exchange:
    """One question under way. ``timeout`` is in seconds and bounds everything from now on.

    ``sent`` turns True before the first byte may leave; ``over`` when the time ran out and the
    socket was shut; ``fresh`` asks for a connection nobody used before.
    """

    __slots__ = ("_handle", "_lock", "deadline", "fresh", "over", "sent", "timeout")

    def __init__(self, timeout: float, *, fresh: bool = False) -> None:
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.fresh = fresh
        self.sent = False
        self.over = False
        self._handle: socket.socket | None = None
        self._lock = threading.Lock()

    def left(self) -> float:
        """Seconds until the deadline; raises Ended when there are none."""
        seconds = self.deadline - time.monotonic()
        if self.over or seconds <= 0:
            raise self.late()
        return seconds

    def expired(self) -> bool:
        """Whether time is over. The socket's own timeout may say so just before we are cut."""
        return self.over or time.monotonic() >= self.deadline

    def late(self) -> Ended:
        """The error that says that time ran out."""
        return Ended(f"timed out after {self.timeout:g} s")

    def hold(self, sock: socket.socket) -> None:
        """Remember the connection in use, so that ``cut`` can end it from another thread."""
        with self._lock:
            if self._handle is None:
                # A duplicate, because TLS and urllib3 detach and close theirs as they please.
                self._handle = socket.fromfd(sock.fileno(), sock.family, sock.type)
            if self.over:
                shut(self._handle)

    def cut(self) -> None:
        """Time is over: whoever reads or writes on the connection wakes up at its end."""
        with self._lock:
            self.over = True
            if self._handle is not None:
                shut(self._handle)

    def release(self) -> None:
        """Let go of the connection, which may live on for the next exchange."""
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None


def shut(sock: socket.socket) -> None:
    """End both directions; a connection that is already gone is fine."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class Watchdog:
    """Cuts exchanges at their deadline: timeouts of sockets count from byte to byte, so that
    one byte now and then would keep a thread for ever. One daemon thread, started when needed."""

    SPARE = 64
    """Finished exchanges that may stay in the heap before it is swept."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Exchange]] = []
        self._live: set[Exchange] = set()
        self._count = itertools.count()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def guarding(self, exchange: Exchange) -> Iterator[None]:
        """Watch ``exchange`` for the length of the block."""
        self._add(exchange)
        try:
            yield
        finally:
            with self._change:
                self._live.discard(exchange)
            exchange.release()

    def close(self) -> None:
        """Stop watching; the exchanges under way lose their deadline."""
        with self._change:
            self._closed = True
            self._change.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _add(self, exchange: Exchange) -> None:
        with self._change:
            if self._closed:
                raise Ended("the door is closed")
            self._live.add(exchange)
            heapq.heappush(self._due, (exchange.deadline, next(self._count), exchange))
            self._sweep()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif self._due[0][2] is exchange:
                self._change.notify()

    def _sweep(self) -> None:
        if len(self._due) > 2 * len(self._live) + self.SPARE:
            self._due = [entry for entry in self._due if entry[2] in self._live]
            heapq.heapify(self._due)

    def _run(self) -> None:
        with self._change:
            while not self._closed:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is None or wait > 0:
                    self._change.wait(wait)
                    continue
                exchange = heapq.heappop(self._due)[2]
                if exchange in self._live:
                    exchange.cut()
