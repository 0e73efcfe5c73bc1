"""What exactly is served? An OpenAPI 3.1 document, made from the manifests and the routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector import __version__
from connector.core.language import Manifest
from connector.core.shape import deciding
from connector.platforms import openapi_power_automate, openapi_sellershorts, openapi_zapier
from connector.platforms.openapi_parts import (
    BINARY,
    DOCUMENT,
    PARAMETERS,
    SCHEMAS,
    answers,
    array,
    call,
    content,
    order,
    parameter,
    polled,
    query,
    ref,
)
from connector.platforms.site import Site

Json = dict[str, Any]


def document(site: Site) -> Json:
    """The whole document; every path in it is served, and every route is in it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Connector",
            "version": __version__,
            "description": "Slow provider APIs as one native step. Submit a job, follow Location "
            "until it is no longer 202, read the result.",
        },
        "servers": [{"url": site.addresses.at("")}],
        "security": [{"key": []}, {"bearer": []}, {"basic": []}],
        "paths": _paths(site.engine.parts.manifests),
        "components": {
            "schemas": {**SCHEMAS, **openapi_zapier.SCHEMAS, **openapi_sellershorts.SCHEMAS},
            "parameters": PARAMETERS,
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _paths(manifests: Mapping[str, Manifest]) -> Json:
    return {
        **_service(),
        **_account(),
        **_choices(manifests),
        **_outputs(manifests),
        **_operations(),
        **_files(),
        **_subscriptions(),
        **_actions(manifests),
        **openapi_power_automate.paths(manifests),
        **openapi_zapier.paths(manifests),
        **openapi_sellershorts.paths(manifests),
    }


def _service() -> Json:
    open_to_all: Json = {"security": []}
    health = {"type": "object", "properties": {"status": {"type": "string"}}}
    text = {
        "description": "Prometheus text.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    return {
        "/healthz": {"get": call("healthz", "Is the process alive?", health) | open_to_all},
        "/readyz": {"get": call("readyz", "Is the database ready?", health, 503) | open_to_all},
        "/metrics": {
            "get": {
                "operationId": "metrics",
                "summary": "Figures for Prometheus.",
                "responses": {"200": text, **answers(401)},
            }
        },
        "/openapi.json": {
            "get": call("openapi", "This document.", {"type": "object"}) | open_to_all
        },
    }


def _account() -> Json:
    me = {"type": "object", "required": ["owner"], "properties": {"owner": {"type": "string"}}}
    provider = parameter("provider", "The provider's name.")
    return {
        "/v1/me": {"get": call("me", "Whose key is this?", me, 401)},
        "/v1/providers": {
            "get": call("list_providers", "What can be done?", array(ref("Provider")), 401)
        },
        "/v1/providers/{provider}": {
            "get": call("get_provider", "What can one provider do?", ref("Provider"), 401, 404),
            "parameters": [provider],
        },
    }


def _choices(manifests: Mapping[str, Manifest]) -> Json:
    """One path for each list of choices, with what narrows it down."""
    paths: Json = {}
    for provider, manifest in manifests.items():
        for name, choice in manifest.choices.items():
            asked = call(f"choices_{provider}_{name}", "Values for a picker, from the provider.",
                          array(ref("Choice")), 401, 404, 422, 503)  # fmt: skip
            narrowing = [
                {"name": field, "in": "query", "description": each["description"], "schema": each}
                for field, each in choice.fields["properties"].items()
            ]
            own_key = {"$ref": "#/components/parameters/provider_key"}
            asked["parameters"] = [own_key, *narrowing]
            paths[f"/v1/providers/{provider}/choices/{name}"] = {"get": asked}
    return paths


def _outputs(manifests: Mapping[str, Manifest]) -> Json:
    """One path for each action: what its result will look like, by the inputs that decide it."""
    paths: Json = {}
    for provider, manifest in manifests.items():
        for name, action in manifest.actions.items():
            asked = call(f"output_{provider}_{name}", "The JSON Schema of the result.",
                          {"type": "object"}, 401, 404)  # fmt: skip
            known = action.fields["properties"]
            asked["parameters"] = [
                query(each, known[each]["description"]) for each in deciding(action.shape)
            ]
            paths[f"/v1/providers/{provider}/{name}/output"] = {"get": asked}
    return paths


def _operations() -> Json:
    one = parameter("id", "The operation's id.")
    token = {"$ref": "#/components/parameters/token"}
    prefer = {"$ref": "#/components/parameters/prefer"}
    listed = call("list_operations", "Operations, newest first.", array(DOCUMENT), 401, 422)
    result = polled("get_result", "The result; 202 while the operation is open.")
    result["responses"]["200"]["content"] |= BINARY["content"]
    seen = call("get_operation", "The operation, whatever its status.", DOCUMENT, 401, 404)
    forgotten = "Delete input, result and files of a closed operation."
    history = "What happened to it, oldest first."
    stop = "Ask for it to stop; a closed one stays."
    return {
        "/v1/operations": {"get": {**listed, "parameters": _filters()}},
        "/v1/operations/{id}": {
            "get": {**seen, "parameters": [prefer, token]},
            "delete": call("delete_operation", forgotten, DOCUMENT, 401, 404, 409),
            "parameters": [one],
        },
        "/v1/operations/{id}/history": {
            "get": call("get_history", history, array(ref("Move")), 401, 404),
            "parameters": [one],
        },
        "/v1/operations/{id}/result": {
            "get": {**result, "parameters": [token]},
            "parameters": [one],
        },
        "/v1/operations/{id}/cancel": {
            "post": call("cancel_operation", stop, DOCUMENT, 401, 404),
            "parameters": [one],
        },
    }


def _filters() -> list[Json]:
    said = {
        "status": "One or more statuses, separated by commas.",
        "provider": "Only this provider's.",
        "action": "Only this action's.",
        "since": "Not before this time (ISO 8601).",
        "limit": "How many, at most 200.",
        "cursor": "From the Link of the page before.",
    }
    return [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
        for name, text in said.items()
    ]


def _files() -> Json:
    got = {
        "operationId": "get_file",
        "summary": "A stored file, or a range of it.",
        "parameters": [{"$ref": "#/components/parameters/token"}],
        "responses": {
            "200": {"description": "The file.", **BINARY},
            "206": {"description": "The range of it.", **BINARY},
            **answers(401, 404, 410, 416),
        },
    }
    return {"/v1/files/{id}": {"get": got, "parameters": [parameter("id", "The file's id.")]}}


def _subscriptions() -> Json:
    made = call("subscribe", "Be told when operations change.", ref("Subscription"), 401, 404, 422)
    made["responses"] = {"201": made["responses"].pop("200"), **made["responses"]}
    made["requestBody"] = {"required": True, **content(ref("NewSubscription"))}
    ended = {
        "operationId": "unsubscribe",
        "summary": "Be told no more; doing so twice is fine.",
        "responses": {"204": {"description": "Done."}, **answers(401)},
    }
    again = call("rotate_secret", "Another signing secret; for a day the old one signs as well.",
                 ref("NewSecret"), 401, 404, 409)  # fmt: skip
    one = parameter("id", "The subscription's id.")
    return {
        "/v1/subscriptions": {"post": made},
        "/v1/subscriptions/{id}": {"delete": ended, "parameters": [one]},
        "/v1/subscriptions/{id}/rotate": {"post": again, "parameters": [one]},
    }


def _actions(manifests: Mapping[str, Manifest]) -> Json:
    paths: Json = {}
    for manifest in manifests.values():
        for action in manifest.actions.values():
            name = f"{manifest.name}/{action.name}"
            ordered = order(action, f"rest_{manifest.name}_{action.name}", DOCUMENT)
            paths[f"/v1/{name}"] = {"post": ordered}
    return paths
