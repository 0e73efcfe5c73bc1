"""Who is told to stop finishes what it has begun, saves it, and ends with status 0."""

from __future__ import annotations

import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.running.grounds import Grounds, grounds, until


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_a_call_in_flight_ends_before_serve_does(tmp_path: Path, word: signal.Signals) -> None:
    with grounds(tmp_path) as here:
        process = here.serve()
        id = in_flight(here)

        process.send_signal(word)

        assert process.wait(timeout=20) == 0
        assert state(here, id) == ("pending", "check_status", 0)
        assert here.orders() == ["slow"]


def test_two_workers_share_the_work_and_one_of_them_may_stop_in_a_call(tmp_path: Path) -> None:
    with grounds(tmp_path, seconds=0.2) as here:
        workers = [here.start("work", "--threads", "8") for _ in range(2)]
        web = here.serve("--no-worker")
        names = [f"order-{number}" for number in range(100)]
        with ThreadPoolExecutor(8) as pool:
            ids = [op["id"] for op in pool.map(here.order, names)]
        assert {op["status"] for op in here.ended(ids).values()} == {"succeeded"}

        workers[0].send_signal(signal.SIGTERM)
        assert workers[0].wait(timeout=20) == 0
        id = in_flight(here)
        workers[1].send_signal(signal.SIGTERM)
        assert workers[1].wait(timeout=20) == 0

        assert state(here, id) == ("pending", "check_status", 0)
        assert Counter(here.orders()) == Counter([*names, "slow"])
        web.send_signal(signal.SIGTERM)
        assert web.wait(timeout=20) == 0


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_who_only_waits_is_answered_before_serve_ends(tmp_path: Path, word: signal.Signals) -> None:
    held = {"CONNECTOR_HOLD_SECONDS": "60"}
    with grounds(tmp_path, seconds=300, **held) as here, ThreadPoolExecutor(4) as pool:
        process = here.serve("--workers", "2")
        id = here.order("slow")["id"]
        path = f"/power-automate/swift/operations/{id}/result"
        asked = [pool.submit(here.call, "GET", path) for _ in range(4)]
        time.sleep(1.5)
        assert not any(each.done() for each in asked)
        told = time.monotonic()

        process.send_signal(word)

        assert process.wait(timeout=30) == 0
        assert time.monotonic() - told < 8
        assert [each.result().status_code for each in asked] == [202] * 4


def in_flight(here: Grounds) -> str:
    """An operation whose submit has just gone out, and takes its time."""
    here.misbehave("submit:delay=2")
    id: str = here.order("slow")["id"]
    until(lambda: state(here, id)[2] == 1)
    time.sleep(0.3)
    return id


def state(here: Grounds, id: str) -> tuple[str, str, int]:
    """Status, next call and claims of an operation, in the database."""
    asked = f"SELECT status, next_call, claims FROM operations WHERE id = '{id}'"
    found: tuple[str, str, int] = here.rows(asked)[0]
    return found
