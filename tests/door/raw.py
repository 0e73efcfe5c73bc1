"""A server that writes what it is told, byte by byte if need be."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Play = Callable[[socket.socket, bytes], None]


class Server:
    """What a raw server saw: its address, connections accepted, requests read."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.connections = 0
        self.requests: list[bytes] = []


@contextlib.contextmanager
def raw(play: Play, *, hear: bool = True) -> Iterator[Server]:
    """Serve with ``play(socket, request head)`` until it returns or the client leaves; without
    ``hear`` it is called once, before anything is read."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1])
    thread = threading.Thread(target=accept, args=(listener, server, play, hear), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        # Closing alone would leave the accept call asleep.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def accept(listener: socket.socket, server: Server, play: Play, hear: bool) -> None:
    """Talk on every connection in a thread of its own, until the listener closes."""
    with contextlib.suppress(OSError):
        while True:
            sock, _ = listener.accept()
            server.connections += 1
            threading.Thread(target=talk, args=(sock, server, play, hear), daemon=True).start()


def talk(sock: socket.socket, server: Server, play: Play, hear: bool) -> None:
    """Answer until someone leaves."""
    with sock, contextlib.suppress(OSError):
        if not hear:
            play(sock, b"")
        while hear and (head := read_head(sock)):
            server.requests.append(head)
            play(sock, head)


def read_head(sock: socket.socket) -> bytes:
    """The head of a request without a body, or nothing when the client left."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = sock.recv(65536)
        if not piece:
            return b""
        head += piece
    return head


def reply(
    body: bytes = b"{}", status: str = "200 OK", headers: str = "", length: int | None = None
) -> bytes:
    """A whole answer; ``length`` may lie."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {size}\r\n\r\n"
    return head.encode("latin-1") + body


def says(answer: bytes) -> Play:
    """Always answer the same and keep the connection."""
    return lambda sock, head: sock.sendall(answer)


def hang_up(sock: socket.socket) -> None:
    """End the connection so that ``talk`` ends too."""
    sock.shutdown(socket.SHUT_RDWR)
