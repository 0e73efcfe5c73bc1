"""What becomes of a JSON Schema in Swagger 2.0?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.exporters.power_automate.schemas import to_property, to_swagger


def one(schema: Any) -> Any:
    """The one property of an object, after the conversion."""
    return to_swagger({"type": "object", "properties": {"total_amount": schema}})["properties"][
        "total_amount"
    ]


def test_a_property_says_what_it_is_in_title_case_and_a_sentence() -> None:
    said = one({"type": "number", "title": "Sum of the invoice", "description": "What is owed"})

    assert said == {
        "type": "number",
        "x-ms-summary": "Sum of the Invoice",
        "description": "What is owed.",
    }


def test_a_property_that_says_nothing_is_named_after_its_key() -> None:
    assert one({"type": "number"}) == {
        "type": "number",
        "x-ms-summary": "Total Amount",
        "description": "The value of Total Amount.",
    }


def test_a_description_never_repeats_the_summary() -> None:
    said = one({"title": "Total", "description": "total."})

    assert said["description"] == "The value of Total."


@pytest.mark.parametrize(
    ("given", "kind", "nullable"),
    [
        ({"type": ["null", "string"]}, "string", True),
        ({"type": ["integer", "string"]}, "integer", False),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number", True),
        ({"oneOf": [{"type": "boolean"}]}, "boolean", False),
        ({"properties": {"a": {}}}, "object", False),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, None, False),
        ({}, None, False),
        (True, None, False),
    ],
)
def test_a_value_has_one_type_or_none(given: Any, kind: str | None, nullable: bool) -> None:
    said = one(given)

    assert said.get("type") == kind
    assert said.get("x-nullable", False) == nullable
    assert not {"anyOf", "oneOf", "allOf"} & set(said)


def test_parts_that_all_apply_are_joined() -> None:
    part = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    said = one({"allOf": [part, {"properties": {"b": {"type": "number"}}}]})

    assert said["type"] == "object"
    assert list(said["properties"]) == ["a", "b"]
    assert said["required"] == ["a"]


def test_references_are_followed_into_the_schema() -> None:
    said = to_swagger(
        {
            "$ref": "#/$defs/invoice",
            "$defs": {
                "invoice": {"type": "object", "properties": {"sum": {"$ref": "#/$defs/sum"}}},
                "sum": {"type": "number", "title": "Sum"},
            },
        }
    )

    assert said["properties"]["sum"]["x-ms-summary"] == "Sum"
    assert "$defs" not in said


@pytest.mark.parametrize(
    "endless",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        {"type": "array", "items": {"$ref": "#"}},
        {"type": "object", "properties": {name: {"$ref": "#"} for name in "abcde"}},
        {"$ref": "https://example.com/schema"},
        {"$ref": "#/nowhere"},
    ],
)
def test_a_schema_that_refers_to_itself_or_nowhere_comes_to_an_end(endless: Any) -> None:
    assert len(json.dumps(to_swagger(endless))) < 2_000_000


def test_arrays_always_have_items() -> None:
    assert one({"type": "array"})["items"] == {}
    assert one({"type": "array", "items": {"type": "string"}})["items"] == {"type": "string"}


def test_only_formats_that_are_known_stay_and_files_inside_are_base64() -> None:
    assert one({"type": "string", "format": "date-time"})["format"] == "date-time"
    assert one({"type": "string", "format": "binary"})["format"] == "byte"
    assert "format" not in one({"type": "string", "format": "iri-reference"})


def test_values_have_names_and_fit_the_type() -> None:
    said = one({"type": ["string", "null"], "enum": ["needs_review", "pulse-2", None, 3]})

    assert said["enum"] == ["needs_review", "pulse-2"]
    assert said["x-ms-enum-values"] == [
        {"value": "needs_review", "displayName": "Needs Review"},
        {"value": "pulse-2", "displayName": "pulse-2"},
    ]


def test_what_is_empty_or_does_not_fit_is_left_out() -> None:
    said = one(
        {"type": "object", "properties": {"a": {}}, "required": ["b"], "enum": [], "default": {}}
    )

    assert not {"required", "enum", "default", "x-ms-enum-values"} & set(said)
    assert "default" not in one({"type": "integer", "default": "four"})
    assert one({"type": "boolean", "default": False})["default"] is False


def test_bounds_are_said_as_swagger_says_them() -> None:
    said = one({"type": "number", "exclusiveMinimum": 0, "maximum": 9, "const": 5})

    assert said["minimum"] == 0
    assert said["exclusiveMinimum"] is True
    assert said["maximum"] == 9
    assert said["enum"] == [5]


def test_words_that_swagger_or_the_designer_does_not_know_are_left_out() -> None:
    strange = {"patternProperties": {"a": {}}, "not": {}, "if": {}, "uniqueItems": True}

    assert not set(strange) & set(one({"type": "object", **strange}))


def test_members_without_names_keep_their_schema() -> None:
    said = one({"type": "object", "additionalProperties": {"type": "string"}})

    assert said["additionalProperties"] == {"type": "string"}
    assert "additionalProperties" not in one({"type": "object", "additionalProperties": False})


def test_an_advanced_field_is_hidden_until_asked_for() -> None:
    assert to_property("a", {"type": "string", "x-advanced": True})["x-ms-visibility"] == "advanced"


def test_texts_are_plain_ascii_and_names_stay() -> None:
    said = to_swagger(
        {
            "type": "object",
            "properties": {"größe": {"title": "Größe", "description": "“Wie” groß…"}},
        }
    )

    assert said["properties"]["größe"]["x-ms-summary"] == "Groe"
    assert said["properties"]["größe"]["description"] == '"Wie" gro...'
