"""What does the designer ask while a flow is drawn? Lists of choices, and the outputs' names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.core.language import Choice, Manifest
from connector.exporters.power_automate.dynamic import OUTPUT, list_id, shaping
from connector.exporters.power_automate.inputs import field
from connector.exporters.power_automate.names import plain
from connector.exporters.power_automate.parts import (
    INTERNAL,
    done,
    enumerated,
    failures,
    operation,
    query,
    which_action,
)

Json = dict[str, Any]

ITEMS: Json = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "x-ms-summary": "Items",
            "description": "The choices.",
            "items": {
                "type": "object",
                "properties": {
                    "id": {
                        "type": "string",
                        "x-ms-summary": "ID",
                        "description": "The value that is sent.",
                    },
                    "name": {
                        "type": "string",
                        "x-ms-summary": "Name",
                        "description": "The name that people read.",
                    },
                },
            },
        }
    },
}

SCHEMA: Json = {
    "type": "object",
    "properties": {
        "schema": {
            "type": "object",
            "x-ms-summary": "Schema",
            "description": "The outputs as a schema.",
        }
    },
}

PLAIN = ("string", "boolean", "integer", "number")
NO_QUERY = ("default", "x-ms-visibility", "properties", "required", "additionalProperties")

KINDS = {
    "result": "The result",
    "answer": "The result, or why there is none",
    "job": "A job",
    "jobs": "Several jobs",
}


def paths(manifest: Manifest) -> Json:
    """The path items that only the designer uses."""
    lists = {f"/choices/{name}": {"get": _list(name, c)} for name, c in manifest.choices.items()}
    return {**lists, "/output": {"get": _output(manifest)}}


def shaping_inputs(manifest: Manifest) -> dict[str, Mapping[str, Any]]:
    """The inputs of all actions on which outputs depend, by name."""
    return {
        name: action.fields["properties"][name]
        for action in manifest.actions.values()
        for name in shaping(action)
    }


def _list(name: str, choice: Choice) -> Json:
    narrowed = [_query(each, schema) for each, schema in choice.fields["properties"].items()]
    said = name.replace("_", " ")
    return operation(
        list_id(name),
        plain(f"List {said}"),
        "Lists the choices of a field, as the provider has them now.",
        {**done(ITEMS, "The choices."), **failures(401)},
        narrowed,
        INTERNAL,
    )


def _output(manifest: Manifest) -> Json:
    action = query("action", "Action", "The action that makes the outputs.")
    kind = query("as", "Kind", "Whether a result is meant, or jobs with their results.")
    inputs = [_query(name, each) for name, each in shaping_inputs(manifest).items()]
    return operation(
        OUTPUT,
        "Get the outputs of an action",
        "Describes what an action returns for the inputs that were chosen.",
        {**done(SCHEMA, "The outputs."), **failures(401)},
        [
            {**action, **which_action(manifest)},
            {**kind, "required": True, **enumerated(KINDS)},
            *inputs,
        ],
        INTERNAL,
    )


def _query(name: str, schema: Mapping[str, Any]) -> Json:
    """An input as a parameter of the query, where objects are JSON text. Its default is left to
    the service."""
    made = field(name, schema)
    kept = {key: value for key, value in made.items() if key not in NO_QUERY}
    if kept["type"] == "object":
        kept["type"] = "string"
    if kept["type"] == "array":
        kind = made["items"].get("type")
        kept["items"] = {"type": kind if kind in PLAIN else "string"}
    return {"name": name, "in": "query", "required": False, **kept}
