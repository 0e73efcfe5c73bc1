"""Are the parameters of a definition where they may be, and at most once?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Package
from connector.exporters.power_automate.lint.rule import ERROR, rules
from connector.exporters.power_automate.lint.walk import Node
from connector.manifest.problems import Complaint

FETCH = ("get", "head")
OF_BODY = frozenset({"name", "in", "description", "required", "schema"})


def connection_id(package: Package) -> Iterator[Complaint]:
    """No parameter is called connectionId: the gateway uses that name."""
    for node in _parameters(package):
        if node.name.lower() == "connectionid":
            yield f"{node.place}/name", "connectionId is the gateway's own name; choose another"


def doubled_parameter(package: Package) -> Iterator[Complaint]:
    """No parameter stands twice in one place."""
    for operation in package.operations:
        found = [(each.name, each.where) for each in operation.parameters]
        counts = Counter(each for each in found if each[1] != "body")
        for (name, where), count in counts.items():
            if count > 1:
                yield operation.place, f"{name!r} in {where} is declared {count} times"


def two_bodies(package: Package) -> Iterator[Complaint]:
    """At most one body."""
    for operation in package.operations:
        count = sum(each.kind == "body" for each in operation.parameters)
        if count > 1:
            yield operation.place, f"this has {count} bodies; put their fields into one"


def body_and_form(package: Package) -> Iterator[Complaint]:
    """A body or a form, not both."""
    for operation in package.operations:
        if {"body", "formData"} <= {each.where for each in operation.parameters}:
            yield operation.place, "this has a body and a form; use one of them"


def body_of_fetch(package: Package) -> Iterator[Complaint]:
    """A GET has neither body nor form."""
    for operation in package.operations:
        for each in operation.parameters:
            if operation.method in FETCH and each.where in ("body", "formData"):
                yield each.place, f"a {operation.method.upper()} cannot send this; use the query"


def file_outside_form(package: Package) -> Iterator[Complaint]:
    """A parameter of type file stands in a form."""
    for node in _parameters(package):
        if node.json.get("type") == "file" and node.where not in ("formData", "body"):
            yield f"{node.place}/type", 'a file must be "in": "formData"'


def body_without_schema(package: Package) -> Iterator[Complaint]:
    """A body has a schema."""
    for node in _parameters(package):
        if node.kind == "body" and "schema" not in node.json:
            yield node.place, "this body has no schema; describe its fields"


def schema_outside_body(package: Package) -> Iterator[Complaint]:
    """Only a body has a schema."""
    for node in _parameters(package):
        if node.kind == "parameter" and "schema" in node.json:
            yield f"{node.place}/schema", "only a body has a schema; write the type here"


def typed_body(package: Package) -> Iterator[Complaint]:
    """A body is typed by its schema alone."""
    for node in _parameters(package):
        if node.kind == "body":
            for key in sorted(set(node.json) - OF_BODY):
                if not key.startswith("x-"):
                    yield f"{node.place}/{key}", f"move {key!r} into the schema of this body"


def form_name(package: Package) -> Iterator[Complaint]:
    """The name of a form's field is plain."""
    for node in _parameters(package):
        if node.where == "formData" and not node.name.isascii():
            yield f"{node.place}/name", "use letters of US-ASCII only"


def empty_value(package: Package) -> Iterator[Complaint]:
    """Only a query or a form may have empty values."""
    for node in _parameters(package):
        if "allowEmptyValue" in node.json and node.where not in ("query", "formData"):
            yield f"{node.place}/allowEmptyValue", "this is for queries and forms; remove it"


def encoded_query(package: Package) -> Iterator[Complaint]:
    """Only a parameter of the path says how it is encoded."""
    for node in _parameters(package):
        if "x-ms-url-encoding" in node.json and node.where != "path":
            yield f"{node.place}/x-ms-url-encoding", "this is for paths only; remove it"


def _parameters(package: Package) -> list[Node]:
    return [node for node in package.nodes if node.kind in ("parameter", "body")]


RULES = rules(
    DEFINITION,
    ("ConnectionIdParameterNotAllowed", ERROR, connection_id),
    ("OperationParametersContainDuplicateParameter", ERROR, doubled_parameter),
    ("OperationParametersContainMultipleBodyParameters", ERROR, two_bodies),
    ("ParameterListContainsFormDataAndBody", ERROR, body_and_form),
    ("BodyOrFormDataParameterInFetchOperationNotAllowed", ERROR, body_of_fetch),
    ("FileParameterMustBeInFormData", ERROR, file_outside_form),
    ("BodyParameterSchemaRequired", ERROR, body_without_schema),
    ("NonBodyParameterSchemaNotValid", ERROR, schema_outside_body),
    ("BodyParameterPropertyNotValid", ERROR, typed_body),
    ("InvalidFormDataParameterName", ERROR, form_name),
    ("AllowEmptyValueOnlyValidForQueryFormData", ERROR, empty_value),
    ("QueryParameterEncodingNotSupported", ERROR, encoded_query),
)
