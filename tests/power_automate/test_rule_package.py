"""Rules 21 to 24: the package, judged here without the linter, and the linter by mistakes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator
from openapi_spec_validator import OpenAPIV2SpecValidator

from tests.living import ROOT
from tests.power_automate.gateway import Declared, Package
from tests.power_automate.packages import DEFINITION, PROPERTIES, files, read
from tests.power_automate.worlds import PROVIDERS, PUBLIC, World

SCHEMAS = ROOT.parent / "shared" / "schemas"
"""Where Microsoft's published schemas lie, if they do."""

WORDS = re.compile(
    r"\b(api|connector|power ?(automate|apps|platform)|logic ?apps?)\b", re.IGNORECASE
)
OPTIONS: tuple[dict[str, str], ...] = ({}, {"credentials": "maker", "failed_jobs": "answer"})
each_package = pytest.mark.parametrize(
    ("provider", "options"), [(each, more) for each in PROVIDERS for more in OPTIONS]
)


def of(standing: World, provider: str, options: Mapping[str, Any]) -> Mapping[str, bytes]:
    """The files of a package."""
    return files(standing.system.engine.parts.manifest(provider), PUBLIC, **options)


def loaded(content: bytes) -> Any:
    """Strict JSON: no member twice, no NaN."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), "a member stands there twice"
        return dict(pairs)

    def wrong(text: str) -> Any:
        raise AssertionError(f"{text} is no JSON")

    return json.loads(content, object_pairs_hook=members, parse_constant=wrong)


def walk(tree: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with its place."""
    yield place, tree
    if isinstance(tree, dict | list):
        for name, each in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from walk(each, f"{place}/{name}")


@each_package
def test_rule_21_the_definition_is_small_strict_ascii_json(
    standing: World, provider: str, options: Mapping[str, Any]
) -> None:
    package = of(standing, provider, options)
    for name in (DEFINITION, PROPERTIES, "settings.json"):
        loaded(package[name])
        assert package[name].isascii()
        assert b"\\u" not in package[name]
    assert len(package[DEFINITION]) < 1_000_000
    assert len(read(package).operations()) <= 256
    OpenAPIV2SpecValidator(loaded(package[DEFINITION])).validate()


@each_package
def test_rule_21_the_files_fit_the_published_schemas(
    standing: World, provider: str, options: Mapping[str, Any]
) -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("the published schemas are not beside this project")
    package = of(standing, provider, options)
    for schema, kind, name in (
        ("apiDefinition.swagger.schema.json", Draft4Validator, DEFINITION),
        ("paconn-apiProperties.schema.json", Draft7Validator, PROPERTIES),
        ("paconn-settings.schema.json", Draft7Validator, "settings.json"),
    ):
        known = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
        kind(known).validate(loaded(package[name]))


def parameters(package: Package, each: Declared) -> list[dict[str, Any]]:
    """An operation's parameters, those of its path too."""
    own = [*each.item.get("parameters", []), *each.operation.get("parameters", [])]
    found: list[dict[str, Any]] = package.resolved(own)
    return found


@each_package
def test_rule_22_operations_are_named_and_described(
    standing: World, provider: str, options: Mapping[str, Any]
) -> None:
    package = read(of(standing, provider, options))
    found = package.operations()
    assert max(Counter(each.id for each in found).values()) == 1
    folded = Counter(
        re.sub(r"\{[^}]*\}", "{}", path.lower()) for path in package.definition["paths"]
    )
    assert max(folded.values()) == 1
    for each in found:
        assert re.fullmatch(r"([A-Z][A-Za-z0-9]*)+", each.id), each.id
        said = each.operation
        assert 0 < len(said["summary"]) <= 80
        assert re.fullmatch(r"[A-Za-z0-9 ()]+", said["summary"]), said["summary"]
        assert said["description"].endswith((".", "!", "?"))
        assert said["description"].rstrip(".") != said["summary"]
        with_schema = [code for code, answer in said["responses"].items() if "schema" in answer]
        silent = "x-ms-notification-content" in each.item or each.method == "DELETE"
        assert with_schema in ([[], ["201"]] if silent else [["200"]]), each.id
        assert "schema" not in said["responses"].get("default", {})


@each_package
def test_rule_22_inputs_and_outputs_are_described(
    standing: World, provider: str, options: Mapping[str, Any]
) -> None:
    package = read(of(standing, provider, options))
    for each in package.operations():
        for known in parameters(package, each):
            assert {"x-ms-summary", "description"} <= set(known), (each.id, known["name"])
            assert known["name"].lower() != "connectionid"
            assert known.get("collectionFormat") != "multi"
            if known["in"] == "path":
                assert known["required"] is True
                assert known["x-ms-url-encoding"] in ("single", "double")
            if known.get("x-ms-visibility") == "internal" and known.get("required"):
                assert "default" in known, (each.id, known["name"])
    for place, value in walk(package.definition):
        if not isinstance(value, dict):
            continue
        assert not {"oneOf", "anyOf"} & set(value), place
        properties = value.get("properties") if value.get("type") == "object" else None
        for name, known in (properties or {}).items():
            if "$ref" not in known:
                assert {"x-ms-summary", "description"} <= set(known), f"{place}/properties/{name}"


@each_package
def test_rule_22_webhooks_say_where_and_what(
    standing: World, provider: str, options: Mapping[str, Any]
) -> None:
    package = read(of(standing, provider, options))
    told = [each for each in package.operations() if "x-ms-notification-content" in each.item]
    assert len(told) == 2 + len(standing.system.engine.parts.manifest(provider).actions)
    for each in package.operations():
        assert "x-ms-notification-content" not in each.operation, "it stands beside the method"
        marked = [
            known
            for known in parameters(package, each)
            if any(isinstance(v, dict) and "x-ms-notification-url" in v for _, v in walk(known))
        ]
        assert bool(marked) == (each in told), each.id
    for each in told:
        body = package.input(each.id)
        (name,) = (n for n, p in body["properties"].items() if p.get("x-ms-notification-url"))
        assert name in body["required"]
        assert body["properties"][name]["x-ms-visibility"] == "internal"
        assert body["properties"][name]["type"] == "string"
        assert each.item["x-ms-notification-content"]["schema"]


@each_package
def test_rule_23_the_properties_fit_the_definition(
    standing: World, provider: str, options: Mapping[str, Any]
) -> None:
    package = read(of(standing, provider, options))
    said = package.properties["properties"]
    name, _ = package.key_header()
    for each in said["connectionParameters"].values():
        assert each["type"] == "securestring"
        assert each["uiDefinition"]["constraints"]["required"] in ("true", "false")
    assert name in said["connectionParameters"]
    assert re.fullmatch(r"#[0-9a-f]{6}", said["iconBrandColor"], re.IGNORECASE)
    assert said["iconBrandColor"].lower() not in ("#ffffff", "#007ee5")
    ids = {each.id for each in package.operations()}
    for policy in said["policyTemplateInstances"]:
        assert set(policy["parameters"]["x-ms-apimTemplate-operationName"]) <= ids
    maker = options.get("credentials") == "maker"
    assert bool(package.set_headers("GetStatus", {"provider_key": "k"})) == maker
    info = package.definition["info"]
    assert 0 < len(info["title"]) <= 30
    assert info["title"][-1].isalnum()
    assert 30 <= len(info["description"]) <= 500
    assert not WORDS.search(info["title"])
