"""Is every definition what Microsoft and Swagger 2.0 ask for, for every manifest and option?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator
from openapi_spec_validator import OpenAPIV2SpecValidator

from connector.exporters.power_automate.lint import errors, lint
from tests.exporters.exported import CHOICES, SCHEMAS, definition, package, properties

each_package = pytest.mark.parametrize("options", CHOICES, ids="-".join)


def published(name: str) -> Any:
    """One of Microsoft's schemas, if they lie beside the repository."""
    path = SCHEMAS / name
    if not path.exists():
        pytest.skip(f"Microsoft's published schemas are not here ({path})")
    return json.loads(path.read_text(encoding="utf-8"))


def problems(validator: Any, document: Any) -> list[str]:
    """What a schema complains about, shortened."""
    return [f"{e.json_path}: {e.message[:200]}" for e in validator.iter_errors(document)]


@each_package
def test_it_is_valid_swagger(options: Any) -> None:
    assert list(map(str, OpenAPIV2SpecValidator(definition(*options)).iter_errors())) == []


@each_package
def test_it_fits_microsofts_schema(options: Any) -> None:
    schema = published("apiDefinition.swagger.schema.json")

    assert problems(Draft4Validator(schema), definition(*options)) == []


@each_package
def test_properties_and_settings_fit_microsofts_schemas(options: Any) -> None:
    schema = published("paconn-apiProperties.schema.json")
    settings = published("paconn-settings.schema.json")
    files = package(*options)

    assert problems(Draft7Validator(schema), json.loads(files["apiProperties.json"])) == []
    assert problems(Draft7Validator(settings), json.loads(files["settings.json"])) == []


@each_package
def test_the_linter_refuses_nothing(options: Any) -> None:
    assert errors(lint(package(*options))) == []


@each_package
def test_the_files_are_strict_json_in_ascii_and_small(options: Any) -> None:
    for name, content in package(*options).items():
        if name.endswith(".json"):
            text = content.decode("ascii")
            json.loads(text, parse_constant=lambda word: pytest.fail(word))
            assert r"\u" not in text
            assert len(content) < 1_000_000


@each_package
def test_operations_are_told_apart_and_few(options: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(definition(*options))]

    assert len(set(map(str.lower, ids))) == len(ids) <= 256
    assert all(re.fullmatch("[A-Z][A-Za-z0-9]*", id) for id in ids)


@each_package
def test_what_people_read_is_there_and_well_formed(options: Any) -> None:
    document = definition(*options)
    for _, _, operation in operations(document):
        assert re.fullmatch(r"[A-Z][A-Za-z0-9() ]{0,78}[A-Za-z0-9)]", operation["summary"])
        assert operation["description"].endswith(".")
        assert operation["description"].rstrip(".") != operation["summary"]
    for described in people_read(document):
        assert re.fullmatch(r"[A-Za-z0-9() ]{1,80}", described["x-ms-summary"])
        assert described["description"][-1] in ".!?"
        assert described["description"].rstrip(".") != described["x-ms-summary"]


@each_package
def test_one_answer_of_an_operation_has_a_schema(options: Any) -> None:
    for _, method, operation in operations(definition(*options)):
        with_schema = [s for s, each in operation["responses"].items() if "schema" in each]
        assert with_schema == [] if method == "delete" else with_schema in (["200"], ["201"])
        assert "schema" not in operation["responses"]["default"]


@each_package
def test_every_202_says_where_and_when_to_look_again(options: Any) -> None:
    accepted = [
        operation["responses"]["202"]
        for _, _, operation in operations(definition(*options))
        if "202" in operation["responses"]
    ]

    assert len(accepted) >= 4
    assert all(set(each["headers"]) == {"Location", "Retry-After"} for each in accepted)
    assert not any("schema" in each for each in accepted)


@each_package
def test_whoever_is_called_back_says_where_and_what_comes(options: Any) -> None:
    """At the level of the path; the address is required, hidden and text."""
    found = 0
    for _, item in definition(*options)["paths"].items():
        bodies = [
            each["schema"]
            for operation in (item.get("post", {}),)
            for each in operation.get("parameters", ())
            if each["in"] == "body"
        ]
        urls = [body for body in bodies if "callback_url" in body["properties"]]
        assert bool(urls) == ("x-ms-notification-content" in item)
        for body in urls:
            found += 1
            url = body["properties"]["callback_url"]
            assert "callback_url" in body["required"]
            assert url["x-ms-notification-url"] is True
            assert (url["type"], url["x-ms-visibility"]) == ("string", "internal")
    assert found >= 3


@each_package
def test_what_is_hidden_and_has_a_default_is_required(options: Any) -> None:
    """What is optional and hidden is not sent."""
    hidden = [
        each
        for _, _, operation in operations(definition(*options))
        for each in operation.get("parameters", ())
        if each.get("x-ms-visibility") == "internal" and "default" in each
    ]

    assert hidden
    assert all(each["required"] for each in hidden)


@each_package
def test_what_the_designer_asks_for_is_there(options: Any) -> None:
    """Every dynamic extension names an operation, and parameters that it has."""
    document = definition(*options)
    known = {
        operation["operationId"]: {each["name"] for each in operation.get("parameters", ())}
        for _, _, operation in operations(document)
    }
    found = [
        value
        for node in nodes(document)
        for name, value in node.items()
        if name.startswith("x-ms-dynamic-")
    ]

    assert found
    for each in found:
        assert set(each["parameters"]) <= known[each["operationId"]]


@each_package
def test_paths_with_a_part_to_fill_in_say_how_it_is_encoded(options: Any) -> None:
    for path, _, operation in operations(definition(*options)):
        parts = [each for each in operation.get("parameters", ()) if each["in"] == "path"]
        assert [f"{{{each['name']}}}" for each in parts] == re.findall(r"\{.*?\}", path)
        assert all(each["required"] and each["x-ms-url-encoding"] == "single" for each in parts)


@pytest.mark.parametrize("options", CHOICES, ids="-".join)
def test_a_policy_passes_the_makers_key_on_with_every_operation(options: Any) -> None:
    policies = properties(*options)["policyTemplateInstances"]
    ids = [operation["operationId"] for _, _, operation in operations(definition(*options))]

    if options[1] == "operator":
        assert policies == []
        return
    said = policies[0]["parameters"]
    assert said["x-ms-apimTemplate-operationName"] == ids
    assert said["x-ms-apimTemplateParameter.name"] == "X-Provider-Key"


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Path, method and operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not method.startswith("x-"):
                yield path, method, operation


def nodes(value: Any) -> Iterator[Any]:
    """Every JSON object in a value."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def people_read(document: Any) -> Iterator[Any]:
    """Every parameter, and every property of a schema."""
    for _, _, operation in operations(document):
        yield from operation.get("parameters", ())
    for node in nodes(document):
        if node.get("type") == "object" and isinstance(node.get("properties"), dict):
            yield from node["properties"].values()
