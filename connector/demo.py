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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from rich.text import Text

from connector.cli.accounts import make_key
from connector.cli.show import flat, out, table
from connector.client import Client, Refused
from connector.core.template import as_text
from connector.places import shared
from connector.serve import free_port
from connector.settings import Settings, read_settings
from connector.simulators import DEMOS
from connector.wiring import load_manifests, make_store

PATIENCE = 60.0  # seconds for a process to answer
COMMAND = (sys.executable, "-m", "connector")


def run_demo(provider: str, document: str | None) -> int:
    """The whole way, each step with its time; returns the exit status."""
    show = DEMOS[provider]
    path = Path(document) if document else shared("samples") / "documents" / show.document
    steps = Steps()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="connector-")))
        stand_in = f"http://127.0.0.1:{free_port()}"
        try:
            running.enter_context(_stand_in(provider, stand_in))
            steps.say(f"a stand-in for {provider} answers at {stand_in}")
            client = running.enter_context(_service(folder, provider, stand_in, show.key))
            steps.say(f"the service answers at {client.url}, with its own database")
            fields = {**show.fields, **_picked(client, provider, show.action, steps)}
            reviewer = Reviewer(client, stand_in, show.corrections, steps)
            action = f"{provider}/{show.action}"
            result = _exchange(client, action, path, fields, steps, reviewer)
        except Refused as refused:
            steps.say(f"it failed: {refused}", "red")
            return 1
        _print({name: result.get(name) for name in show.shows} if show.shows else result)
        steps.say("done")
    return 0


class Steps:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def say(self, sentence: str, style: str = "") -> None:
        """One line."""
        passed = f"{time.monotonic() - self._started:6.2f} s  "
        out.print(Text.assemble((passed, "dim"), (sentence, style)), soft_wrap=True)


class Reviewer:
    """The person whom an extraction waits for, played by the demonstration."""

    def __init__(
        self, client: Client, stand_in: str, corrections: Mapping[str, Any], steps: Steps
    ) -> None:
        self._client, self._stand_in, self._steps = client, stand_in, steps
        self._corrections = corrections
        self._done = False

    def look(self, id: str) -> None:
        """Reviews what the operation waits for, once, as soon as the stand-in lists it."""
        op = self._client.get(f"/v1/operations/{id}").json()
        if self._done or op["status"] != "needs_review":
            return
        body = {"results": self._corrections, "reviewer": "the demonstration"}
        try:
            self._client.call("POST", f"{self._stand_in}/_review/{op['handle']}", json=body)
        except Refused:
            return  # it is not there to be reviewed yet
        self._done = True
        typed = ", ".join(f"{name} = {value}" for name, value in self._corrections.items())
        self._steps.say(f"a person reviews the document and corrects {typed}", "bold")


@contextmanager
def _stand_in(provider: str, url: str) -> Iterator[None]:
    with _process("simulate", provider, "--port", url.rsplit(":", 1)[1]) as process:
        process.wait_for(f"{url}/_simulator/log")
        yield


@contextmanager
def _service(folder: Path, provider: str, stand_in: str, provider_key: str) -> Iterator[Client]:
    """A service on a fresh database in ``folder``, and a client with a key of its own."""
    url = f"http://127.0.0.1:{free_port()}"
    path = urlsplit(load_manifests(Settings())[provider].base_url).path
    environment = {
        "CONNECTOR_DATABASE_URL": f"sqlite:///{folder}/connector.db",
        "CONNECTOR_FILES_URL": str(folder / "files"),
        "CONNECTOR_PUBLIC_URL": url,
        f"{provider.upper()}_BASE_URL": stand_in + path,
        f"{provider.upper()}_API_KEY": provider_key,
    }
    store = make_store(read_settings(environment))
    _, key = make_key(store, "demo", "demo")
    store.close()
    port = url.rsplit(":", 1)[1]
    with _process("serve", "--port", port, environment=environment) as process:
        process.wait_for(f"{url}/readyz")
        client = Client(url, key)
        try:
            yield client
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


def _picked(client: Client, provider: str, action: str, steps: Steps) -> dict[str, str]:
    """Required fields that have a picker: its first choice, as a person would pick one."""
    said = client.get(f"/v1/providers/{provider}").json()
    fields = next(each["fields"] for each in said["actions"] if each["name"] == action)
    picked = {}
    for name in fields.get("required", ()):
        choices = fields["properties"][name].get("x-choices")
        if choices:
            found = client.get(f"/v1/providers/{provider}/choices/{choices}").json()
            steps.say(f"{name}: picked {found[0]['name']} of {len(found)}")
            picked[name] = found[0]["id"]
    return picked


def _exchange(
    client: Client,
    action: str,
    path: Path,
    fields: Mapping[str, Any],
    steps: Steps,
    reviewer: Reviewer,
) -> Any:
    """The exchange of Power Automate's polling action; returns the result."""
    with path.open("rb") as file:
        parts = {
            **{name: (None, as_text(value)) for name, value in fields.items()},
            "document": (path.name, file),
        }
        answer = client.call("POST", f"/power-automate/{action}", files=parts)
    steps.say(f"POST /power-automate/{action} with {path.name} -> {_seen(answer)}")
    while answer.status_code == 202:
        reviewer.look(answer.json()["id"])
        time.sleep(int(answer.headers["Retry-After"]))
        answer = client.get(answer.headers["Location"])
        steps.say(f"GET Location -> {_seen(answer)}")
    return answer.json()


def _print(result: Any) -> None:
    """The result; where people corrected it, side by side with what was read."""
    if not (isinstance(result, dict) and result.get("is_reviewed")):
        table(("field", "value"), flat(result))
        return
    was, now = dict(flat(result["original_results"])), dict(flat(result["results"]))
    rows = ((name, was.get(name), now.get(name)) for name in {**was, **now})
    table(("field", "as it was read", "as it was reviewed"), rows)


def _seen(answer: Any) -> str:
    wait = answer.headers.get("Retry-After")
    return str(answer.status_code) + (f", Retry-After {wait}" if wait else "")
