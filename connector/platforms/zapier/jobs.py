"""What can a Zap do with a job that it knows? Look at it, wait for it, fetch its result, cancel
it. A job of another provider is not there, like one of another owner."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from connector.core.model import CLOSED, Operation
from connector.engine.intake import LONGEST_WAIT
from connector.engine.waiting import closed
from connector.errors import Conflict
from connector.platforms import access, ordering, results
from connector.platforms.site import Site
from connector.platforms.zapier.job import flat, unfinished


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/jobs/{id}`` and what lies below it."""

    @bp.get("/<provider>/jobs/<id>")
    def get_job(provider: str, id: str) -> Response:
        op, wait = access.owned(site, provider, id), ordering.wait(request.args.get("wait"))
        op = site.engine.wait(op, min(wait or 0.0, LONGEST_WAIT), closed)
        return jsonify(flat(op, site.addresses, warning(op, wait)))

    @bp.get("/<provider>/jobs/<id>/result")
    def get_result(provider: str, id: str) -> Response:
        op = access.owned(site, provider, id)
        if op.status not in CLOSED:
            detail = "The job is not finished; its result comes when its status is succeeded."
            raise Conflict(detail, "not_finished")
        return results.as_object(site, op)

    @bp.post("/<provider>/jobs/<id>/cancel")
    def cancel_job(provider: str, id: str) -> Response:
        op = site.engine.cancel(access.owned(site, provider, id))
        return jsonify(flat(op, site.addresses))


def warning(op: Operation, wait: float | None) -> str | None:
    """What is said of a job that is open although so many seconds were to be waited for it."""
    return None if op.status in CLOSED or not wait else unfinished(min(wait, LONGEST_WAIT))
