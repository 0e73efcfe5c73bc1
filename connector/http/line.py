"""Which connection carries an exchange? One thread's keep-alive pools, fitted into requests."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from connector.http.dial import dial
from connector.http.exchange import Exchange

CHUNK = 64 * 1024
HOSTS = 32
"""Hosts whose connection a thread keeps."""


class Turn:
    """Who is asking on a line just now. Connections look here; it knows nobody."""

    exchange: Exchange

    def __init__(self, *, guarded: bool) -> None:
        self.guarded = guarded


class Line(HTTPAdapter):
    """The connections of one thread. ``guarded`` lines reach public addresses only.

    It is used without a Session, which would read the whole body of a redirect, keep cookies
    and cost half of the time. Guarded and unguarded lines never share a connection.
    """

    def __init__(self, tls: ssl.SSLContext, *, guarded: bool) -> None:
        self.turn = Turn(guarded=guarded)
        self.tls = tls
        super().__init__(max_retries=0)

    def ask(self, request: requests.PreparedRequest, exchange: Exchange) -> requests.Response:
        """Send and return as soon as the headers are here; the body is still on the wire."""
        self.turn.exchange = exchange
        # The timeout only counts from byte to byte; the watchdog is what ends an exchange.
        return self.send(request, stream=True, timeout=exchange.left())

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Pools whose connections report to our turn."""
        self.poolmanager = PoolManager(num_pools=HOSTS, maxsize=1, blocksize=CHUNK)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(PlainPool, turn=self.turn),
            "https": partial(
                TlsPool, turn=self.turn, ssl_context=self.tls, cert_reqs="CERT_REQUIRED"
            ),
        }

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        """The pool of a host: never by way of a proxy."""
        url = urlsplit(str(request.url))
        pool: HTTPConnectionPool = self.poolmanager.connection_from_host(
            url.hostname, url.port, url.scheme
        )
        return pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to do: the TLS context already says whom to trust, and is loaded once."""


class Lines:
    """The lines of a head, with the last one kept."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        """The next line, empty only where the connection ended."""
        self.last = self.stream.readline(limit)
        return self.last

    def close(self) -> None:
        """Close what the lines come from."""
        self.stream.close()


class Answer(http.client.HTTPResponse):
    """Mends two habits of http.client: it takes a 103 for the answer and leaves the real one on
    the connection, for the next question to find; and headers cut off for complete ones."""

    def begin(self) -> None:
        """Read status and headers of the final answer."""
        self.read_head()
        while 100 <= self.status < 200:
            self.headers = self.msg = None  # type: ignore[assignment]
            self.read_head()

    def read_head(self) -> None:
        """Read one status and its headers; raises IncompleteRead."""
        lines = Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]
        try:
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = lines.stream
        if not lines.last:
            raise http.client.IncompleteRead(b"")


class Watched(HTTPConnection):
    """A connection that opens only where it may, and reports when bytes may have left."""

    response_class = Answer

    def __init__(self, *args: Any, turn: Turn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.turn = turn

    def _new_conn(self) -> socket.socket:
        exchange = self.turn.exchange
        sock = dial(self._dns_host, self.port, exchange, guarded=self.turn.guarded)
        exchange.hold(sock)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        """As in urllib3; a connection used before is handed to the new exchange."""
        if self.sock is not None:
            self.turn.exchange.hold(self.sock)
        super().request(*args, **kwargs)

    def send(self, data: Any) -> None:
        """As in http.client; what fails before this point was surely never seen."""
        if self.sock is None:
            self.connect()
        self.turn.exchange.sent = True
        super().send(data)


class WatchedTls(Watched, HTTPSConnection):
    """The same with TLS, whose name checks go by the URL's host and not by the address."""


class Pool(HTTPConnectionPool):
    """Gives kept connections only to exchanges that may be repeated."""

    ConnectionCls = Watched
    turn: Turn

    def __init__(self, *args: Any, turn: Turn, **kwargs: Any) -> None:
        super().__init__(*args, turn=turn, **kwargs)
        self.turn = turn

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)
        if self.turn.exchange.fresh:
            # The other side may be closing a kept connection at this very moment, and then
            # nobody knows whether it took the order. A closed one opens anew by itself.
            connection.close()
        return connection


class PlainPool(Pool):
    """Kept connections without TLS, to the operator's own hosts."""


class TlsPool(Pool, HTTPSConnectionPool):
    """Kept connections with TLS."""

    ConnectionCls = WatchedTls
