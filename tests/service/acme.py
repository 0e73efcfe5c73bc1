"""A tiny provider with a manifest of its own: jobs that can be stopped, and results that are
files. The test decides what it answers."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from tests.serving import serving

KEY = "acme-key-of-the-tests"
MANIFESTS = Path(__file__).parent / "manifests"


@dataclass
class Acme:
    """The provider: what it heard, and what it answers.

    ``taking`` is called in the middle of every order; ``answer`` may replace the answer to a look.
    """

    url: str = ""
    state: str = "working"
    value: Any = field(default_factory=lambda: {"score": 97})
    printed: Callable[[], Response] = lambda: Response(b"0123456789", mimetype="text/plain")
    keys: list[str | None] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    looks: int = 0
    taking: Callable[[], ResponseReturnValue | None] = lambda: None
    answer: Callable[[], ResponseReturnValue | None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        """Its routes."""
        app = Flask(__name__)
        app.before_request(self.see_key)
        app.add_url_rule("/jobs", view_func=self.order, methods=["POST"])
        app.add_url_rule("/jobs/<id>", view_func=self.look)
        app.add_url_rule("/jobs/<id>", view_func=self.stop, methods=["DELETE"])
        app.add_url_rule("/jobs/<id>/print", "print", lambda id: self.printed())
        return app

    def see_key(self) -> None:
        """Remembers what it was asked with."""
        self.keys.append(request.headers.get("X-Acme-Key"))

    def order(self) -> ResponseReturnValue:
        """A job is taken; its id is said only when ``taking`` is through."""
        with self.lock:
            self.orders.append(request.get_json(silent=True) or request.form.to_dict())
            id = f"j-{len(self.orders)}"
        return self.taking() or ({"id": id}, 201)

    def look(self, id: str) -> ResponseReturnValue:
        """How a job is."""
        self.looks += 1
        said = {"state": "stopped" if id in self.stopped else self.state}
        return self.answer() or {**said, "value": self.value, "error": "because"}

    def stop(self, id: str) -> ResponseReturnValue:
        """Ends a job."""
        self.stopped.append(id)
        return "", 202


@contextlib.contextmanager
def acme() -> Iterator[tuple[Acme, dict[str, str]]]:
    """The provider on a socket, and the settings that make a system know it."""
    provider = Acme()
    with serving(provider.app()) as url:
        provider.url = url
        settings = {
            "CONNECTOR_MANIFESTS": str(MANIFESTS),
            "ACME_BASE_URL": url,
            "ACME_API_KEY": KEY,
        }
        yield provider, settings
