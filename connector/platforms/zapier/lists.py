"""Which jobs are there? For polling triggers, Retrieve Poll, searches, and what the editor shows
of a hook trigger: a bare array, newest first, each with its own id (Zapier, "Deduplication")."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from connector.core.model import CLOSED, Status
from connector.platforms import access, checks
from connector.platforms.site import Site
from connector.platforms.zapier import statuses
from connector.platforms.zapier.job import flat

USUAL, MOST, LAST_PAGE = 50, 100, 10_000


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/jobs?status=&action=&client_ref=&limit=&page=``."""

    @bp.get("/<provider>/jobs")
    def list_jobs(provider: str) -> Response:
        who = access.owner(site)
        found = site.engine.find(who, provider=provider, **_asked(site, provider))
        return jsonify([flat(op, site.addresses) for op in found])


def _asked(site: Site, provider: str) -> dict[str, Any]:
    """The query as the store takes it, pages counted from 0; raises NotFound or BadInput."""
    actions = site.engine.parts.manifest(provider).actions
    said = {name: value for name, value in request.args.items() if value}
    checks.require(
        [
            *statuses.wrong(said.get("status")),
            *checks.one_of("/action", said.get("action"), actions),
            *checks.whole("/limit", said.get("limit", str(USUAL)), 1, MOST),
            *checks.whole("/page", said.get("page", "0"), 0, LAST_PAGE),
        ]
    )
    limit, wanted = int(said.get("limit", USUAL)), statuses.read(said.get("status"))
    return {
        "statuses": wanted or tuple(each for each in Status if each in CLOSED),
        "action": said.get("action"),
        "client_ref": said.get("client_ref"),
        "limit": limit,
        "offset": limit * int(said.get("page", 0)),
        "by": "finished_at" if set(wanted) <= CLOSED else "created_at",
    }
