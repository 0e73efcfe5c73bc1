"""Where are the schemas, parameters and headers of a Swagger 2.0 document? It judges nothing.

Everything here also stands documents of the wrong shape: what is no object is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.manifest.problems import pointer

Table = Mapping[str, Any]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")


@dataclass(frozen=True, slots=True)
class Node:
    """Something that has a type: its JSON pointer, its JSON, and how it hangs in the document.

    ``kind`` is schema, parameter (any but a body), items (of such), header or body (the parameter).
    ``role`` of a schema is root (of a body, an answer, a notification, a definition), property,
    items, or part (of ``allOf`` or ``additionalProperties``).
    """

    place: str
    json: Table
    kind: str = "schema"
    role: str = "root"
    name: str = ""
    required: bool = False
    above: Node | None = None

    @property
    def where(self) -> str:
        """In what part of a call a parameter stands: path, query, header, formData, body."""
        return words(self.json.get("in"))

    def chain(self) -> Iterator[Node]:
        """The node and all that it hangs in, upwards."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.above


def table(value: Any) -> Table:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> Sequence[Any]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else ()


def words(value: Any) -> str:
    """The value if it is text, else none."""
    return value if isinstance(value, str) else ""


def at(document: Any, place: str) -> Any:
    """What stands at a JSON pointer; None if nothing does."""
    found = document
    for part in place.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(key)] if key.isdigit() and int(key) < len(found) else None
        else:
            found = table(found).get(key)
    return found


def follow(document: Table, place: str, json: Any) -> tuple[str, Table]:
    """An object, or what its chain of ``$ref`` leads to, and where that stands; {} if nowhere."""
    seen = set()
    here = table(json)
    while isinstance(reference := here.get("$ref"), str):
        if reference in seen or not reference.startswith("#/"):
            return place, {}
        seen.add(reference)
        place, here = reference[1:], table(at(document, reference[1:]))
    return place, here


def written(document: Table) -> Iterator[Node]:
    """Everything with a type, once, where it is written; references are not followed."""
    for place, parameter in parameters_written(document):
        yield from _parameter(place, parameter)
    for place, response in responses_written(document):
        yield from _response(place, response)
    for name, schema in table(document.get("definitions")).items():
        yield from below(Node(pointer("definitions", name), table(schema)))
    for path, item in table(document.get("paths")).items():
        content = table(table(item).get("x-ms-notification-content"))
        if "schema" in content:
            place = pointer("paths", path, "x-ms-notification-content", "schema")
            yield from below(Node(place, table(content["schema"])))


def operations_written(document: Table) -> Iterator[tuple[str, str, Table, Table]]:
    """Path, method, operation and path item of each operation."""
    for path, item in table(document.get("paths")).items():
        for method in METHODS:
            if isinstance(table(item).get(method), dict):
                yield path, method, item[method], item


def parameters_written(document: Table) -> Iterator[tuple[str, Table]]:
    """Place and JSON of each parameter that is no reference."""
    for name, parameter in table(document.get("parameters")).items():
        if "$ref" not in table(parameter):
            yield pointer("parameters", name), table(parameter)
    lists = [
        *((("paths", path), item) for path, item in table(document.get("paths")).items()),
        *((("paths", path, method), op) for path, method, op, _ in operations_written(document)),
    ]
    for way, holder in lists:
        for number, parameter in enumerate(rows(table(holder).get("parameters"))):
            if "$ref" not in table(parameter):
                yield pointer(*way, "parameters", number), table(parameter)


def responses_written(document: Table) -> Iterator[tuple[str, Table]]:
    """Place and JSON of each response that is no reference."""
    for name, response in table(document.get("responses")).items():
        if "$ref" not in table(response):
            yield pointer("responses", name), table(response)
    for path, method, operation, _ in operations_written(document):
        for status, response in table(operation.get("responses")).items():
            if "$ref" not in table(response) and not status.startswith("x-"):
                yield pointer("paths", path, method, "responses", status), table(response)


def below(node: Node) -> Iterator[Node]:
    """A schema and all schemas written inside it."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += reversed(list(inside(here)))


def inside(node: Node) -> Iterator[Node]:
    """The schemas directly inside one."""
    required = rows(node.json.get("required"))
    for name, schema in table(node.json.get("properties")).items():
        place = node.place + pointer("properties", name)
        is_required = name in required
        yield Node(place, table(schema), "schema", "property", name, is_required, node)
    items = node.json.get("items")
    for number, schema in enumerate(items if isinstance(items, list) else [items]):
        if isinstance(schema, dict):
            place = f"{node.place}/items" + (f"/{number}" if isinstance(items, list) else "")
            yield Node(place, schema, "schema", "items", above=node)
    if isinstance(node.json.get("additionalProperties"), dict):
        place = f"{node.place}/additionalProperties"
        yield Node(place, node.json["additionalProperties"], "schema", "part", above=node)
    for number, schema in enumerate(rows(node.json.get("allOf"))):
        yield Node(f"{node.place}/allOf/{number}", table(schema), "schema", "part", above=node)


def reached(document: Table, root: Node) -> Iterator[Node]:
    """A schema and all that are reached from it, also by reference; each place once."""
    seen, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        place, json = follow(document, node.place, node.json)
        if place in seen:
            continue
        seen.add(place)
        here = Node(place, json, node.kind, node.role, node.name, node.required, node.above)
        yield here
        waiting += reversed(list(inside(here)))


def merged(document: Table, schema: Node) -> tuple[Mapping[str, Node], frozenset[str]]:
    """The properties of an object and the names it requires, references and allOf included."""
    properties: dict[str, Node] = {}
    required: set[str] = set()
    waiting, seen = [schema], set()
    while waiting:
        node = waiting.pop()
        place, json = follow(document, node.place, node.json)
        if place in seen:
            continue
        seen.add(place)
        required |= {name for name in rows(json.get("required")) if isinstance(name, str)}
        here = Node(place, json)
        properties |= {each.name: each for each in inside(here) if each.role == "property"}
        parts = enumerate(rows(json.get("allOf")))
        waiting += [Node(f"{place}/allOf/{number}", table(part)) for number, part in parts]
    return properties, frozenset(required)


def _parameter(place: str, parameter: Table) -> Iterator[Node]:
    name, required = words(parameter.get("name")), parameter.get("required") is True
    if parameter.get("in") == "body":
        body = Node(place, parameter, "body", name=name, required=required)
        yield body
        if "schema" in parameter:
            schema = table(parameter["schema"])
            root = Node(f"{place}/schema", schema, required=required, above=body)
            yield from below(root)
        return
    yield from _typed(Node(place, parameter, "parameter", name=name, required=required))


def _response(place: str, response: Table) -> Iterator[Node]:
    if "schema" in response:
        yield from below(Node(f"{place}/schema", table(response["schema"])))
    for name, header in table(response.get("headers")).items():
        here = place + pointer("headers", name)
        yield from _typed(Node(here, table(header), "header", name=name))


def _typed(node: Node) -> Iterator[Node]:
    """A parameter or a header, and the items inside it."""
    yield node
    while isinstance(node.json.get("items"), dict):
        node = Node(f"{node.place}/items", node.json["items"], "items", above=node)
        yield node
