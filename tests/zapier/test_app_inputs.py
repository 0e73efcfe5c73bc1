"""What does a maker see of an action's fields?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.exporters.zapier.inputs import inputs
from tests.zapier.apps import manifest


def of(schema: dict[str, Any], name: str = "it", required: bool = False) -> Any:
    """The input of one field, beside what every job may be given."""
    base = manifest("mindee")
    fields = {
        "type": "object",
        "required": [name] if required else [],
        "properties": {name: schema},
    }
    action = replace(base.actions["extraction"], fields=fields)
    return [each for each in inputs(base, action) if each["key"] not in ("timeout", "client_ref")]


TEXTS = {"title": "It", "description": "Something."}
KNOWN = {"key": "it", "label": "It", "helpText": "Something."}

SAID: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"type": "string"}, {"type": "string"}),
    "a whole number": ({"type": "integer"}, {"type": "integer"}),
    "a number": ({"type": "number"}, {"type": "number"}),
    "a truth": ({"type": "boolean"}, {"type": "boolean"}),
    "a moment": ({"type": "string", "format": "date-time"}, {"type": "datetime"}),
    "a day": ({"type": "string", "format": "date"}, {"type": "string"}),
    "texts": ({"type": "array", "items": {"type": "string"}}, {"type": "string", "list": True}),
    "numbers": ({"type": "array", "items": {"type": "number"}}, {"type": "number", "list": True}),
    "a text by default": ({"type": "string", "default": "a"}, {"type": "string", "default": "a"}),
    "a number by default": ({"type": "integer", "default": 0}, {"type": "integer", "default": "0"}),
    "a truth by default": (
        {"type": "boolean", "default": False},
        {"type": "boolean", "default": "false"},
    ),
    "nothing by default": ({"type": "string", "default": ""}, {"type": "string"}),
    "advanced": ({"type": "string", "x-advanced": True}, {"type": "string", "group": "advanced"}),
    "a list from the provider": (
        {"type": "string", "x-choices": "ocr_models"},
        {"type": "string", "dynamic": "choices_ocr_models.id.name"},
    ),
    "values": (
        {"type": "string", "enum": ["pulse-ultra-2", "by_page"]},
        {
            "type": "string",
            "choices": [
                {"value": "pulse-ultra-2", "sample": "pulse-ultra-2", "label": "pulse-ultra-2"},
                {"value": "by_page", "sample": "by_page", "label": "By page"},
            ],
        },
    ),
}


@pytest.mark.parametrize("said", SAID)
def test_a_field_becomes_an_input(said: str) -> None:
    schema, wanted = SAID[said]

    assert of({**TEXTS, **schema}) == [{**KNOWN, **wanted}]


def test_a_required_field_is_required() -> None:
    assert of({**TEXTS, "type": "string"}, required=True)[0]["required"] is True


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "string"}}},
        {"type": "array"},
        {"type": "array", "items": {"type": "object"}},
        {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
    ],
)
def test_what_only_its_maker_knows_is_json(schema: dict[str, Any]) -> None:
    (made,) = of({**TEXTS, **schema})

    assert made["type"] == "json"
    assert made["helpText"] == "Something. Give it as JSON."


def test_rows_are_line_items_whose_first_field_says_what_for() -> None:
    rows = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "description": "Its name."}},
    }

    (made,) = of({**TEXTS, "type": "array", "items": rows}, required=True)
    (optional,) = of({**TEXTS, "type": "array", "items": rows})

    assert "required" not in optional["children"][0]
    assert made == {
        "key": "it",
        "label": "It",
        "required": True,
        "children": [
            {
                "key": "name",
                "label": "Name",
                "type": "string",
                "helpText": "Something. Its name.",
                "required": True,
            }
        ],
    }


def test_rows_that_would_be_called_like_an_input_are_json() -> None:
    rows = {"type": "object", "properties": {"it": {"type": "string"}}}

    (made,) = of({**TEXTS, "type": "array", "items": rows})

    assert made["type"] == "json"


def test_a_file_has_a_name_beside_it() -> None:
    file, name = of({**TEXTS, "type": "string", "format": "binary"}, required=True)

    assert file == {**KNOWN, "type": "file", "required": True}
    assert (name["key"], name["type"], name["group"]) == ("it_name", "string", "advanced")


def test_advanced_inputs_and_what_every_job_may_be_given_come_last() -> None:
    pulse = manifest("pulse")
    made = inputs(pulse, pulse.actions["extract"])
    advanced = ["group" in each for each in made]

    assert advanced == sorted(advanced)
    assert [each["key"] for each in made][:3] == ["document", "model", "pages"]
    assert made[-1]["key"] == "client_ref"


def test_named_deadlines_and_paces_can_be_chosen() -> None:
    documind = manifest("documind")
    made = {each["key"]: each for each in inputs(documind, documind.actions["extract"])}

    assert [each["value"] for each in made["timeout"]["choices"]] == [
        "critical",
        "standard",
        "batch",
    ]
    assert made["timeout"]["choices"][0]["label"] == "Critical (300 s)"
    assert [each["value"] for each in made["pace"]["choices"]] == ["backoff"]
