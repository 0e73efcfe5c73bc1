"""Who is calling? The key by header or Basic auth, or a signed token for one thing."""

from __future__ import annotations

from flask import request

from connector.core.model import Operation
from connector.errors import NotFound, WrongKey
from connector.platforms.site import Site

LACKING = "Send your key as X-API-Key, as a Bearer token, or as user or password of Basic auth."


def given_key(*others: str) -> str:
    """The key that came with the request, also in one of ``others``, the headers that only a
    platform of its own knows; raises WrongKey when there is none."""
    for name in ("X-API-Key", *others):
        key = request.headers.get(name, "").strip()
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


def owner(site: Site, *others: str) -> str:
    """The owner whose key came with the request, as for ``given_key``; raises WrongKey."""
    return site.engine.owner_of(given_key(*others))


def operation(site: Site, id: str) -> Operation:
    """The operation, for its owner's key or for a token made for just this operation."""
    if _opened(site, "operation", id):
        return site.engine.get(id, None)
    return site.engine.open(given_key(), id)


def owned(site: Site, provider: str, id: str) -> Operation:
    """The operation of this provider for its owner's key only: a token just reads."""
    return of_provider(provider, site.engine.open(given_key(), id))


def of_provider(provider: str, op: Operation) -> Operation:
    """The operation; raises NotFound for another provider's, as if it were another owner's."""
    if op.provider != provider:
        raise NotFound("There is no such operation.")
    return op


def file_owner(site: Site, id: str) -> str | None:
    """Whose file may be read: None (anyone's) for the holder of a token for just this file."""
    return None if _opened(site, "file", id) else owner(site)


def subscription(site: Site, id: str) -> str | None:
    """Whose subscription may be ended: None (anyone's) for the holder of a token for just this
    one. Raises WrongKey."""
    return None if _opened(site, "subscription", id) else owner(site)


def provider_key() -> str | None:
    """The caller's own key for the provider, if one came along."""
    return request.headers.get("X-Provider-Key", "").strip() or None


def _opened(site: Site, kind: str, id: str) -> bool:
    """Whether a token came along that opens just this thing."""
    token = request.args.get("token")
    return bool(token) and site.addresses.opens(str(token), kind, id, site.engine.parts.clock())
