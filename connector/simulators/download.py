"""Where may a document be fetched from? This machine only: simulators have no network."""

from __future__ import annotations

import ipaddress
import ssl
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

SECONDS = 10.0


class Stay(urllib.request.HTTPRedirectHandler):
    """Mindee does not follow redirects when it fetches a document; nobody here does."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Go nowhere."""


def is_loopback(url: str) -> bool:
    """An http or https URL whose host is ``localhost`` or a loopback address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def download(url: str) -> bytes | None:
    """The bytes behind a loopback URL; None for any other URL, or when there is no getting them."""
    if not is_loopback(url):
        return None
    trusting = ssl.create_default_context()
    trusting.check_hostname = False  # a server on this machine signs its own certificate
    trusting.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(
        Stay, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
    )
    try:
        with opener.open(url, timeout=SECONDS) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, OSError):
        return None
