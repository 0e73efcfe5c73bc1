"""How fast is an order taken, on the disk before it is answered, by a route that only parses it?"""

from __future__ import annotations

import json
from statistics import median

from benchmarks.figures import Figure, Scale
from benchmarks.load import generator, request
from benchmarks.running import process, until_answers
from benchmarks.world import world
from connector.serve import free_port

CONNECTIONS = 8
FLOOR = 0.25
ORDER = json.dumps({"text": "Read this line, and the one below it.", "pages": 2, "wait": 0})


def run(scale: Scale) -> list[Figure]:
    """One figure: eight clients order as fast as they can, nobody waits for the provider."""
    bare_port = free_port()
    with (
        world() as here,
        process("benchmarks.bare", str(bare_port)) as bare,
        here.serving() as (port, _),
        generator() as load,
    ):
        until_answers(bare_port, "/short", bare)
        order = [request("POST", "/v1/bench/order", here.key, ORDER)]
        plain = [request("POST", "/parse", here.key, ORDER)]
        pairs = [
            (
                load.rate(port, order, CONNECTIONS, 202, scale.seconds),
                load.rate(bare_port, plain, CONNECTIONS, 200, scale.seconds),
            )
            for _ in range(scale.rounds)
        ]
    ours, yardstick = (median(side) for side in zip(*pairs, strict=True))
    what = "POST /v1/bench/order, 8 clients"
    return [Figure(what, "a route that only parses", ours, yardstick, "/s", FLOOR)]
