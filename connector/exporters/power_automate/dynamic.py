"""How does the designer learn, while a flow is drawn, what depends on what was chosen?

Each is said twice: as the old extension, which names a parameter or property, and as the new one,
which says where it stands; the new one is demanded wherever a body's property is meant (Microsoft,
"Create a custom connector with an OpenAPI extension").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.core.language import Action
from connector.exporters.power_automate.names import pascal

Json = dict[str, Any]

OUTPUT = "GetOutput"


def picker(choice: str, narrowed: Mapping[str, str]) -> Json:
    """The values of a list of choices; ``narrowed`` maps its parameters to places such as
    ``body/model``."""
    called = {"operationId": list_id(choice)}
    old: Json = {**called, "value-collection": "items", "value-path": "id", "value-title": "name"}
    new: Json = {**called, "itemsPath": "items", "itemValuePath": "id", "itemTitlePath": "name"}
    before, after = _parameters({}, narrowed)
    return {
        "x-ms-dynamic-values": {**old, "parameters": before},
        "x-ms-dynamic-list": {**new, "parameters": after},
    }


def list_id(choice: str) -> str:
    """The operation that lists choices."""
    return f"List{pascal(choice)}"


def output_of(action: Action, kind: str) -> Json:
    """The outputs of one action as ``kind`` (result, answer or job); {} where they never vary."""
    if action.shape is None:
        return {}
    fixed = {"action": action.name, "as": kind}
    return _schema(fixed, {name: f"body/{name}" for name in shaping(action)})


def output_by(place: str, kind: str) -> Json:
    """The outputs of the action chosen at a place, as ``kind`` (result, answer, job or jobs)."""
    return _schema({"as": kind}, {"action": place})


def shaping(action: Action) -> list[str]:
    """The inputs on which an action's outputs depend."""
    if action.shape is None:
        return []
    own = [action.shape.schema] if action.shape.schema else []
    return [*own, *action.shape.like]


def _schema(fixed: Mapping[str, str], places: Mapping[str, str]) -> Json:
    old, new = _parameters(fixed, places)
    return {
        "x-ms-dynamic-schema": {"operationId": OUTPUT, "parameters": old, "value-path": "schema"},
        "x-ms-dynamic-properties": {
            "operationId": OUTPUT,
            "parameters": new,
            "itemValuePath": "schema",
        },
    }


def _parameters(fixed: Mapping[str, str], places: Mapping[str, str]) -> tuple[Json, Json]:
    """The same parameters as the old and as the new extension write them."""
    old: Json = dict(fixed)
    new: Json = {name: {"value": value} for name, value in fixed.items()}
    for name, place in places.items():
        old[name] = {"parameter": place.rsplit("/", 1)[-1]}
        new[name] = {"parameterReference": place}
    return old, new
