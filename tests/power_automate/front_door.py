"""Where does the engine listen? One address for each waiting step or trigger, on a socket."""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request

from tests.serving import serving


@dataclass
class Callback:
    """One callback address: what came, and which statuses it answers, the last one for ever."""

    url: str
    answers: list[int] = field(default_factory=lambda: [202])
    heard: list[Any] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    tries: int = 0
    news: threading.Event = field(default_factory=threading.Event)


class FrontDoor:
    """The engine's callback addresses; each is a secret, in the form of Logic Apps."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._open: dict[str, Callback] = {}

    def open(self, *answers: int) -> Callback:
        """A new address; ``answers`` to its first POSTs: only a 2xx counts as heard."""
        secret = uuid.uuid4().hex
        path = f"/workflows/{uuid.uuid4().hex}/runs/{secret}/actions/Wait/run"
        query = f"api-version=2016-10-01&sp=%2Fruns%2Fwait&sv=1.0&sig={secret}"
        callback = Callback(f"{self._origin}{path}?{query}", list(answers) or [202])
        self._open[secret] = callback
        return callback

    def opened(self) -> list[Callback]:
        """All addresses that there are."""
        return list(self._open.values())

    def take(self, secret: str) -> Response:
        """One POST to an address."""
        callback = self._open.get(secret)
        if callback is None or request.args.get("sig") != secret:
            return Response(status=403)
        callback.tries += 1
        first = len(callback.answers) > 1
        status = callback.answers.pop(0) if first else callback.answers[0]
        if 200 <= status < 300:
            callback.heard.append(json.loads(request.get_data()))
            callback.headers.append(dict(request.headers))
            callback.news.set()
        return Response(status=status)


@contextlib.contextmanager
def front_door() -> Iterator[FrontDoor]:
    """The engine's own server."""
    app = Flask(__name__)
    door: list[FrontDoor] = []
    app.add_url_rule(
        "/workflows/<flow>/runs/<secret>/actions/<name>/run",
        view_func=lambda flow, secret, name: door[0].take(secret),
        methods=["POST"],
    )
    with serving(app) as origin:
        door.append(FrontDoor(origin))
        yield door[0]
