"""What does every platform's blueprint work with?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.engine import Engine
from connector.platforms.addresses import Addresses


@dataclass(frozen=True, slots=True)
class FlowRules:
    """What the operator decided about Power Automate.

    ``location`` is ``auto``, ``gateway`` or ``public``: where its Location leads. Hosts are lower
    case; ``gateway_hosts`` and ``callback_hosts`` stand for themselves and all below them (``*``
    for any), ``allowed_hosts`` (``name`` or ``name:port``) for themselves alone.
    ``hold_seconds`` is how long the answer about an open operation may wait for its end.
    """

    location: str = "auto"
    gateway_hosts: tuple[str, ...] = ()
    callback_hosts: tuple[str, ...] = ()
    allowed_hosts: frozenset[str] = frozenset()
    hold_seconds: float = 0.0
    tracking_id: bool = True
    """Whether the tracking id is part of the idempotency key."""


@dataclass(frozen=True, slots=True)
class ZapRules:
    """What the operator decided about Zapier: where it may be called back. Hosts as in
    ``FlowRules``."""

    callback_hosts: tuple[str, ...] = ()
    allowed_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SaleRules:
    """What the operator decided about SellerShorts: where it may be called back (hosts as in
    ``FlowRules``), the secret for owners who keep none, and names that are not the usual ones
    (see ``sellershorts.words``)."""

    callback_hosts: tuple[str, ...] = ()
    allowed_hosts: frozenset[str] = frozenset()
    secret: str = field(default="", repr=False)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """The engine, our addresses, and what the platforms' own rules need to know."""

    engine: Engine
    addresses: Addresses
    flow: FlowRules = field(default_factory=FlowRules)
    zap: ZapRules = field(default_factory=ZapRules)
    sale: SaleRules = field(default_factory=SaleRules)
