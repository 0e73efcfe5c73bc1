"""Zapier: a job as one step that is called back, as several steps, and as a trigger; for the app
that ``export`` writes, and for Webhooks by Zapier, with which people send names and texts.

An answer is never a redirect, and 2xx only when nothing failed: a Zap goes on after any 2xx, with
what the body holds (Zapier, "Error handling").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from connector.core.model import Delivery, Operation, Subscription
from connector.platforms.site import Site
from connector.platforms.zapier import hooks, job, jobs, lists, pickers, submits
from connector.platforms.zapier.job import BASE, NAME

__all__ = ["NAME", "make_blueprint", "make_callback"]


def make_blueprint(site: Site) -> Blueprint:
    """All of ``/zapier``."""
    bp = Blueprint("zapier", __name__, url_prefix=BASE)
    for part in (submits, jobs, lists, hooks, pickers):
        part.add_routes(bp, site)
    return bp


def make_callback(
    site: Site, op: Operation, subscription: Subscription, delivery: Delivery
) -> Mapping[str, Any]:
    """The flat job, like an item of the list: a hook trigger shows one and delivers the other."""
    return job.message(op, site.addresses)
