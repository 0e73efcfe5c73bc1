"""Processes are killed in the middle of everything: nothing is lost, nothing is ordered twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.running.grounds import Grounds, children, gone, grounds, until, web_of, worker_of

MANY = 50
SLOW = ("submit:delay=0.6", "get_result:delay=0.6")


def test_the_whole_group_dies_with_the_parent_and_every_operation_ends(tmp_path: Path) -> None:
    with grounds(tmp_path, seconds=1.0) as here:
        process = here.serve()
        ids = in_every_phase(here)
        group = [process.pid, *children(process.pid)]

        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: all(map(gone, group)), patience=2.0)

        here.serve()
        everything_ends_once(here, ids)


def test_without_its_worker_serve_ends_and_every_operation_ends_after_a_restart(
    tmp_path: Path,
) -> None:
    with grounds(tmp_path, seconds=1.0) as here:
        process = here.serve()
        ids = in_every_phase(here)
        group = children(process.pid)

        os.kill(worker_of(process), signal.SIGKILL)

        assert process.wait(timeout=10) == 1  # half a service would only look alive
        until(lambda: all(map(gone, group)), patience=2.0)
        assert "the worker ended with -9" in here.said()
        here.serve()
        everything_ends_once(here, ids)


def test_a_web_process_that_dies_comes_back_and_the_worker_goes_on(tmp_path: Path) -> None:
    with grounds(tmp_path, seconds=1.0) as here:
        process = here.serve()
        ids = in_every_phase(here)
        worker, web = worker_of(process), web_of(process)

        os.kill(web, signal.SIGKILL)

        until(lambda: gone(web) and here.answers())
        assert not gone(worker)
        assert {op["status"] for op in here.ended(ids).values()} == {"succeeded"}
        assert Counter(here.orders()) == Counter(aliases())


def in_every_phase(here: Grounds) -> list[str]:
    """Orders many and waits until some are being submitted, some polled, some fetched."""
    here.misbehave(*SLOW)
    with ThreadPoolExecutor(8) as pool:
        ids = [op["id"] for op in pool.map(here.order, aliases())]
    asked = "SELECT DISTINCT next_call FROM operations WHERE claims > 0"
    until(lambda: {"submit", "get_result"} <= {call for (call,) in here.rows(asked)})
    assert here.seen("check_status")
    return ids


def everything_ends_once(here: Grounds, ids: list[str]) -> None:
    """Only what was being submitted when the power went may end unheard."""
    open_submits = "SELECT id FROM operations WHERE next_call = 'submit' AND claims > 0"
    in_doubt = {id for (id,) in here.rows(open_submits)}
    here.misbehave()
    here.let_leases_pass()
    for id, op in here.ended(ids).items():
        cut_short = op["status"] == "failed" and op["error"]["code"] == "cut_short"
        assert op["status"] == "succeeded" or (cut_short and id in in_doubt), op
    orders = Counter(here.orders())
    assert max(orders.values()) == 1
    assert len(orders) >= len(ids) - len(in_doubt)


def aliases(count: int = MANY) -> list[str]:
    """A name for each order."""
    return [f"order-{number}" for number in range(count)]
