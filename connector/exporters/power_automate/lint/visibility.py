"""Can what makers do not see be filled in all the same?"""

from __future__ import annotations

from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Node, reached
from connector.manifest.problems import Complaint

NOTIFICATION_URL = "x-ms-notification-url"


def required_without_default(package: Package) -> Iterator[Complaint]:
    """What is internal and required has a default, but for the URL that the platform fills in."""
    for operation in package.operations:
        for node in _internal(package, operation):
            lacks = node.required and "default" not in node.json
            if lacks and not _filled_in(package, node):
                yield node.place, "makers cannot give this; give it a default or show it"


def optional_with_default(package: Package) -> Iterator[Complaint]:
    """What is internal and has a default is required: it is not sent else."""
    for operation in package.operations:
        for node in _internal(package, operation):
            if not node.required and "default" in node.json:
                yield node.place, "this default is never sent; mark it required"


def _internal(package: Package, operation: Operation) -> Iterator[Node]:
    """The internal inputs of an operation that makers see."""
    if operation.internal:
        return
    found = [each for each in operation.parameters if each.kind == "parameter"]
    if operation.body is not None:
        inner = reached(package.definition, operation.body)
        found += [each for each in inner if each.role == "property"]
    for node in found:
        if node.json.get("x-ms-visibility") == "internal":
            yield node


def _filled_in(package: Package, node: Node) -> bool:
    """Whether the parts of an object say what is sent, or the platform does."""
    inner = list(reached(package.definition, node))
    return len(inner) > 1 or any(each.json.get(NOTIFICATION_URL) is True for each in inner)


RULES = rules(
    DEFINITION,
    ("InternalRequiredWithoutDefault", ERROR, required_without_default),
    ("InternalPropertyWithDefaultOptional", WARNING, optional_with_default),
)
