"""What is served under /sellershorts? Its part of the OpenAPI document, made from the manifests.

Names are the usual ones; ``CONNECTOR_SELLERSHORTS_NAMES`` may put others in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.core.language import Action, Manifest
from connector.platforms.openapi_parts import call, content, parameter, query, ref
from connector.platforms.sellershorts import words
from connector.platforms.sellershorts.orders import AT, LONGEST_ID, PARTS

Json = dict[str, Any]

ORDER_ID = parameter("order_id", "The order's id, as SellerShorts gave it.")
TEXT: Json = {"type": "string"}
ANY_FILE: Json = {"type": ["string", "object", "null"], "description": "A URL, base64, or both."}
FILE: Json = {
    "filename": TEXT,
    "mime_type": TEXT,
    "file_base64": {"type": "string", "contentEncoding": "base64"},
    "result_url": {"type": "string", "format": "uri", "description": "Opens without a key."},
}

SCHEMAS: Json = {
    "SellerShortsStatus": {
        "type": "object",
        "required": ["ok", "order_id", "status"],
        "properties": {
            "ok": {"type": "boolean"},
            "order_id": TEXT,
            "status": {"type": "string", "enum": [words.PROCESSING, words.COMPLETED, words.FAILED]},
            "progress": {"type": "integer", "minimum": 0, "maximum": 100},
            "message": TEXT,
            "error": {"type": "string", "maxLength": 250},
            "output_type": {"type": "string", "enum": ["text", "json", "csv", "url", "file"]},
            "result_text": TEXT,
            **FILE,
            "files": {"type": "array", "items": {"type": "object", "properties": FILE}},
        },
    },
    "SellerShortsTaken": {
        "type": "object",
        "required": ["ok", "order_id", "status", "ignored"],
        "properties": {
            "ok": {"type": "boolean"},
            "order_id": TEXT,
            "status": {"type": "string", "enum": [words.PROCESSING]},
            "ignored": {"type": "array", "items": TEXT, "description": "Inputs of no meaning."},
        },
    },
}
"""Schemas that only this platform has."""


def paths(manifests: Mapping[str, Manifest]) -> Json:
    """The job webhook and the status endpoint of every action."""
    made: Json = {}
    for manifest in manifests.values():
        for action in manifest.actions.values():
            begin = f"/sellershorts/{manifest.name}/{action.name}"
            names = f"sellershorts_{manifest.name}", action.name
            made[begin] = {"post": _order(action, "_order_".join(names))}
            made[f"{begin}/orders/{{order_id}}"] = {
                "get": _status("_status_".join(names)),
                "parameters": [ORDER_ID],
            }
    return made


def _order(action: Action, name: str) -> Json:
    made = call(name, action.title, ref("SellerShortsTaken"),
                400, 401, 404, 409, 413, 415, 422)  # fmt: skip
    own_key = {"$ref": "#/components/parameters/provider_key"}
    words_of_ours = [{"$ref": f"#/components/parameters/{each}"} for each in ("timeout", "pace")]
    places = [query(AT + each, f"JMESPath of {each} in the body.") for each in PARTS]
    fixed = [query(each, "The same for every buyer.") for each in action.fields["properties"]]
    body = {
        "type": "object",
        "properties": {
            "order_id": {"type": ["string", "integer"], "minLength": 1, "maxLength": LONGEST_ID},
            "inputs": {"type": ["object", "null"], "description": _inputs(action)},
            "callback_url": {"type": ["string", "null"]},
            "input_files": {"type": ["array", "null"], "items": ANY_FILE},
        },
    }
    return {
        **made,
        "description": action.description,
        "parameters": [own_key, *words_of_ours, *places, *fixed],
        "requestBody": {"required": True, **content(body)},
    }


def _inputs(action: Action) -> str:
    return f"By name: {', '.join(action.fields['properties'])}."


def _status(name: str) -> Json:
    return call(name, "The order, by its row alone.", ref("SellerShortsStatus"), 401, 404, 410)
