"""How late may an answer to SellerShorts be, while many ask and the worker is busy?"""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.figures import Figure, Scale
from benchmarks.load import generator, request
from benchmarks.world import running, world
from connector.platforms.sellershorts import NAME
from connector.store import Store

CALLERS, ORDERS = 50, 500
WORKERS = "2"
MOST = 500.0  # ms; SellerShorts waits for 8 s


def run(scale: Scale) -> list[Figure]:
    """Fifty callers who ask without pause, while five hundred orders are looked after."""
    with world() as here:
        store = Store(here.url)
        now = time.time()
        for number in range(ORDERS):
            order = replace(running(number, now, 0.0), platform=NAME, key=f"order-{number}")
            store.add_operation(order)
        store.close()
        polls = [
            request("GET", f"/sellershorts/bench/order/orders/order-{number}", here.key)
            for number in range(ORDERS)
        ]
        with here.providing(), here.serving("--workers", WORKERS) as (port, _), generator() as load:
            seconds = scale.seconds * scale.rounds
            slow = load.slow(port, polls, CALLERS, 200, seconds)
    what = f"99.9 % of polls, {CALLERS} callers, {ORDERS} open orders"
    return [Figure(what, "the limit", slow * 1000, MOST, "ms", 1.0, most=True)]
