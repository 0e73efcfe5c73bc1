"""Real processes for the tests: a service on grounds of its own, started, killed and watched."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from connector.cli.accounts import make_key
from connector.serve import free_port
from connector.settings import read_settings
from connector.simulators import SIMULATORS, Options
from connector.wiring import make_store
from tests.living import MODEL, ROOT
from tests.serving import serving

CLOSED = ("succeeded", "failed", "canceled")
DOCUMENT = b"Invoice No: 17\nTotal: 5\n"
PATIENCE = 60.0


@dataclass
class Grounds:
    """One database, one port, one stand-in; processes come and go. All of them end with us."""

    folder: Path
    provider: str
    environment: dict[str, str]
    url: str
    key: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One of our commands, in a process group of its own; what it says is kept."""
        with (self.folder / "said").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "connector", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def serve(self, *more: str) -> subprocess.Popen[bytes]:
        """``connector serve``, once it answers."""
        process = self.start("serve", "--port", self.url.rsplit(":", 1)[1], *more)
        until(lambda: process.poll() is not None or self.answers())
        assert process.poll() is None, self.said()
        return process

    def said(self) -> str:
        """What all processes said on stderr."""
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")

    def answers(self) -> bool:
        """Whether the service is up."""
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call with the key."""
        headers = {"X-API-Key": self.key, **options.pop("headers", {})}
        url = path if path.startswith("http") else self.url + path
        return requests.request(method, url, headers=headers, timeout=30, **options)

    def order(self, alias: str) -> Any:
        """Orders a small document under an alias of its own; the answer must be a promise."""
        data = {"model_id": MODEL, "alias": alias, "wait": "0"}
        files = {"document": (f"{alias}.txt", DOCUMENT, "text/plain")}
        headers = {"Idempotency-Key": alias}
        answer = self.call("POST", "/v1/swift/extraction", data=data, files=files, headers=headers)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    def operation(self, id: str) -> Any:
        """The operation's document; it must not be lost."""
        answer = self.call("GET", f"/v1/operations/{id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ended(self, ids: list[str], patience: float = PATIENCE) -> dict[str, Any]:
        """All these operations by id, once every one has ended."""
        found: dict[str, Any] = {}

        def all_closed() -> bool:
            for id in ids:
                if id not in found and (op := self.operation(id))["status"] in CLOSED:
                    found[id] = op
            return len(found) == len(ids)

        until(all_closed, patience)
        return found

    def log(self) -> Any:
        """What the stand-in saw."""
        return requests.get(f"{self.provider}/_simulator/log", timeout=10).json()

    def seen(self, kind: str) -> int:
        """How many requests of a kind the stand-in answered."""
        return int(self.log()["counts"].get(kind, 0))

    def orders(self) -> list[str]:
        """The alias of every order that the stand-in took."""
        return [order["alias"] for order in self.log()["orders"]]

    def misbehave(self, *specs: str) -> None:
        """Makes the stand-in slow or wrong from now on."""
        url = f"{self.provider}/_simulator/faults"
        assert requests.post(url, json={"fail": list(specs)}, timeout=10).ok

    def rows(self, asked: str) -> list[Any]:
        """Rows of the database, asked for directly."""
        with contextlib.closing(sqlite3.connect(self.folder / "connector.db")) as database:
            rows = database.execute(asked).fetchall()
            database.commit()
            return rows

    def let_leases_pass(self) -> None:
        """As if everybody had waited long enough: all open operations are due."""
        self.rows(f"UPDATE operations SET due_at = {time.time()} WHERE due_at IS NOT NULL")


@contextlib.contextmanager
def grounds(
    folder: Path, seconds: float = 0.1, timeout: float = 20, **environment: str
) -> Iterator[Grounds]:
    """Grounds with a stand-in and a key, and a manifest for it that is quick to ask again."""
    write_swift(folder / "manifests", timeout)
    with serving(SIMULATORS["mindee"](Options(seconds=seconds))) as stand_in:
        url = f"http://127.0.0.1:{free_port()}"
        settings = {
            "CONNECTOR_DATABASE_URL": f"sqlite:///{folder}/connector.db",
            "CONNECTOR_FILES_URL": str(folder / "files"),
            "CONNECTOR_MANIFESTS": str(folder / "manifests"),
            "CONNECTOR_THREADS": "40",
            "SWIFT_BASE_URL": stand_in,
            "SWIFT_API_KEY": "md_of_the_tests",
        }
        made = Grounds(folder, stand_in, {**bare(), **settings, **environment}, url)
        store = make_store(read_settings(made.environment))
        _, made.key = make_key(store, "tests", "tests")
        store.close()
        try:
            yield made
        finally:
            for process in made.started:
                end_group(process)


def bare() -> dict[str, str]:
    """Our environment without settings of ours; the checkout is importable."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CONNECTOR_")}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}


def run(*arguments: str, environment: dict[str, str], **options: Any) -> Any:
    """One of our commands to its end, with what it said."""
    return subprocess.run(
        [sys.executable, "-m", "connector", *arguments],
        env=environment,
        stdin=options.pop("stdin", subprocess.DEVNULL),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        **options,
    )


def write_swift(folder: Path, timeout: float = 20) -> None:
    """Mindee's manifest under another name: no limits, short waits. A claim whose process was
    killed is free again after ``timeout`` and 30 seconds."""
    manifest = json.loads((ROOT / "manifests" / "mindee.json").read_text(encoding="utf-8"))
    manifest |= {"name": "swift", "title": "Swift", "limits": []}
    manifest["pace"] |= {"initial": 0.3, "first": 0.3, "ceiling": 0.3}
    manifest["actions"] = {"extraction": manifest["actions"]["extraction"]}
    own = manifest["actions"]["extraction"]["calls"]
    for call in (*manifest["calls"].values(), *own.values()):
        call["timeout"] = timeout
    for example in manifest["actions"]["extraction"]["examples"].values():
        for step in example["steps"]:
            step["expect"].pop("due_in", None)  # it tells of the pace that was
    folder.mkdir(parents=True)
    (folder / "swift.json").write_text(json.dumps(manifest), encoding="utf-8")


def until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Waits for something to become true."""
    ends = time.monotonic() + patience
    while not true():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


def children(pid: int) -> dict[int, str]:
    """The command lines of a process's children, by pid."""
    asked = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    found = (line.strip().partition(" ") for line in lines)
    return {int(pid): command for pid, _, command in found if "<defunct>" not in command}


def worker_of(process: subprocess.Popen[bytes]) -> int:
    """The worker's process: the one that was spawned afresh."""
    return next(pid for pid, command in children(process.pid).items() if "spawn_main" in command)


def web_of(process: subprocess.Popen[bytes]) -> int:
    """The web's process: the one that was forked."""
    return next(pid for pid, command in children(process.pid).items() if "serve" in command)


def gone(pid: int) -> bool:
    """No such process, or only its remains that nobody has looked at."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that we started, with its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
