"""Receivers that misbehave: they write what they are told, byte by byte, or nothing at all."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Say = bytes | None
"""A whole answer; None never answers."""

FULL = "HTTP/1.1 {}\r\n{}Content-Length: 0\r\n\r\n"


def says(status: str, **headers: str) -> bytes:
    """An answer without a body; ``retry_after`` becomes Retry-After."""
    lines = (f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return FULL.format(status, "".join(lines)).encode()


@dataclass
class Wire:
    """What came, head and body, and what is answered, the last one for ever."""

    url: str
    answers: list[Say | Callable[[], bytes]]
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def until(self, heard: int, seconds: float = 5.0) -> None:
        """Just so many were heard, or will be in a moment: who timed out may be faster."""
        ends = time.monotonic() + seconds
        while len(self.heard) < heard and time.monotonic() < ends:
            time.sleep(0.005)
        assert len(self.heard) == heard

    def answer(self, sock: socket.socket) -> None:
        """One request on a connection of its own."""
        with sock, contextlib.suppress(OSError):
            request = read(sock)
            if request is None:
                return
            self.heard.append(request)
            said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if said is None:
                self.closing.wait()
                return
            sock.sendall(said() if callable(said) else said)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass


@contextlib.contextmanager
def wire(*answers: Say | Callable[[], bytes], host: str = "127.0.0.1") -> Iterator[Wire]:
    """A receiver on a socket, at a path that nobody could guess; ``host`` is how it is called."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    made = Wire(f"http://{host}:{port}/hooks/a-secret-part-of-the-target", list(answers))
    thread = threading.Thread(target=accept, args=(listener, made), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        listener.shutdown(socket.SHUT_RDWR)  # closing alone would leave the accept call asleep
        listener.close()
        thread.join()


def accept(listener: socket.socket, made: Wire) -> None:
    """A thread for each connection, until the listener closes."""
    with contextlib.suppress(OSError):
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=made.answer, args=(sock,), daemon=True).start()


def read(sock: socket.socket) -> tuple[str, bytes] | None:
    """Head and body of a request whose length is given; None when the client left."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = sock.recv(65536)
        if not piece:
            return None
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    size = next((int(each[15:]) for each in lines if each.startswith("content-length:")), 0)
    while len(body) < size:
        body += sock.recv(65536)
    return head.decode("latin-1"), body
