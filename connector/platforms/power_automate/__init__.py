"""Power Automate and Logic Apps: a job as one step that is polled or called back, as several
steps, and as a trigger.

The routes, without ``/power-automate/{provider}``, are those of the connector that ``export``
writes; each module says which of Microsoft's patterns it follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from connector.core.model import Delivery, Operation, Subscription
from connector.platforms import problems
from connector.platforms.power_automate import actions, hooks, jobs, pickers, triggers
from connector.platforms.power_automate.location import BASE, NAME
from connector.platforms.power_automate.shown import job
from connector.platforms.site import Site

__all__ = ["NAME", "make_blueprint", "make_callback"]


def make_blueprint(site: Site) -> Blueprint:
    """All of ``/power-automate``."""
    bp = Blueprint("power_automate", __name__, url_prefix=BASE)
    for part in (actions, jobs, hooks, triggers, pickers):
        part.add_routes(bp, site)

    @bp.after_app_request  # also when no route of ours was found
    def plain(response: Response) -> Response:
        ours = request.path.startswith(f"{BASE}/")
        if ours and response.mimetype == problems.MEDIA:
            response.mimetype = "application/json"  # the one JSON type that the designer knows
        return response

    return bp


def make_callback(
    site: Site, op: Operation, subscription: Subscription, delivery: Delivery
) -> Mapping[str, Any]:
    """The operation document, bare: the notification content of the connector's definition."""
    return job(op, site.addresses)
