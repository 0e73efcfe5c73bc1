"""What does every platform's blueprint work with?"""

from __future__ import annotations

from dataclasses import dataclass

from connector.engine import Engine
from connector.platforms.addresses import Addresses


@dataclass(frozen=True, slots=True)
class Site:
    """The engine, our addresses, and what the platforms' own rules need to know."""

    engine: Engine
    addresses: Addresses
    tracking_id: bool = True
    """Whether Power Automate's tracking id is part of its idempotency key."""
