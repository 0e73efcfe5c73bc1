"""What happened since a flow asked last? The polling trigger.

The first check only learns where to begin: 202 with a state in Location. A later one is answered
202 with the same state, or 200 with what is new, newest first, and the state behind it
(Microsoft, "Use a polling trigger for a custom connector").
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from math import isfinite
from typing import Any

from flask import Blueprint, Response, jsonify, request

from connector.core.model import Status
from connector.errors import BadInput, FieldProblem
from connector.platforms import access, checks
from connector.platforms.power_automate import location
from connector.platforms.power_automate.shown import job
from connector.platforms.site import Site

PAUSE = 15  # seconds at least between two checks; the flow's own interval is longer, as a rule
FINISHED = (Status.SUCCEEDED.value, Status.FAILED.value, Status.CANCELED.value)
ID = re.compile(r"([0-9a-f]{32})?")

State = tuple[float, str]
"""The end (epoch seconds) and the id of the operation that was told last; or a moment and no id."""


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/finished``."""

    @bp.get("/<provider>/finished")
    def list_finished(provider: str) -> Response:
        who = access.owner(site)
        location.require_gateway(site)
        asked = _asked(site, provider)
        state = request.args.get("state")
        if not state:
            return _nothing(site, provider, _written((site.engine.parts.clock(), "")), asked)
        statuses = [Status(asked["status"])] if "status" in asked else []
        found = site.engine.finished(who, provider, _read(state), statuses, asked.get("action"))
        if not found:
            return _nothing(site, provider, state, asked)
        newest = (found[-1].finished_at or 0.0, found[-1].id)
        response = jsonify([job(op, site.addresses) for op in reversed(found)])
        response.headers["Location"] = _next(site, provider, _written(newest), asked)
        return response


def _asked(site: Site, provider: str) -> dict[str, str]:
    """What narrows the news down, without what is empty; raises NotFound or BadInput."""
    known = {"status": FINISHED, "action": site.engine.parts.manifest(provider).actions}
    said = {name: request.args.get(name, "") for name in known}
    wrong = [each for name in known for each in checks.one_of(f"/{name}", said[name], known[name])]
    checks.require(wrong)
    return {name: value for name, value in said.items() if value}


def _nothing(site: Site, provider: str, state: str, asked: Mapping[str, str]) -> Response:
    response = jsonify([])
    response.status_code = 202
    response.headers["Location"] = _next(site, provider, state, asked)
    response.headers["Retry-After"] = str(PAUSE)
    return response


def _next(site: Site, provider: str, state: str, asked: Mapping[str, str]) -> str:
    return location.at(site, provider, "/finished", state=state, **asked)


def _written(state: State) -> str:
    """The state as opaque text that needs no encoding in a URL."""
    return urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def _read(text: str) -> State:
    """The state in a text of ours; raises BadInput for any other text."""
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        moment, id = json.loads(b64decode(padded, altchars=b"-_", validate=True))
        return _moment(moment), _id(id)
    except (ValueError, TypeError, OverflowError, RecursionError):
        detail = "Take the state from the Location of the last answer, or leave it out."
        raise BadInput(f"/state: {detail}", fields=[FieldProblem("/state", detail)]) from None


def _moment(said: Any) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not isfinite(said):
        raise ValueError("not a moment")
    return float(said)


def _id(said: Any) -> str:
    if not isinstance(said, str) or not ID.fullmatch(said):
        raise ValueError("not an id of ours")
    return said
