"""Where does Power Automate reach us? From our public URL to host and base path. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+", re.IGNORECASE)
PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")


def host_and_path(public_url: str, provider: str) -> tuple[str, str]:
    """``host`` and ``basePath`` of a provider's connector; the URL was found good."""
    parts = urlsplit(public_url)
    return parts.netloc, f"{parts.path.rstrip('/')}/power-automate/{provider}"


def objections(public_url: str) -> Iterator[str]:
    """Why a connector with this public URL could not be installed, or would never be reached."""
    try:
        parts = urlsplit(public_url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        yield f"this is no URL: {error}"
        return
    if parts.scheme != "https":
        yield "it must begin with https://: Power Automate calls nothing else"
    if not parts.netloc:
        yield "there is no host in it"
        return
    if parts.query or parts.fragment or "?" in public_url or "#" in public_url:
        yield "it must end with a host or a path, without ? and #"
    if parts.username is not None or port == 0:
        yield "it must name a host, with neither user nor password"
    yield from _of_host(host)
    if not PATH.fullmatch(parts.path):
        yield "its path may hold letters, digits and . _ ~ - only"


def _of_host(host: str) -> Iterator[str]:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        yield f"{host} is this machine or this network: Power Automate cannot reach it"
    elif _address(host):
        if ":" in host:
            yield f"{host} is an IPv6 address, which a definition cannot hold; give a host name"
        elif not ip_address(host).is_global:
            yield f"{host} is a private address: Power Automate cannot reach it"
    elif not NAME.fullmatch(host):
        yield f"{host} is no full host name, such as connector.example.com"


def _address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
