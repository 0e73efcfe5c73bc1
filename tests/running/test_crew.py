"""Threads work through a queue of rows, whatever the database and the rows do meanwhile."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from connector import crew
from connector.crew import Crew
from tests.living import living

Row = tuple[str, int]


class Rows:
    """A queue of rows in memory, and what became of them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.waiting = list(rows)
        self.saved: list[Row] = []
        self.asked: list[tuple[int, tuple[str, ...]]] = []
        self.away = False

    def turn(self, done: Sequence[Row], free: int, skip: Sequence[str]) -> list[Row]:
        """Saves and claims, as the engine does; raises while it is away."""
        if self.away:
            raise ConnectionError("the database is away")
        self.asked.append((free, tuple(skip)))
        self.saved += done
        claimed = [row for row in self.waiting if row[0] not in skip][:free]
        self.waiting = [row for row in self.waiting if row not in claimed]
        return claimed


class Slow:
    """A deed that takes its time; how many were in flight at most, by lane."""

    def __init__(self, seconds: float = 0.02) -> None:
        self.seconds = seconds
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._lock = threading.Lock()

    def do(self, row: Row) -> Row:
        """Take a while."""
        with self._lock:
            self._now[row[0]] += 1
            self.most[row[0]] = max(self.most[row[0]], self._now[row[0]])
        time.sleep(self.seconds)
        with self._lock:
            self._now[row[0]] -= 1
        return row


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "TROUBLE", 0.05)


@contextmanager
def at_work(
    rows: Rows, do: Callable[[Row], Row | None], threads: int = 4, most: int = 4
) -> Iterator[Crew[Row, Row]]:
    """A crew at work; it is stopped in the end, and must then come to rest."""
    working: Crew[Row, Row] = Crew("crew", threads, rows.turn, do, lambda row: row[0], most)
    thread = threading.Thread(target=working.run)
    thread.start()
    try:
        yield working
    finally:
        rows.away = False
        working.stop()
        thread.join(timeout=10)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not true():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.005)


def test_every_row_is_done_once_and_saved_once() -> None:
    given = [("a", n) for n in range(30)] + [("b", n) for n in range(30)]
    rows = Rows(given)
    with at_work(rows, Slow(0.001).do):
        until(lambda: len(rows.saved) >= len(given))
    assert sorted(rows.saved) == given


def test_no_lane_holds_more_threads_than_it_may() -> None:
    rows, slow = Rows([("slow", n) for n in range(12)] + [("other", n) for n in range(4)]), Slow()
    with at_work(rows, slow.do, threads=4, most=2):
        until(lambda: len(rows.saved) == 16)
    assert slow.most == {"slow": 2, "other": 2}


def test_never_more_rows_are_claimed_than_threads_are_free() -> None:
    rows, slow = Rows([(f"lane {n}", n) for n in range(40)]), Slow()
    with at_work(rows, slow.do, threads=3, most=3):
        until(lambda: len(rows.saved) == 40)
    assert max(free for free, _ in rows.asked) == 3


def test_who_is_stopped_saves_what_is_in_flight_and_claims_no_more() -> None:
    rows = Rows([("a", n) for n in range(10)])
    with at_work(rows, Slow(0.2).do) as working:
        until(lambda: len(rows.waiting) == 6)
        working.stop()
    assert len(rows.saved) == 4
    assert len(rows.waiting) == 6


def test_a_row_with_nothing_to_save_frees_its_thread() -> None:
    rows = Rows([("a", n) for n in range(9)])
    with at_work(rows, lambda row: row if row[1] % 2 else None, threads=2, most=2):
        until(lambda: len(rows.saved) == 4)
    assert sorted(rows.saved) == [("a", 1), ("a", 3), ("a", 5), ("a", 7)]
    assert not rows.waiting


def test_what_ends_while_the_database_is_away_is_saved_once_it_is_back() -> None:
    rows = Rows([("a", n) for n in range(4)])
    with at_work(rows, Slow(0.1).do):
        until(lambda: not rows.waiting)
        rows.away = True
        time.sleep(0.3)
        assert rows.saved == []
        rows.away = False
        until(lambda: len(rows.saved) == 4)
    assert Counter(rows.saved).most_common(1)[0][1] == 1


def test_a_database_that_is_away_at_the_end_is_waited_for_without_haste(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows, tries = Rows([("a", 1)]), []
    monkeypatch.setattr(crew.log, "exception", lambda *_: tries.append(1))
    with at_work(rows, Slow(0.05).do) as working:
        until(lambda: not rows.waiting)
        rows.away = True
        working.stop()
        time.sleep(0.5)
        assert 1 <= len(tries) <= 12
    assert rows.saved == [("a", 1)]


def test_an_answer_heard_while_the_database_is_away_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with living(tmp_path) as here:
        store, away = here.engine.parts.store, threading.Event()
        turn = store.turn

        def failing(*arguments: object) -> object:
            if away.is_set():
                raise ConnectionError("the database is away")
            return turn(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(store, "turn", failing)
        here.misbehave("submit:delay=0.3")
        id = here.order(data={"wait": "0"}).json()["id"]
        until(lambda: here.engine.get(id, None).claims == 1)
        away.set()
        until(lambda: len(here.log()["orders"]) == 1)
        time.sleep(0.3)
        assert here.engine.get(id, None).next_call == "submit"

        away.clear()

        until(lambda: here.engine.get(id, None).next_call == "check_status")
        assert len(here.log()["orders"]) == 1
