"""Whom do we call back? The webhook trigger of a flow, and the end of every subscription.

The answer to a subscribe is 201 with a Location, which the engine deletes when the flow is
changed or turned off, and when a run that waits is canceled or runs out of time (Microsoft,
"Create custom APIs for Azure Logic Apps", "Use a webhook trigger for a custom connector").
"""

from __future__ import annotations

from flask import Blueprint, Response

from connector.core.model import Status, Subscription
from connector.platforms import access, checks
from connector.platforms.power_automate import answers, location
from connector.platforms.power_automate.location import NAME
from connector.platforms.reading import read_object
from connector.platforms.site import Site

FIELDS = ("callback_url", "status", "action")
TOLD = (Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.NEEDS_REVIEW)
LASTING = 10 * 365 * 86400.0  # seconds; a flow may be turned off years after it was turned on


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/hooks/finished`` and ``/subscriptions/{id}``."""

    @bp.post("/<provider>/hooks/finished")
    def subscribe(provider: str) -> Response:
        who = access.owner(site)
        location.require_gateway(site)
        wanted, target = _wanted(site, who, provider)
        kept = site.engine.listen(wanted, target)
        until = kept.created_at + LASTING
        return answers.subscribed(site, provider, kept, until, {"id": kept.id})

    @bp.delete("/<provider>/subscriptions/<id>")
    def unsubscribe(provider: str, id: str) -> tuple[str, int]:
        site.engine.withdraw(id, access.subscription(site, id))
        return "", 204


def _wanted(site: Site, who: str, provider: str) -> tuple[Subscription, str]:
    """The subscription that the body asks for, and its target; raises NotFound or BadInput."""
    actions = site.engine.parts.manifest(provider).actions
    said = read_object()
    target, status, action = (said.get(name) for name in FIELDS)
    checks.require(
        [
            *location.CALLBACKS.problems(site, target),
            *checks.one_of("/status", status, [each.value for each in TOLD]),
            *checks.one_of("/action", action, actions),
            *checks.only(said, FIELDS),
        ]
    )
    statuses = (Status(status),) if status else None
    return Subscription("", who, NAME, "", statuses, provider, action or None), str(target)
