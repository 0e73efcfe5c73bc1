"""How does an app run? In Zapier's own runtime, in one process of Node that tests talk to."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.zapier import install

LONGEST = 60.0  # seconds that an answer may take


class Refused(Exception):
    """What the app, or the platform, threw: ``name`` of the error and what it holds."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text

    @property
    def message(self) -> str:
        """The message of an error that is one; in tests the core tells the whole story after it."""
        return self.text.partition("\n")[0]

    @property
    def said(self) -> dict[str, Any]:
        """What z.errors.Error and ThrottledError say: message, code, status or delay."""
        found: dict[str, Any] = json.loads(self.text)
        return found


@dataclass
class Runtime:
    """The process; one event at a time."""

    process: subprocess.Popen[str]
    lines: queue.Queue[str] = field(default_factory=queue.Queue)

    def handle(self, app: Path, **event: Any) -> dict[str, Any]:
        """What the platform makes of an event; raises Refused."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"app": str(app), "event": event}) + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.lines.get(timeout=LONGEST))
        if "error" in said:
            raise Refused(said["error"]["name"], said["error"]["message"])
        found: dict[str, Any] = said["answer"]
        return found

    def read(self) -> None:
        """Takes what the process says, until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)


@dataclass(frozen=True)
class App:
    """One app with one connection, run as the platform runs it."""

    runtime: Runtime
    folder: Path
    connection: Mapping[str, Any] = field(default_factory=dict)

    def call(
        self, method: str, event: Mapping[str, Any] | None = None, **bundle: Any
    ) -> dict[str, Any]:
        """The platform's answer, ``{"results", "status"}``; raises Refused. ``event`` is what the
        platform says beside the bundle, such as ``callback_url``."""
        whole = {"authData": dict(self.connection), "inputData": {}, "meta": {}, **bundle}
        said = {"command": "execute", "method": method, "bundle": whole, **(event or {})}
        return self.runtime.handle(self.folder, **said)

    def results(self, method: str, **bundle: Any) -> Any:
        """What the function returned."""
        return self.call(method, **bundle)["results"]

    def perform(self, step: str, **bundle: Any) -> Any:
        """What a step returned, such as ``creates.cancel_job``."""
        return self.results(f"{step}.operation.perform", **bundle)

    def validate(self) -> Any:
        """The complaints of ``zapier-platform validate --without-style``."""
        return self.runtime.handle(self.folder, command="validate")["results"]

    def definition(self) -> Any:
        """The definition that the code makes, with a word for each function."""
        return self.runtime.handle(self.folder, command="definition")["results"]


@contextlib.contextmanager
def runtime() -> Iterator[Runtime]:
    """Zapier's runtime, which is installed if need be; skips the test where it cannot be."""
    install.require()
    environment = {
        # In tests the core throws where it would only log on the platform.
        "NODE_ENV": "test",
        "NODE_PATH": str(install.FOLDER / "node_modules"),
        "ZAPIER_DEPLOY_KEY": "no key at all",  # without one the core stores no file
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
    }
    process = subprocess.Popen(
        ["node", str(install.HERE / "run.js")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    made = Runtime(process)
    reader = threading.Thread(target=made.read, daemon=True)
    reader.start()
    try:
        yield made
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=10)
        reader.join()
        assert process.stdout is not None
        process.stdout.close()
