"""How do threads work through a queue of due rows? One loop claims and saves, the others do.

Claimed work that ends while the database is away is kept and saved later. Knows neither
operations nor messages: it is given ``turn`` and ``do``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue
from typing import Generic, TypeVar

Row = TypeVar("Row")
Done = TypeVar("Done")

REST = 0.1  # seconds between two looks when nothing is due
TROUBLE = 1.0  # seconds before the database is tried again

log = logging.getLogger(__name__)


class Crew(Generic[Row, Done]):
    """Threads and their foreman.

    ``turn(done, free, skip)`` saves what was done and claims up to ``free`` rows of lanes that
    are not in ``skip``. ``do(row)`` runs in a thread, never raises, and returns None when there
    is nothing to save. No lane holds more than ``most`` threads.
    """

    def __init__(
        self,
        name: str,
        threads: int,
        turn: Callable[[Sequence[Done], int, Sequence[str]], Sequence[Row]],
        do: Callable[[Row], Done | None],
        lane: Callable[[Row], str],
        most: int,
    ) -> None:
        self._turn, self._do, self._lane, self._most = turn, do, lane, most
        self._threads = threads
        self._busy: Counter[str] = Counter()
        self._ended: Queue[tuple[str, Done | None]] = Queue()  # SimpleQueue may hang on a signal
        self._unsaved: list[Done] = []
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(threads, name)

    def stop(self) -> None:
        """Claim no more; what is in flight still ends and is saved."""
        self._stopping.set()

    def run(self) -> None:
        """The foreman's loop; returns after ``stop``, when everything in flight is saved."""
        while self._busy or self._unsaved or not self._stopping.is_set():
            try:
                worked = self._round()
            except Exception:
                log.exception("the database failed a round; trying again")
                time.sleep(TROUBLE)  # also while stopping: it may be away for long
                continue
            if not worked and not self._busy:
                self._stopping.wait(REST)
        self._pool.shutdown()

    def _round(self) -> bool:
        """Saves and claims once; whether anything was done."""
        self._collect()
        stopping = self._stopping.is_set()
        skip = [lane for lane, count in self._busy.items() if count >= self._most]
        room = 0 if stopping else self._room()
        if not self._unsaved and not room:
            return False
        claimed = self._turn(self._unsaved, room, skip)
        worked = bool(self._unsaved or claimed)
        self._unsaved = []
        for row in claimed:
            self._busy[self._lane(row)] += 1
            self._pool.submit(self._one, row)
        return worked

    def _room(self) -> int:
        """How many rows to claim: they may all be of one lane."""
        below = [count for count in self._busy.values() if count < self._most]
        return min(self._threads - self._busy.total(), self._most - max(below, default=0))

    def _collect(self) -> None:
        """Takes in what ended; waits a moment for the first while work is in flight."""
        try:
            ended = self._ended.get(timeout=REST if self._busy else 0.001)
            while True:
                lane, done = ended
                self._busy[lane] -= 1
                if not self._busy[lane]:
                    del self._busy[lane]
                if done is not None:
                    self._unsaved.append(done)
                ended = self._ended.get_nowait()
        except Empty:
            return

    def _one(self, row: Row) -> None:
        self._ended.put((self._lane(row), self._do(row)))
