"""Are paths well formed and apart from each other, and their parameters declared?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Node, table
from connector.manifest.problems import Complaint, pointer

VARIABLE = re.compile(r"\{([^{}/]*)\}")


def no_slash(package: Package) -> Iterator[Complaint]:
    """A path begins with a slash."""
    for path in _paths(package):
        if not path.startswith("/"):
            yield pointer("paths", path), 'this path must begin with "/"'


def wildcards(package: Package) -> Iterator[Complaint]:
    """No wildcard in a path."""
    for path in _paths(package):
        if "*" in path:
            yield pointer("paths", path), 'a path must not hold "*"'


def query_or_fragment(package: Package) -> Iterator[Complaint]:
    """No query and no fragment: they do not tell paths apart."""
    for path in _paths(package):
        if "?" in path or "#" in path:
            yield pointer("paths", path), 'a path must not hold "?" or "#"; declare parameters'


def broken_template(package: Package) -> Iterator[Complaint]:
    """Braces come in pairs around a name, within one segment."""
    for path in _paths(package):
        if set(VARIABLE.sub("", path)) & {"{", "}"} or "{}" in path:
            yield pointer("paths", path), "a brace of this path does not enclose a name"


def defaults_in_path(package: Package) -> Iterator[Complaint]:
    """A variable of a path has no default."""
    for path in _paths(package):
        for name in VARIABLE.findall(path):
            if "=" in name:
                yield pointer("paths", path), f"{{{name}}} must not set a default with '='"


def same_but_for_case(package: Package) -> Iterator[Complaint]:
    """Paths differ by more than case."""
    seen: dict[str, str] = {}
    for path in _paths(package):
        first = seen.setdefault(path.lower(), path)
        if first != path:
            yield pointer("paths", path), f"this differs from {first} only by case; rename it"


def same_template(package: Package) -> Iterator[Complaint]:
    """Two operations of one method differ by more than the names of their variables."""
    seen: dict[tuple[str, str], Operation] = {}
    for operation in package.operations:
        first = seen.setdefault((operation.method, _shape(operation.path)), operation)
        if first is not operation and first.path.lower() != operation.path.lower():
            yield operation.place, f"{first.path} takes the same calls; change a fixed part"


def overlapping_templates(package: Package) -> Iterator[Complaint]:
    """No value of a variable makes a path look like another."""
    for operation in package.operations:
        if "{" not in operation.path:
            continue
        for other in package.operations:
            if other.method == operation.method and _covers(operation.path, other.path):
                yield operation.place, f"a value may make this look like {other.path}"


def reference_as_path(package: Package) -> Iterator[Complaint]:
    """A path is written out, not referred to."""
    for path in _paths(package):
        if "$ref" in table(table(package.definition["paths"])[path]):
            yield pointer("paths", path, "$ref"), "a path cannot be a reference; write it out"


def undeclared_variable(package: Package) -> Iterator[Complaint]:
    """Every variable of a path is a parameter."""
    for operation in package.operations:
        declared = {each.name for each in _in_path(operation)}
        for name in VARIABLE.findall(operation.path):
            if name and name not in declared:
                yield operation.place, f'{{{name}}} of the path needs a parameter "in": "path"'


def parameter_outside_path(package: Package) -> Iterator[Complaint]:
    """Every parameter of the path is a variable of it."""
    for operation in package.operations:
        for each in _in_path(operation):
            if each.name and each.name not in VARIABLE.findall(operation.path):
                yield each.place, f"{operation.path} has no {{{each.name}}}; add it or remove this"


def optional_in_path(package: Package) -> Iterator[Complaint]:
    """A parameter of the path is required."""
    for operation in package.operations:
        for each in _in_path(operation):
            if not each.required:
                yield each.place, 'this stands in the path; give "required": true'


def unencoded_in_path(package: Package) -> Iterator[Complaint]:
    """A parameter of the path says how it is encoded; a slash in a value breaks the call else."""
    for operation in package.operations:
        for each in _in_path(operation):
            if "x-ms-url-encoding" not in each.json:
                yield each.place, 'give "x-ms-url-encoding": "single"'


def _paths(package: Package) -> list[str]:
    found = table(package.definition.get("paths"))
    return [path for path in found if not path.startswith("x-")]


def _in_path(operation: Operation) -> list[Node]:
    return [each for each in operation.parameters if each.where == "path"]


def _shape(path: str) -> str:
    return VARIABLE.sub("{}", path).lower()


def _covers(template: str, other: str) -> bool:
    """Whether a value of a variable can turn the one into the other's fixed segments."""
    here, there = _shape(template).split("/"), _shape(other).split("/")
    if len(here) != len(there) or here == there:
        return False
    pairs = list(zip(here, there, strict=True))
    return all(one == two or "{}" in one for one, two in pairs) and all(
        re.fullmatch(re.escape(one).replace(r"\{\}", ".+"), two) for one, two in pairs
    )


RULES = rules(
    DEFINITION,
    ("OperationPathMustStartWithSlash", ERROR, no_slash),
    ("OperationPathContainsUnsupportedCharacters", ERROR, wildcards),
    ("OperationPathMayNotContainQueryOrFragment", ERROR, query_or_fragment),
    ("OperationPathTemplateNotValid", ERROR, broken_template),
    ("OperationPathVariablesContainDefaults", ERROR, defaults_in_path),
    ("PathRedefined", ERROR, same_but_for_case),
    ("DuplicateOperationPath", ERROR, same_template),
    ("PartialDuplicateOperationPath", WARNING, overlapping_templates),
    ("PathItemRefNotSuppored", ERROR, reference_as_path),
    ("OperationMissingPathParameter", ERROR, undeclared_variable),
    ("PathParameterNotDefinedInTemplate", ERROR, parameter_outside_path),
    ("PathParameterMustBeRequired", ERROR, optional_in_path),
    ("PathParameterMissingEncoding", WARNING, unencoded_in_path),
)
