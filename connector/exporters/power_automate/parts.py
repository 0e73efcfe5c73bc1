"""Of what is a definition built? Operations, parameters and answers that recur in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.core.language import Manifest
from connector.exporters.power_automate.names import plain

Json = dict[str, Any]

VISIBLE, IMPORTANT, ADVANCED, INTERNAL = None, "important", "advanced", "internal"


def operation(
    id: str,
    summary: str,
    description: str,
    responses: Json,
    parameters: Sequence[Json] = (),
    visibility: str | None = VISIBLE,
    **extensions: Any,
) -> Json:
    """One operation; ``extensions`` are written ``x_ms_trigger="single"``."""
    made: Json = {"operationId": id, "summary": summary, "description": description}
    made |= {"x-ms-visibility": visibility} if visibility else {}
    made |= {name.replace("_", "-"): value for name, value in extensions.items()}
    made |= {"parameters": list(parameters)} if parameters else {}
    return {**made, "responses": responses}


def ref(name: str) -> Json:
    """A pointer to one of the definitions."""
    return {"$ref": f"#/definitions/{name}"}


def done(schema: Json, description: str) -> Json:
    """The one good answer."""
    return {"200": {"description": description, "schema": schema}}


def failures(*statuses: int) -> Json:
    """Answers that end an operation badly. They have no schema: the designer uses one only."""
    return {
        **{str(status): {"description": FAILURES[status]} for status in statuses},
        "default": {"description": "The operation failed."},
    }


FAILURES = {
    400: "The request cannot be read.",
    401: "The key of the connection is not known.",
    404: "There is no such job.",
    409: "The job was canceled, or another one was submitted under the same idempotency key.",
    410: "The result was deleted; results are kept for a limited time.",
    413: "The file is too large.",
    422: "The input is wrong, or the job failed.",
}


def subscribed(schema: Json, description: str) -> Json:
    """The good answer to a subscription; the platform deletes its Location in the end."""
    location = {"type": "string", "description": "What to delete in order to unsubscribe."}
    return {
        "201": {"description": description, "headers": {"Location": location}, "schema": schema}
    }


PENDING: Json = {
    "202": {
        "description": "The job is still open; look again at Location, in Retry-After seconds.",
        "headers": {
            "Location": {"type": "string", "description": "Where to look again."},
            "Retry-After": {"type": "integer", "description": "How many seconds to wait."},
        },
    }
}


def query(name: str, summary: str, description: str, **more: Any) -> Json:
    """A parameter of the query: text, unless ``more`` says otherwise."""
    texts = {"x-ms-summary": summary, "description": description}
    return {"name": name, "in": "query", "required": False, "type": "string", **texts, **more}


def path_id(summary: str, description: str) -> Json:
    """The ``{id}`` of a path."""
    texts = {"x-ms-summary": summary, "description": description}
    fixed = {"name": "id", "in": "path", "required": True, "type": "string"}
    return {**fixed, **texts, "x-ms-url-encoding": "single"}


JOB_ID = path_id("Job ID", "The ID of the job, as the submitting action returned it.")

TOKEN = query(
    "token",
    "Token",
    "A signed token that opens just this one without a key.",
    **{"x-ms-visibility": INTERNAL},
)


def on_failure(usual: str) -> Json:
    """Whether a job that failed is a failed operation or an answer."""
    return {
        **query("on_failure", "On Failure", "Whether a failed job fails the step or is answered."),
        "required": True,
        **enumerated({"fail": "Fail the step", "answer": "Answer with the status"}),
        "default": usual,
        "x-ms-visibility": INTERNAL,
    }


def enumerated(values: Mapping[str, str]) -> Json:
    """The values that are allowed, and what people read for each."""
    names = [{"value": value, "displayName": name} for value, name in values.items()]
    return {"enum": list(values), "x-ms-enum-values": names}


def body(properties: Json, required: Sequence[str] = ()) -> Json:
    """The JSON body."""
    schema: Json = {"type": "object", "properties": properties}
    return {
        "name": "body",
        "in": "body",
        "required": True,
        "x-ms-summary": "Body",
        "description": "The inputs.",
        "schema": {**schema, "required": list(required)} if required else schema,
    }


CALLBACK_URL: Json = {
    "type": "string",
    "format": "uri",
    "x-ms-summary": "Callback URL",
    "description": "Where the flow waits to be told.",
    "x-ms-visibility": INTERNAL,
    "x-ms-notification-url": True,
}
"""Filled in by the platform; never shown."""


def which_action(manifest: Manifest) -> Json:
    """The values of a field that names an action."""
    return enumerated({name: plain(each.title) for name, each in manifest.actions.items()})
