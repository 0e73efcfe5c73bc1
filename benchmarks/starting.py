"""How long until a command does its work, by a process that only imports the libraries?"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from statistics import median

from benchmarks.figures import Figure, Scale
from benchmarks.running import process, until_answers
from benchmarks.world import World, world
from connector.serve import free_port

LIBRARIES = "flask, requests and sqlalchemy, imported"


def run(scale: Scale) -> list[Figure]:
    """The help text, the service until it is ready, a stand-in until it answers."""
    with world() as here:
        steps: dict[str, Callable[[], float]] = {
            "connector --help": lambda: _ended(here, "connector", "--help"),
            "connector serve, until /readyz": lambda: _answering(here, "/readyz", "serve"),
            "connector simulate mindee, until it answers": lambda: _answering(
                here, "/_simulator/log", "simulate", "mindee"
            ),
        }
        floors = dict(zip(steps, (3.0, 4.5, 3.5), strict=True))
        took: dict[str, list[float]] = {name: [] for name in (LIBRARIES, *steps)}
        for _ in range(scale.rounds):
            took[LIBRARIES].append(_ended(here, "benchmarks.libraries"))
            for name, step in steps.items():
                took[name].append(step())
    beside = median(took[LIBRARIES])
    return [
        Figure(name, LIBRARIES, median(took[name]), beside, "s", floor, most=True)
        for name, floor in floors.items()
    ]


def _ended(here: World, *module: str) -> float:
    started = time.perf_counter()
    with process(*module, environment=here.environment()) as running:
        running.communicate()
        return time.perf_counter() - started


def _answering(here: World, path: str, *command: str) -> float:
    port = free_port()
    started = time.perf_counter()
    with process("connector", *command, "--port", str(port), environment=here.environment()) as run:
        with suppress(TimeoutError):
            until_answers(port, path, run)
        return time.perf_counter() - started
