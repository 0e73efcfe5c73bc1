"""What do the benchmarks stand on? A database of their own, filled, and a service on it."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.running import ROOT, ask, process, until_answers
from connector.cli.accounts import make_key
from connector.core.model import Operation, Status
from connector.engine import Engine
from connector.engine.parts import fresh_id
from connector.serve import free_port
from connector.settings import read_settings
from connector.store import Store
from connector.wiring import make_site

FAR = 1_000_000.0  # seconds: not due while anything is measured


@dataclass(frozen=True)
class World:
    """A folder with a migrated database, a key for it, and the settings to use it."""

    folder: Path
    key: str = ""
    provider: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The database's."""
        return f"sqlite:///{self.folder}/connector.db"

    def environment(self, **more: str) -> Mapping[str, str]:
        """The settings of every process of ours."""
        return {
            "CONNECTOR_DATABASE_URL": self.url,
            "CONNECTOR_FILES_URL": str(self.folder / "files"),
            "CONNECTOR_SECRET_KEY": "a secret key of the benchmarks",
            "CONNECTOR_MANIFESTS": str(ROOT / "benchmarks" / "manifests"),
            "BENCH_BASE_URL": f"http://127.0.0.1:{self.provider}",
            "BENCH_API_KEY": "a key",
            **more,
        }

    @contextlib.contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine of our own on the database."""
        engine = make_site(read_settings(self.environment())).engine
        try:
            yield engine
        finally:
            engine.parts.store.close()

    @contextlib.contextmanager
    def serving(self, *options: str) -> Iterator[tuple[int, int]]:
        """``connector serve``, without a worker if nothing else is said: its port and process."""
        port = free_port()
        command = ("connector", "serve", *(options or ("--no-worker",)), "--port", str(port))
        with process(*command, environment=self.environment()) as running:
            until_answers(port, "/readyz", running)
            yield port, running.pid

    @contextlib.contextmanager
    def providing(self) -> Iterator[None]:
        """The provider that all of our operations ask."""
        with process("benchmarks.provider", str(self.provider)) as running:
            until_answers(self.provider, "/count", running)
            yield

    def seen(self) -> dict[str, int]:
        """What the provider saw so far."""
        counted: dict[str, int] = json.loads(ask(self.provider, "/count")[1])
        return counted


@contextlib.contextmanager
def world() -> Iterator[World]:
    """A world on the disk of the checkout: a folder for scratch may lie in memory."""
    beside = ROOT / ".cache"
    beside.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="benchmark-", dir=beside))
    try:
        empty = World(folder)
        store = Store(empty.url)
        store.migrate()
        _, key = make_key(store, "bench", "bench")
        store.close()
        yield World(folder, key, empty.provider)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(store: Store, count: int, due_in: float = FAR) -> list[str]:
    """Running operations, so many of them; returns their ids."""
    made = [running(number, time.time(), due_in) for number in range(count)]
    for each in made:
        store.add_operation(each)
    return [each.id for each in made]


def running(number: int, now: float, due_in: float) -> Operation:
    """An operation that was ordered and is being polled."""
    facts: dict[str, Any] = {"job": f"j-{number}", "progress": {"done": 1}}
    return Operation(
        id=fresh_id(now),
        owner="bench",
        provider="bench",
        action="order",
        platform="rest",
        input={"text": "one line", "pages": 1},
        created_at=now,
        updated_at=now,
        deadline_at=now + 86400.0,
        next_call="check_status",
        due_at=now + due_in,
        fingerprint=str(number),
        status=Status.RUNNING,
        facts=facts,
    )
