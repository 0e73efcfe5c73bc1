"""What does a connector's package hold? Its files, read, and its operations. It judges nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.exporters.power_automate.lint.walk import (
    Node,
    Table,
    follow,
    operations_written,
    rows,
    table,
    words,
    written,
)
from connector.manifest.problems import pointer

DEFINITION = "apiDefinition.swagger.json"
PROPERTIES = "apiProperties.json"
SETTINGS = "settings.json"
ICON = "icon.png"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, with the parameters of its path and all references of parameters and answers
    followed. A body stands among the parameters."""

    place: str
    path: str
    method: str
    json: Table
    item: Table
    parameters: tuple[Node, ...]
    responses: Mapping[str, Node]

    @property
    def id(self) -> str:
        """Its operationId, or its method and path when it has none."""
        return words(self.json.get("operationId")) or f"{self.method} {self.path}"

    @property
    def internal(self) -> bool:
        """Whether makers do not see it."""
        return self.json.get("x-ms-visibility") == "internal"

    @property
    def trigger(self) -> bool:
        """Whether it starts a flow."""
        return "x-ms-trigger" in self.json

    @property
    def body(self) -> Node | None:
        """The schema of its body, if it has one."""
        for each in self.parameters:
            if each.kind == "body" and isinstance(each.json.get("schema"), dict):
                schema = each.json["schema"]
                place = f"{each.place}/schema"
                return Node(place, schema, required=each.required, above=each)
        return None

    @property
    def schemas(self) -> Mapping[str, Node]:
        """The schemas of its answers, by status."""
        found = self.responses.items()
        return {
            status: Node(f"{node.place}/schema", table(node.json["schema"]))
            for status, node in found
            if "schema" in node.json
        }

    @property
    def answer(self) -> Node | None:
        """The schema of what the designer shows as output: that of 200, 201 or another success."""
        good = {status: node for status, node in self.schemas.items() if status.startswith("2")}
        return good.get("200") or good.get("201") or next(iter(good.values()), None)


@dataclass(frozen=True, slots=True)
class Package:
    """A package, read: its definition, properties and settings ({} where absent or unreadable)."""

    files: Mapping[str, bytes]
    definition: Table
    properties: Table
    settings: Table
    operations: tuple[Operation, ...]
    nodes: tuple[Node, ...]

    def operation(self, operation_id: Any) -> Operation | None:
        """The operation of an operationId."""
        found = (each for each in self.operations if each.json.get("operationId") == operation_id)
        return next(found, None)


def read(files: Mapping[str, bytes]) -> Package:
    """The package of some files."""
    definition = parsed(files, DEFINITION)
    return Package(
        files,
        definition,
        table(parsed(files, PROPERTIES).get("properties")),
        parsed(files, SETTINGS),
        tuple(_operations(definition)),
        tuple(written(definition)),
    )


def parsed(files: Mapping[str, bytes], name: str) -> Table:
    """A JSON object of the package; {} if there is none of that name or it is no such thing."""
    try:
        return table(json.loads(files.get(name, b"")))
    except (ValueError, RecursionError):
        return {}


def _operations(document: Table) -> Iterator[Operation]:
    for path, method, operation, item in operations_written(document):
        place = pointer("paths", path, method)
        own = _parameters(document, place, operation)
        named = {(each.name, each.where) for each in own}
        shared = _parameters(document, pointer("paths", path), item)
        others = [each for each in shared if (each.name, each.where) not in named]
        responses = {
            status: Node(*follow(document, place + pointer("responses", status), response))
            for status, response in table(operation.get("responses")).items()
            if not status.startswith("x-")
        }
        yield Operation(place, path, method, operation, item, (*own, *others), responses)


def _parameters(document: Table, place: str, holder: Table) -> list[Node]:
    found = []
    for number, each in enumerate(rows(holder.get("parameters"))):
        where, json_ = follow(document, f"{place}/parameters/{number}", each)
        kind = "body" if json_.get("in") == "body" else "parameter"
        name, required = words(json_.get("name")), json_.get("required") is True
        found.append(Node(where, json_, kind, name=name, required=required))
    return found
