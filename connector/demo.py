"""What does it look like? One real document through a stand-in provider and a real service.

Both run as processes of their own and are spoken to over real sockets, the way Power
Automate's engine does: POST, then GET Location after Retry-After while the answer is 202.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from connector.cli.accounts import make_key
from connector.cli.show import flat
from connector.client import Client, Refused
from connector.places import shared
from connector.serve import free_port
from connector.settings import read_settings
from connector.simulators import DEMOS
from connector.wiring import make_store

PATIENCE = 60.0  # seconds for a process to answer

console = Console()


def run_demo(provider: str, document: str | None) -> int:
    """The whole way, each step with its time; returns the exit status."""
    show = DEMOS[provider]
    path = Path(document) if document else shared("samples") / "documents" / show.document
    steps = Steps()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="connector-")))
        stand_in = f"http://127.0.0.1:{free_port()}"
        running.enter_context(_process("simulate", provider, "--port", stand_in.rsplit(":", 1)[1]))
        _answers(f"{stand_in}/_simulator/log")
        steps.say(f"a stand-in for {provider} answers at {stand_in}")
        client = running.enter_context(_service(folder, provider, stand_in, show.key))
        steps.say(f"the service answers at {client.url}, with its own database")
        fields = _picked(client, provider, show.action, steps)
        try:
            result = _exchange(client, f"{provider}/{show.action}", path, fields, steps)
        except Refused as refused:
            steps.say(f"[red]it failed:[/] {refused}")
            return 1
    _print(result)
    steps.say("done")
    return 0


class Steps:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def say(self, text: str) -> None:
        """One line."""
        console.print(f"[dim]{time.monotonic() - self._started:6.2f} s[/]  {text}", highlight=False)


@contextmanager
def _service(folder: Path, provider: str, stand_in: str, provider_key: str) -> Iterator[Client]:
    """A service on a fresh database in ``folder``, and a client with a key of its own."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {
        "CONNECTOR_DATABASE_URL": f"sqlite:///{folder}/connector.db",
        "CONNECTOR_FILES_URL": str(folder / "files"),
        "CONNECTOR_PUBLIC_URL": url,
        f"{provider.upper()}_BASE_URL": stand_in,
        f"{provider.upper()}_API_KEY": provider_key,
    }
    store = make_store(read_settings(environment))
    _, key = make_key(store, "demo", "demo")
    store.close()
    with _process("serve", "--port", url.rsplit(":", 1)[1], environment=environment):
        _answers(f"{url}/readyz")
        client = Client(url, key)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def _process(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """One of our own commands beside us, ended with us."""
    command = [sys.executable, "-m", "connector", *arguments]
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")}
    process = subprocess.Popen(
        command, env={**quiet, **(environment or {})}, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> None:
    """Waits until something answers there."""
    client = Client(url)
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            client.get(url)
            break
        except Refused:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
    client.close()


def _picked(client: Client, provider: str, action: str, steps: Steps) -> dict[str, str]:
    """Required fields that have a picker: its first choice, as a person would pick one."""
    said = client.get(f"/v1/providers/{provider}").json()
    fields = next(each["fields"] for each in said["actions"] if each["name"] == action)
    picked = {}
    for name in fields.get("required", ()):
        choices = fields["properties"][name].get("x-choices")
        if choices:
            found = client.get(f"/v1/providers/{provider}/choices/{choices}").json()
            steps.say(f"{name}: picked [bold]{found[0]['name']}[/] of {len(found)}")
            picked[name] = found[0]["id"]
    return picked


def _exchange(
    client: Client, action: str, path: Path, fields: Mapping[str, str], steps: Steps
) -> Any:
    """The exchange of Power Automate's polling action; returns the result."""
    with path.open("rb") as file:
        parts = {
            **{name: (None, text) for name, text in fields.items()},
            "document": (path.name, file),
        }
        answer = client.call("POST", f"/power-automate/{action}", files=parts)
    steps.say(f"POST /power-automate/{action} with {path.name} -> {_seen(answer)}")
    while answer.status_code == 202:
        time.sleep(int(answer.headers["Retry-After"]))
        answer = client.get(answer.headers["Location"])
        steps.say(f"GET Location -> {_seen(answer)}")
    return answer.json()


def _seen(answer: Any) -> str:
    wait = answer.headers.get("Retry-After")
    return f"[bold]{answer.status_code}[/]" + (f", Retry-After {wait}" if wait else "")


def _print(result: Any) -> None:
    table = Table("field", "value", header_style="bold")
    for name, value in flat(result):
        table.add_row(name, value)
    console.print(table)
