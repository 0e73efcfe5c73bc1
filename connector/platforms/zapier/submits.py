"""How does a step of a Zap order a job? It answers within 30 seconds, with the job as it is then;
the end is told to the callback URL, if one came along (Zapier, "Operating constraints",
"Callbacks")."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from connector.core.model import CLOSED, Operation, Status
from connector.platforms import documents, ordering, problems, results
from connector.platforms.site import Site
from connector.platforms.zapier import hooks, jobs
from connector.platforms.zapier.job import NAME, flat


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/{action}``."""

    @bp.post("/<provider>/<action>")
    def submit(provider: str, action: str) -> Response:
        order = ordering.read_order(site, NAME, provider, action, by_text=True)
        if order.callback_url:
            hooks.ZAPS.require(site, order.callback_url)
        return _answer(site, ordering.place(site, order), order.wait)


def _answer(site: Site, op: Operation, wait: float | None) -> Response:
    """200 when it has succeeded, 202 while it is open, a problem for every other end."""
    if op.status in (Status.FAILED, Status.CANCELED):
        return problems.of_operation(op)
    if op.status in CLOSED:
        results.gone(op)  # a repeat of an order whose result was deleted since
        return jsonify(flat(op, site.addresses))
    response = jsonify(flat(op, site.addresses, jobs.warning(op, wait)))
    response.status_code = 202
    response.headers["Retry-After"] = str(documents.retry_after(op, site.engine.parts.clock()))
    return response
