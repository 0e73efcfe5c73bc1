"""What the designer does while a flow is drawn: it asks for lists to pick from and for schemas.

``x-ms-dynamic-values`` and ``-schema`` name an operation, fixed parameters, and parameters that
are taken from what the maker entered (Microsoft, "OpenAPI extensions for custom connectors").
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.power_automate.flow_engine import Answer, Run
from tests.power_automate.gateway import Package

EXTENSIONS = {
    "x-ms-dynamic-values": "x-ms-dynamic-list",
    "x-ms-dynamic-schema": "x-ms-dynamic-properties",
}


class Asked(NamedTuple):
    """One dynamic extension: where it stands, which it is, and what it says."""

    place: str
    word: str
    said: Mapping[str, Any]
    twin: Mapping[str, Any]


def dynamics(tree: Any, place: str = "") -> Iterator[Asked]:
    """Every dynamic extension below a part of a definition."""
    if isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from dynamics(each, f"{place}/{number}")
    if not isinstance(tree, dict):
        return
    for word, twin in EXTENSIONS.items():
        if word in tree:
            yield Asked(place, word, tree[word], tree.get(twin, {}))
    for name, each in tree.items():
        yield from dynamics(each, f"{place}/{name}")


def ask(run: Run, package: Package, asked: Asked, entered: Mapping[str, Any]) -> Answer:
    """What the named operation answers to what was entered."""
    operation = package.named(asked.said["operationId"])
    known = {
        each["name"]: each for each in package.resolved(operation.operation.get("parameters", []))
    }
    query = {}
    for name, value in asked.said["parameters"].items():
        assert name in known, f"{asked.place}: {operation.id} has no parameter {name}"
        given = entered.get(value["parameter"]) if isinstance(value, Mapping) else value
        if given is not None:
            query[name] = given if isinstance(given, str) else json.dumps(given)
    lacking = {name for name, each in known.items() if each.get("required")} - set(query)
    assert not lacking, f"{asked.place}: {operation.id} also needs {lacking}"
    return run.operation(operation.method, operation.path, **query)


def at(document: Any, path: str) -> Any:
    """What stands at a path such as ``items`` or ``a/b``."""
    for part in path.split("/"):
        document = document[part]
    return document


def strict(schema: Any) -> Any:
    """A Swagger 2.0 schema as draft 4 reads it: null is a value of its own."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: strict(each) for name, each in schema.items()}
    if schema.get("x-nullable") is True and isinstance(schema.get("type"), str):
        made["type"] = [schema["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
    return made
