"""Are the schemas of a definition sound: items, required, loops, depth, number, bytes?"""

from __future__ import annotations

from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import (
    Node,
    Table,
    follow,
    inside,
    merged,
    reached,
    rows,
    table,
)
from connector.manifest.problems import Complaint, pointer

MOST_IN_BODY = 512  # schemas
MOST_IN_OPERATION = 16_384  # schemas
DEEPEST = 32  # levels; Microsoft names the rule, but not its number
Size = tuple[int, int]
"""How many schemas, how many levels."""
FURTHEST = 200  # levels looked at, whatever is written


def no_items(package: Package) -> Iterator[Complaint]:
    """An array says what it holds."""
    for node in package.nodes:
        if node.json.get("type") == "array" and "items" not in node.json:
            yield node.place, "this array has no items; describe them"


def empty_required(package: Package) -> Iterator[Complaint]:
    """No empty list of what is required."""
    for node in _schemas(package):
        if node.json.get("required") == []:
            yield f"{node.place}/required", "this list is empty; remove it"


def required_of_no_object(package: Package) -> Iterator[Complaint]:
    """Only an object requires properties."""
    for node in _schemas(package):
        listed = isinstance(node.json.get("required"), list)
        if listed and node.json.get("type", "object") != "object":
            yield f"{node.place}/required", "only an object requires properties; remove this"


def required_but_unknown(package: Package) -> Iterator[Complaint]:
    """What is required is a property."""
    for node in _schemas(package):
        properties, _ = merged(package.definition, node)
        for name in map(str, rows(node.json.get("required"))):
            if name not in properties and not _inherits(node):
                yield f"{node.place}/required", f"{name!r} is no property; define or remove it"


def required_and_read_only(package: Package) -> Iterator[Complaint]:
    """What is required of the caller can be written."""
    for _, node in _inputs(package):
        if node.required and node.json.get("readOnly") is True:
            yield node.place, "this is read only and required; it cannot be given"


def required_in_circles(package: Package) -> Iterator[Complaint]:
    """No definition requires itself: nobody could ever give it."""
    names = list(table(package.definition.get("definitions")))
    for name in names:
        place = pointer("definitions", name)
        if place in _required_from(package.definition, place):
            yield place, "this requires itself; make one of its properties optional"


def too_deep(package: Package) -> Iterator[Complaint]:
    """Schemas are not nested too deeply."""
    sizes: dict[str, Size] = {}
    for operation in package.operations:
        for node in _bodies(operation):
            _, depth = _size(package.definition, node, sizes)
            if depth > DEEPEST:
                yield node.place, f"this is {depth} levels deep; {DEEPEST} should do"


def many_in_body(package: Package) -> Iterator[Complaint]:
    """At most 512 schemas in one body."""
    sizes: dict[str, Size] = {}
    for operation in package.operations:
        for node in _bodies(operation):
            count, _ = _size(package.definition, node, sizes)
            if count > MOST_IN_BODY:
                yield node.place, f"this holds {count} schemas; {MOST_IN_BODY} are allowed"


def many_in_operation(package: Package) -> Iterator[Complaint]:
    """At most 16,384 schemas in one operation."""
    sizes: dict[str, Size] = {}
    for operation in package.operations:
        bodies = _bodies(operation)
        count = sum(_size(package.definition, node, sizes)[0] for node in bodies)
        if count > MOST_IN_OPERATION:
            yield operation.place, f"this holds {count} schemas; {MOST_IN_OPERATION} are allowed"


def nested_bytes(package: Package) -> Iterator[Complaint]:
    """Bytes (string/binary) are a whole body; inside JSON they are string/byte, as base64."""
    for operation in package.operations:
        for root in _bodies(operation):
            for node in reached(package.definition, root):
                kind = (node.json.get("type"), node.json.get("format"))
                if node.above not in (None, root.above) and kind == ("string", "binary"):
                    yield node.place, 'bytes inside JSON are base64: "format": "byte"'


def misplaced_file(package: Package) -> Iterator[Complaint]:
    """A schema of type file is a whole answer."""
    answers = {node.place for each in package.operations for node in each.schemas.values()}
    for node in _schemas(package):
        if node.json.get("type") == "file" and node.place not in answers:
            yield f"{node.place}/type", "only a whole answer or a form's field is of type file"


def odd_discriminator(package: Package) -> Iterator[Complaint]:
    """A discriminator is a required property of type string."""
    for node in _schemas(package):
        if "discriminator" not in node.json:
            continue
        properties, required = merged(package.definition, node)
        name = str(node.json["discriminator"])
        kind = properties[name].json.get("type") if name in properties else None
        if kind != "string" or name not in required:
            yield f"{node.place}/discriminator", f"{name!r} must be a required text property"


def _schemas(package: Package) -> list[Node]:
    return [node for node in package.nodes if node.kind == "schema"]


def _inherits(node: Node) -> bool:
    """Whether properties of the schema may be told elsewhere, or it has none at all."""
    elsewhere = set(node.json) & {"$ref", "x-ms-dynamic-schema"}
    return node.role == "part" or bool(elsewhere) or node.json.get("type", "object") != "object"


def _inputs(package: Package) -> Iterator[tuple[Operation, Node]]:
    for operation in package.operations:
        if operation.body is not None:
            for node in reached(package.definition, operation.body):
                yield operation, node


def _bodies(operation: Operation) -> list[Node]:
    found = list(operation.schemas.values())
    return [operation.body, *found] if operation.body is not None else found


def _required_from(document: Table, start: str) -> set[str]:
    """The places that a definition requires, at any distance."""
    _, json = follow(document, start, {"$ref": f"#{start}"})
    waiting, found = [Node(start, json)], set()
    while waiting:
        node = waiting.pop()
        for inner in inside(node):
            needed = inner.required or (inner.role == "part" and "/allOf/" in inner.place)
            place, schema = follow(document, inner.place, inner.json)
            if needed and place not in found:
                found.add(place)
                waiting.append(Node(place, schema))
    return found


def _size(document: Table, node: Node, known: dict[str, Size], level: int = 0) -> Size:
    """How many schemas a schema holds, itself included, and how deep they go. A schema that
    holds itself is counted once."""
    place, json = follow(document, node.place, node.json)
    if place in known or level > FURTHEST:
        return known.get(place, (0, 0))
    known[place] = (0, 0)
    sizes = [_size(document, each, known, level + 1) for each in inside(Node(place, json))]
    count = 1 + sum(number for number, _ in sizes)
    known[place] = (count, 1 + max((depth for _, depth in sizes), default=0))
    return known[place]


RULES = rules(
    DEFINITION,
    ("ArrayHasNoItems", ERROR, no_items),
    ("RequiredPropertyArrayEmpty", ERROR, empty_required),
    ("RequiredPropertyNotOnObject", ERROR, required_of_no_object),
    ("RequiredPropertyDefinitionMissing", ERROR, required_but_unknown),
    ("RequiredReadOnlyPropertyNotAllowedAsInput", ERROR, required_and_read_only),
    ("RequiredLoopInSchemaNotAllowed", ERROR, required_in_circles),
    ("SchemaTooDeep", WARNING, too_deep),
    ("BodySchemaCountExceedsMaxAllowed", ERROR, many_in_body),
    ("OperationSchemaCountExceedsMaxAllowed", ERROR, many_in_operation),
    ("InvalidStringBinaryProperty", ERROR, nested_bytes),
    ("SchemaTypeFileNotValid", ERROR, misplaced_file),
    ("DiscriminatorMustBeARequiredStringProperty", ERROR, odd_discriminator),
)
