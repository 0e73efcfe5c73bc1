"""Of what is the OpenAPI document built? Schemas, parameters and answers that recur in it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from connector.core.ask import file_fields
from connector.core.language import Action
from connector.core.model import Status
from connector.exporters.power_automate.job import job_schema

Json = dict[str, Any]


def ref(name: str) -> Json:
    """A pointer to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Json) -> Json:
    """A bare array."""
    return {"type": "array", "items": items}


def content(schema: Any, media: str = "application/json") -> Json:
    """A JSON body."""
    return {"content": {media: {"schema": schema}}}


def parameter(name: str, description: str) -> Json:
    """A part of the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "minLength": 1},
    }


def answers(*statuses: int) -> Json:
    """The error answers of a call: problem documents, whatever the status."""
    return {
        str(status): {
            "description": HTTPStatus(status).phrase + ".",
            "content": {
                "application/problem+json": {"schema": ref("Problem")},
                "application/json": {"schema": ref("Problem")},
            },
        }
        for status in statuses
    }


def call(name: str, summary: str, schema: Any, *errors: int) -> Json:
    """A call that is answered 200 with this schema, or with one of these errors."""
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": {"description": "Done.", **content(schema)}, **answers(*errors)},
    }


def polled(name: str, summary: str) -> Json:
    """An address that is polled: 202 while open, then the result or why there is none."""
    made = call(name, summary, {}, 401, 404, 409, 410, 416, 422)
    made["responses"]["202"] = ACCEPTED
    made["responses"]["206"] = {"description": "The range of a large result.", **BINARY}
    return made


def order(action: Action, name: str, output: Any) -> Json:
    """An order of a job: 202, or 200 with this schema when it has finished already."""
    names = ("idempotency_key", "provider_key", "prefer", *WORDS)
    done = {"description": "Finished already.", **content(output)}
    return {
        "operationId": name,
        "summary": action.title,
        "description": action.description,
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        "requestBody": order_body(action),
        "responses": {
            "200": done,
            "202": ACCEPTED,
            **answers(400, 401, 404, 409, 410, 413, 415, 422),
        },
    }


def below(platform: str, provider: str, *parts: Json) -> Json:
    """A platform's paths of one provider, their operations under names that no other's have."""
    begin = f"{platform.replace('-', '_')}_{provider}"
    made: Json = {}
    for path, item in ((path, item) for part in parts for path, item in part.items()):
        made[f"/{platform}/{provider}{path}"] = {
            method: each
            if method == "parameters"
            else {**each, "operationId": f"{begin}_{each['operationId']}"}
            for method, each in item.items()
        }
    return made


def order_body(action: Action) -> Json:
    """What an action takes: JSON or a form (files as base64), or multipart (files as parts)."""
    names = file_fields(action.fields)
    known = action.fields["properties"]
    by_url = {
        f"{name}_{end}": schema
        for name in names
        for end, schema in BESIDE.items()
        if f"{name}_{end}" not in known
    }
    required = [name for name in action.fields.get("required", ()) if name not in names]
    json = {**known, **{name: _base64(known[name]) for name in names}, **by_url, **WORDS}
    parts = {**known, **{name: _part(known[name]) for name in names}, **by_url, **WORDS}
    shapes = {
        "application/json": json,
        "multipart/form-data": parts,
        "application/x-www-form-urlencoded": json,
    }
    return {
        "required": bool(required or action.fields.get("required")),
        "content": {
            media: {"schema": _closed(properties, required)} for media, properties in shapes.items()
        },
    }


def _closed(properties: Json, required: list[str]) -> Json:
    shape = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**shape, "required": required} if required else shape


def _text(description: str) -> Json:
    return {"type": "string", "description": description}


def _base64(schema: Mapping[str, Any]) -> Json:
    kept = {key: value for key, value in schema.items() if key != "format"}
    return {**kept, "contentEncoding": "base64"}


def _part(schema: Mapping[str, Any]) -> Json:
    return {**schema, "contentMediaType": "application/octet-stream"}


BESIDE: Mapping[str, Json] = {
    "url": _text("The file's https address, instead of the file."),
    "name": _text("The file's name, when it comes as base64."),
}
"""What may stand beside a file field, or in its place."""

WORDS: Mapping[str, Json] = {
    "callback_url": _text("An https address to tell the end to."),
    "client_ref": {"type": "string", "maxLength": 255, "description": "Yours; it comes back."},
    "wait": {"type": "number", "minimum": 0, "description": "Seconds to wait, at most 25."},
    "timeout": {
        "type": ["number", "string"],
        "description": "Seconds until the job is given up, or a named deadline.",
    },
    "pace": _text("How often to look: a pace named by the manifest."),
}

DOCUMENT = ref("Operation")

BINARY: Json = {"content": {"*/*": {"schema": {}}}}

ACCEPTED: Json = {
    "description": "Still open: look again at Location, in Retry-After seconds.",
    "headers": {
        "Location": {"required": True, "schema": {"type": "string", "format": "uri"}},
        "Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}},
        "Operation-Location": {"schema": {"type": "string", "format": "uri"}},
    },
    **content({"type": "object", "required": ["id", "status"]}),
}

_MOMENT: Json = {"type": "string", "format": "date-time"}
_MAYBE: Json = {"type": ["string", "null"]}
_STATUS: Json = {"type": "string", "enum": [each.value for each in Status]}
_FAULT: Json = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
}

_JOB = job_schema()
OPERATION: Json = {
    **_JOB,
    "required": ["id", "status", "provider", "action", "created_at", "links"],
    "properties": {
        **_JOB["properties"],
        "result": {"description": "When succeeded and at most 64 kB; else links.result."},
    },
}
"""The operation document. Its result is whatever the provider returned, and null until then."""

SCHEMAS: Json = {
    "Operation": OPERATION,
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "error"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "maxLength": 250},
            "code": {"type": "string"},
            "error": _FAULT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
    },
    "Provider": {
        "type": "object",
        "required": ["name", "title", "description", "actions"],
        "properties": {
            "name": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "choices": {"type": "object", "description": "What narrows each list down."},
            "actions": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Choice": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {}, "name": {"type": "string"}},
    },
    "Move": {
        "type": "object",
        "required": ["at", "status"],
        "properties": {"at": _MOMENT, "status": _STATUS, "note": _MAYBE},
    },
    "NewSubscription": {
        "type": "object",
        "required": ["target"],
        "additionalProperties": False,
        "properties": {
            "target": _text("The https address to tell."),
            "statuses": {"type": ["array", "null"], "items": _STATUS},
            "provider": _MAYBE,
            "action": _MAYBE,
        },
    },
    "Subscription": {
        "type": "object",
        "required": ["id", "secret", "created_at"],
        "properties": {
            "id": {"type": "string"},
            "secret": _text("Signs every message (Standard Webhooks); shown once."),
            "created_at": _MOMENT,
        },
    },
    "NewSecret": {
        "type": "object",
        "required": ["id", "secret", "old_until"],
        "properties": {
            "id": {"type": "string"},
            "secret": _text("Signs every message from now on; shown once."),
            "old_until": {**_MOMENT, "description": "Until then the old secret signs as well."},
        },
    },
}


def _header(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def query(name: str, description: str) -> Json:
    """Text in the query, not required."""
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}


PARAMETERS: Json = {
    "idempotency_key": _header("Idempotency-Key", "A repeat with the same key orders nothing new."),
    "provider_key": _header("X-Provider-Key", "Your own key for the provider."),
    "prefer": _header("Prefer", "wait=N holds the answer up to N seconds (RFC 7240)."),
    "token": query("token", "Opens this one thing without a key, as links do."),
    **{name: query(name, schema["description"]) for name, schema in WORDS.items()},
}
