"""Is apiProperties.json right: colour, connection parameters, policies?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from connector.exporters.power_automate.lint.package import PROPERTIES, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Table, rows, table, words
from connector.manifest.problems import Complaint, pointer

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
TAKEN = {"#ffffff": "white", "#007ee5": "the platform's own blue"}
"""Colours that certification refuses."""
KNOWN = frozenset(
    {"connectionParameters", "connectionParameterSets", "iconBrandColor", "capabilities",
     "policyTemplateInstances", "scriptOperations", "publisher", "stackOwner"}
)  # fmt: skip
TYPES = ("string", "securestring", "int", "bool", "gatewaySetting", "oauthSetting")
NAME = re.compile(r"[0-9a-zA-Z_]+(:[0-9a-zA-Z_]+)?")
TEXTS = ("displayName", "description", "tooltip")

P = "x-ms-apimTemplateParameter."
MOVING = ("propertyParentPath", "newPropertyPath")
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "convertarraytoobject": (*MOVING, "keyWithinCollectionPath"),
    "convertobjecttoarray": MOVING,
    "dynamichosturl": ("urlTemplate",),
    "encodepropertyvalue": MOVING,
    "pollingtrigger": ("triggerConfig", "triggerDataPath"),
    "routerequesttoendpoint": ("newPath",),
    "setheader": ("name", "value"),
    "setproperty": (
        "newPropertyParentPathTemplate", "newPropertySubPathTemplate", "propertyValuePathTemplate",
    ),
    "setqueryparameter": ("name", "value"),
    "setvaluefromurl": ("parameterTemplate", "parameterValueUrl", "parameterValuePathTemplate"),
    "stringreplace": (*MOVING, "sourceString", "replacementString"),
    "stringtoarray": (*MOVING, "delimiterList", "childPropertyName"),
    "updatenextlink": ("nextLinkPropertyName",),
}  # fmt: skip
"""The policies of Microsoft's published schema, and the parameters that each needs."""


def wrong_colour(package: Package) -> Iterator[Complaint]:
    """The brand's colour is there, and written as #RRGGBB."""
    found = package.properties.get("iconBrandColor")
    if not COLOUR.fullmatch(words(found)):
        yield "/properties/iconBrandColor", "this must be a colour such as #336699"


def taken_colour(package: Package) -> Iterator[Complaint]:
    """The brand's colour is its own."""
    found = words(package.properties.get("iconBrandColor")).lower()
    if found in TAKEN:
        yield "/properties/iconBrandColor", f"this is {TAKEN[found]}; choose the brand's colour"


def unknown_property(package: Package) -> Iterator[Complaint]:
    """Only properties that the tools know."""
    for key in package.properties:
        if key not in KNOWN:
            yield pointer("properties", key), f"{key!r} is unknown; there is: {_listed(KNOWN)}"


def wrong_parameter_type(package: Package) -> Iterator[Complaint]:
    """A connection parameter has a plain name and a known type."""
    for name, parameter in _parameters(package).items():
        place = pointer("properties", "connectionParameters", name)
        if not NAME.fullmatch(name):
            yield place, "a name has letters, digits and underscores only"
        if parameter.get("type") not in TYPES:
            yield f"{place}/type", f"this must be one of: {', '.join(TYPES)}"


def parameter_texts(package: Package) -> Iterator[Complaint]:
    """A connection parameter that people fill in says what it is."""
    for name, parameter in _parameters(package).items():
        texts = table(parameter.get("uiDefinition"))
        hidden = table(texts.get("constraints")).get("hidden") == "true"
        for key in TEXTS:
            if not hidden and ":" not in name and not words(texts.get(key)).strip():
                place = pointer("properties", "connectionParameters", name, "uiDefinition")
                yield place, f"there is no {key!r}; people see it when they sign in"


def required_as_flag(package: Package) -> Iterator[Complaint]:
    """``required`` of a connection parameter is the text "true" or "false"."""
    for name, parameter in _parameters(package).items():
        constraints = table(table(parameter.get("uiDefinition")).get("constraints"))
        if constraints.get("required", "true") not in ("true", "false"):
            way = ("properties", "connectionParameters", name, "uiDefinition", "constraints")
            yield pointer(*way, "required"), 'this must be the text "true" or "false"'


def secret_in_clear(package: Package) -> Iterator[Complaint]:
    """A secret is not shown while it is typed."""
    for name, parameter in _parameters(package).items():
        constraints = table(table(parameter.get("uiDefinition")).get("constraints"))
        if parameter.get("type") == "securestring" and constraints.get("clearText") is True:
            way = ("properties", "connectionParameters", name, "uiDefinition", "constraints")
            yield pointer(*way, "clearText"), "this shows the secret; give false"


def unused_secret(package: Package) -> Iterator[Complaint]:
    """A secret that people give is used: by the security of its name, or by a policy."""
    schemes = table(package.definition.get("securityDefinitions"))
    kinds = [table(scheme).get("type") for scheme in schemes.values()]
    if "basic" in kinds or "script.csx" in package.files:
        return  # which use secrets of any name
    policies = json.dumps([policy.get("parameters") for _, policy in _policies(package)])
    for name, parameter in _parameters(package).items():
        used = name in schemes or f"'{name}'" in policies or f'\\"{name}\\"' in policies
        if parameter.get("type") == "securestring" and not used:
            place = pointer("properties", "connectionParameters", name)
            yield place, "neither securityDefinitions nor a policy uses this; it is never sent"


def unknown_policy(package: Package) -> Iterator[Complaint]:
    """A policy is of a known template."""
    for place, policy in _policies(package):
        if _template(policy) not in TEMPLATES:
            text = f"{policy.get('templateId')!r} is unknown; there is: {', '.join(TEMPLATES)}"
            yield f"{place}/templateId", text


def incomplete_policy(package: Package) -> Iterator[Complaint]:
    """A policy has the parameters that its template needs."""
    for place, policy in _policies(package):
        for name in TEMPLATES.get(_template(policy), ()):
            if P + name not in table(policy.get("parameters")):
                yield f"{place}/parameters", f"there is no {P + name}"


def policy_of_no_operation(package: Package) -> Iterator[Complaint]:
    """A policy is for operations that exist."""
    for place, policy in _policies(package):
        names = rows(table(policy.get("parameters")).get("x-ms-apimTemplate-operationName"))
        for number, name in enumerate(names):
            if package.operation(name) is None:
                here = f"{place}/parameters/x-ms-apimTemplate-operationName/{number}"
                yield here, f"there is no operation {name!r}"


def script_of_no_operation(package: Package) -> Iterator[Complaint]:
    """A script is for operations that exist."""
    for number, name in enumerate(rows(package.properties.get("scriptOperations"))):
        if package.operation(name) is None:
            yield f"/properties/scriptOperations/{number}", f"there is no operation {name!r}"


def _parameters(package: Package) -> dict[str, Table]:
    found = table(package.properties.get("connectionParameters"))
    return {name: table(parameter) for name, parameter in found.items()}


def _policies(package: Package) -> Iterator[tuple[str, Table]]:
    for number, policy in enumerate(rows(package.properties.get("policyTemplateInstances"))):
        yield f"/properties/policyTemplateInstances/{number}", table(policy)


def _template(policy: Table) -> str:
    return words(policy.get("templateId")).lower()


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


RULES = rules(
    PROPERTIES,
    ("IconBrandColorNotValid", ERROR, wrong_colour),
    ("IconBrandColorTaken", ERROR, taken_colour),
    ("ApiPropertiesKeyUnknown", WARNING, unknown_property),
    ("ConnectionParameterNotValid", ERROR, wrong_parameter_type),
    ("ConnectionParameterTextMissing", WARNING, parameter_texts),
    ("ConnectionParameterRequiredNotText", WARNING, required_as_flag),
    ("ConnectionParameterInClear", ERROR, secret_in_clear),
    ("ConnectionParameterUnused", WARNING, unused_secret),
    ("PolicyTemplateUnknown", ERROR, unknown_policy),
    ("PolicyParameterMissing", ERROR, incomplete_policy),
    ("PolicyOperationNotFound", ERROR, policy_of_no_operation),
    ("ScriptOperationNotFound", ERROR, script_of_no_operation),
)
