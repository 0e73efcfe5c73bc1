"""Who is told when jobs end? The Zaps that were switched on. Each has its own subscription, with a
target of its own, and takes the place of itself when it comes again; what is told is an item of
the list (Zapier, "REST Hook triggers")."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from connector.core.model import Subscription
from connector.platforms import access, checks
from connector.platforms.documents import iso
from connector.platforms.reading import read_object
from connector.platforms.site import Site
from connector.platforms.targets import Targets
from connector.platforms.zapier import statuses
from connector.platforms.zapier.job import NAME

ZAPS = Targets("Zapier", "CONNECTOR_ZAPIER_HOSTS", lambda site: site.zap)

TARGETS = ("target_url", "hookUrl")
"""The target, in our words and in those of Zapier's own examples."""

FIELDS = (*TARGETS, "status", "action")


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/hooks`` and ``/hooks/{id}``."""

    @bp.post("/<provider>/hooks")
    def subscribe(provider: str) -> tuple[Response, int]:
        who = access.owner(site)
        said = {name: value for name, value in read_object().items() if value not in (None, "")}
        wanted, named = _wanted(site, who, provider, said)
        kept = site.engine.listen(wanted, said[named], pointer=f"/{named}", by_event=True)
        shown = {name: said.get(name) for name in ("status", "action")}
        return jsonify({"id": kept.id, **shown, "created_at": iso(kept.created_at)}), 201

    @bp.delete("/<provider>/hooks/<id>")
    def unsubscribe(provider: str, id: str) -> tuple[str, int]:
        site.engine.withdraw(id, access.owner(site), provider)
        return "", 204


def _wanted(site: Site, who: str, provider: str, said: dict[str, Any]) -> tuple[Subscription, str]:
    """What the body asks for, and the name of its target there; raises NotFound or BadInput."""
    actions = site.engine.parts.manifest(provider).actions
    named = next((name for name in TARGETS if name in said), TARGETS[0])
    checks.require(
        [
            *ZAPS.problems(site, said.get(named), f"/{named}"),
            *statuses.wrong(said.get("status")),
            *checks.one_of("/action", said.get("action"), actions),
            *checks.only(said, FIELDS),
        ]
    )
    only = statuses.read(said.get("status")) or None
    return Subscription("", who, NAME, "", only, provider, said.get("action")), named
