"""Do the security definitions of a connector fit together, and with its connection parameters?"""

from __future__ import annotations

from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, PROPERTIES, Package
from connector.exporters.power_automate.lint.rule import ERROR, rules
from connector.exporters.power_automate.lint.walk import Table, rows, table, words
from connector.manifest.problems import Complaint, pointer

OAUTH = "oauth2"
FLOWS = {
    "implicit": frozenset({"authorizationUrl"}),
    "password": frozenset({"tokenUrl"}),
    "application": frozenset({"tokenUrl"}),
    "accessCode": frozenset({"authorizationUrl", "tokenUrl"}),
}
"""What each flow of OAuth needs (Swagger 2.0)."""
NEEDED = {"apiKey": frozenset({"name", "in"}), OAUTH: frozenset({"flow"}), "basic": frozenset()}
ALLOWED = {
    "apiKey": frozenset({"name", "in"}),
    "basic": frozenset(),
    OAUTH: frozenset({"flow", "scopes", "authorizationUrl", "tokenUrl"}),
}
"""Beside ``type`` and ``description``."""
KINDS = {"apiKey": "securestring", OAUTH: "oauthSetting"}
"""Which connection parameter a kind of security asks for."""


def missing_in_scheme(package: Package) -> Iterator[Complaint]:
    """A security definition has what its type needs."""
    for name, scheme in _schemes(package).items():
        needed = NEEDED.get(_kind(scheme), frozenset())
        if scheme.get("type") == OAUTH:
            needed = needed | FLOWS.get(words(scheme.get("flow")), frozenset())
        for key in sorted(needed - set(scheme)):
            place = pointer("securityDefinitions", name)
            yield place, f"there is no {key!r}; {scheme['type']} needs one"


def strange_in_scheme(package: Package) -> Iterator[Complaint]:
    """A security definition has nothing of another type."""
    for name, scheme in _schemes(package).items():
        allowed = ALLOWED.get(_kind(scheme))
        if allowed is None:
            continue
        for key in sorted(set(scheme) - allowed - {"type", "description"}):
            if not key.startswith("x-"):
                place = pointer("securityDefinitions", name, key)
                yield place, f"a definition of type {scheme['type']} has no {key!r}; remove it"


def undefined_requirement(package: Package) -> Iterator[Complaint]:
    """What is required is defined."""
    schemes = _schemes(package)
    for place, name, _ in _requirements(package):
        if name not in schemes:
            yield place, f"securityDefinitions has no {name!r}; define it or name another"


def valueless_requirement(package: Package) -> Iterator[Complaint]:
    """A requirement has a list, empty where there are no scopes."""
    for place, _, value in _requirements(package):
        if not isinstance(value, list):
            yield place, "this must be a list; give [] where there are no scopes"


def needless_scopes(package: Package) -> Iterator[Complaint]:
    """Only OAuth has scopes."""
    schemes = _schemes(package)
    for place, name, value in _requirements(package):
        if rows(value) and name in schemes and schemes[name].get("type") != OAUTH:
            yield place, "only oauth2 has scopes; give []"


def undefined_scope(package: Package) -> Iterator[Complaint]:
    """A scope that is required is defined."""
    schemes = _schemes(package)
    for place, name, value in _requirements(package):
        scheme = schemes.get(name, {})
        if scheme.get("type") != OAUTH:
            continue
        for scope in rows(value):
            if scope not in table(scheme.get("scopes")):
                yield place, f"the scope {scope!r} is not defined in securityDefinitions"


def no_connection_parameter(package: Package) -> Iterator[Complaint]:
    """A key is asked for by a securestring of the same name, OAuth by an oauthSetting; makers
    would otherwise have nowhere to give it."""
    parameters = table(package.properties.get("connectionParameters"))
    if "connectionParameterSets" in package.properties:
        return  # several ways to sign in, each with parameters of its own
    for name, scheme in _schemes(package).items():
        kind = KINDS.get(_kind(scheme))
        kinds = [table(each).get("type") for each in parameters.values()]
        if kind == "securestring" and table(parameters.get(name)).get("type") != kind:
            place = pointer("properties", "connectionParameters", name)
            yield place, f"the key {name!r} of securityDefinitions needs a securestring here"
        if kind == "oauthSetting" and kind not in kinds:
            place = pointer("properties", "connectionParameters")
            yield place, f"{name!r} of securityDefinitions needs a parameter of type {kind} here"


def _schemes(package: Package) -> dict[str, Table]:
    found = table(package.definition.get("securityDefinitions"))
    return {name: table(scheme) for name, scheme in found.items()}


def _kind(scheme: Table) -> str:
    return words(scheme.get("type"))


def _requirements(package: Package) -> Iterator[tuple[str, str, object]]:
    holders: list[tuple[str, Table]] = [("", package.definition)]
    holders += [(each.place, each.json) for each in package.operations]
    for place, holder in holders:
        for number, requirement in enumerate(rows(holder.get("security"))):
            for name, value in table(requirement).items():
                yield f"{place}/security/{number}{pointer(name)}", name, value


RULES = (
    *rules(
        DEFINITION,
        ("SecuritySchemePropertyRequired", ERROR, missing_in_scheme),
        ("SecuritySchemePropertyNotValid", ERROR, strange_in_scheme),
        ("SecurityRequirementMustBeDefined", ERROR, undefined_requirement),
        ("SecurityRequirementMustHaveValue", ERROR, valueless_requirement),
        ("SecurityRequirementMustHaveEmptyValue", ERROR, needless_scopes),
        ("OAuthSecurityRequirementValueMustBeScopeName", ERROR, undefined_scope),
    ),
    *rules(
        PROPERTIES,
        ("ConnectionParameterMissing", ERROR, no_connection_parameter),
    ),
)
