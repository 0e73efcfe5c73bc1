"""How long is a flow told to wait, and how long may its question wait with us?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from connector.core.model import CLOSED, Operation, Status
from connector.platforms.power_automate.patience import held, retry_after
from tests.service.worlds import Still, still

START = 1_800_000_000.0
MONTH = 30 * 86400.0


def aged(deadline: float) -> Operation:
    """An operation of START with so many seconds until its deadline."""
    return Operation(
        "1", "o", "acme", "read", "power-automate", {}, START, START + deadline, "look", START
    )


seconds = st.floats(0, 2 * MONTH)


@given(seconds, seconds)
def test_retry_after_is_a_whole_number_from_1_to_300(deadline: float, age: float) -> None:
    found = retry_after(aged(deadline), START + age)
    assert type(found) is int
    assert 1 <= found <= 300


@given(seconds, st.lists(seconds, min_size=2))
def test_retry_after_never_shrinks_until_the_deadline_is_near(
    deadline: float, ages: list[float]
) -> None:
    op = aged(deadline)
    ages = sorted(age for age in ages if age + 300 <= deadline)
    found = [retry_after(op, START + age) for age in ages]
    assert found == sorted(found)


@given(seconds, seconds)
def test_nobody_is_sent_past_the_deadline(deadline: float, age: float) -> None:
    op, now = aged(deadline), START + age
    if now < op.deadline_at:
        assert retry_after(op, now) <= max(1, op.deadline_at - now)


@pytest.mark.parametrize(
    ("age", "said"),
    [(-5, 5), (0, 5), (20, 5), (27.9, 6), (60, 15), (1200, 300), (90_000, 300),
     (MONTH - 10.5, 10), (MONTH - 0.5, 1), (MONTH, 5), (MONTH + 400, 100)],
)  # fmt: skip
def test_retry_after_is_a_quarter_of_the_age(age: float, said: int) -> None:
    assert retry_after(aged(MONTH), START + age) == said


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as made:
        yield made


def holding(folder: Path, seconds: float, threads: int = 16) -> Still:
    """A system that holds questions so long, and answers so many at once."""
    environment = {"CONNECTOR_HOLD_SECONDS": str(seconds), "CONNECTOR_THREADS": str(threads)}
    return still(folder, environment)


def ordered(paused: Still) -> Operation:
    """A fresh operation."""
    return paused.system.engine.get(paused.system.order().json()["id"], None)


def hold(pool: ThreadPoolExecutor, paused: Still, op: Operation) -> Future[tuple[Operation, float]]:
    """The operation as it is given back, and when."""
    return pool.submit(lambda: (held(paused.system.site, op), time.monotonic()))


def test_who_is_held_hears_of_the_end_at_once(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    with holding(tmp_path, 20) as paused:
        op = ordered(paused)
        asked = hold(pool, paused, op)
        time.sleep(0.6)
        assert not asked.done()
        paused.finish(op.id)
        closed = time.monotonic()
        found, answered = asked.result(timeout=20)
        assert found.status in CLOSED
        assert answered - closed < 0.5


def test_a_poll_is_held_and_answered_with_the_result(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with holding(tmp_path, 20) as paused:
        answer = paused.system.order("/power-automate/mindee/extraction")
        asked = pool.submit(requests.get, answer.headers["Location"], timeout=30)
        time.sleep(0.6)
        assert not asked.done()
        paused.finish(answer.json()["id"])
        closed = time.monotonic()
        assert asked.result(timeout=20).status_code == 200
        assert time.monotonic() - closed < 1


def test_a_poll_that_was_held_in_vain_says_where_and_when_to_look(tmp_path: Path) -> None:
    with holding(tmp_path, 0.3) as paused:
        url = paused.system.order("/power-automate/mindee/extraction").headers["Location"]
        answer = requests.get(url, timeout=30)
        assert answer.status_code == 202
        assert (answer.headers["Location"], answer.headers["Retry-After"]) == (url, "5")
        assert answer.elapsed.total_seconds() >= 0.3


def test_a_step_forward_is_no_end(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    with holding(tmp_path, 20) as paused:
        paused.system.misbehave("check_status:stuck*60")
        op = ordered(paused)
        asked = hold(pool, paused, op)
        for _ in range(2):
            paused.pass_time(3)
        assert paused.system.engine.get(op.id, None).status == Status.RUNNING
        time.sleep(0.6)
        assert not asked.done()
        paused.system.engine.cancel(op)
        paused.pass_time(3)
        assert asked.result(timeout=20)[0].status in CLOSED


def test_holding_ends_when_the_time_is_over(tmp_path: Path) -> None:
    with holding(tmp_path, 0.4) as paused:
        op, began = ordered(paused), time.monotonic()
        assert held(paused.system.site, op).status not in CLOSED
        assert 0.4 <= time.monotonic() - began < 2


def test_slow_looks_at_the_database_do_not_make_it_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(tmp_path, 0.5) as paused:
        op, store = ordered(paused), type(paused.system.engine.parts.store)
        look = store.get_operation

        def slowly(self: object, *what: object) -> object:
            time.sleep(0.2)
            return look(self, *what)  # type: ignore[arg-type]

        monkeypatch.setattr(store, "get_operation", slowly)
        began = time.monotonic()
        held(paused.system.site, op)
        assert time.monotonic() - began < 1.2


def test_nobody_is_held_unless_the_operator_wants_it(paused: Still) -> None:
    op, began = ordered(paused), time.monotonic()
    assert held(paused.system.site, op) == op
    assert time.monotonic() - began < 0.3


def test_a_closed_operation_is_not_held(tmp_path: Path) -> None:
    with holding(tmp_path, 20) as paused:
        op = ordered(paused)
        paused.finish(op.id)
        op, began = paused.system.engine.get(op.id, None), time.monotonic()
        assert held(paused.system.site, op) == op
        assert time.monotonic() - began < 2


def test_more_than_half_of_the_threads_never_wait(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    with holding(tmp_path, 20, threads=4) as paused:
        op = ordered(paused)
        asked = [hold(pool, paused, op) for _ in range(6)]
        time.sleep(2)
        assert sum(each.done() for each in asked) == 4
        paused.finish(op.id)
        assert sum(each.result(timeout=20)[0].status in CLOSED for each in asked) == 2


def test_places_are_free_again_afterwards(tmp_path: Path) -> None:
    with holding(tmp_path, 0.3, threads=2) as paused:
        op = ordered(paused)
        for _ in range(3):
            began = time.monotonic()
            held(paused.system.site, op)
            assert time.monotonic() - began >= 0.3


def test_a_process_that_is_told_to_stop_lets_everybody_go(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with holding(tmp_path, 20) as paused:
        op = ordered(paused)
        asked = [hold(pool, paused, op) for _ in range(4)]
        time.sleep(0.5)
        assert not any(each.done() for each in asked)
        told = time.monotonic()
        paused.system.engine.parts.stopping.set()
        for each in asked:
            found, answered = each.result(timeout=20)
            assert found.status not in CLOSED
            assert answered - told < 2
        assert replace(held(paused.system.site, op), revision=op.revision) == op
