"""How does a request become an order? The part that all platforms share."""

from __future__ import annotations

import re
from typing import Any

from flask import g, request

from connector.core.model import Operation
from connector.engine import Order
from connector.errors import BadInput, FieldProblem
from connector.platforms import access
from connector.platforms.reading import Given, read
from connector.platforms.site import Site

PREFER_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d+)", re.IGNORECASE)  # RFC 7240, 4.3


def submit(site: Site, platform: str, provider: str, action: str, key: Any = None) -> Operation:
    """The operation that this request orders; see ``read_order``."""
    return place(site, read_order(site, platform, provider, action, key))


def read_order(
    site: Site, platform: str, provider: str, action: str, key: Any = None, by_text: bool = False
) -> Order:
    """What this request orders. ``key`` makes the idempotency key of a platform that sends none
    by itself, from what was given; see ``Given`` for ``by_text``."""
    who = access.owner(site)
    wanted = site.engine.parts.action(provider, action)
    given = read(site.engine, who, wanted, by_text)
    sent = request.headers.get("Idempotency-Key", "").strip() or None
    return Order(
        owner=who,
        platform=platform,
        provider=provider,
        action=action,
        input=given.input,
        files=tuple(given.files),
        key=sent or (key(given) if key else None),
        client_ref=_text(given, "client_ref"),
        timeout=given.words.get("timeout"),
        pace=given.words.get("pace"),
        callback_url=_text(given, "callback_url"),
        provider_key=access.provider_key(),
        wait=wait(given.words.get("wait")),
    )


def place(site: Site, order: Order) -> Operation:
    """The operation of an order, whose files are then no longer the request's."""
    g.taken = {each.id for each in order.files}
    return site.engine.submit(order)


def wait(said: Any = None) -> float | None:
    """Seconds that the caller wants to wait: ``Prefer: wait=N``, or a field; None means unsaid."""
    preferred = PREFER_WAIT.search(request.headers.get("Prefer", ""))
    if preferred:
        return float(preferred.group(1))
    if said is None or said == "":
        return None
    try:
        seconds = float(said)
    except (TypeError, ValueError, OverflowError):
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        detail = "Give seconds, 0 or more; at most 25 are waited."
        raise BadInput(f"/wait: {detail}", fields=[FieldProblem("/wait", detail)])
    return seconds


def _text(given: Given, name: str) -> str | None:
    value = given.words.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not value.isprintable():
        raise BadInput(f"/{name}: Give text.", fields=[FieldProblem(f"/{name}", "Give text.")])
    return value
