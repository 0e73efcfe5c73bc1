"""How does SellerShorts ask a seller? Once, with the seller's headers, and never for longer than it
says."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 8.0  # seconds for the answer to a poll
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer: its status (0 for none), how many seconds it took, and its body as JSON (None
    where it is none). ``trouble`` says why there is none."""

    status: int
    seconds: float
    body: Any = None
    trouble: str | None = None


def ask(
    method: str, url: str, headers: Mapping[str, str], body: Any = None, patience: float = PATIENCE
) -> Heard:
    """The answer; never raises."""
    began = time.monotonic()
    try:
        status, said = _exchange(method, url, headers, body, began + patience)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = isinstance(error, TimeoutError)
        why = f"no answer within {patience:g} s" if late else type(error).__name__
        return Heard(0, time.monotonic() - began, trouble=why)
    seconds = time.monotonic() - began
    try:
        return Heard(status, seconds, json.loads(said))
    except ValueError:
        return Heard(status, seconds, trouble="the answer is no JSON")


def _exchange(
    method: str, url: str, headers: Mapping[str, str], body: Any, ends: float
) -> tuple[int, bytes]:
    parts = urlsplit(url)
    begin = _trusting if parts.scheme == "https" else http.client.HTTPConnection
    connection = begin(str(parts.hostname), parts.port, timeout=_left(ends))
    try:
        told = {**headers, "Accept": "application/json", "User-Agent": "SellerShorts stand-in"}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            told["Content-Type"] = "application/json"
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", content, told)
        answer = connection.getresponse()
        return answer.status, _read(answer, ends)
    finally:
        connection.close()


def _read(answer: http.client.HTTPResponse, ends: float) -> bytes:
    said = bytearray()
    while chunk := answer.read(CHUNK):
        said += chunk
        _left(ends)
    return bytes(said)


def _left(ends: float) -> float:
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _trusting(host: str, port: int | None, timeout: float) -> http.client.HTTPSConnection:
    context = ssl.create_default_context()
    context.check_hostname = False  # a server on this machine signs its own certificate
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
