"""What is served under /zapier? Its part of the OpenAPI document, made from the manifests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.core.language import Action, Manifest
from connector.core.model import Status
from connector.core.shape import deciding
from connector.platforms.openapi_parts import (
    WORDS,
    answers,
    array,
    below,
    call,
    content,
    order,
    parameter,
    query,
    ref,
)
from connector.platforms.zapier import statuses

Json = dict[str, Any]

PROVIDER_KEY: Json = {"$ref": "#/components/parameters/provider_key"}
PREFER: Json = {"$ref": "#/components/parameters/prefer"}
JOB, HOOK = (parameter("id", f"The {what}'s id.") for what in ("job", "hook"))
STATUS: Json = {"type": "string", "enum": [each.value for each in Status]}
MAYBE: Json = {"type": ["string", "null"]}
MOMENT: Json = {"type": "string", "format": "date-time"}
MAYBE_MOMENT: Json = {**MAYBE, "format": "date-time"}
FAULT: Json = {
    "type": ["object", "null"],
    "required": ["code", "message"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string", "maxLength": 250}},
}
PLAIN: Json = {"type": ["number", "boolean", "string", "null"]}
COUNT: Json = {"schema": {"type": "integer", "minimum": 1}}

FLAT: Json = {
    "id": {"type": "string"},
    "status": STATUS,
    "provider": {"type": "string"},
    "action": {"type": "string"},
    "client_ref": MAYBE,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "finished_at": MAYBE_MOMENT,
    "progress_done": PLAIN,
    "progress_total": PLAIN,
    "progress_text": MAYBE,
    "note": MAYBE,
    "handle": MAYBE,
    "error": FAULT,
    "error_code": MAYBE,
    "error_message": {**MAYBE, "maxLength": 250},
    "result": {"type": ["object", "null"], "description": "Null when it is large or a file."},
    "result_url": {"type": "string", "format": "uri", "description": "Needs the key."},
    "file_url": {**MAYBE, "description": "A result that is large or a file; needs no key."},
    "warning": MAYBE,
}

SCHEMAS: Json = {
    "ZapierJob": {
        "type": "object",
        "required": list(FLAT),
        "additionalProperties": False,
        "properties": FLAT,
    },
    "ZapierField": {
        "type": "object",
        "required": ["key", "label"],
        "properties": {
            "key": {"type": "string"},
            "label": {"type": "string"},
            "type": {"type": "string"},
            "list": {"type": "boolean"},
        },
    },
    "ZapierHook": {
        "type": "object",
        "required": ["id", "status", "action", "created_at"],
        "properties": {
            "id": {"type": "string"},
            "status": MAYBE,
            "action": MAYBE,
            "created_at": MOMENT,
        },
    },
}
"""Schemas that only this platform has."""

FLAT_JOB = ref("ZapierJob")


def paths(manifests: Mapping[str, Manifest]) -> Json:
    """All paths of all providers."""
    made: Json = {}
    for manifest in manifests.values():
        made |= below(
            "zapier",
            manifest.name,
            *map(_submit, manifest.actions.values()),
            _jobs(),
            _hooks(manifest),
            _pickers(manifest),
        )
    return made


def _submit(action: Action) -> Json:
    """An order. The body is described in its own types; texts and paths as names do as well."""
    made = order(action, f"submit_{action.name}", FLAT_JOB)
    made["responses"]["202"] = {
        "description": "Not finished yet.",
        "headers": {"Retry-After": {"required": True, **COUNT}},
        **content(FLAT_JOB),
    }
    return {f"/{action.name}": {"post": made}}


def _jobs() -> Json:
    listed = call("list_jobs", "Jobs, newest first.", array(FLAT_JOB), 401, 422)
    listed["parameters"] = [
        query("status", f"Between commas: {', '.join(statuses.WORDS)}. Else what is closed."),
        query("action", "Only this action's."),
        query("client_ref", "Only those with this reference of yours."),
        query("limit", "How many, at most 100."),
        query("page", "Counted from 0."),
    ]
    seen = call("get_job", "The job, whatever its status.", FLAT_JOB, 401, 404, 422)
    seen["parameters"] = [PREFER, query("wait", WORDS["wait"]["description"])]
    result = call("get_result", "The bare result.", {"type": "object"},
                  401, 404, 409, 410, 416, 422)  # fmt: skip
    result["responses"]["206"] = {
        "description": "The range of a large result.",
        "content": {"*/*": {"schema": {}}},
    }
    stop = call("cancel_job", "Ask for it to stop; a closed one stays.", FLAT_JOB, 401, 404)
    return {
        "/jobs": {"get": listed},
        "/jobs/{id}": {"get": seen, "parameters": [JOB]},
        "/jobs/{id}/result": {"get": result, "parameters": [JOB]},
        "/jobs/{id}/cancel": {"post": stop, "parameters": [JOB]},
    }


def _hooks(manifest: Manifest) -> Json:
    made = call("subscribe", "Be told when jobs end.", ref("ZapierHook"), 400, 401, 415, 422)
    made["responses"]["201"] = made["responses"].pop("200")
    target = {"type": "string", "description": "The https address to tell."}
    body = {
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": ["target_url"]}, {"required": ["hookUrl"]}],
        "properties": {
            "target_url": target,
            "hookUrl": target,
            "status": {**MAYBE, "description": "As for the list of jobs."},
            "action": {**MAYBE, "enum": ["", *manifest.actions, None]},
        },
    }
    made["requestBody"] = {"required": True, **content(body)}
    ended = {
        "operationId": "unsubscribe",
        "summary": "Be told no more; doing so twice is fine.",
        "responses": {"204": {"description": "Done."}, **answers(401)},
    }
    return {
        "/hooks": {"post": made},
        "/hooks/{id}": {"delete": ended, "parameters": [HOOK]},
    }


def _pickers(manifest: Manifest) -> Json:
    """What the editor asks while a step is set up."""
    made: Json = {}
    for name, choice in manifest.choices.items():
        asked = call(f"choices_{name}", "Values for a picker, from the provider.",
                     array(ref("Choice")), 401, 404, 422, 503)  # fmt: skip
        known = choice.fields["properties"]
        narrowing = [
            {**query(each, known[each]["description"]), "schema": known[each]} for each in known
        ]
        made[f"/choices/{name}"] = {"get": {**asked, "parameters": [PROVIDER_KEY, *narrowing]}}
    for name, action in manifest.actions.items():
        asked = call(f"fields_{name}", "The fields that the result will have.",
                     array(ref("ZapierField")), 401, 404)  # fmt: skip
        known = action.fields["properties"]
        asked["parameters"] = [
            query(each, known[each]["description"]) for each in deciding(action.shape)
        ]
        made[f"/fields/{name}"] = {"get": asked}
    return made
