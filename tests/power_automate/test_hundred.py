"""A hundred steps at once on a bad line: a hundred orders, and each step gets its own result."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.power_automate.flow_engine import Ended, Run
from tests.power_automate.front_door import FrontDoor, front_door
from tests.power_automate.gateway import Gateway
from tests.power_automate.orders import order
from tests.power_automate.worlds import World, world

COUNT = 100
LOST, REFUSED = 0.2, 0.1


def all_at_once(gateway: Gateway, path: str, door: FrontDoor | None = None) -> list[Ended]:
    """A hundred runs of one step, each with an alias of its own; how each one ended."""

    def step(number: int) -> Ended:
        run = Run(gateway.connection(), limit=60, retries=20)
        body = order(f"run {number}")
        return run.hook(path, body, door) if door else run.act(path, body)

    with ThreadPoolExecutor(COUNT) as pool:
        return list(pool.map(step, range(COUNT)))


def assert_one_order_each(here: World, gateway: Gateway, path: str) -> None:
    """The line was bad, and nothing was ordered twice for it."""
    expected = Counter(f"run {number}" for number in range(COUNT))
    assert Counter(each["alias"] for each in here.orders()) == expected
    assert here.log()["counts"]["submit"] == COUNT
    assert gateway.did["lost"] > COUNT * LOST / 2
    assert gateway.did["refused 503"] + gateway.did["refused 429"] > COUNT * REFUSED / 2
    posts = sum(count for what, count in gateway.did.items() if what.startswith(f"POST {path} "))
    assert posts > COUNT, "no answer to a submit was lost: nothing was proven"
    assert gateway.did["undeclared"] == 0
    assert len(here.find()) == COUNT


def test_a_hundred_actions_at_once_are_a_hundred_orders_and_a_hundred_results(
    tmp_path: Path, prepared: None
) -> None:
    with (
        world(tmp_path, seconds=1.0, pace=0.7) as here,
        here.gateway("mindee", lose=LOST, refuse=REFUSED) as gateway,
    ):
        ended = all_at_once(gateway, "/extraction")
        assert [(each.status, each.http) for each in ended] == [("Succeeded", 200)] * COUNT
        told = [each.output["file"]["alias"] for each in ended]
        assert told == [f"run {number}" for number in range(COUNT)]
        assert len({each.output["id"] for each in ended}) == COUNT
        assert_one_order_each(here, gateway, "/extraction")


def test_a_hundred_webhook_actions_at_once_are_called_back_once_each(
    tmp_path: Path, prepared: None
) -> None:
    with (
        front_door() as door,
        world(tmp_path, seconds=1.0, pace=0.7) as here,
        here.gateway("mindee", lose=LOST, refuse=REFUSED) as gateway,
    ):
        ended = all_at_once(gateway, "/extraction/callback", door)
        told = [(each.status, each.output["result"]["file"]["alias"]) for each in ended]
        assert told == [("Succeeded", f"run {number}") for number in range(COUNT)]
        assert_one_order_each(here, gateway, "/extraction/callback")
        time.sleep(1)
        assert [len(each.heard) for each in door.opened()] == [1] * COUNT
