"""How do we ask someone outside, and come back with a value whatever happens? It knows no
manifests, operations or stores of rows."""

from __future__ import annotations

import logging
import ssl
import threading
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import exceptions as urllib3
from urllib3.util.ssl_ import create_urllib3_context

from connector.core.model import Failure, Outcome, Request, Response
from connector.http import addresses, answer, download
from connector.http.encode import Body, encode
from connector.http.exchange import Ended, Exchange, Watchdog
from connector.http.kept import Kept
from connector.http.line import Line

MEGABYTE = 1024 * 1024
log = logging.getLogger(__name__)


class Door:
    """The one way out. Threads may share it; each has its own connections.

    ``new_id`` names the files of ``answer: bytes``. Sizes are in bytes and count after
    decompression. ``allowed_hosts`` (``host`` or ``host:port``) may be asked though they are
    private or http. ``tls`` replaces the usual list of trusted certificates.
    """

    def __init__(
        self,
        files: Kept,
        *,
        new_id: Callable[[], str],
        max_answer_bytes: int = 32 * MEGABYTE,
        max_file_bytes: int = 150 * MEGABYTE,
        max_depth: int = 64,
        allowed_hosts: frozenset[str] = frozenset(),
        user_agent: str = "connector",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._files = files
        self._new_id = new_id
        self._max_answer_bytes = max_answer_bytes
        self._max_file_bytes = max_file_bytes
        self._max_depth = max_depth
        self._allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self._user_agent = user_agent
        self._tls = tls or trusting()
        self._watchdog = Watchdog()
        self._here = threading.local()
        self._lines: weakref.WeakSet[Line] = weakref.WeakSet()
        self._lock = threading.Lock()

    def send(self, request: Request) -> Outcome:
        """Ask once, without retries, redirects or cookies. Never raises; a Failure's reason holds
        no URL, header or other text of the exchange."""
        exchange = Exchange(request.timeout, fresh=not request.repeatable)
        try:
            with self._watchdog.guarding(exchange), ExitStack() as opened:
                return self._ask(request, exchange, opened)
        except Exception as error:
            return failure(error, exchange)

    def objection(self, url: str) -> str | None:
        """Why a URL that a caller gave cannot be asked (a sentence for them), or None. Looks up
        no names; the address itself is checked when we connect."""
        return addresses.objection(url, self._allowed_hosts)

    def close(self) -> None:
        """End every connection; whatever is sent afterwards fails."""
        self._watchdog.close()
        with self._lock:
            for line in list(self._lines):
                line.close()

    def _ask(self, request: Request, exchange: Exchange, opened: ExitStack) -> Response:
        prepared = self._prepared(request, opened)
        url = urlsplit(str(prepared.url))
        response = self._line(guarded=self._guarded(url, request)).ask(prepared, exchange)
        try:
            body = self._body(response, request, exchange)
        finally:
            response.close()
        headers = {name: answer.storable(value) for name, value in response.headers.lower_items()}
        return Response(response.status_code, headers, body)

    def _prepared(self, request: Request, opened: ExitStack) -> requests.PreparedRequest:
        """The request as requests wants it, without the detours of a Session."""
        prepared = requests.PreparedRequest()
        prepared.prepare_url(request.url, None)
        body = encode(request.body, request.encoding, self._files, opened)
        prepared.method = request.method.upper()
        prepared.headers = self._headers(request, body)
        prepared.body = body.content
        return prepared

    def _headers(self, request: Request, body: Body) -> CaseInsensitiveDict[Any]:
        headers: CaseInsensitiveDict[Any] = CaseInsensitiveDict()
        headers["User-Agent"] = self._user_agent
        headers["Accept"] = "*/*"
        # A file that arrives packed would not have the size its sender names.
        headers["Accept-Encoding"] = "identity" if request.answer == "bytes" else "gzip, deflate"
        if body.content is not None:
            headers["Content-Type"] = body.type
        for name, value in request.headers.items():
            headers[name] = value if value.isascii() else value.encode()
        if body.content is not None:
            headers["Content-Length"] = str(body.size)
        if request.encoding == "multipart" and body.content is not None:
            headers["Content-Type"] = body.type  # only the encoder knows the boundary
        if not request.repeatable:
            headers["Connection"] = "close"
        return headers

    def _guarded(self, url: SplitResult, request: Request) -> bool:
        """Whether only public addresses may be asked. Raises Ended if we do not ask at all."""
        if url.scheme not in ("http", "https") or not url.hostname:
            raise Ended("the URL must begin with https://", refused=True)
        if request.own or addresses.allowed(url, self._allowed_hosts):
            return False
        if url.scheme != "https":
            raise Ended("the URL must begin with https://", refused=True)
        if addresses.plainly_private(url.hostname):
            raise Ended("the address is not public", refused=True)
        return True

    def _line(self, *, guarded: bool) -> Line:
        """This thread's connections of one kind."""
        kind = "guarded" if guarded else "free"
        line: Line | None = getattr(self._here, kind, None)
        if line is None:
            line = Line(self._tls, guarded=guarded)
            setattr(self._here, kind, line)
            with self._lock:
                self._lines.add(line)
        return line

    def _body(self, response: requests.Response, request: Request, exchange: Exchange) -> Any:
        if request.answer == "status":
            return None
        if request.answer == "bytes" and 200 <= response.status_code < 300:
            new_id = self._new_id()
            most = self._max_file_bytes
            return download.keep(response, exchange, self._files, new_id, most, request.called)
        return answer.read(response, exchange, self._max_answer_bytes, self._max_depth)


def trusting() -> ssl.SSLContext:
    """A TLS context with the usual certificates: loaded once, as it takes 10 ms and more."""
    context = create_urllib3_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


LATE = (requests.Timeout, urllib3.TimeoutError, TimeoutError)

REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    ((requests.exceptions.SSLError, urllib3.SSLError), "the TLS handshake failed"),
    (urllib3.DecodeError, "the answer cannot be unpacked"),
    (requests.exceptions.InvalidHeader, "a header cannot be written"),
    ((requests.exceptions.InvalidURL, requests.exceptions.MissingSchema), "the URL is unreadable"),
    ((requests.ConnectionError, urllib3.HTTPError), "the connection broke"),
    ((ValueError, RecursionError), "the request cannot be written"),
    (OSError, "a file cannot be read or written"),
)
"""What to say of an error; the first kind that fits. Their own texts hold URLs."""


def failure(error: Exception, exchange: Exchange) -> Failure:
    """What an error means to who asked."""
    if exchange.expired() or isinstance(error, LATE):
        return Failure(exchange.late().reason, sent=exchange.sent)
    if isinstance(error, Ended):
        return Failure(error.reason, sent=exchange.sent, refused=error.refused)
    reason = next((words for kind, words in REASONS if isinstance(error, kind)), None)
    if reason is None:
        log.error("unexpected %s at the door", type(error).__name__)
        reason = f"unexpected {type(error).__name__}"
    unwritable = isinstance(error, ValueError | RecursionError) and not exchange.sent
    return Failure(reason, sent=exchange.sent, refused=unwritable)
