"""Has each operation a good identifier, and answers that the designer can show?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import follow, rows, table, words
from connector.manifest.problems import Complaint, pointer

MOST = 256  # operations
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*(_V[0-9]+)?")  # Microsoft's own suffix of a revision
STATUS = re.compile(r"[1-5][0-9]{2}|default")
TELLING = frozenset({"type", "properties", "items", "allOf", "additionalProperties"})
DYNAMIC = frozenset({"x-ms-dynamic-schema", "x-ms-dynamic-properties"})


def too_many(package: Package) -> Iterator[Complaint]:
    """At most 256 operations."""
    count = len(package.operations)
    if count > MOST:
        yield "/paths", f"these are {count} operations; {MOST} are allowed"


def no_id(package: Package) -> Iterator[Complaint]:
    """Every operation has an operationId."""
    for operation in package.operations:
        if not operation.json.get("operationId"):
            yield operation.place, "there is no operationId; flows name an operation by it"


def same_id(package: Package) -> Iterator[Complaint]:
    """No operationId is used twice."""
    seen: dict[str, Operation] = {}
    for operation in package.operations:
        if not operation.json.get("operationId"):
            continue
        first = seen.setdefault(operation.id, operation)
        if first is not operation:
            place = f"{operation.place}/operationId"
            yield place, f"{operation.id!r} is also that of {first.method} {first.path}"


def odd_id(package: Package) -> Iterator[Complaint]:
    """An operationId holds letters, digits, hyphens and underscores only."""
    for operation in package.operations:
        found = words(operation.json.get("operationId"))
        if re.search(r"[^A-Za-z0-9_-]", found):
            yield f"{operation.place}/operationId", f"{found!r} must hold letters and digits only"


def not_pascal(package: Package) -> Iterator[Complaint]:
    """An operationId is in PascalCase."""
    for operation in package.operations:
        found = words(operation.json.get("operationId"))
        if re.fullmatch(r"[A-Za-z0-9_-]+", found) and not PASCAL.fullmatch(found):
            yield f"{operation.place}/operationId", f"{found!r} should be written in PascalCase"


def no_response(package: Package) -> Iterator[Complaint]:
    """Every operation tells at least one answer."""
    for operation in package.operations:
        if not operation.responses:
            yield operation.place, "there is no answer; declare at least a successful one"


def no_success(package: Package) -> Iterator[Complaint]:
    """Every operation tells a successful answer."""
    for operation in package.operations:
        if operation.responses and not any(_good(status) for status in operation.responses):
            yield f"{operation.place}/responses", "there is no successful answer; declare one"


def odd_status(package: Package) -> Iterator[Complaint]:
    """An answer is told by its status, or as default."""
    for operation in package.operations:
        for status in operation.responses:
            if not STATUS.fullmatch(status):
                place = operation.place + pointer("responses", status)
                yield place, f'{status!r} is no HTTP status and not "default"'


def schema_of_default(package: Package) -> Iterator[Complaint]:
    """The default answer has no schema that says anything: only what is expected has."""
    for operation in package.operations:
        node = operation.schemas.get("default")
        if node is not None and node.json:
            yield node.place, "the default answer cannot have a schema; move it to a successful one"


def many_schemas(package: Package) -> Iterator[Complaint]:
    """One answer has a schema; the designer uses one only."""
    for operation in package.operations:
        found = [status for status in operation.schemas if status != "default"]
        if len(found) > 1:
            text = f"{', '.join(found)} have schemas and one is shown; keep the successful one"
            yield f"{operation.place}/responses", text


def no_schema(package: Package) -> Iterator[Complaint]:
    """A visible operation tells what it gives: by 200 or 201, or as a webhook's notification."""
    for operation in package.operations:
        notified = "x-ms-notification-content" in operation.item and operation.method != "delete"
        good = {status for status in operation.responses if _good(status)}
        if operation.internal or notified or good <= {"204"}:
            continue  # nothing is shown, or there is nothing to show
        if not {"200", "201"} & set(operation.schemas):
            place = f"{operation.place}/responses"
            yield place, "makers see no output; give the 200 or 201 a schema"


def empty_schema(package: Package) -> Iterator[Complaint]:
    """A schema of an answer says something, unless it is dynamic."""
    for operation in package.operations:
        for node in operation.schemas.values():
            _, schema = follow(package.definition, node.place, node.json)
            lost = "$ref" in node.json and not schema
            if not lost and not set(schema) & (TELLING | DYNAMIC):
                yield node.place, "this says nothing of the answer; describe it or make it dynamic"


def strange_example(package: Package) -> Iterator[Complaint]:
    """An example is of a MIME type that the operation produces."""
    for operation in package.operations:
        holder = operation.json if "produces" in operation.json else package.definition
        for status, node in operation.responses.items():
            for mime in table(node.json.get("examples")):
                if mime not in rows(holder.get("produces")):
                    place = operation.place + pointer("responses", status, "examples", mime)
                    yield place, f"the operation does not produce {mime!r}"


def _good(status: str) -> bool:
    return status.startswith("2")


RULES = rules(
    DEFINITION,
    ("TotalOperationsCountExceedsMaxAllowed", ERROR, too_many),
    ("OperationIdRequired", ERROR, no_id),
    ("OperationIdNotUnique", ERROR, same_id),
    ("OperationIdSanitized", ERROR, odd_id),
    ("OperationIdNotPascalCase", WARNING, not_pascal),
    ("OperationMustHaveResponse", ERROR, no_response),
    ("OperationShouldHaveSuccessfulResponse", ERROR, no_success),
    ("ResponseMustBeDefaultOrHttpStatusCode", ERROR, odd_status),
    ("DefaultResponseHasSchema", ERROR, schema_of_default),
    ("OperationHasManyResponsesWithSchema", WARNING, many_schemas),
    ("SchemaDefinitionSetIncorrectly", WARNING, no_schema),
    ("ResponseSchemaEmpty", WARNING, empty_schema),
    ("ResponseExampleMustBeProducedByOperation", ERROR, strange_example),
)
