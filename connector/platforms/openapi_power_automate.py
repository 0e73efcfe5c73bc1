"""What is served under /power-automate? Its part of the OpenAPI document, made from the manifests.

The connector's own definition is another document: ``export`` writes it, in Swagger 2.0 and with
the words that makers read. Operations have the same names in both, behind the provider's here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connector.core.language import Action, Manifest
from connector.core.shape import deciding
from connector.exporters.power_automate.job import result_schema
from connector.exporters.power_automate.names import pascal
from connector.platforms.openapi_parts import (
    ACCEPTED,
    DOCUMENT,
    WORDS,
    answers,
    array,
    below,
    call,
    content,
    order,
    parameter,
    polled,
    query,
    ref,
)

Json = dict[str, Any]

TOKEN: Json = {"$ref": "#/components/parameters/token"}
PROVIDER_KEY: Json = {"$ref": "#/components/parameters/provider_key"}
OPERATION, SUBSCRIPTION = (
    parameter("id", f"The {what}'s id.") for what in ("operation", "subscription")
)
PLACE: Json = ACCEPTED["headers"]["Location"]
WAIT: Json = ACCEPTED["headers"]["Retry-After"]

ON_FAILURE: Json = {
    "name": "on_failure",
    "in": "query",
    "description": "answer: a job that failed or was canceled is told in a 200, not as a problem.",
    "schema": {"type": "string", "enum": ["fail", "answer"], "default": "fail"},
}
ENDED_BADLY: Json = {
    "type": "object",
    "required": ["id", "status", "error"],
    "properties": {
        "id": {"type": "string"},
        "status": {"type": "string", "enum": ["failed", "canceled"]},
        "error": {"type": "object", "required": ["code", "message"]},
    },
}
NO_NEWS: Json = {
    "description": "Nothing new: look again at Location, not before Retry-After seconds.",
    "headers": {"Location": PLACE, "Retry-After": WAIT},
    **content(array(DOCUMENT)),
}


def paths(manifests: Mapping[str, Manifest]) -> Json:
    """All paths of all providers."""
    made: Json = {}
    for manifest in manifests.values():
        made |= below(
            "power-automate",
            manifest.name,
            *map(_action, manifest.actions.values()),
            _jobs(),
            _subscriptions(manifest),
            _news(manifest),
            _pickers(manifest),
        )
    return made


def _action(action: Action) -> Json:
    """The three ways to order it."""
    name, path = pascal(action.name), f"/{action.name}"
    waiting = order(action, name, {"anyOf": [result_schema(action.output), ENDED_BADLY]})
    waiting["parameters"].append(ON_FAILURE)
    submit = order(action, f"Submit{name}", DOCUMENT)
    del submit["responses"]["202"]
    called = _subscribed(order(action, f"{name}WithCallback", DOCUMENT))
    called["requestBody"] = _with_callback(called["requestBody"])
    return {
        path: {"post": waiting},
        f"{path}/submit": {"post": submit},
        f"{path}/callback": {"post": called},
    }


def _jobs() -> Json:
    """What can be done with a job that exists."""
    status = call("GetStatus", "The operation, whatever its status.", DOCUMENT, 401, 404)
    stop = call("CancelJob", "Ask for it to stop; a closed one stays.", DOCUMENT, 401, 404)
    poll = polled("PollResult", "The bare result; 202 while it is open.")
    result = polled("GetResult", "The bare result; where it is polled while it is open.")
    result["responses"] |= answers(400)
    action = query("action", "What kind of job it is; changes nothing.")
    wait = _subscribed(call("WaitForJob", "Be called back at its end.", DOCUMENT,
                            400, 401, 404, 415, 422))  # fmt: skip
    wait["requestBody"] = _body({"callback_url": WORDS["callback_url"]}, ["callback_url"])
    items: Mapping[str, Json] = {
        "/operations/{id}": {"get": {**status, "parameters": [TOKEN, action]}},
        "/operations/{id}/result": {"get": {**poll, "parameters": [TOKEN, ON_FAILURE]}},
        "/operations/{id}/cancel": {"post": stop},
        "/operations/{id}/callback": {"post": wait},
        "/results/{id}": {"get": {**result, "parameters": [TOKEN, action, ON_FAILURE]}},
    }
    return {path: {**item, "parameters": [OPERATION]} for path, item in items.items()}


def _subscriptions(manifest: Manifest) -> Json:
    kept = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    made = _subscribed(call("WhenJobFinishes", "Be called back whenever an operation closes.",
                            kept, 400, 401, 415, 422))  # fmt: skip
    status = ["", "succeeded", "failed", "canceled", "needs_review"]
    narrowing = {
        "status": {"type": ["string", "null"], "enum": [*status, None]},
        "action": {"type": ["string", "null"], "enum": ["", *manifest.actions, None]},
    }
    made["requestBody"] = _body(
        {"callback_url": WORDS["callback_url"], **narrowing}, ["callback_url"]
    )
    ended = {
        "operationId": "Unsubscribe",
        "summary": "Be called back no more; doing so twice is fine.",
        "parameters": [TOKEN],
        "responses": {"204": {"description": "Done."}, **answers(401)},
    }
    return {
        "/hooks/finished": {"post": made},
        "/subscriptions/{id}": {"delete": ended, "parameters": [SUBSCRIPTION]},
    }


def _news(manifest: Manifest) -> Json:
    asked = call("WhenJobsFinish", "What closed since, newest first.", array(DOCUMENT),
                 400, 401, 422)  # fmt: skip
    asked["responses"]["200"]["headers"] = {"Location": PLACE}
    asked["responses"]["202"] = NO_NEWS
    asked["parameters"] = [
        query("state", "From the Location of the answer before; without it nothing is news."),
        _one_of("status", "Only operations with this status.", ("succeeded", "failed", "canceled")),
        _one_of("action", "Only operations of this action.", manifest.actions),
    ]
    return {"/finished": {"get": asked}}


def _pickers(manifest: Manifest) -> Json:
    """What the designer asks while a step is set up."""
    made: Json = {}
    for name, choice in manifest.choices.items():
        items = {"type": "object", "required": ["items"],
                 "properties": {"items": array(ref("Choice"))}}  # fmt: skip
        asked = call(f"List{pascal(name)}", "Values for a picker, from the provider.", items,
                     401, 404, 422, 503)  # fmt: skip
        known = choice.fields["properties"]
        narrowing = [
            {**query(each, known[each]["description"]), "schema": known[each]} for each in known
        ]
        made[f"/choices/{name}"] = {"get": {**asked, "parameters": [PROVIDER_KEY, *narrowing]}}
    schema = {
        "type": "object",
        "required": ["schema"],
        "properties": {"schema": {"type": "object"}},
    }
    output = call("GetOutput", "What a result looks like, in Swagger 2.0.", schema, 401, 404, 422)
    shaping = {
        name: action.fields["properties"][name]["description"]
        for action in manifest.actions.values()
        for name in deciding(action.shape)
    }
    output["parameters"] = [
        _one_of("action", "Of which action.", manifest.actions),
        _one_of("as", "Of the result, of its operation, or of many.", ("result", "job", "jobs")),
        *(query(name, text) for name, text in shaping.items()),
    ]
    return {**made, "/output": {"get": output}}


def _subscribed(made: Json) -> Json:
    """The call as one that is answered 201, with what to delete in Location."""
    good = {**made["responses"]["200"], "headers": {"Location": PLACE}}
    bad = {status: each for status, each in made["responses"].items() if status > "300"}
    return {**made, "responses": {"201": {**good, "description": "You will be called."}, **bad}}


def _with_callback(body: Json) -> Json:
    """A body that must name a callback URL."""
    found = {}
    for media, shape in body["content"].items():
        required = [*shape["schema"].get("required", []), "callback_url"]
        found[media] = {"schema": {**shape["schema"], "required": required}}
    return {"required": True, "content": found}


def _body(properties: Json, required: list[str]) -> Json:
    shape = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"required": True, **content({**shape, "required": required})}


def _one_of(name: str, description: str, values: Iterable[str]) -> Json:
    return {**query(name, description), "schema": {"type": "string", "enum": ["", *values]}}
