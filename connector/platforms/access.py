"""Who is calling? The key by header or Basic auth, or a signed token for one thing."""

from __future__ import annotations

from flask import request

from connector.core.model import Operation
from connector.errors import WrongKey
from connector.platforms.site import Site

LACKING = "Send your key as X-API-Key, as a Bearer token, or as user or password of Basic auth."


def given_key() -> str:
    """The key that came with the request; raises WrongKey when there is none."""
    key = request.headers.get("X-API-Key", "").strip()
    if key:
        return key
    sent = request.authorization
    if sent is None:
        raise WrongKey(LACKING, "no_key")
    words = [sent.token] if sent.type == "bearer" else [sent.password, sent.username]
    found = next((word.strip() for word in words if word and word.strip()), None)
    if found is None:
        raise WrongKey(LACKING, "no_key")
    return found


def owner(site: Site) -> str:
    """The owner whose key came with the request; raises WrongKey."""
    return site.engine.owner_of(given_key())


def operation(site: Site, id: str) -> Operation:
    """The operation, for its owner's key or for a token made for just this operation."""
    token = request.args.get("token")
    if token and site.addresses.opens(token, "operation", id, site.engine.parts.clock()):
        return site.engine.get(id, None)
    return site.engine.open(given_key(), id)


def file_owner(site: Site, id: str) -> str | None:
    """Whose file may be read: None (anyone's) for the holder of a token for just this file."""
    token = request.args.get("token")
    if token and site.addresses.opens(token, "file", id, site.engine.parts.clock()):
        return None
    return owner(site)


def provider_key() -> str | None:
    """The caller's own key for the provider, if one came along."""
    return request.headers.get("X-Provider-Key", "").strip() or None
