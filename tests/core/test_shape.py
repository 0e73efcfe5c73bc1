"""A maker's own fields: out of their schema, a list or a result. Whatever comes, nothing breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from connector.core.language import FieldList, Shape
from connector.core.shape import (
    DEEPEST,
    MOST,
    informed,
    listed,
    own,
    part,
    placed,
    read,
    said,
    seen,
    shown,
    titled,
)

WORDS = [
    "type", "title", "description", "properties", "named_entities", "items", "enum", "format",
    "required", "$ref", "$defs", "$id", "allOf", "anyOf", "not", "pattern", "additionalProperties",
    "const", "default", "if", "x", "", "a.b", "a/b", "__proto__", "\ud800", "\x00",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([*WORDS, "object", "array", "string", "number", "date", "null", "#/$defs/x"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=30,
)
OBJECTS = st.dictionaries(st.text(max_size=8) | st.sampled_from(WORDS), JSON, max_size=8)
SURVIVING = {
    "type", "title", "description", "properties", "items", "enum", "format", "required"
}  # fmt: skip

OUTPUT = {
    "type": "object",
    "required": ["result"],
    "properties": {
        "id": {"type": "string", "title": "ID", "description": "Whose it is."},
        "result": {
            "type": ["object", "null"],
            "title": "Result",
            "description": "What was read.",
            "properties": {
                "fields": {
                    "type": "object",
                    "title": "Fields",
                    "description": "By name.",
                    "additionalProperties": {
                        "type": "object",
                        "title": "Field",
                        "description": "One of them.",
                        "properties": {
                            "value": {"title": "Value", "description": "What was read."},
                            "sure": {
                                "type": ["string", "null"],
                                "title": "How sure",
                                "description": "In a word.",
                            },
                            "places": {
                                "type": "array",
                                "title": "Places",
                                "description": "Where.",
                                "items": {"type": "integer"},
                            },
                        },
                    },
                }
            },
        },
    },
}
FIELDS = FieldList("replace.fields", "name", "title", "description")


def levels(schema: Any) -> int:
    """How deep a schema goes."""
    inner = [
        *schema.get("properties", {}).values(),
        *([schema["items"]] if "items" in schema else []),
    ]
    return 1 + max(map(levels, inner), default=-1)


def properties(schema: Any) -> int:
    """How many properties a schema has, at all levels."""
    inner = schema.get("properties", {})
    below = [*inner.values(), *([schema["items"]] if "items" in schema else [])]
    return len(inner) + sum(map(properties, below))


def words(schema: Any) -> set[str]:
    """Every keyword in a schema."""
    below = [*schema.get("properties", {}).values()]
    below += [schema["items"]] if "items" in schema else []
    return set(schema).union(*map(words, below))


def is_sound(schema: Any) -> None:
    """A bounded JSON Schema of known words, which can be written as JSON."""
    Draft202012Validator.check_schema(schema)
    assert levels(schema) <= DEEPEST
    assert properties(schema) <= MOST
    assert words(schema) <= SURVIVING
    json.dumps(schema, allow_nan=False)


@settings(max_examples=300)
@given(JSON.filter(lambda value: value == value))
def test_a_value_fits_the_schema_that_it_shows(value: Any) -> None:
    schema = seen(value)

    is_sound(schema)
    Draft202012Validator(schema).validate(value)


@given(OBJECTS)
def test_a_result_fits_the_output_that_it_fills_in(fields: dict[str, Any]) -> None:
    shape = Shape("result.fields", like=("model",))
    known = {"type": "object", "title": "Fields", "description": "By name."}
    output = {"type": "object", "properties": {"result": {"type": "object", "properties": {}}}}
    output["properties"]["result"]["properties"]["fields"] = known  # type: ignore[index]
    result = {"result": {"fields": fields}}

    schema = shown(output, shape, result)

    if not fields:
        assert schema is None
        return
    whole = placed(output, shape.at, schema or {})
    Draft202012Validator.check_schema(whole)
    Draft202012Validator(whole).validate(result)


@settings(max_examples=300)
@given(JSON, st.sampled_from(["properties", "named_entities"]))
def test_any_schema_becomes_a_harmless_one_or_none(schema: Any, word: str) -> None:
    for root in (schema, {word: schema}, {word: {"a": schema, "b": {word: {"c": schema}}}}):
        made = own(root, word)

        if made is not None:
            is_sound(made)
            assert made["type"] == "object"
            assert made["properties"]


@settings(max_examples=300)
@given(JSON)
def test_any_list_becomes_harmless_fields_or_none(value: Any) -> None:
    for root in (value, {"replace": value}, {"replace": {"fields": [value, {"name": "a"}]}}):
        made = listed(root, FIELDS, {"type": "object"})

        if made is not None:
            is_sound(made)


def test_a_makers_schema_keeps_what_the_maker_reads() -> None:
    made = own(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["invoice_number", "missing", 7],
            "properties": {
                "invoice_number": {"type": "string", "description": "As printed.", "pattern": "("},
                "dueDate": {"type": ["string", "null"], "format": "date"},
                "kind": {"enum": ["bill", None, 3], "title": "What it is"},
                "vendor": {"properties": {"name": {"type": "string", "format": "secret"}}},
                "lines": {"items": {"type": "object", "properties": {"total": {"type": "number"}}}},
            },
        }
    )

    assert made == {
        "type": "object",
        "required": ["invoice_number"],
        "properties": {
            "invoice_number": {
                "type": "string",
                "title": "Invoice number",
                "description": "As printed.",
            },
            "dueDate": {"type": ["string", "null"], "title": "Due date", "format": "date"},
            "kind": {"enum": ["bill", None, 3], "title": "What it is"},
            "vendor": {
                "type": "object",
                "title": "Vendor",
                "properties": {"name": {"type": "string", "title": "Name"}},
            },
            "lines": {
                "type": "array",
                "title": "Lines",
                "items": {
                    "type": "object",
                    "properties": {"total": {"type": "number", "title": "Total"}},
                },
            },
        },
    }


def test_another_word_for_properties_counts_at_every_level() -> None:
    inner = {"type": "object", "named_entities": {"name": {"type": "string"}}}
    schema = {"named_entities": {"vendor": inner, "rows": {"type": "array", "items": inner}}}

    made = own(schema, "named_entities")

    assert own(schema) is None
    assert made is not None
    name = {"name": {"type": "string", "title": "Name"}}
    assert made["properties"]["vendor"]["properties"] == name
    assert made["properties"]["rows"]["items"]["properties"] == name


def test_references_are_dropped_with_what_they_would_have_said() -> None:
    circle = {"$ref": "#/$defs/node"}
    schema = {"properties": {"a": circle, "b": {"$dynamicRef": "#x"}}, "$defs": {"node": circle}}

    assert own(schema) == {
        "type": "object",
        "properties": {"a": {"title": "A"}, "b": {"title": "B"}},
    }


def test_ten_thousand_properties_and_a_thousand_levels_are_cut() -> None:
    deep: Any = {"type": "string"}
    for _ in range(500):
        deep = {"type": "object", "properties": {"in": {"type": "array", "items": deep}}}
    many = {f"f{n}": {"type": "string", "enum": ["x"] * 10_000} for n in range(10_000)}

    for schema in (
        own(deep),
        own({"properties": {"deep": deep, **many}}),
        seen(many),
        seen([many]),
    ):
        is_sound(schema)
    assert properties(own({"properties": many})) == MOST


def test_a_level_is_kept_before_what_lies_below_it() -> None:
    greedy = {"first": {"properties": {f"f{n}": {} for n in range(MOST)}}, "last": {}}

    made = own({"properties": greedy})

    assert made is not None
    assert {"first", "last"} == set(made["properties"])
    assert properties(made) == MOST


@pytest.mark.parametrize(
    "schema",
    [
        None, 7, [], {}, "", "{", "null", "[" * 100_000, '{"properties": NaN}', {"properties": []},
        {"properties": {}}, {"type": "array", "items": {"properties": {"a": {}}}},
    ],
)  # fmt: skip
def test_what_has_no_properties_is_no_schema(schema: Any) -> None:
    assert own(read(schema)) is None
    assert listed(read(schema), FIELDS, {}) is None


def test_values_to_choose_from_survive_only_as_plain_json() -> None:
    def kept(*values: Any) -> Any:
        made = own({"properties": {"a": {"enum": list(values)}}})
        return made and made["properties"]["a"].get("enum")

    assert kept("a", 1, True, None) == ["a", 1, True, None]
    for values in ([], [float("inf")], [float("nan")], [{"a": 1}], ["x" * 2000], ["x"] * 1000):
        assert kept(*values) is None


def test_a_list_of_fields_names_them_and_says_what_each_is() -> None:
    text = json.dumps(
        {
            "replace": {
                "fields": [
                    {"name": "total_amount", "title": "Total", "description": "With tax."},
                    {"name": "dueDate", "title": " ", "description": 7},
                    {"name": "dueDate", "title": "A second one"},
                    {"title": "Nameless"},
                    "not a field",
                ]
            }
        }
    )

    made = said(OUTPUT, Shape("result.fields", "asked", list=FIELDS), {"asked": text})

    each = OUTPUT["properties"]["result"]["properties"]["fields"]["additionalProperties"]  # type: ignore[index]
    assert made == {
        "type": "object",
        "properties": {
            "total_amount": {**each, "title": "Total", "description": "With tax."},
            "dueDate": {**each, "title": "Due date"},
        },
    }


def test_a_list_may_be_the_input_itself() -> None:
    topics = [{"name": "Wall label", "description": "Signs."}]

    made = listed(topics, FieldList("@", "name", "name"), {"type": "array"})

    assert made == {
        "type": "object",
        "properties": {"Wall label": {"type": "array", "title": "Wall label"}},
    }


def test_lists_show_the_shape_of_all_their_items() -> None:
    rows = [{"item": "Paper", "price": 4}, {"item": None, "price": 4.5, "note": "late"}, None]

    assert seen({"rows": rows, "mixed": [1, "a"], "empty": [], "nothing": None}) == {
        "type": "object",
        "properties": {
            "rows": {
                "type": "array",
                "title": "Rows",
                "items": {
                    "type": ["object", "null"],
                    "properties": {
                        "item": {"type": ["string", "null"], "title": "Item"},
                        "price": {"type": "number", "title": "Price"},
                        "note": {"type": "string", "title": "Note"},
                    },
                },
            },
            "mixed": {"type": "array", "title": "Mixed", "items": {}},
            "empty": {"type": "array", "title": "Empty"},
            "nothing": {"title": "Nothing"},
        },
    }


def test_what_was_seen_is_told_in_the_words_of_the_output() -> None:
    result = {"result": {"fields": {"total_amount": {"value": 3, "sure": "yes", "places": []}}}}

    made = shown(OUTPUT, Shape("result.fields"), result)

    assert made is not None
    assert made["properties"] == {
        "total_amount": {
            "type": "object",
            "title": "Total amount",
            "description": "One of them.",
            "properties": {
                "value": {"type": "number", "title": "Value", "description": "What was read."},
                "sure": {
                    "type": ["string", "null"],
                    "title": "How sure",
                    "description": "In a word.",
                },
                "places": {
                    "type": "array",
                    "title": "Places",
                    "description": "Where.",
                    "items": {"type": "integer"},
                },
            },
        }
    }


def test_what_was_seen_does_not_lose_to_what_contradicts_it() -> None:
    known = {"type": "string", "title": "Sum", "description": "In euros.", "format": "date"}

    assert informed({"type": "number"}, known) == {
        "type": "number",
        "title": "Sum",
        "description": "In euros.",
    }
    assert informed({"type": "number"}, {"type": "integer"}) == {"type": "integer"}
    assert informed({"title": "A"}, known) == known
    assert informed({"title": "A"}, True) == {"title": "A"}


def test_fields_stand_beside_those_that_the_output_has_already() -> None:
    output = placed(OUTPUT, "result", {"properties": {"a": {}}, "required": ["a"]})

    result = output["properties"]["result"]
    assert set(result["properties"]) == {"fields", "a"}
    assert result["required"] == ["a"]
    assert result["title"] == "Result"
    assert "required" not in OUTPUT["properties"]["result"]  # type: ignore[index]


@pytest.mark.parametrize("at", ["nowhere", "id", "result.id", "result.fields.x", "id.x", ""])
def test_only_an_object_of_the_output_has_a_place_for_fields(at: str) -> None:
    assert part(OUTPUT, at) is None
    assert part(OUTPUT, "result.fields") is not None


@pytest.mark.parametrize(
    "result", [None, [], "x", {}, {"result": None}, {"result": {"fields": []}}]
)
def test_a_result_without_the_place_shows_nothing(result: Any) -> None:
    assert shown(OUTPUT, Shape("result.fields"), result) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("total_amount", "Total amount"),
        ("totalAmount", "Total amount"),
        ("IBAN", "IBAN"),
        ("VAT-id", "VAT id"),
        ("priceHT", "Price HT"),
        ("line items[0].sum", "Line items 0 sum"),
        ("größe", "Größe"),
        ("金额", "金额"),
        ("_", ""),
        ("x" * 200, "X" + "x" * 79),
    ],
)
def test_a_name_is_read_by_people(name: str, title: str) -> None:
    assert titled(name) == title
