"""How does a provider's key travel? One function per kind of auth. Pure.

``{key}`` exists only here: no other template can name it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from connector.core.model import Request


def authorize(request: Request, auth: Mapping[str, Any], key: str | None) -> Request:
    """The request with the key in the form the manifest asks for."""
    if key is None or not request.credentials:
        return request
    return KINDS[auth["kind"]](request, auth, key)


@lru_cache(maxsize=1024)  # the same few base URLs, at every poll
def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL, the way browsers compare them (RFC 6454)."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").rstrip("."), port


def _header(request: Request, auth: Mapping[str, Any], key: str) -> Request:
    value = str(auth.get("value", "{key}")).replace("{key}", key)
    return _with_header(request, auth["name"], value)


def _bearer(request: Request, auth: Mapping[str, Any], key: str) -> Request:
    return _with_header(request, "Authorization", f"Bearer {key}")


def _basic(request: Request, auth: Mapping[str, Any], key: str) -> Request:
    user = str(auth.get("user", "{key}")).replace("{key}", key)
    password = str(auth.get("password", "")).replace("{key}", key)
    coded = b64encode(f"{user}:{password}".encode()).decode()
    return _with_header(request, "Authorization", f"Basic {coded}")


def _query(request: Request, auth: Mapping[str, Any], key: str) -> Request:
    parts = urlsplit(request.url)
    pair = f"{quote(auth['name'], safe='')}={quote(key, safe='')}"
    query = f"{parts.query}&{pair}" if parts.query else pair
    return replace(request, url=urlunsplit(parts._replace(query=query)))


def _with_header(request: Request, name: str, value: str) -> Request:
    return replace(request, headers={**request.headers, name: value})


KINDS: dict[str, Callable[[Request, Mapping[str, Any], str], Request]] = {
    "header": _header,
    "bearer": _bearer,
    "basic": _basic,
    "query": _query,
    "none": lambda request, auth, key: request,
}
