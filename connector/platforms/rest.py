"""Plain REST under /v1: everything the engine can do, for any HTTP client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify

from connector.core.language import Action, Manifest
from connector.core.model import CLOSED, Delivery, Operation, Status, Subscription
from connector.engine.intake import LONGEST_WAIT
from connector.errors import BadInput, FieldProblem
from connector.platforms import access, documents, listing, ordering, picking, problems, results
from connector.platforms.documents import document, iso
from connector.platforms.reading import read_object
from connector.platforms.site import Site
from connector.signing import new_webhook_secret

NAME = "rest"


def make_blueprint(site: Site) -> Blueprint:
    """All of /v1."""
    bp = Blueprint("rest", __name__, url_prefix="/v1")
    _providers(bp, site)
    _operations(bp, site)
    _results(bp, site)
    _subscriptions(bp, site)
    return bp


def make_callback(
    site: Site, op: Operation, subscription: Subscription, delivery: Delivery
) -> Mapping[str, Any]:
    """The payload of Standard Webhooks: type, timestamp and the operation document."""
    return {
        "type": f"operation.{delivery.status.value}",
        "timestamp": iso(delivery.created_at),
        "data": document(op, site.addresses),
    }


def _providers(bp: Blueprint, site: Site) -> None:
    @bp.get("/me")
    def me() -> Response:
        return jsonify({"owner": access.owner(site)})

    @bp.get("/providers")
    def list_providers() -> Response:
        access.owner(site)
        return jsonify([describe(each) for each in site.engine.parts.manifests.values()])

    @bp.get("/providers/<provider>")
    def get_provider(provider: str) -> Response:
        access.owner(site)
        return jsonify(describe(site.engine.parts.manifest(provider)))

    @bp.get("/providers/<provider>/choices/<name>")
    def list_choices(provider: str, name: str) -> Response:
        return jsonify(picking.choices(site, provider, name))

    @bp.get("/providers/<provider>/<action>/output")
    def get_output(provider: str, action: str) -> Response:
        return jsonify(picking.output(site, provider, action))

    @bp.post("/<provider>/<action>")
    def submit(provider: str, action: str) -> Response:
        op = ordering.submit(site, NAME, provider, action)
        return answer(site, op)


def _operations(bp: Blueprint, site: Site) -> None:
    @bp.get("/operations")
    def list_operations() -> Response:
        return listing.operations(site, access.owner(site))

    @bp.get("/operations/<id>")
    def get_operation(id: str) -> Response:
        op = access.operation(site, id)
        seen = _seen(op)
        seconds = ordering.wait() or 0.0
        if seconds and op.status not in CLOSED:
            op = site.engine.wait(op, min(seconds, LONGEST_WAIT), lambda now: _seen(now) != seen)
        return jsonify(document(op, site.addresses))

    @bp.get("/operations/<id>/history")
    def get_history(id: str) -> Response:
        moves = site.engine.history(access.operation(site, id))
        lines = ({"at": iso(m.at), "status": m.status.value, "note": m.note} for m in moves)
        return jsonify(list(lines))

    @bp.post("/operations/<id>/cancel")
    def cancel(id: str) -> Response:
        op = site.engine.open(access.given_key(), id)
        return jsonify(document(site.engine.cancel(op), site.addresses))

    @bp.delete("/operations/<id>")
    def delete_operation(id: str) -> Response:
        op = site.engine.open(access.given_key(), id)
        site.engine.forget(op)
        return jsonify(document(site.engine.get(id, op.owner), site.addresses))


def _results(bp: Blueprint, site: Site) -> None:
    @bp.get("/operations/<id>/result")
    def get_result(id: str) -> Response:
        op = access.operation(site, id)
        if op.status in CLOSED:
            return results.closed(site, op)
        location = site.addresses.operation(op, "result")
        body = document(op, site.addresses)
        return documents.pending(body, location, op, site.engine.parts.clock())

    @bp.get("/files/<id>")
    def get_file(id: str) -> Response:
        found = site.engine.file(id, access.file_owner(site, id))
        return results.stream(site.engine, found.reference())


def _subscriptions(bp: Blueprint, site: Site) -> None:
    @bp.post("/subscriptions")
    def subscribe() -> tuple[Response, int]:
        who = access.owner(site)
        wanted, target = _wanted(site, who)
        secret = new_webhook_secret()
        kept = site.engine.subscribe(wanted, target, secret)
        return jsonify({"id": kept.id, "secret": secret, "created_at": iso(kept.created_at)}), 201

    @bp.post("/subscriptions/<id>/rotate")
    def rotate(id: str) -> Response:
        secret = new_webhook_secret()
        until = site.engine.rotate(id, access.owner(site), secret)
        return jsonify({"id": id, "secret": secret, "old_until": iso(until)})

    @bp.delete("/subscriptions/<id>")
    def unsubscribe(id: str) -> tuple[str, int]:
        site.engine.unsubscribe(id, access.owner(site))
        return "", 204


def describe(manifest: Manifest) -> dict[str, Any]:
    """What a provider can do, for people and programs that choose."""
    return {
        "name": manifest.name,
        "title": manifest.title,
        "description": manifest.description,
        "choices": {name: each.fields for name, each in manifest.choices.items()},
        "actions": [_describe_action(each) for each in manifest.actions.values()],
    }


def _describe_action(action: Action) -> dict[str, Any]:
    return {
        "name": action.name,
        "title": action.title,
        "description": action.description,
        "fields": action.fields,
        "output": action.output,
        "sample": action.sample,
        "deadline": action.pace.deadline,
        "deadlines": dict(action.pace.deadlines),
        "paces": list(action.paces),
    }


def answer(site: Site, op: Operation) -> Response:
    """The answer to a submit: 200 or a problem when closed already, else 202 with where to look."""
    if op.status in (Status.FAILED, Status.CANCELED):
        return problems.of_operation(op, links=documents.links(op, site.addresses))
    body = document(op, site.addresses)
    if op.status == Status.SUCCEEDED:
        results.gone(op)  # a repeat of an order whose result was deleted since
        return jsonify(body)
    location = site.addresses.operation(op, "result")
    response = documents.pending(body, location, op, site.engine.parts.clock())
    response.headers["Operation-Location"] = site.addresses.operation(op)
    return response


def _seen(op: Operation) -> tuple[Any, ...]:
    return op.status, op.facts.get("progress"), op.note


def _wanted(site: Site, who: str) -> tuple[Subscription, str]:
    """The subscription that the body asks for; raises BadInput with every problem."""
    said = read_object()
    target, statuses = said.get("target"), said.get("statuses")
    wrong = []
    if not isinstance(target, str) or not target:
        wrong.append(FieldProblem("/target", "Give the https URL to tell."))
    known = [each.value for each in Status]
    if statuses is not None and not (
        isinstance(statuses, list) and set(map(str, statuses)) <= set(known)
    ):
        wrong.append(FieldProblem("/statuses", f"Give a list of: {', '.join(known)}."))
    for name in set(said) - {"target", "statuses", "provider", "action"}:
        wrong.append(FieldProblem(f"/{name}", "There is no such field."))
    for name in ("provider", "action"):
        if said.get(name) is not None and not (isinstance(said[name], str) and said[name]):
            wrong.append(FieldProblem(f"/{name}", "Give a name, or leave it out."))
    if wrong:
        raise BadInput(f"{wrong[0].pointer}: {wrong[0].detail}", fields=wrong)
    if said.get("provider") and said.get("action"):
        site.engine.parts.action(said["provider"], said["action"])
    elif said.get("provider"):
        site.engine.parts.manifest(said["provider"])
    only = tuple(Status(each) for each in statuses) if statuses else None
    return Subscription("", who, NAME, "", only, said.get("provider"), said.get("action")), str(
        target
    )
