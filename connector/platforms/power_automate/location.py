"""Where may a flow look next, and where may it be called back?

A flow asks us by way of its gateway, which adds the connection's key. A Location on our own
address is followed without that key, or not at all, so Location stays on the gateway where the
request says which one it came through: in X-MS-APIM-Referrer-Prefix (``https://host/apim/
connector/connection``), or in X-MS-APIM-Referrer, the whole URL of this request there. Below that
prefix stand the declared paths, without basePath. Neither header is documented by Microsoft, and
anybody can send one, so they count only for hosts that the operator lists.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlencode

from flask import request

from connector.errors import CallerError
from connector.platforms.hosts import listed
from connector.platforms.site import Site
from connector.platforms.targets import Targets

NAME = "power-automate"
BASE = f"/{NAME}"
CALLBACKS = Targets("Power Automate", "CONNECTOR_FLOW_HOSTS", lambda site: site.flow)

PREFIX, REFERRER = "X-MS-APIM-Referrer-Prefix", "X-MS-APIM-Referrer"

GATEWAY = re.compile(
    r"https://(?P<host>(?:[a-z0-9-]+\.)+[a-z0-9-]+)(?::443)?"
    r"(?P<path>(?:/(?:[a-z0-9._~!$&'()*+;=:@-]|%[0-9a-f]{2})+)*)",
    re.IGNORECASE | re.ASCII,
)
"""A whole URL without user, query and fragment. A comma, though RFC 3986 has it in paths, is how
a server joins a header that came twice."""

SEVERAL = re.compile(r",\s*https?:", re.IGNORECASE)


def at(site: Site, provider: str, path: str, /, **query: str) -> str:
    """The absolute URL of a declared path (``/operations/{id}/result``, filled in and encoded).

    On the gateway that this request came through, else at our public URL. Only within a request.
    """
    prefix = _gateway(site)
    if prefix is None:
        return site.addresses.at(f"{BASE}/{provider}{path}", **query)
    return f"{prefix}{path}" + (f"?{urlencode(query)}" if query else "")


def require_gateway(site: Site) -> None:
    """Raises CallerError when CONNECTOR_POWER_AUTOMATE_LOCATION is ``gateway`` and this request
    names none that can be used. To be asked before anything is ordered."""
    if site.flow.location == "gateway" and _gateway(site) is None:
        raise CallerError(
            "This request came through no gateway that CONNECTOR_GATEWAY_HOSTS lists, and "
            "CONNECTOR_POWER_AUTOMATE_LOCATION is gateway; call it from a flow.",
            "no_gateway",
        )


def _gateway(site: Site) -> str | None:
    """The gateway's prefix, without a slash at its end, or None when there is none to be used."""
    if site.flow.location == "public":
        return None
    prefix = request.headers.get(PREFIX)
    found = _before_path() if prefix is None else prefix.removesuffix("/")
    url = GATEWAY.fullmatch(found or "")
    if url is None or not listed(url["host"].lower(), site.flow.gateway_hosts):
        return None
    segments = unquote(url["path"]).split("/")
    return None if {".", ".."} & set(segments) else found


def _before_path() -> str | None:
    """The referrer without its query and the declared path of this request, if it ends so.

    Both are compared decoded: what is one encoded segment there may be several here.
    """
    referrer = request.headers.get(REFERRER, "")
    ours = request.path.removeprefix(f"{BASE}/").split("/")[1:]
    if SEVERAL.search(referrer):
        return None
    segments = referrer.partition("?")[0].split("/")
    for count in range(1, len(ours) + 1):
        if unquote("/".join(segments[-count:])) == "/".join(ours):
            return "/".join(segments[:-count])
    return None
