"""What do the tests of this folder live in? Whole systems, with a quick pace or a clock in hand."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from connector.cli.accounts import make_key
from tests.living import Living, living
from tests.serving import serving

CLOSED = ("succeeded", "failed", "canceled")
LOOPBACK = {"CONNECTOR_ALLOWED_HOSTS": "127.0.0.1"}
"""Lets callers name addresses of this machine."""


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Still:
    """A system whose worker is the test: nothing happens before ``pass_time``."""

    system: Living
    clock: Clock

    def pass_time(self, seconds: float) -> None:
        """So many seconds later, everything that was due by then is done."""
        self.clock.now += seconds
        while self.system.engine.tick():
            pass

    def finish(self, id: str, step: float = 3.0, most: int = 50) -> dict[str, Any]:
        """Time passes in steps until the operation is closed; its document."""
        for _ in range(most):
            self.pass_time(step)
            found: dict[str, Any] = self.system.call("GET", f"/v1/operations/{id}").json()
            if found["status"] in CLOSED:
                return found
        raise AssertionError(found)


@contextlib.contextmanager
def quick(
    folder: Path, settings: Mapping[str, str] | None = None, **others: Any
) -> Iterator[Living]:
    """A living system that asks its provider every 50 ms."""
    with living(folder, {**LOOPBACK, **(settings or {})}, **others) as system:
        stay_here(system)
        hurry(system)
        yield system


@contextlib.contextmanager
def still(
    folder: Path, settings: Mapping[str, str] | None = None, **others: Any
) -> Iterator[Still]:
    """A system without a worker, whose clock stands."""
    clock = Clock()
    plain = {**LOOPBACK, "CONNECTOR_WAIT_SECONDS": "0", **(settings or {})}
    with living(folder, plain, 0.0, worker=False, clock=clock, **others) as system:
        stay_here(system)
        yield Still(system, clock)


def stay_here(system: Living) -> None:
    """Forgets every provider that does not stand in on this machine."""
    manifests: Any = system.engine.parts.manifests
    for name, manifest in list(manifests.items()):
        if not manifest.base_url.startswith("http://127.0.0.1:"):
            del manifests[name]


def hurry(system: Living) -> None:
    """Gives every action a pace of 50 ms."""
    manifests: Any = system.engine.parts.manifests
    for name, manifest in manifests.items():
        actions = {
            each: replace(
                action, pace=replace(action.pace, initial=0.05, first=0.05, ceiling=0.05, review=1)
            )
            for each, action in manifest.actions.items()
        }
        manifests[name] = replace(manifest, actions=actions)


def another_key(system: Living, owner: str = "someone-else") -> str:
    """A live key of another owner."""
    return make_key(system.engine.parts.store, owner, "tests")[1]


def until_closed(system: Living, id: str, seconds: float = 10.0) -> dict[str, Any]:
    """The operation's document once it is closed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found: dict[str, Any] = system.call(
            "GET", f"/v1/operations/{id}", headers={"Prefer": "wait=5"}
        ).json()
        if found["status"] in CLOSED:
            return found
    raise AssertionError(found)


@dataclass
class Receiver:
    """A receiver of messages: what came, and which statuses it answers, the last one for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)
    news: threading.Event = field(default_factory=threading.Event)

    def bodies(self) -> list[Any]:
        """The messages as JSON, in the order in which they came."""
        return [json.loads(text) for _, text in self.heard]

    def take(self) -> Response:
        """One message."""
        self.heard.append((dict(request.headers), request.get_data(as_text=True)))
        self.news.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Response(status=answer)


@contextlib.contextmanager
def receiving(*answers: int) -> Iterator[Receiver]:
    """A receiver on a socket, at a path that nobody could guess."""
    receiver = Receiver(answers=list(answers) or [204])
    app = Flask(__name__)
    app.add_url_rule("/hooks/<path>", view_func=lambda path: receiver.take(), methods=["POST"])
    with serving(app) as url:
        receiver.url = f"{url}/hooks/a-secret-part-of-the-target"
        yield receiver


@contextlib.contextmanager
def documents(content: bytes, status: int = 200) -> Iterator[str]:
    """A web server with one document; yields its URL."""
    app = Flask(__name__)
    app.add_url_rule(
        "/papers/bill.pdf",
        view_func=lambda: Response(content, status, mimetype="application/pdf"),
    )
    with serving(app) as url:
        yield f"{url}/papers/bill.pdf"
