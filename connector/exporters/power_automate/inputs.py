"""What does a maker fill in? An action's fields as the properties of a JSON body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.ask import file_fields
from connector.core.language import Action, Manifest
from connector.exporters.power_automate.dynamic import picker
from connector.exporters.power_automate.names import display, sentence, title
from connector.exporters.power_automate.parts import ADVANCED, enumerated
from connector.exporters.power_automate.schemas import to_property

Json = dict[str, Any]


def properties(manifest: Manifest, action: Action) -> Json:
    """All inputs of an action in the manifest's order, then what every job may be given."""
    made: Json = {}
    files = file_fields(action.fields)
    for name, schema in action.fields["properties"].items():
        if name in files:
            made |= _file(name, schema, action.fields["properties"])
        else:
            made[name] = field(name, schema) | _choices(manifest, action, schema)
    return {**made, **dict(_words(action))}


def required(action: Action) -> list[str]:
    """The inputs that must be filled in. No file is: it may be given by its address instead."""
    files = file_fields(action.fields)
    return [name for name in action.fields.get("required", ()) if name not in files]


def field(name: str, schema: Mapping[str, Any]) -> Json:
    """One input. An object of the maker's own is JSON text: nobody knows its members."""
    made = to_property(name, schema)
    if made.get("type") != "object" or made.get("properties"):
        return made
    kept = {key: made[key] for key in ("x-ms-summary", "x-ms-visibility") if key in made}
    default = {"default": json.dumps(made["default"])} if "default" in made else {}
    said = f"{made['description']} Give it as JSON text."
    return {"type": "string", **kept, "description": said, **default}


def _file(name: str, schema: Mapping[str, Any], fields: Mapping[str, Any]) -> Json:
    """The file's content, its name and its address; the manifest may have the latter two itself."""
    content = to_property(name, schema)
    summary = content["x-ms-summary"]
    ours = f"{name}_url" not in fields
    if ours:
        content["description"] += f" Give this or {summary} URL."
    beside = {
        f"{name}_name": ("Name", "The file's name with its ending, such as invoice.pdf."),
        f"{name}_url": ("URL", f"The file's https address, to be given instead of {summary}."),
    }
    return {
        name: content,
        **{
            other: {
                "type": "string",
                "x-ms-summary": title(f"{summary} {word}"),
                "description": description,
            }
            for other, (word, description) in beside.items()
            if other not in fields
        },
    }


def _choices(manifest: Manifest, action: Action, schema: Mapping[str, Any]) -> Json:
    """A picker, where the field has one; inputs of the same name narrow its list down."""
    choice = manifest.choices.get(schema.get("x-choices", ""))
    if choice is None:
        return {}
    known, inputs = choice.fields["properties"], action.fields["properties"]
    common = [
        name for name in known if name in inputs and known[name]["type"] == inputs[name]["type"]
    ]
    return picker(schema["x-choices"], {name: f"body/{name}" for name in common})


def _words(action: Action) -> Iterator[tuple[str, Json]]:
    """What every job may be given beside its fields."""
    deadlines, paces = action.pace.deadlines, action.paces
    if deadlines:
        named = {name: f"{display(name)} ({seconds:.0f} s)" for name, seconds in deadlines.items()}
        said = "When the job is given up: a named deadline, or a number of seconds."
        yield "timeout", {**_advanced("string", "Timeout", said), **enumerated(named)}
    else:
        said = f"Seconds until the job is given up; {action.pace.deadline:.0f} when left out."
        yield "timeout", _advanced("number", "Timeout", said)
    if paces:
        said = "How often the provider is asked; the usual pace when left out."
        named = {name: display(name) for name in paces}
        yield "pace", {**_advanced("string", "Pace", said), **enumerated(named)}
    said = "A reference of your own; it comes back with the job."
    yield "client_ref", {**_advanced("string", "Client Reference", said), "maxLength": 255}


def _advanced(kind: str, summary: str, description: str) -> Json:
    texts = {"x-ms-summary": summary, "description": sentence(description, summary)}
    return {"type": kind, **texts, "x-ms-visibility": ADVANCED}
