"""How does a step of a flow order a job? It waits for the result, does not wait, or is called
back. One job each, however often the flow's engine repeats its request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from connector.core.model import Operation, Status
from connector.engine.inputs import fingerprint
from connector.platforms import ordering, problems
from connector.platforms.power_automate import answers, location
from connector.platforms.power_automate.location import NAME
from connector.platforms.power_automate.shown import job
from connector.platforms.reading import Given
from connector.platforms.site import Site

RUN = ("x-ms-workflow-run-id", "x-ms-workflow-operation-name")
TRACKING = "x-ms-tracking-id"


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/{action}`` and its variants ``submit`` and ``callback``."""

    @bp.post("/<provider>/<action>")
    def wait_for_action(provider: str, action: str) -> Response:
        on_failure = answers.on_failure()
        location.require_gateway(site)
        op = _ordered(site, provider, action)
        response = answers.result(site, op, on_failure)
        if response.status_code == 202:
            response.headers["Operation-Location"] = answers.status_at(site, op)
        return response

    @bp.post("/<provider>/<action>/submit")
    def submit_action(provider: str, action: str) -> Response:
        op = _ordered(site, provider, action, "submit")
        if op.status in (Status.FAILED, Status.CANCELED):
            return problems.of_operation(op)
        return jsonify(job(op, site.addresses))  # never 202: the engine would poll

    @bp.post("/<provider>/<action>/callback")
    def call_back_action(provider: str, action: str) -> Response:
        location.require_gateway(site)
        key = _key(site, provider, action, "callback")
        order = ordering.read_order(site, NAME, provider, action, key)
        target = location.CALLBACKS.require(site, order.callback_url)
        op = ordering.place(site, order)
        kept = site.engine.watch(op, target, NAME)
        ends = site.addresses.until(op)
        return answers.subscribed(site, provider, kept, ends, job(op, site.addresses))


def _ordered(site: Site, provider: str, action: str, variant: str = "") -> Operation:
    """The operation of this request. A step that waits, or does not, may also be called back, and
    at no other address than one that is."""
    order = ordering.read_order(site, NAME, provider, action, _key(site, provider, action, variant))
    if order.callback_url:
        location.CALLBACKS.require(site, order.callback_url)
    return ordering.place(site, order)


def _key(
    site: Site, provider: str, action: str, variant: str = ""
) -> Callable[[Given], str | None]:
    """Makes the idempotency key of one way to order."""

    def key(given: Given) -> str | None:
        return run_key(site, fingerprint(provider, action, given.input), variant)

    return key


def run_key(site: Site, input: str, variant: str) -> str | None:
    """An idempotency key from what the engine says of the run: it repeats a POST on 408, 429,
    5xx and lost connections. None outside of a run (a test call).

    ``input`` is the input's fingerprint. The tracking id is the one that Microsoft does not say
    stays the same in a repeat; a setting leaves it out.
    """
    said = [request.headers.get(name, "") for name in RUN]
    if not said[0]:
        return None
    if site.flow.tracking_id:
        said.append(request.headers.get(TRACKING, ""))
    said += [input, variant] if variant else [input]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
