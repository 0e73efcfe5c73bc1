"""May we ask this address? Pure: no name is looked up and nothing is opened here."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

MAX_URL = 2048
"""Characters; the length every platform and proxy of the field still takes."""

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The only part of IPv6 that is given out to the public (RFC 4291, section 2.4). Outside of it
lie every mapped, compatible, translated (64:ff9b::), site-local and multicast address."""

NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID (RFC 2928)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4: holds any IPv4 address (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""What Python 3.11 calls global but is not a public host."""

UNREADABLE = re.compile(r"[\s\\\x00-\x20\x7f-\xa0]")


def public(address: str) -> bool:
    """Whether a resolved address is one of a public host, by an allow-list for IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip not in GLOBAL_UNICAST:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    return not any(ip in network for network in NEVER)


def allowed(url: SplitResult, hosts: frozenset[str]) -> bool:
    """Whether the operator listed this host, as ``host`` or ``host:port``."""
    host = (url.hostname or "").lower()
    port = url.port or (443 if url.scheme == "https" else 80)
    return host in hosts or f"{host}:{port}" in hosts


def objection(url: str, hosts: frozenset[str]) -> str | None:
    """Why a URL that a caller gave cannot be used, as a sentence that says what to do.

    None means that nothing speaks against it so far: what its name resolves to is checked
    when we connect. ``hosts`` are those the operator allows to be http and private.
    """
    if len(url) > MAX_URL:
        return f"Use a URL of at most {MAX_URL} characters."
    if UNREADABLE.search(url):
        return "Use a URL without spaces, backslashes and control characters."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "Use a URL with a readable host and a port from 1 to 65535."
    if parts.scheme not in ("http", "https"):
        return "Use a URL that begins with https://."
    if "@" in parts.netloc:
        return "Use a URL without user name and password."
    if not parts.hostname or not is_host(parts.hostname):
        return "Use a URL with a host name."
    if allowed(parts, hosts):
        return None
    return stranger(parts.scheme, parts.hostname, port)


def stranger(scheme: str, host: str, port: int | None) -> str | None:
    """What speaks against a readable URL whose host the operator did not list."""
    if scheme != "https":
        return "Use a URL that begins with https://."
    if port is not None and port != 443 and port < 1024:
        return "Use port 443, or one from 1024 to 65535."
    if plainly_private(host):
        return "Use a URL with a public host: this one is private."
    return None


def plainly_private(host: str) -> bool:
    """Whether a host is private without asking: a private address, or a name for ourselves."""
    name = host.rstrip(".").lower()
    literal = as_address(name)
    ours = name == "localhost" or name.endswith(".localhost")  # RFC 6761, section 6.3
    return ours or (literal is not None and not public(literal))


def is_host(host: str) -> bool:
    """Whether a host is an IPv6 address or a name that can be looked up."""
    if ":" in host:
        return as_address(host) is not None
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return re.fullmatch(r"[A-Za-z0-9_.-]+", name) is not None and name.strip(".") != ""


def as_address(host: str) -> str | None:
    """The address a host spells, also in the old ways (``0x7f.1``, ``2130706433``), else None."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None
