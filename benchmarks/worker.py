"""How many polls a second does a worker make, by a bare loop of requests in as many threads?

Both run all the time and are stopped and continued in turn, so that neither is measured while
it starts; the provider counts.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks.figures import Figure, Scale
from benchmarks.running import process, until
from benchmarks.world import World, fill, world
from connector.store import Store

OPEN = 1_000
THREADS = 16
FLOOR = 0.65
SETTLE = 0.5  # seconds that a side runs before it is measured


def run(scale: Scale) -> list[Figure]:
    """One figure, with a thousand operations that are always due."""
    with world() as here, here.providing():
        store = Store(here.url)
        fill(store, OPEN, due_in=0.0)
        store.close()
        base_url = f"http://127.0.0.1:{here.provider}"
        with (
            _paused(here, "connector", "work", "--threads", str(THREADS)) as ours,
            _paused(here, "benchmarks.asker", base_url, str(OPEN), str(THREADS)) as bare,
        ):
            pairs = [
                (_rate(here, ours, scale.seconds), _rate(here, bare, scale.seconds))
                for _ in range(scale.rounds)
            ]
    mine, yardstick = (median(side) for side in zip(*pairs, strict=True))
    what = f"connector work, {OPEN:,} operations open"
    return [Figure(what, "a bare loop of requests", mine, yardstick, "polls/s", FLOOR)]


@contextmanager
def _paused(here: World, *module: str) -> Iterator[int]:
    """A process that has begun to ask, and stands still; its id."""
    before = here.seen()["gets"]
    with process(*module, environment=here.environment()) as running:
        until(lambda: here.seen()["gets"] > before + THREADS, running)
        os.kill(running.pid, signal.SIGSTOP)
        try:
            yield running.pid
        finally:
            os.kill(running.pid, signal.SIGCONT)


def _rate(here: World, pid: int, seconds: float) -> float:
    os.kill(pid, signal.SIGCONT)
    time.sleep(SETTLE)
    before, started = here.seen()["gets"], time.perf_counter()
    time.sleep(seconds)
    after, took = here.seen()["gets"], time.perf_counter() - started
    os.kill(pid, signal.SIGSTOP)
    return (after - before) / took
