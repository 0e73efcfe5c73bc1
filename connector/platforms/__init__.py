"""Floor 3: one module per platform, in that platform's words. No SQL, no requests.

``PLATFORMS`` is the table of them; a row needs a blueprint and a way of telling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from connector.core.model import Delivery, Operation, Subscription
from connector.engine.parts import Conversation
from connector.platforms import power_automate, rest, sellershorts, zapier
from connector.platforms.site import Site


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: its name, its routes, and how it is told: with one JSON object, or with a
    conversation (see ``engine.parts``)."""

    name: str
    make_blueprint: Callable[[Site], Blueprint]
    make_callback: Callable[
        [Site, Operation, Subscription, Delivery], Mapping[str, Any] | Conversation
    ]


PLATFORMS: Mapping[str, Platform] = {
    each.name: each
    for each in (
        Platform(rest.NAME, rest.make_blueprint, rest.make_callback),
        Platform(power_automate.NAME, power_automate.make_blueprint, power_automate.make_callback),
        Platform(zapier.NAME, zapier.make_blueprint, zapier.make_callback),
        Platform(sellershorts.NAME, sellershorts.make_blueprint, sellershorts.make_callback),
    )
}
