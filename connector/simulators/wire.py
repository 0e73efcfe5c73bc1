"""How does an answer go wrong on its way? The WSGI layer every simulator stands behind.

It asks ``faults`` what is due, carries it out, and tells the log. It knows no provider: what a
route is for and how an error looks are handed in.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, NamedTuple

from connector.simulators.faults import JOB_WORDS, Fault, Faults
from connector.simulators.log import Log, Seen

CONTROL = "/_simulator/"
OWN = "/_"
"""Below this a simulator serves its own pages: no fault strikes them, no log has them."""
FAULT = "simulator.fault"
"""Where in the environ a provider finds the Fault that concerns its job."""
KEYS = ("HTTP_AUTHORIZATION", "HTTP_X_API_KEY")
"""Where in the environ a provider's key may stand."""

Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]
PAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)


class Answer(NamedTuple):
    """A whole answer, or (``body`` an iterator) one whose bytes come as they come.

    ``length`` is the Content-Length to declare: longer than the body, and every HTTP/1.1 server
    must close the connection. Status 0 means that nothing is answered at all.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Iterator[bytes]
    length: int | None = None


class Wire:
    """Wraps a WSGI app. ``kind_of(method, path)`` names the route, ``problem(status)`` the body
    of an error, as the provider would write it."""

    def __init__(
        self,
        app: App,
        faults: Faults,
        log: Log,
        kind_of: Callable[[str, str], str],
        problem: Callable[[int], Any],
        clock: Callable[[], float],
    ) -> None:
        self.app, self.faults, self.log, self.clock = app, faults, log, clock
        self.kind_of, self.problem = kind_of, problem

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(OWN):
            return self.app(environ, start_response)
        kind = self.kind_of(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        fault = None
        for due in self.faults.take(kind):
            if due.word == "delay":
                time.sleep(float(due.value))
            else:
                fault = due
        if fault is None or fault.word in JOB_WORDS:
            return self._pass(environ, start_response, kind, fault)
        answer = self._spoil(environ, fault)
        self._note(environ, kind, answer.status, fault)
        return send(answer, environ, start_response)

    def _pass(
        self, environ: Environ, start_response: Any, kind: str, fault: Fault | None
    ) -> Iterable[bytes]:
        environ[FAULT] = fault

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            self._note(environ, kind, int(status[:3]), fault)
            return start_response(status, headers, exc_info)

        return self.app(environ, start)

    def _spoil(self, environ: Environ, fault: Fault) -> Answer:
        """The answer this fault makes, of nothing (the app never hears of it) or of the app's."""
        if fault.word in AFTER:
            return AFTER[fault.word](run(self.app, environ), fault.value)
        if fault.word != "drop":
            drain(environ)
        if fault.word in BEFORE:
            return BEFORE[fault.word](fault.value)
        status = int(fault.value if fault.word == "gone" else fault.word)
        waiting = retry_after(fault.value, self.clock()) if fault.word != "gone" else []
        return json_answer(status, json.dumps(self.problem(status)).encode(), waiting)

    def _note(self, environ: Environ, kind: str, status: int, fault: Fault | None) -> None:
        self.log.request(
            Seen(
                at=self.clock(),
                kind=kind,
                method=environ["REQUEST_METHOD"],
                path=environ["PATH_INFO"],
                status=status,
                host=environ.get("HTTP_HOST", ""),
                authorization=any(name in environ for name in KEYS),
                fault=fault.spec if fault else None,
            )
        )


def json_answer(status: int, body: bytes, headers: list[tuple[str, str]]) -> Answer:
    """A JSON body under a status."""
    return Answer(status, [("Content-Type", "application/json"), *headers], body, len(body))


def retry_after(value: str, now: float) -> list[tuple[str, str]]:
    """The Retry-After header for ``SECONDS`` or ``date:SECONDS`` (RFC 9110 allows both forms)."""
    if not value:
        return []
    if value.startswith("date:"):
        return [("Retry-After", formatdate(now + float(value[5:]), usegmt=True))]
    return [("Retry-After", value)]


def whole(answer: Answer) -> bytes:
    """The bytes of an answer that was run to its end."""
    assert isinstance(answer.body, bytes)
    return answer.body


def dripping(body: bytes, pause: float) -> Iterator[bytes]:
    """One byte at a time."""
    for at in range(len(body)):
        time.sleep(pause)
        yield body[at : at + 1]


def endless(pause: float) -> Iterator[bytes]:
    """White space (which may stand before any JSON) until the client goes away."""
    while True:
        yield b" "
        time.sleep(pause)


def torn(body: bytes) -> Iterator[bytes]:
    """The first half; the pause lets it leave before the server misses the rest."""
    yield body[: len(body) // 2]
    time.sleep(0.05)


def dropped(_: Answer, value: str) -> Answer:
    """Done, but nobody hears of it."""
    return Answer(0, [], b"")


BEFORE: dict[str, Callable[[str], Answer]] = {
    "drop": lambda value: Answer(0, [], b""),
    "html": lambda value: Answer(502, [("Content-Type", "text/html")], PAGE, len(PAGE)),
    "endless": lambda value: Answer(
        200, [("Content-Type", "application/json")], endless(float(value))
    ),
}
AFTER: dict[str, Callable[[Answer, str], Answer]] = {
    "drop-after": dropped,
    "drop-mid": lambda was, value: was._replace(body=torn(whole(was)), length=len(whole(was))),
    "malformed": lambda was, value: json_answer(was.status, whole(was)[: len(whole(was)) // 2], []),
    "empty": lambda was, value: was._replace(body=b"", length=0),
    "drip": lambda was, value: was._replace(body=dripping(whole(was), float(value))),
}


def run(app: App, environ: Environ) -> Answer:
    """Let the app answer to us instead of to the client."""
    heard: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        heard[:] = [int(status[:3]), headers]

    answered = app(environ, start)
    try:
        body = b"".join(answered)
    finally:
        getattr(answered, "close", lambda: None)()
    headers = [(name, value) for name, value in heard[1] if name.lower() != "content-length"]
    return Answer(heard[0], headers, body, len(body))


def send(answer: Answer, environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Hand an answer to the server, or make the server close the connection."""
    if answer.status == 0:
        hang_up(environ)
        # Granian lends no socket: it closes when a declared body does not come.
        answer = Answer(502, [], iter(()), length=1000)
    headers = list(answer.headers)
    if answer.length is not None:
        headers.append(("Content-Length", str(answer.length)))
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
    return [answer.body] if isinstance(answer.body, bytes) else answer.body


def hang_up(environ: Environ) -> None:
    """Close the socket where the server lends it (werkzeug does); it takes this error quietly."""
    if connection := environ.get("werkzeug.socket"):
        connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("dropped on purpose")


def drain(environ: Environ) -> None:
    """Read the body to its end: a client still sending would see a reset, not our answer."""
    ended = environ.get("wsgi.input_terminated", False)
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while ended or left > 0:
        piece = environ["wsgi.input"].read(65_536 if ended else min(left, 65_536))
        if not piece:
            return
        left -= len(piece)
