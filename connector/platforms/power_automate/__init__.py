"""Power Automate's polling action: 202 with Location and Retry-After until the result is there.

The engine polls Location as long as the answer is 202; any other answer ends the action, 200
with its output, 4xx as failed (Microsoft, "Create custom APIs for Azure Logic Apps").
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from connector.core.model import CLOSED, FILE, Delivery, Operation, Status, Subscription
from connector.engine.inputs import fingerprint
from connector.errors import NotFound
from connector.platforms import access, documents, ordering, problems, results
from connector.platforms.addresses import Addresses
from connector.platforms.documents import document
from connector.platforms.reading import Given
from connector.platforms.site import Site

NAME = "power-automate"

RUN = ("x-ms-workflow-run-id", "x-ms-workflow-operation-name")
TRACKING = "x-ms-tracking-id"


def make_blueprint(site: Site) -> Blueprint:
    """The action and the address that it is polled at."""
    bp = Blueprint("power_automate", __name__, url_prefix="/power-automate")

    @bp.post("/<provider>/<action>")
    def start(provider: str, action: str) -> Response:
        op = ordering.submit(
            site, NAME, provider, action, lambda given: run_key(site, provider, action, given)
        )
        return reply(site, op)

    @bp.get("/<provider>/operations/<id>/result")
    def poll(provider: str, id: str) -> Response:
        op = access.operation(site, id)
        if op.provider != provider:
            raise NotFound("There is no such operation.")
        return reply(site, op)

    @bp.after_app_request  # also when no route of ours was found
    def plain(response: Response) -> Response:
        ours = request.path.startswith(f"{bp.url_prefix}/")
        if ours and response.mimetype == problems.MEDIA:
            response.mimetype = "application/json"  # the one JSON type that the designer knows
        return response

    return bp


def make_callback(
    addresses: Addresses, op: Operation, subscription: Subscription, delivery: Delivery
) -> Mapping[str, Any]:
    """The operation document."""
    return document(op, addresses)


def reply(site: Site, op: Operation) -> Response:
    """202 while open, the bare result at the end, or the problem that it ended with."""
    if op.status not in CLOSED:
        path = f"/{NAME}/{op.provider}/operations/{op.id}/result"
        body = {"id": op.id, "status": op.status.value}
        now = site.engine.parts.clock()
        return documents.pending(body, site.addresses.result(op, path), op, now)
    file = documents.result_file(op)
    if file is not None and op.forgotten_at is None and not documents.is_spilled(file):
        return jsonify(described(site, op, file))
    if file is not None and op.forgotten_at is None and documents.is_bare(file):
        return results.wrapped(site.engine, file)
    result = op.facts.get("result")
    if op.status == Status.SUCCEEDED and op.forgotten_at is None and file is None:
        return jsonify(result if isinstance(result, dict) else {"result": result})
    return results.closed(site.engine, op)


def described(site: Site, op: Operation, file: Mapping[str, Any]) -> dict[str, Any]:
    """A result that is a file: what it is, and a link to fetch it with."""
    known = {name: file.get(name) for name in ("name", "type", "size")}
    return {"file": {**known, "url": site.addresses.file(op, file[FILE])}}


def run_key(site: Site, provider: str, action: str, given: Given) -> str | None:
    """An idempotency key from what the engine says of the run: it repeats a POST on 408, 429,
    5xx and lost connections. None outside of a run (a test call)."""
    said = [request.headers.get(name, "") for name in RUN]
    if not said[0]:
        return None
    if site.tracking_id:
        said.append(request.headers.get(TRACKING, ""))
    said.append(fingerprint(provider, action, given.input))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
