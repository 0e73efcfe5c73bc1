"""How fast is the answer to "how far is it", by a bare route on the same server?"""

from __future__ import annotations

from statistics import median

from benchmarks.figures import Figure, Scale
from benchmarks.load import generator, request
from benchmarks.running import process, until_answers
from benchmarks.world import fill, world
from connector.serve import free_port
from connector.store import Store

ROWS = 500
CONNECTIONS = 8
FLOOR = 0.30


def run(scale: Scale) -> list[Figure]:
    """The plain document, and Power Automate's 202."""
    bare_port = free_port()
    with world() as here, process("benchmarks.bare", str(bare_port)) as bare:
        store = Store(here.url)
        ids = fill(store, ROWS)
        store.close()
        until_answers(bare_port, "/short", bare)
        with here.serving() as (port, _), generator() as load:

            def rates(ours: list[str], expected: int, path: str) -> tuple[float, float]:
                plain, pairs = [request("GET", path)], []
                for _ in range(scale.rounds):
                    mine = load.rate(port, ours, CONNECTIONS, expected, scale.seconds)
                    beside = load.rate(bare_port, plain, CONNECTIONS, 200, scale.seconds)
                    pairs.append((mine, beside))
                return median(a for a, _ in pairs), median(b for _, b in pairs)

            document = [request("GET", f"/v1/operations/{id}", here.key) for id in ids]
            polled = [
                request("GET", f"/power-automate/bench/operations/{id}/result", here.key)
                for id in ids
            ]
            return [
                _figure("GET /v1/operations/{id}", *rates(document, 200, "/document")),
                _figure("GET /power-automate/.../result", *rates(polled, 202, "/short")),
            ]


def _figure(what: str, ours: float, yardstick: float) -> Figure:
    return Figure(what, "a bare Flask route", ours, yardstick, "/s", FLOOR)
