"""Which processes are there in a demonstration, and do they end with it?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from connector.cli.accounts import make_key
from connector.client import Client, Refused
from connector.serve import free_port
from connector.settings import Settings, read_settings
from connector.simulators import DEMOS
from connector.wiring import load_manifests, make_store

PATIENCE = 60.0  # seconds for a process to answer
COMMAND = (sys.executable, "-m", "connector")


def local() -> str:
    """An address of this machine that is free."""
    return f"http://127.0.0.1:{free_port()}"


@contextmanager
def stand_in(name: str, url: str, *options: str) -> Iterator[None]:
    """``connector simulate`` at this address."""
    arguments = ("simulate", name, "--port", url.rsplit(":", 1)[1], *options)
    with _process(*arguments) as process:
        process.wait_for(f"{url}/_simulator/log")
        yield


@contextmanager
def service(
    folder: Path, provider: str, origin: str, settings: Mapping[str, str]
) -> Iterator[tuple[Client, str]]:
    """A service on a fresh database in ``folder``, and a client with a key of its own: both."""
    url = local()
    path = urlsplit(load_manifests(Settings())[provider].base_url).path
    environment = {
        "CONNECTOR_DATABASE_URL": f"sqlite:///{folder}/connector.db",
        "CONNECTOR_FILES_URL": str(folder / "files"),
        "CONNECTOR_PUBLIC_URL": url,
        f"{provider.upper()}_BASE_URL": origin + path,
        f"{provider.upper()}_API_KEY": DEMOS[provider].key,
        **settings,
    }
    store = make_store(read_settings(environment))
    _, key = make_key(store, "demo", "demo")
    store.close()
    port = url.rsplit(":", 1)[1]
    with _process("serve", "--port", port, environment=environment) as process:
        process.wait_for(f"{url}/readyz")
        client = Client(url, key)
        try:
            yield client, key
        finally:
            client.close()


class Process:
    """One of our own commands beside us; what it says is kept for the day it dies."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], said: IO[bytes]):
        ours = {name: text for name, text in os.environ.items() if not name.startswith("CONNECTOR")}
        command = [*COMMAND, *arguments]
        self._name, self._said = " ".join(("connector", *arguments)), said
        self._popen = subprocess.Popen(command, env={**ours, **environment}, stderr=said)

    def wait_for(self, url: str) -> None:
        """Waits until something answers there; raises Refused with what the process last said."""
        client = Client(url)
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                client.get(url)
                break
            except Refused:
                if self._popen.poll() is not None or time.monotonic() > ends:
                    raise Refused(f"'{self._name}' did not start:\n{self._last_words()}") from None
                time.sleep(0.05)
        client.close()

    def end(self) -> None:
        """Asks it to end, and waits for that."""
        self._popen.terminate()
        self._popen.wait()

    def _last_words(self) -> str:
        self._said.seek(0)
        return self._said.read().decode(errors="replace").strip()


@contextmanager
def _process(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    with tempfile.TemporaryFile() as said:
        process = Process(arguments, environment or {}, said)
        try:
            yield process
        finally:
            process.end()
