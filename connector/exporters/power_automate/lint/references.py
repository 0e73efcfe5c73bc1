"""Do the references of a definition lead somewhere, and stand alone?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from connector.exporters.power_automate.lint.package import DEFINITION, Package
from connector.exporters.power_automate.lint.rule import ERROR, rules
from connector.exporters.power_automate.lint.walk import (
    Table,
    at,
    operations_written,
    rows,
    table,
)
from connector.manifest.problems import Complaint, pointer

HOMES = {"schema": "definitions", "parameter": "parameters", "response": "responses"}
"""Where that which is referred to stands."""


def wrong_reference(package: Package, kind: str) -> Iterator[Complaint]:
    """A reference is a JSON pointer into the place of its kind."""
    for place, reference in _references(package, kind):
        if not isinstance(reference, str) or not reference.startswith(f"#/{HOMES[kind]}/"):
            yield f"{place}/$ref", f"{reference!r} must begin with #/{HOMES[kind]}/"


def lost_reference(package: Package, kind: str) -> Iterator[Complaint]:
    """A reference leads to something."""
    for place, reference in _references(package, kind):
        known = isinstance(reference, str) and reference.startswith(f"#/{HOMES[kind]}/")
        if known and not isinstance(at(package.definition, str(reference)[1:]), dict):
            yield f"{place}/$ref", f"{reference} does not exist; define it or name another"


def passed_on(package: Package, kind: str) -> Iterator[Complaint]:
    """What is referred to is written there, and no reference itself."""
    for name, found in table(package.definition.get(HOMES[kind])).items():
        if "$ref" in table(found):
            yield pointer(HOMES[kind], name), "this only refers to another; refer to that instead"


def beside_reference(package: Package) -> Iterator[Complaint]:
    """Nothing stands beside a reference: it is not read."""
    for place, json in _holders(package):
        for key in sorted(set(json) - {"$ref"}):
            yield place + pointer(key), "this stands beside $ref and is not read; remove it"


def _references(package: Package, kind: str) -> Iterator[tuple[str, object]]:
    found = {"schema": _schemas, "parameter": _parameters, "response": _responses}[kind]
    for place, json in found(package):
        yield place, json["$ref"]


def _holders(package: Package) -> Iterator[tuple[str, Table]]:
    for found in (_schemas, _parameters, _responses):
        yield from found(package)


def _schemas(package: Package) -> Iterator[tuple[str, Table]]:
    for node in package.nodes:
        if node.kind == "schema" and "$ref" in node.json:
            yield node.place, node.json


def _parameters(package: Package) -> Iterator[tuple[str, Table]]:
    paths = table(package.definition.get("paths"))
    holders = [(pointer("paths", path), table(item)) for path, item in paths.items()]
    found = operations_written(package.definition)
    holders += [(pointer("paths", path, method), json) for path, method, json, _ in found]
    for place, holder in holders:
        for number, each in enumerate(rows(holder.get("parameters"))):
            if "$ref" in table(each):
                yield f"{place}/parameters/{number}", each


def _responses(package: Package) -> Iterator[tuple[str, Table]]:
    for path, method, json, _ in operations_written(package.definition):
        for status, each in table(json.get("responses")).items():
            if "$ref" in table(each):
                yield pointer("paths", path, method, "responses", status), each


RULES = rules(
    DEFINITION,
    ("SchemaReferenceNotValid", ERROR, partial(wrong_reference, kind="schema")),
    ("ParameterReferenceNotValid", ERROR, partial(wrong_reference, kind="parameter")),
    ("ResponseReferenceNotValid", ERROR, partial(wrong_reference, kind="response")),
    ("SchemaReferenceNotFound", ERROR, partial(lost_reference, kind="schema")),
    ("ParameterReferenceNotFound", ERROR, partial(lost_reference, kind="parameter")),
    ("ResponseReferenceNotFound", ERROR, partial(lost_reference, kind="response")),
    ("SchemaRefLoopNotAllowed", ERROR, partial(passed_on, kind="schema")),
    ("ParameterRefLoopNotAllowed", ERROR, partial(passed_on, kind="parameter")),
    ("ResponseRefLoopNotAllowed", ERROR, partial(passed_on, kind="response")),
    ("AdditionalPropertyNotAllowedAdjacentToRef", ERROR, beside_reference),
)
