"""Floor 3: one module per platform, in that platform's words. No SQL, no requests.

``PLATFORMS`` is the table of them; a row needs a blueprint and a way of telling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from connector.core.model import Delivery, Operation, Subscription
from connector.platforms import power_automate, rest
from connector.platforms.addresses import Addresses
from connector.platforms.site import Site


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: its name, its routes, and the JSON that it is told with."""

    name: str
    make_blueprint: Callable[[Site], Blueprint]
    make_callback: Callable[[Addresses, Operation, Subscription, Delivery], Mapping[str, Any]]


PLATFORMS: Mapping[str, Platform] = {
    each.name: each
    for each in (
        Platform(rest.NAME, rest.make_blueprint, rest.make_callback),
        Platform(power_automate.NAME, power_automate.make_blueprint, power_automate.make_callback),
    )
}
