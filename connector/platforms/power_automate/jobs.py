"""What can a step do with a job that another one ordered? Look at it, fetch its result, wait for
it, cancel it. A job of another provider is not there, like one of another owner."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from connector.core.model import Operation
from connector.platforms import access, checks
from connector.platforms.power_automate import answers, location, patience
from connector.platforms.power_automate.location import NAME
from connector.platforms.power_automate.shown import job
from connector.platforms.reading import read_object
from connector.platforms.site import Site


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/operations/{id}``, what lies below it, and ``/results/{id}``."""

    @bp.get("/<provider>/operations/<id>")
    def get_status(provider: str, id: str) -> Response:
        return jsonify(job(_seen(site, provider, id), site.addresses))

    @bp.get("/<provider>/operations/<id>/result")
    def poll_result(provider: str, id: str) -> Response:
        on_failure = answers.on_failure()
        op = patience.held(site, _seen(site, provider, id))
        return answers.result(site, op, on_failure)

    @bp.get("/<provider>/results/<id>")
    def get_result(provider: str, id: str) -> Response:
        on_failure = answers.on_failure()
        location.require_gateway(site)
        op = patience.held(site, _seen(site, provider, id))
        return answers.result(site, op, on_failure)

    @bp.post("/<provider>/operations/<id>/cancel")
    def cancel_job(provider: str, id: str) -> Response:
        op = site.engine.cancel(access.owned(site, provider, id))
        return jsonify(job(op, site.addresses))

    @bp.post("/<provider>/operations/<id>/callback")
    def wait_for_job(provider: str, id: str) -> Response:
        op = access.owned(site, provider, id)
        location.require_gateway(site)
        said = read_object()
        target = said.get("callback_url")
        checks.require(
            [*location.CALLBACKS.problems(site, target), *checks.only(said, ["callback_url"])]
        )
        kept = site.engine.watch(op, str(target), NAME, ordered=False)
        ends = site.addresses.until(op)
        return answers.subscribed(site, provider, kept, ends, job(op, site.addresses))


def _seen(site: Site, provider: str, id: str) -> Operation:
    """The operation, for its owner's key or a token of it."""
    return access.of_provider(provider, access.operation(site, id))
