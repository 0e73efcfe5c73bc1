"""Which operations does a definition call while people design: pickers, dynamic schemas, tests?

It finds and resolves those calls; the rules about them are in ``lint_dynamic``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.exporters.power_automate.lint.package import Operation, Package
from connector.exporters.power_automate.lint.walk import Node, Table, follow, merged, reached, table

VALUES, LIST = "x-ms-dynamic-values", "x-ms-dynamic-list"
SCHEMA, PROPERTIES = "x-ms-dynamic-schema", "x-ms-dynamic-properties"
KINDS = (VALUES, LIST, SCHEMA, PROPERTIES)
BY_PATH = {VALUES: LIST, SCHEMA: PROPERTIES}
"""The newer extension of each kind, which refers to fields by their path."""
ROUTES = {
    VALUES: ("value-collection", ("value-path", "value-title")),
    LIST: ("itemsPath", ("itemValuePath", "itemTitlePath")),
    SCHEMA: ("", ("value-path",)),
    PROPERTIES: ("", ("itemValuePath",)),
}
"""What leads to the list in an answer, and what leads to values in it or in its items."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the extension, where it stands, what holds it, who makes it, and who is called."""

    kind: str
    place: str
    json: Table
    holder: Node
    source: Operation
    target: Operation | None

    @property
    def given(self) -> Mapping[str, Any]:
        """What is given to each parameter that is named."""
        return table(self.json.get("parameters"))

    def reference(self, value: Any) -> str | None:
        """The field of the source that a given value refers to; None if it is a plain value."""
        key = "parameter" if self.kind in BY_PATH else "parameterReference"
        found = table(value).get(key)
        return found if isinstance(found, str) else None

    def constant(self, value: Any) -> Any:
        """The plain value that is given; None if it is no such thing."""
        if self.kind in BY_PATH:
            return None if isinstance(value, dict | list) else value
        return table(value).get("value")


def calls(package: Package) -> Iterator[Call]:
    """All calls of dynamic extensions; one in a shared schema for each operation that uses it."""
    for operation in package.operations:
        for node in _holders(package, operation):
            for kind in KINDS:
                if isinstance(json := node.json.get(kind), dict):
                    target = package.operation(json.get("operationId"))
                    yield Call(kind, f"{node.place}/{kind}", json, node, operation, target)


def named(package: Package) -> Iterator[tuple[str, Any]]:
    """Place and value of every operationId that is referred to."""
    for call in calls(package):
        if "operationId" in call.json:
            yield f"{call.place}/operationId", call.json["operationId"]
    for holder_place, holder in (("", package.definition), *_annotated(package)):
        for way in WAYS:
            found: Any = holder
            for part in way:
                found = table(table(found).get(part))
            if "operationId" in found:
                place = "/".join((holder_place, *way))
                yield f"{place}/operationId", found["operationId"]


WAYS = (
    ("x-ms-capabilities", "testConnection"),
    ("x-ms-capabilities", "file-picker", "open"),
    ("x-ms-capabilities", "file-picker", "browse"),
    ("x-ms-operation-context", "simulate"),
    ("x-ms-notification",),
    ("x-ms-dynamic-tree", "open"),
    ("x-ms-dynamic-tree", "browse"),
)
"""Where else an operation is named."""


def field(package: Package, operation: Operation, name: str) -> Node | None:
    """A parameter of an operation, or a property of its body by name or path such as
    ``body/options/model``. An empty node where the body does not say what it holds."""
    for each in operation.parameters:
        if each.name == name:
            return each
    body = operation.body
    if body is None:
        return None
    first, _, rest = name.partition("/")
    path = rest if body.above is not None and first == body.above.name else name
    return reach(package.definition, body, path) or _anywhere(package, body, name)


def reach(document: Table, root: Node, path: str) -> Node | None:
    """The schema at a path such as ``value/items``; an empty one where nothing is declared, None
    where other things are. Also the ways of JSON Schema (``properties``, ``items``) are gone."""
    node = Node(*follow(document, root.place, root.json), above=root.above)
    for part in filter(None, path.split("/")):
        properties, required = merged(document, node)
        if part in properties:
            place, json = follow(document, properties[part].place, properties[part].json)
            node = Node(place, json, name=part, required=part in required, above=node)
        elif part in ("items", "properties") and part in node.json:
            inner_json = node.json["items"] if part == "items" else node.json
            node = Node(*follow(document, node.place, inner_json), above=node)
        else:
            return None if properties or _closed(node.json) else Node(node.place, {})
    return node


def items(document: Table, node: Node) -> Node:
    """The schema of an array's items; an empty one where it is not told."""
    return Node(*follow(document, f"{node.place}/items", node.json.get("items")))


def _closed(schema: Table) -> bool:
    """Whether a schema without properties surely has none."""
    return schema.get("type", "object") != "object" or schema.get("additionalProperties") is False


def _holders(package: Package, operation: Operation) -> Iterator[Node]:
    for each in operation.parameters:
        if each.kind == "parameter":
            yield each
            if isinstance(each.json.get("items"), dict):
                yield Node(f"{each.place}/items", each.json["items"], "items", above=each)
    roots = [*operation.schemas.values()]
    if operation.body is not None:
        roots.append(operation.body)
    content = table(operation.item.get("x-ms-notification-content"))
    if isinstance(content.get("schema"), dict):
        way = operation.place.rpartition("/")[0]
        roots.append(Node(f"{way}/x-ms-notification-content/schema", content["schema"]))
    for root in roots:
        yield from reached(package.definition, root)


def _anywhere(package: Package, body: Node, name: str) -> Node | None:
    found = (each for each in reached(package.definition, body) if each.role == "property")
    return next((each for each in found if each.name == name), None)


def _annotated(package: Package) -> Iterator[tuple[str, Table]]:
    yield from ((each.place, each.json) for each in package.operations)
    yield from ((each.place, each.json) for each in package.nodes)
