"""How long does the program take to import, by the libraries that it cannot do without?"""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from benchmarks.figures import Figure, Scale
from benchmarks.running import ROOT

FLOOR = 1.5
TIMED = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def run(scale: Scale) -> list[Figure]:
    """Each import in a fresh process, in turn."""
    pairs = [
        (_milliseconds("connector.app"), _milliseconds("flask, requests, sqlalchemy"))
        for _ in range(2 * scale.rounds - 1)
    ]
    ours, yardstick = (median(side) for side in zip(*pairs, strict=True))
    beside = "flask, requests and sqlalchemy"
    return [Figure("import connector.app", beside, ours, yardstick, "ms", FLOOR, most=True)]


def _milliseconds(modules: str) -> float:
    command = [sys.executable, "-c", TIMED.format(modules)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000
