"""Do the revisions of operations follow Microsoft's pattern (families, revisions, replacements)?"""

from __future__ import annotations

from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Table, table
from connector.manifest.problems import Complaint

MOST_ACTIVE = 2


def same_revision(package: Package) -> Iterator[Complaint]:
    """No two operations of a family have one revision."""
    seen: dict[tuple[str, object], Operation] = {}
    for operation, annotation in _annotated(package):
        key = (annotation["family"], annotation.get("revision", 1))
        first = seen.setdefault(key, operation)
        if first is not operation:
            place = f"{operation.place}/x-ms-api-annotation/revision"
            yield place, f"{first.id} is revision {key[1]} of {key[0]!r} too; count on"


def many_active(package: Package) -> Iterator[Complaint]:
    """At most two operations of a family are not deprecated."""
    active: dict[str, list[Operation]] = {}
    for operation, annotation in _annotated(package):
        if operation.json.get("deprecated") is not True:
            active.setdefault(annotation["family"], []).append(operation)
    for family, operations in active.items():
        if len(operations) > MOST_ACTIVE:
            names = ", ".join(each.id for each in operations)
            yield operations[0].place, f"{names} of {family!r} are active; deprecate all but two"


def revision_suffix(package: Package) -> Iterator[Complaint]:
    """A later revision says so at the end of its operationId."""
    for operation, annotation in _annotated(package):
        revision = annotation.get("revision")
        if isinstance(revision, int) and revision > 1 and not operation.id.endswith(f"V{revision}"):
            yield f"{operation.place}/operationId", f'this should end in "_V{revision}"'


def early_replacement(package: Package) -> Iterator[Complaint]:
    """Only what is deprecated is replaced."""
    for operation in package.operations:
        if "replacement" in _annotation(operation) and operation.json.get("deprecated") is not True:
            place = f"{operation.place}/x-ms-api-annotation/replacement"
            yield place, "only a deprecated operation is replaced; mark it or remove this"


def replacement_without_api(package: Package) -> Iterator[Complaint]:
    """A replacement names the connector it is in."""
    yield from _unnamed(package, "api")


def replacement_without_id(package: Package) -> Iterator[Complaint]:
    """A replacement names the operation."""
    yield from _unnamed(package, "operationId")


def _unnamed(package: Package, name: str) -> Iterator[Complaint]:
    for operation in package.operations:
        replacement = _annotation(operation).get("replacement")
        if isinstance(replacement, dict) and name not in replacement:
            yield f"{operation.place}/x-ms-api-annotation/replacement", f"there is no {name!r}"


def _annotated(package: Package) -> Iterator[tuple[Operation, Table]]:
    for operation in package.operations:
        annotation = _annotation(operation)
        if isinstance(annotation.get("family"), str):
            yield operation, annotation


def _annotation(operation: Operation) -> Table:
    return table(operation.json.get("x-ms-api-annotation"))


RULES = rules(
    DEFINITION,
    ("OperationFamilyHasDuplicateRevisions", ERROR, same_revision),
    ("OperationFamilyHasManyActiveOperations", ERROR, many_active),
    ("OperationIdShouldEndWithRevision", WARNING, revision_suffix),
    ("ApiAnnotationExtensionReplacementInfoForNonDeprecatedOperations", ERROR, early_replacement),
    ("ApiAnnotationExtensionReplacementInfoMissingApiProperty", ERROR, replacement_without_api),
    (
        "ApiAnnotationExtensionReplacementInfoMissingOperationIdProperty",
        ERROR,
        replacement_without_id,
    ),
)
