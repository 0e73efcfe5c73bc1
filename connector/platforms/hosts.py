"""Is this one of a platform's hosts? What platforms may be called back at is decided with it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from connector.http.addresses import allowed


def listed(host: str, hosts: Iterable[str]) -> bool:
    """Whether a host (lower case) is one of these, or below one of them; ``*`` is any."""
    return any(each in ("*", host) or host.endswith(f".{each}") for each in hosts)


def unlisted(url: str, hosts: Iterable[str], allowed_hosts: frozenset[str]) -> str | None:
    """The host of a readable URL when it is neither ``listed`` in ``hosts`` nor, with its port,
    one of ``allowed_hosts``; None when it is."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return None if allowed(parts, allowed_hosts) or listed(host, hosts) else host
