"""How do processes run beside us, and end with us? They are started, waited for, and measured."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0  # seconds for a process to answer
LOOK = 0.01  # seconds between two looks whether it does

Running = subprocess.Popen[str]


@contextlib.contextmanager
def process(*module: str, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """``python -m MODULE ...`` in the checkout's folder; ended at the end of the block."""
    known = {name: each for name, each in os.environ.items() if not name.startswith("CONNECTOR_")}
    running = subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env={**known, **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        for stream in (running.stdin, running.stdout):
            if stream:
                stream.close()


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of one exchange on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def until_answers(port: int, path: str, running: Running) -> None:
    """Returns as soon as a path is answered with 200."""

    def answers() -> bool:
        try:
            return ask(port, path)[0] == 200
        except (OSError, HTTPException):
            return False

    until(answers, running)


def until(happened: Callable[[], bool], running: Running) -> None:
    """Returns as soon as something happened; raises TimeoutError, or RuntimeError when the
    process that should make it happen has ended."""
    ends = time.monotonic() + PATIENCE
    while not happened():
        if running.poll() is not None:
            raise RuntimeError(f"{running.args!r} ended with {running.returncode}")
        if time.monotonic() > ends:
            raise TimeoutError(f"{running.args!r} did nothing for a minute")
        time.sleep(LOOK)


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def resident(pid: int, peak: bool = False) -> float:
    """MB (10^6 bytes) that a process holds in memory, or has held at most."""
    name = "VmHWM:" if peak else "VmRSS:"
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024 / 1_000_000
    return 0.0
