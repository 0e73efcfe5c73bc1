"""Do triggers give what their kind promises, and can everything be polled?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Node, Table, follow, merged, table, words
from connector.manifest.problems import Complaint, pointer

TEMPLATE = re.compile(r"(?<![\w/:}])/[\w{}%.~-]+(?:/[\w{}%.~-]+)*")


def batch_of_no_array(package: Package) -> Iterator[Complaint]:
    """A batch gives an array, bare or as a property."""
    for operation, node in _given(package, "batch"):
        kind, schema = _kind(package, node)
        properties, _ = merged(package.definition, node)
        kinds = {_kind(package, each)[0] for each in properties.values()}
        said = kind not in ("array", "") and "x-ms-dynamic-schema" not in schema
        if said and not kinds & {"array", ""}:
            yield node.place, f"{operation.id} is a batch; its answer must be an array"


def single_of_array(package: Package) -> Iterator[Complaint]:
    """A single trigger gives an object."""
    for operation, node in _given(package, "single"):
        if _kind(package, node)[0] not in ("object", ""):
            yield node.place, f"{operation.id} is single; its content must be an object"


def polled_by_post(package: Package) -> Iterator[Complaint]:
    """A trigger without a webhook is polled, by GET."""
    for operation in package.operations:
        if operation.trigger and not _content(operation) and operation.method != "get":
            yield operation.place, "a trigger that is polled must be a GET"


def undeclared_location(package: Package) -> Iterator[Complaint]:
    """The path that the header Location of a 202 is described with, such as
    ``/operations/{id}/result``, is a declared GET: the gateway knows no other paths."""
    gets = [each.path for each in package.operations if each.method == "get"]
    for operation in package.operations:
        for place, header in _locations(operation):
            for path in TEMPLATE.findall(words(header.get("description"))):
                if path.rstrip(".") not in gets:
                    yield place, f"{path.rstrip('.')} is no declared GET; declare it"


def nothing_to_poll(package: Package) -> Iterator[Complaint]:
    """Where something answers 202 with a Location, a GET is declared that answers 200 and 202."""
    gets = [each for each in package.operations if each.method == "get" and not each.trigger]
    if any({"200", "202"} <= set(each.responses) for each in gets):
        return
    for operation in package.operations:
        for place, _ in _locations(operation):
            yield place, "no GET with 200 and 202 is declared; declare the one to poll"


def wrong_next_link(package: Package) -> Iterator[Complaint]:
    """The next page is told as ``nextLink`` or ``@odata.nextLink``."""
    for operation in package.operations:
        name = table(operation.json.get("x-ms-pageable")).get("nextLinkName")
        if name is not None and name not in ("nextLink", "@odata.nextLink"):
            place = f"{operation.place}/x-ms-pageable/nextLinkName"
            yield place, 'use "nextLink" or "@odata.nextLink"'


def _given(package: Package, kind: str) -> Iterator[tuple[Operation, Node]]:
    """The triggers of a kind, with the schema of what starts a flow."""
    for operation in package.operations:
        if operation.json.get("x-ms-trigger") != kind:
            continue
        content = _content(operation)
        if isinstance(content.get("schema"), dict):
            place = pointer("paths", operation.path, "x-ms-notification-content", "schema")
            yield operation, Node(place, content["schema"])
        elif not content and operation.answer is not None:
            yield operation, operation.answer


def _content(operation: Operation) -> Table:
    return table(operation.item.get("x-ms-notification-content"))


def _kind(package: Package, node: Node) -> tuple[str, Table]:
    """The type of a schema, empty where it does not say, and the schema itself."""
    _, schema = follow(package.definition, node.place, node.json)
    implied = "object" if "properties" in schema else "array" if "items" in schema else ""
    return str(schema.get("type", implied)), schema


def _locations(operation: Operation) -> Iterator[tuple[str, Table]]:
    response = operation.responses.get("202")
    if response is None or operation.trigger:
        return
    for name, header in table(response.json.get("headers")).items():
        if name.lower() == "location":
            yield response.place + pointer("headers", name), table(header)


RULES = rules(
    DEFINITION,
    ("TriggerBatchWithoutArray", ERROR, batch_of_no_array),
    ("TriggerSingleOfArray", WARNING, single_of_array),
    ("TriggerPolledByPost", ERROR, polled_by_post),
    ("PollingLocationNotDeclared", ERROR, undeclared_location),
    ("PollingTargetMissing", WARNING, nothing_to_poll),
    ("InvalidNextLinkNameValue", ERROR, wrong_next_link),
)
