"""Do the benchmarks run? Never how fast: that is what they are for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_a_benchmark_prints_a_table() -> None:
    command = [sys.executable, "-m", "benchmarks", "imports", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr  # 1: a floor is missed
    assert "import connector.app" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_benchmark_that_is_not_there_is_named() -> None:
    command = [sys.executable, "-m", "benchmarks", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "'nothing' is not one of" in done.stderr
