"""How do we get a connection in time, and only to where we may? Knows names and sockets."""

from __future__ import annotations

import queue
import socket
import threading
from typing import Any

from connector.http.addresses import as_address, public
from connector.http.exchange import Ended, Exchange

Found = tuple[Any, Any, int, str, tuple[Any, ...]]
"""One row of ``socket.getaddrinfo``."""


def dial(host: str, port: int, exchange: Exchange, *, guarded: bool) -> socket.socket:
    """Connect to ``host``; raises Ended. ``guarded`` lets only public addresses through.

    The name is looked up once, and the connection goes to the addresses that were checked: a
    name that resolves differently the next time (DNS rebinding) gains nothing.
    """
    host = host.strip("[]")
    found = look_up(host, port, exchange)
    if guarded and not all(public(str(row[4][0])) for row in found):
        raise Ended("the address is not public", refused=True)
    reason = "the name cannot be resolved"
    for nth, row in enumerate(found):
        try:
            return connect(row, exchange.left() / (len(found) - nth))
        except ConnectionRefusedError:
            reason = "connection refused"
        except TimeoutError:
            reason = exchange.late().reason
        except OSError:
            reason = "the host cannot be reached"
    raise Ended(reason)


def look_up(host: str, port: int, exchange: Exchange) -> list[Found]:
    """What a name resolves to, within the time of the exchange."""
    if as_address(host):
        return resolve(host, port)
    answers: queue.SimpleQueue[list[Found] | Ended] = queue.SimpleQueue()
    # The system's resolver cannot be interrupted, only left behind.
    threading.Thread(target=answer, args=(host, port, answers), daemon=True).start()
    try:
        found = answers.get(timeout=exchange.left())
    except queue.Empty:
        raise exchange.late() from None
    if isinstance(found, Ended):
        raise found
    return found


def answer(host: str, port: int, answers: queue.SimpleQueue[list[Found] | Ended]) -> None:
    """Put what a name resolves to, or why it does not, into ``answers``."""
    try:
        answers.put(resolve(host, port))
    except Ended as error:
        answers.put(error)


def resolve(host: str, port: int) -> list[Found]:
    """The addresses of a name, as many as the system gives; raises Ended when there are none."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Ended("the name cannot be resolved") from None


def connect(row: Found, seconds: float) -> socket.socket:
    """A connected socket that sends small things at once; raises OSError."""
    sock = socket.socket(row[0], row[1], row[2])
    try:
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(row[4])
    except BaseException:
        sock.close()
        raise
    return sock
