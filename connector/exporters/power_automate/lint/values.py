"""Do defaults, enumerations, formats and bounds fit the types they stand with?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from connector.exporters.power_automate.lint.package import DEFINITION, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Node, rows, table, words
from connector.manifest.problems import Complaint

FORMATS = frozenset(
    {"int32", "int64", "float", "double", "byte", "binary", "date", "date-time", "password",
     "date-no-tz", "email", "html", "uri", "uuid"}
)  # fmt: skip
"""The formats of Microsoft's published schema."""

IS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
"""What a value of a type is."""
NAMED = re.compile(r"\(\?<(?=[A-Za-z_])")


def default_of_wrong_type(package: Package) -> Iterator[Complaint]:
    """A default is of the type."""
    for node in package.nodes:
        if "default" in node.json and not fits(node.json.get("type"), node.json["default"]):
            shown = json.dumps(node.json["default"])
            yield f"{node.place}/default", f"{shown} is no {node.json['type']}"


def empty_enum(package: Package) -> Iterator[Complaint]:
    """An enumeration has a value."""
    for node in package.nodes:
        if node.json.get("enum") == []:
            yield f"{node.place}/enum", "this list is empty; give values or remove it"


def enum_of_wrong_type(package: Package) -> Iterator[Complaint]:
    """The values of an enumeration are of the type."""
    for node in package.nodes:
        for place, value in enumerate(rows(node.json.get("enum"))):
            if not fits(node.json.get("type"), value):
                shown = json.dumps(value)
                yield f"{node.place}/enum/{place}", f"{shown} is no {node.json['type']}"


def doubled_values(package: Package) -> Iterator[Complaint]:
    """No value stands twice in an enumeration or among what is required."""
    for node in package.nodes:
        for key in ("enum", "required"):
            values = rows(node.json.get(key))
            for place, value in enumerate(values):
                if any(_same(value, other) for other in values[:place]):
                    yield f"{node.place}/{key}/{place}", f"{value!r} stands here twice"


def display_of_no_value(package: Package) -> Iterator[Complaint]:
    """x-ms-enum-values names values of the enumeration only."""
    for node, place, entry in _displayed(package):
        if "value" in entry and entry["value"] not in rows(node.json.get("enum")):
            yield f"{place}/value", f"{entry['value']!r} is not among the values of enum"


def doubled_display(package: Package) -> Iterator[Complaint]:
    """x-ms-enum-values names a value once."""
    for node in package.nodes:
        entries = [table(each) for each in rows(node.json.get("x-ms-enum-values"))]
        values = [each.get("value") for each in entries]
        for place, value in enumerate(values):
            if any(_same(value, other) for other in values[:place]):
                yield f"{node.place}/x-ms-enum-values/{place}", f"{value!r} is named twice"


def no_display_name(package: Package) -> Iterator[Complaint]:
    """x-ms-enum-values gives each value a name to show."""
    for _, place, entry in _displayed(package):
        if not entry.get("displayName"):
            yield place, "there is no displayName; say what makers shall read"


def unknown_format(package: Package) -> Iterator[Complaint]:
    """A format is one that the designer knows."""
    for node in package.nodes:
        found = words(node.json.get("format"))
        if found and found not in FORMATS:
            yield f"{node.place}/format", f"{found!r} is unknown; there is: {_listed(FORMATS)}"


def many_at_once(package: Package) -> Iterator[Complaint]:
    """A list is one parameter; ``multi`` would be many."""
    for node in package.nodes:
        if node.json.get("collectionFormat") == "multi":
            yield f"{node.place}/collectionFormat", 'this is not supported; use "csv"'


def wrong_order(package: Package, least: str, most: str) -> Iterator[Complaint]:
    """A lower bound is not above the upper one."""
    for node in package.nodes:
        low, high = number(node.json.get(least)), number(node.json.get(most))
        if low is not None and high is not None and low > high:
            yield f"{node.place}/{least}", f"{low} is more than {most}, {high}"


def negative(package: Package, bound: str) -> Iterator[Complaint]:
    """A length or a number of things is not below 0."""
    for node in package.nodes:
        found = number(node.json.get(bound))
        if found is not None and found < 0:
            yield f"{node.place}/{bound}", f"{found} is less than 0"


def bound_without(package: Package, exclusive: str, bound: str) -> Iterator[Complaint]:
    """A bound is excluded only where there is one."""
    for node in package.nodes:
        if exclusive in node.json and bound not in node.json:
            yield f"{node.place}/{exclusive}", f"there is no {bound}; give it or remove this"


def no_multiple(package: Package) -> Iterator[Complaint]:
    """A multiple is of more than 0."""
    for node in package.nodes:
        found = number(node.json.get("multipleOf"))
        if found is not None and found <= 0:
            yield f"{node.place}/multipleOf", f"{found} must be more than 0"


def wrong_pattern(package: Package) -> Iterator[Complaint]:
    """A pattern is a regular expression, of .NET: classes of Unicode, groups named (?<so>)."""
    for node in package.nodes:
        if isinstance(found := node.json.get("pattern"), str):
            try:
                re.compile(re.sub(r"\\[pP]\{\w+\}", "a", NAMED.sub("(?P<", found)))
            except re.error as error:
                yield f"{node.place}/pattern", f"this is no regular expression: {error}"


def fits(kind: Any, value: Any) -> bool:
    """Whether a value is of a type; of an unknown type, every value is."""
    return IS[kind](value) if isinstance(kind, str) and kind in IS else True


def number(value: Any) -> float | None:
    """The value if it is a number, else None."""
    return value if IS["number"](value) else None


def _displayed(package: Package) -> Iterator[tuple[Node, str, Mapping[str, Any]]]:
    for node in package.nodes:
        for number, entry in enumerate(rows(node.json.get("x-ms-enum-values"))):
            yield node, f"{node.place}/x-ms-enum-values/{number}", table(entry)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


RULES = rules(
    DEFINITION,
    ("DefaultValueMustMatchType", ERROR, default_of_wrong_type),
    ("EnumMustContainAtLeastOneElement", ERROR, empty_enum),
    ("InvalidEnumValue", ERROR, enum_of_wrong_type),
    ("ArrayDuplicateValue", ERROR, doubled_values),
    ("InvalidEnumValuesExtensionValue", ERROR, display_of_no_value),
    ("DuplicateEnumValuesInExtension", ERROR, doubled_display),
    ("MissingEnumValuesDisplayName", ERROR, no_display_name),
    ("UnrecognizedTypeFormat", WARNING, unknown_format),
    ("CollectionFormatValueNotSupported", ERROR, many_at_once),
    (
        "MinimumShouldBeLessThanOrEqualToMaximum",
        ERROR,
        partial(wrong_order, least="minimum", most="maximum"),
    ),
    (
        "MinItemsShouldBeLessThanOrEqualToMaxItems",
        ERROR,
        partial(wrong_order, least="minItems", most="maxItems"),
    ),
    (
        "MinLengthShouldBeLessThanOrEqualToMaxLength",
        ERROR,
        partial(wrong_order, least="minLength", most="maxLength"),
    ),
    ("MaxItemsMustBeGreaterThanOrEqualToZero", ERROR, partial(negative, bound="maxItems")),
    ("MinItemsMustBeGreaterThanOrEqualToZero", ERROR, partial(negative, bound="minItems")),
    ("MaxLengthMustBeGreaterThanOrEqualToZero", ERROR, partial(negative, bound="maxLength")),
    ("MinLengthMustBeGreaterThanOrEqualToZero", ERROR, partial(negative, bound="minLength")),
    (
        "MaxPropertiesMustBeGreaterThanOrEqualToZero",
        ERROR,
        partial(negative, bound="maxProperties"),
    ),
    (
        "MinPropertiesMustBeGreaterThanOrEqualToZero",
        ERROR,
        partial(negative, bound="minProperties"),
    ),
    (
        "ExclusiveMaximumRequiresMaximum",
        ERROR,
        partial(bound_without, exclusive="exclusiveMaximum", bound="maximum"),
    ),
    (
        "ExclusiveMinimumRequiresMinimum",
        ERROR,
        partial(bound_without, exclusive="exclusiveMinimum", bound="minimum"),
    ),
    ("MultipleOfMustBeGreaterThanZero", ERROR, no_multiple),
    ("PatternShouldBeValidRegularExpression", ERROR, wrong_pattern),
)
