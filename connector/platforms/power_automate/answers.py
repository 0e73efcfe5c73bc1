"""How is a flow answered? 202 with Location and Retry-After until there is a result.

The engine polls Location as long as the answer is 202; any other answer ends the step, 200 with
its output, 4xx as failed (Microsoft, "Create custom APIs for Azure Logic Apps"). 5xx it repeats
for minutes, so that never says that a job failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request

from connector.core.model import CLOSED, Operation, Status, Subscription
from connector.platforms import checks, problems, results
from connector.platforms.power_automate import location, patience
from connector.platforms.site import Site

FAIL, ANSWER = "fail", "answer"
CARRIED = 5_000_000
"""Bytes of files, in all, that stand in a result themselves: a step of a flow takes no link where
another connector wants a file's content, and every action that follows carries them along."""


def on_failure() -> str:
    """Whether a job that failed makes the step fail (``fail``), or is an answer like any other
    (``answer``), by the query; raises BadInput."""
    said = request.args.get("on_failure") or FAIL
    checks.require(checks.one_of("/on_failure", said, (FAIL, ANSWER)))
    return said


def result(site: Site, op: Operation, on_failure: str) -> Response:
    """202 while open, the bare result at the end, or what the job ended with instead."""
    if op.status not in CLOSED:
        return _pending(site, op, on_failure)
    if op.status != Status.SUCCEEDED and on_failure == ANSWER:
        return _failed(op)
    return results.as_object(site, op, CARRIED)


def subscribed(
    site: Site, provider: str, subscription: Subscription, ends: float, body: Mapping[str, Any]
) -> Response:
    """201, and in Location what the engine deletes when it no longer waits; the link ``ends`` at
    that epoch second."""
    token = site.addresses.token("subscription", subscription.id, ends)
    response = jsonify(body)
    response.status_code = 201
    path = f"/subscriptions/{subscription.id}"
    response.headers["Location"] = location.at(site, provider, path, token=token)
    return response


def status_at(site: Site, op: Operation) -> str:
    """Where the operation can be looked at, whatever its status."""
    return location.at(site, op.provider, f"/operations/{op.id}", token=_token(site, op))


def _pending(site: Site, op: Operation, on_failure: str) -> Response:
    carried = {"token": _token(site, op)}
    carried |= {} if on_failure == FAIL else {"on_failure": on_failure}
    response = jsonify({"id": op.id, "status": op.status.value})
    response.status_code = 202
    path = f"/operations/{op.id}/result"
    response.headers["Location"] = location.at(site, op.provider, path, **carried)
    wait = patience.retry_after(op, site.engine.parts.clock())
    response.headers["Retry-After"] = str(wait)
    return response


def _failed(op: Operation) -> Response:
    """What the problem would have said, as an output that a flow can go on with."""
    problem: Any = problems.of_operation(op).get_json()
    return jsonify({"id": op.id, "status": op.status.value, "error": problem["error"]})


def _token(site: Site, op: Operation) -> str:
    return site.addresses.token("operation", op.id, site.addresses.until(op))
