"""Which fields of a result can a later step of a Zap choose from?"""

from __future__ import annotations

from typing import Any

import pytest

from connector.exporters.zapier.fields import MOST, to_fields
from tests.zapier.apps import OURS, manifest


def of(**members: Any) -> dict[str, Any]:
    """An object's schema."""
    return {"type": "object", "properties": members}


TEXT = {"type": "string", "title": "Text"}

SAID = {
    "a text": (of(name=TEXT), [("result__name", "Text", "string")]),
    "a whole number": (of(n={"type": "integer"}), [("result__n", "N", "integer")]),
    "a number": (of(n={"type": "number"}), [("result__n", "N", "number")]),
    "a truth": (of(ok={"type": "boolean"}), [("result__ok", "Ok", "boolean")]),
    "what may be null": (of(n={"type": ["number", "null"]}), [("result__n", "N", "number")]),
    "what may be several things": (
        of(n={"type": ["number", "string"]}),
        [("result__n", "N", None)],
    ),
    "what may be anything": (of(value={"title": "Value"}), [("result__value", "Value", None)]),
    "a date with a time": (
        of(at={"type": "string", "format": "date-time"}),
        [("result__at", "At", "datetime")],
    ),
    "a date alone": (of(on={"type": "string", "format": "date"}), [("result__on", "On", "string")]),
    "an object": (of(a=of(b=TEXT)), [("result__a__b", "A Text", "string")]),
    "a title that repeats the one above": (
        of(job=of(id={"type": "string", "title": "Job ID"})),
        [("result__job__id", "Job ID", "string")],
    ),
    "an object in an object": (of(a=of(b=of(c=TEXT))), [("result__a__b__c", "A B Text", "string")]),
    "an object of nobody knows what": (of(a={"type": "object"}), []),
    "rows": (
        of(items={"type": "array", "items": of(price={"type": "number"})}),
        [("result__items[]price", "Items Price", "number")],
    ),
    "an object in a row": (
        of(items={"type": "array", "items": of(price=of(value={"type": "number"}))}),
        [("result__items[]price__value", "Items Price Value", "number")],
    ),
    "rows within rows": (
        of(a={"type": "array", "items": of(b={"type": "array", "items": of(c=TEXT)}, d=TEXT)}),
        [("result__a[]d", "A Text", "string")],
    ),
    "a list of lists": (of(a={"type": "array", "items": {"type": "array", "items": TEXT}}), []),
    "a list of nobody knows what": (of(a={"type": "array"}), []),
    "a name with other characters": (
        of(**{"plan-info": of(**{"Totál €": TEXT})}),
        [("result__plan-info__Totál €", "Plan info Text", "string")],
    ),
}


@pytest.mark.parametrize("said", SAID)
def test_a_field_says_where_its_value_stands(said: str) -> None:
    schema, wanted = SAID[said]

    made = [(each["key"], each["label"], each.get("type")) for each in to_fields(schema)]

    assert made == wanted


def test_a_list_of_plain_values_is_a_list() -> None:
    schema = of(tags={"type": "array", "items": {"type": "string"}})

    (made,) = to_fields(schema)

    assert made == {"key": "result__tags", "label": "Tags", "type": "string", "list": True}


def test_fields_may_stand_elsewhere() -> None:
    assert [each["key"] for each in to_fields(of(a=TEXT), prefix="")] == ["a"]


def test_a_step_has_room_for_its_fields() -> None:
    schema = of(**{f"f{number}": TEXT for number in range(2000)})

    assert len(to_fields(schema)) == MOST


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"properties": None}, of(a=True)])
def test_what_cannot_be_read_has_no_fields_and_breaks_nothing(schema: dict[str, Any]) -> None:
    assert [each for each in to_fields(schema) if "type" in each] == []


@pytest.mark.parametrize("name", OURS)
def test_keys_lead_to_values_of_the_sample(name: str) -> None:
    for action in manifest(name).actions.values():
        fields = to_fields(action.output, prefix="")
        first = {each["key"].split("__")[0].split("[]")[0] for each in fields}

        assert first <= set(action.output.get("properties", ()))
        assert len({each["key"] for each in fields}) == len(fields)
