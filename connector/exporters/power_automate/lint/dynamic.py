"""Do pickers and dynamic schemas call operations that exist, rightly, and find what they seek?"""

from __future__ import annotations

from collections.abc import Iterator

from connector.exporters.power_automate.lint.calls import (
    BY_PATH,
    LIST,
    PROPERTIES,
    ROUTES,
    SCHEMA,
    VALUES,
    Call,
    calls,
    field,
    items,
    named,
    reach,
)
from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.values import fits
from connector.exporters.power_automate.lint.walk import Node, merged, words
from connector.manifest.problems import Complaint, pointer


def unknown_operation(package: Package) -> Iterator[Complaint]:
    """Every operation that is called is declared."""
    for place, name in named(package):
        if package.operation(name) is None:
            yield place, f"there is no operation {name!r}; declare it or name another"


def unknown_parameter(package: Package) -> Iterator[Complaint]:
    """What is given is a parameter there, and what it refers to is a field here."""
    for call, target in _resolved(package):
        for name, value in call.given.items():
            place = call.place + pointer("parameters", name)
            reference = call.reference(value)
            if field(package, target, name) is None:
                yield place, f"{target.id} has no parameter {name!r}"
            elif reference is not None and field(package, call.source, reference) is None:
                yield place, f"{call.source.id} has no field {reference!r} to refer to"


def missing_parameter(package: Package) -> Iterator[Complaint]:
    """What the called operation requires is given."""
    for call, target in _resolved(package):
        for each in _required(package, target):
            if not any(each.name in name.split("/") for name in call.given):
                yield f"{call.place}/parameters", f"{target.id} requires {each.name!r}; give it"


def optional_for_required(package: Package) -> Iterator[Complaint]:
    """What is required there is not left open here."""
    for call, place, there, here in _referred(package):
        if there.required and not here.required and "default" not in here.json:
            text = f"{call.source.id} may leave it out, and the list stays empty until it is given"
            yield place, f"{there.name!r} is required, but {text}"


def wrong_constant(package: Package) -> Iterator[Complaint]:
    """A plain value that is given is of the parameter's type."""
    for call, target in _resolved(package):
        for name, value in call.given.items():
            there, constant = field(package, target, name), call.constant(value)
            if there is None or constant is None or fits(there.json.get("type"), constant):
                continue
            place = call.place + pointer("parameters", name)
            yield place, f"{constant!r} is no {there.json['type']}, as {target.id} wants it"


def wrong_field(package: Package) -> Iterator[Complaint]:
    """A field that is referred to is of the parameter's type."""
    for _, place, there, here in _referred(package):
        one, other = words(here.json.get("type")), words(there.json.get("type"))
        if one and other and one != other and {one, other} != {"integer", "number"}:
            yield place, f"{here.name!r} is {one}, and {there.name!r} is {other}"


def internal_field(package: Package) -> Iterator[Complaint]:
    """A field that is referred to can be filled in by makers."""
    for call, place, _, here in _referred(package):
        if not call.source.internal and any(
            each.json.get("x-ms-visibility") == "internal" for each in here.chain()
        ):
            yield place, f"{here.name!r} is internal; show it, or give its value here"


def no_array(package: Package) -> Iterator[Complaint]:
    """A picker finds a list where it looks for one."""
    for call, target in _resolved(package):
        route, _ = ROUTES[call.kind]
        found = _collection(package, call, target)
        if route and found is not None and found.json and found.json.get("type") != "array":
            path = call.json.get(route, "")
            yield call.place, f"{target.id} gives no array at {path!r}"
        elif route and found is None:
            yield call.place, f"{target.id} gives nothing at {call.json.get(route)!r}"


def no_property(package: Package) -> Iterator[Complaint]:
    """A picker finds values and titles, a dynamic schema finds the schema."""
    for call, target in _resolved(package):
        route, keys = ROUTES[call.kind]
        found = _collection(package, call, target)
        if found is None:
            continue
        inside = items(package.definition, found) if route else found
        for key in keys:
            path = call.json.get(key)
            if isinstance(path, str) and reach(package.definition, inside, path) is None:
                yield f"{call.place}/{key}", f"{target.id} gives nothing at {path!r}"


def list_for_fields(package: Package) -> Iterator[Complaint]:
    """A picker that refers to a field of the body says so by its path too."""
    yield from _by_name(package, VALUES, ambiguous=False)


def list_for_ambiguity(package: Package) -> Iterator[Complaint]:
    """A picker that refers to a parameter and a field of one name says by its path which."""
    yield from _by_name(package, VALUES, ambiguous=True)


def properties_for_fields(package: Package) -> Iterator[Complaint]:
    """A dynamic schema that refers to a field of the body says so by its path too."""
    yield from _by_name(package, SCHEMA, ambiguous=False)


def properties_for_ambiguity(package: Package) -> Iterator[Complaint]:
    """A dynamic schema that refers to a parameter and a field of one name says which."""
    yield from _by_name(package, SCHEMA, ambiguous=True)


def different_paths(package: Package) -> Iterator[Complaint]:
    """The two extensions of a dynamic schema seek it at one place."""
    for call in calls(package):
        other = call.holder.json.get(PROPERTIES)
        if call.kind != SCHEMA or not isinstance(other, dict):
            continue
        path = str(call.json.get("value-path", ""))
        expected = path.removesuffix("properties").rstrip("/")
        if other.get("itemValuePath", "") != expected:
            place = f"{call.holder.place}/{PROPERTIES}/itemValuePath"
            yield place, f"this must be {expected!r}, as in {SCHEMA}"


def on_body_itself(package: Package) -> Iterator[Complaint]:
    """A dynamic extension stands in the schema of a body, not beside it."""
    for node in package.nodes:
        for kind in (VALUES, LIST, SCHEMA, PROPERTIES):
            if node.kind == "body" and kind in node.json:
                yield f"{node.place}/{kind}", "move this into the schema of the body"


def _resolved(package: Package) -> Iterator[tuple[Call, Operation]]:
    for call in calls(package):
        if call.target is not None:
            yield call, call.target


def _referred(package: Package) -> Iterator[tuple[Call, str, Node, Node]]:
    """The references that hold: the call, the place, the parameter there and the field here."""
    for call, target in _resolved(package):
        for name, value in call.given.items():
            there = field(package, target, name)
            here = field(package, call.source, call.reference(value) or "")
            if there is not None and here is not None and here.name and there.name:
                yield call, call.place + pointer("parameters", name), there, here


def _required(package: Package, operation: Operation) -> Iterator[Node]:
    """What a caller must give: parameters, and the required properties of a required body."""
    for each in operation.parameters:
        if each.kind == "parameter" and each.required and "default" not in each.json:
            yield each
    if operation.body is not None and operation.body.required:
        properties, required = merged(package.definition, operation.body)
        for name in sorted(required & set(properties)):
            if "default" not in properties[name].json:
                yield properties[name]


def _collection(package: Package, call: Call, target: Operation) -> Node | None:
    """What the call looks through: the list of a picker, or the whole answer."""
    if target.answer is None:
        return Node("", {})
    route, _ = ROUTES[call.kind]
    path = call.json.get(route) if route else ""
    return reach(package.definition, target.answer, path if isinstance(path, str) else "")


def _by_name(package: Package, kind: str, ambiguous: bool) -> Iterator[Complaint]:
    """References by name alone to what only a path tells, without the extension for paths."""
    for call in calls(package):
        if call.kind != kind or BY_PATH[kind] in call.holder.json:
            continue
        names = {each.name for each in call.source.parameters}
        inside = _fields(package, call.source)
        for name, value in call.given.items():
            reference = call.reference(value)
            if reference is None or reference not in inside or (reference in names) != ambiguous:
                continue
            place = call.place + pointer("parameters", name)
            yield place, f"{reference!r} is a field of the body; add {BY_PATH[kind]} with its path"


def _fields(package: Package, operation: Operation) -> set[str]:
    if operation.body is None:
        return set()
    properties, _ = merged(package.definition, operation.body)
    return set(properties)


RULES = rules(
    DEFINITION,
    ("OperationIdNotFound", ERROR, unknown_operation),
    ("OperationParameterNameNotFound", ERROR, unknown_parameter),
    ("OperationMissingRequiredProperty", ERROR, missing_parameter),
    ("OperationParameterRequiredMismatch", WARNING, optional_for_required),
    ("OperationParameterStaticTypeMismatch", ERROR, wrong_constant),
    ("OperationParameterTypeMismatch", ERROR, wrong_field),
    ("SourcePropertyInternal", ERROR, internal_field),
    ("InvokedOperationShouldProduceArray", ERROR, no_array),
    ("InvokedOperationShouldProduceProperty", ERROR, no_property),
    ("DynamicListExtensionRequiredForNonParameterReferences", ERROR, list_for_fields),
    ("DynamicListExtensionRequiredForAmbiguousReferences", ERROR, list_for_ambiguity),
    ("DynamicPropertiesExtensionRequiredForNonParameterReferences", ERROR, properties_for_fields),
    ("DynamicPropertiesExtensionRequiredForAmbiguousReferences", ERROR, properties_for_ambiguity),
    ("DynamicPropertiesItemValuePathMismatch", ERROR, different_paths),
    ("DynamicExtensionDefinitionNotAllowedInParameter", ERROR, on_body_itself),
)
